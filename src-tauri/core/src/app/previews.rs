//! What settings would do, before they are saved.

use jiff::Zoned;
use sha2::{Digest as _, Sha256};

use super::App;
use crate::image::Transform;
use crate::link::{LinkFacts, LinkTemplate, public_url};
use crate::naming::{NameFacts, NamePattern};
use crate::problem::Result;
use crate::profile::{Profile, provider};
use crate::uploads::Choices as _;
use crate::view::{PatternPreview, ProviderView};

/// The upload all previews show.
const NAME: &str = "screenshot";
const EXT: &str = "png";
const FOLDER: &str = "pictures";
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 800;
const SIZE: u64 = 204_800;

impl App {
    /// How a key would look, under a profile or the default one.
    ///
    /// # Errors
    /// Where the pattern is wrong.
    pub fn naming_preview(&self, pattern: &str, profile: Option<&str>) -> Result<PatternPreview> {
        let pattern = NamePattern::parse(pattern)?;
        let default = self.settings().default_profile;
        let profile = self.inner.live.profile(profile.unwrap_or(&default))?;
        let key = key_like(&pattern, &profile, NAME, EXT);
        let (_, base) = self.inner.buckets.address(&profile)?;
        Ok(PatternPreview { url: public_url(&base, &key), key })
    }

    /// How a link of a user's own template would look.
    ///
    /// # Errors
    /// Where the template is wrong.
    pub fn link_preview(&self, template: &str) -> Result<String> {
        let settings = self.settings();
        let url = match self.naming_preview(&settings.naming, None) {
            Ok(preview) => preview.url,
            Err(_) => format!("https://img.example.com/{NAME}.{EXT}"),
        };
        Ok(LinkTemplate::parse(template)?.render(&LinkFacts {
            url: &url,
            name: NAME,
            filename: &format!("{NAME}.{EXT}"),
            ext: EXT,
            alt: NAME,
            width: Some(WIDTH),
            height: Some(HEIGHT),
            size: Some(SIZE),
        }))
    }

    /// A transform's spec as Hoist would write it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn transform_check(&self, spec: &str) -> Result<String> {
        Ok(Transform::parse(spec, &self.settings().presets)?.to_string())
    }

    /// The same with the presets of a profile, or of the default one.
    ///
    /// # Errors
    /// What is wrong with it, or that there is no such profile.
    pub fn transform_check_for(&self, spec: &str, profile: Option<&str>) -> Result<String> {
        let default = self.settings().default_profile;
        let profile = self.inner.live.profile(profile.unwrap_or(&default))?;
        Ok(Transform::parse(spec, &self.presets_of(&profile))?.to_string())
    }

    /// Every provider and the fields of its form.
    pub fn provider_list(&self) -> Vec<ProviderView> {
        provider::all()
    }
}

/// The key an upload of this name would get now.
pub(super) fn key_like(pattern: &NamePattern, profile: &Profile, name: &str, ext: &str) -> String {
    pattern.render_under(
        &profile.prefix,
        &NameFacts {
            name,
            ext,
            dir: FOLDER,
            now: &Zoned::now(),
            // Long enough for every digest; cut where the pattern or the digest says so.
            digest: &|digest| {
                let hex = hex::encode(Sha256::digest(name));
                match digest {
                    crate::naming::Digest::Md5 => hex[..32].to_owned(),
                    crate::naming::Digest::Sha1 => hex[..40].to_owned(),
                    crate::naming::Digest::Sha256 => hex,
                }
            },
            n: 1,
        },
    )
}
