//! The link of something stored already, with another transform or for a time only.

use std::time::Duration;

use hoist_store::{PresignMethod, PresignRequest};

use super::App;
use crate::fetch::url_name;
use crate::image::link::{split_transform, with_transform};
use crate::image::{ImageHost, SourceFacts, Transform};
use crate::link::{LinkFacts, LinkTemplate, Target, key_of, public_url, with_process};
use crate::pipeline::{Places as _, stem};
use crate::problem::{Code, FieldName, Problem, Reason, Result, Unfit};
use crate::profile::Profile;
use crate::uploads::{Choices as _, ext};

/// How a link is wanted.
#[derive(Debug, Clone, Default)]
pub struct LinkOptions {
    /// The profile of a key, and of presets where nothing else says it; the default one when `None`.
    pub profile: Option<String>,
    /// The transform instead of the present one; empty takes it off, `None` leaves it.
    pub transform: Option<String>,
    /// Signed, so that it opens a private object too, for this long.
    pub expires: Option<Duration>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    pub url: String,
    /// The link of the stored image itself.
    pub base: String,
    /// What the link asks the host to make of it.
    pub process: Option<String>,
    /// File name.
    pub name: String,
    /// Where it is known to be.
    pub profile: Option<String>,
    pub key: Option<String>,
    /// Of what the link shows, where that is known.
    pub width: Option<u32>,
    pub height: Option<u32>,
}

/// What a link is made from.
struct Found {
    /// Its link as it is now, with its process.
    url: String,
    name: String,
    profile: Option<Profile>,
    key: Option<String>,
    host: Option<ImageHost>,
    size: Option<(u32, u32)>,
    row: Option<crate::history::Entry>,
}

impl App {
    /// The link of a URL, an id of the history, `PROFILE:KEY` or a key.
    ///
    /// # Errors
    /// That there is no such row or profile, what the host cannot do, or that a link cannot be
    /// signed.
    pub async fn link_to(&self, what: &str, options: &LinkOptions) -> Result<Linked> {
        let found = self.find(what, options).await?;
        let Some(spec) = &options.transform else {
            return match options.expires {
                None => Ok(linked(&found, found.url.clone(), found.url.clone(), None)),
                Some(expires) => {
                    let transform = split_transform(&found.url).map(|(_, transform)| transform);
                    self.signed(&found, transform.as_ref(), expires).await
                }
            };
        };
        let transform = Transform::parse(spec, &self.presets_for(&found, options)?)?;
        if let (false, None) = (transform.is_empty(), found.host) {
            return Err(Problem::new(Code::TransformInvalid, what)
                .with_reason(Reason::Unfit(Unfit::NoHost)));
        }
        // Without a host there is a process to take off at most, and either kind is.
        let host = found.host.unwrap_or(ImageHost::Oss);
        transform.check_for(host, self.source(&found, &transform).await?)?;
        if let Some(expires) = options.expires {
            return self.signed(&found, Some(&transform), expires).await;
        }
        let made = with_transform(&found.url, host, &transform)?;
        let shown = (!transform.is_empty()).then_some(&transform);
        Ok(linked(&found, made.url, made.base, shown))
    }

    /// A link as it is written in a format.
    pub fn linked_as(&self, linked: &Linked, format: &str) -> Result<String> {
        let template = LinkTemplate::named(format, &self.settings().custom_formats)?;
        let name = stem(&linked.name);
        Ok(template.render(&LinkFacts {
            url: &linked.url,
            name,
            filename: &linked.name,
            ext: ext(&linked.name),
            alt: name,
            width: linked.width,
            height: linked.height,
            size: None,
        }))
    }

    async fn find(&self, what: &str, options: &LinkOptions) -> Result<Found> {
        let names: Vec<String> =
            self.inner.live.profiles().into_iter().map(|profile| profile.name).collect();
        match Target::read(what, &names) {
            Target::Id(id) => {
                let entry = self.entry(id).await?;
                let profile = self.inner.live.profile(&entry.profile).ok();
                Ok(Found {
                    url: with_process(&entry.url, entry.process.as_deref()),
                    name: entry.name.clone(),
                    key: Some(entry.key.clone()),
                    host: profile.as_ref().and_then(Profile::image_host),
                    size: entry.width.zip(entry.height),
                    profile,
                    row: Some(entry),
                })
            }
            Target::Key { profile, key } => {
                let below_folder = profile.is_some();
                let profile = self.chosen(profile.as_deref().or(options.profile.as_deref()))?;
                // As `hoist put` and `get` write it, a key after its profile is below its folder.
                let key = if below_folder { format!("{}{key}", profile.prefix) } else { key };
                let base = self.inner.buckets.address(&profile)?.1;
                Ok(Found {
                    url: public_url(&base, &key),
                    name: key.rsplit('/').next().unwrap_or(&key).to_owned(),
                    host: profile.image_host(),
                    profile: Some(profile),
                    key: Some(key),
                    size: None,
                    row: None,
                })
            }
            Target::Url(url) => self.find_url(url, options),
        }
    }

    fn find_url(&self, url: String, options: &LinkOptions) -> Result<Found> {
        // The address of the image itself says whose it is.
        let bare = with_transform(&url, ImageHost::Oss, &Transform::default())?.base;
        let mut found = Found {
            name: url_name(&bare),
            host: host_of(&url),
            url,
            profile: None,
            key: None,
            size: None,
            row: None,
        };
        for profile in self.inner.live.profiles() {
            let Ok((_, base)) = self.inner.buckets.address(&profile) else { continue };
            if let Some(key) = key_of(&base, &bare) {
                found.host = profile.image_host();
                found.profile = Some(profile);
                found.key = Some(key);
                return Ok(found);
            }
        }
        if found.host.is_none() && options.profile.is_some() {
            found.host = self.chosen(options.profile.as_deref())?.image_host();
        }
        Ok(found)
    }

    fn chosen(&self, name: Option<&str>) -> Result<Profile> {
        let default = self.settings().default_profile;
        self.inner.live.profile(name.unwrap_or(&default))
    }

    fn presets_for(
        &self,
        found: &Found,
        options: &LinkOptions,
    ) -> Result<Vec<crate::settings::Preset>> {
        match &found.profile {
            Some(profile) => Ok(self.presets_of(profile)),
            None => Ok(self.presets_of(&self.chosen(options.profile.as_deref())?)),
        }
    }

    /// What is known of the stored image. Only a row of the history says something.
    async fn source(&self, found: &Found, transform: &Transform) -> Result<Option<SourceFacts>> {
        match &found.row {
            Some(row) if !transform.is_empty() => self.facts_of(row).await,
            _ => Ok(None),
        }
    }

    /// Signed for a time, with the process inside the signature.
    async fn signed(
        &self,
        found: &Found,
        transform: Option<&Transform>,
        expires: Duration,
    ) -> Result<Linked> {
        let (Some(profile), Some(key)) = (&found.profile, &found.key) else {
            return Err(
                Problem::new(Code::ProfileNotFound, &found.url).with_field(FieldName::PublicUrl)
            );
        };
        let place = self.inner.buckets.place(&profile.name).await?;
        if found.row.as_ref().is_some_and(|row| row.target != place.target) {
            return Err(Problem::new(Code::ObjectNotFound, key));
        }
        let transform = transform.filter(|transform| !transform.is_empty());
        if let (Some(transform), Some(ImageHost::Cloudflare)) = (transform, found.host) {
            // Its processing stands in front of the public address, which is not signed.
            return Err(Problem::new(Code::TransformInvalid, transform.to_string())
                .with_reason(Reason::Unfit(Unfit::Signed)));
        }
        let request = PresignRequest {
            method: PresignMethod::Get,
            key: key.clone(),
            expires,
            content_type: None,
            content_disposition: None,
            process: transform.map(Transform::to_oss_process).transpose()?,
        };
        let signed = place.bucket.presign(&request).await;
        let signed = signed.map_err(|error| Problem::from_store(&error, key))?;
        let base = public_url(&place.public_base, key);
        Ok(Linked { url: signed.url, ..linked(found, base.clone(), base, transform) })
    }
}

fn linked(found: &Found, url: String, base: String, transform: Option<&Transform>) -> Linked {
    let process = match (transform, split_transform(&url)) {
        (Some(transform), _) => {
            found.host.and_then(|host| Some(with_transform(&base, host, transform).ok()?.process))
        }
        (None, Some((base, _))) => process_between(&base, &url),
        (None, None) => None,
    };
    let base = split_transform(&base).map_or(base, |(base, _)| base);
    let size = match transform {
        Some(transform) if transform.style.is_none() => {
            found.size.map(|size| transform.size_of(size))
        }
        Some(_) => None,
        None => found.size,
    };
    Linked {
        url,
        base,
        process: process.filter(|process| !process.is_empty()),
        name: found.name.clone(),
        profile: found.profile.as_ref().map(|profile| profile.name.clone()),
        key: found.key.clone(),
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
    }
}

/// What `url` has and `base` has not.
fn process_between(base: &str, url: &str) -> Option<String> {
    if let Some(query) = url.strip_prefix(base) {
        return Some(query.to_owned());
    }
    let start = url.find("/cdn-cgi/image/")?;
    let path = base.get(start..)?;
    Some(url[start..].strip_suffix(path)?.to_owned())
}

/// Who processes images behind a URL, as far as it says so itself.
fn host_of(url: &str) -> Option<ImageHost> {
    let parsed = url::Url::parse(url).ok()?;
    if parsed.path().starts_with("/cdn-cgi/image/") {
        return Some(ImageHost::Cloudflare);
    }
    let oss = parsed.query_pairs().any(|(name, _)| name == "x-oss-process")
        || parsed.host_str().is_some_and(|host| host.ends_with(".aliyuncs.com"));
    oss.then_some(ImageHost::Oss)
}
