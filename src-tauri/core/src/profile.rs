//! A profile: where uploads go, and how their links look. Never the secret itself.

mod check;
mod choice;
pub mod provider;
mod public;

use serde::{Deserialize, Serialize};

pub use check::check_name;
pub use choice::{EndpointKind, Images, Signature};
pub(crate) use public::aws_url;
pub use public::{PublicBase, public_base};

use crate::image::ImageHost;
use crate::settings::{Preset, TransformPlace};

/// A provider, as `--provider` and config.toml name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Local,
    R2,
    S3,
    Minio,
    Cos,
    Obs,
    Vultr,
    Runpod,
    B2,
    Spaces,
    Wasabi,
    /// Aliyun OSS in its own protocol. Its S3 mode is `s3` with an endpoint.
    Oss,
}

/// Where a secret is kept. The access key id counts as part of the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SecretRef {
    /// The operating system's keyring.
    Keyring,
    /// Environment variables, read at each use.
    Env { access_key: String, secret_key: String, session_token: Option<String> },
    /// A file of mode 0600 in the data directory, only when the user asked for it.
    File,
}

/// One profile of config.toml.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its name: 1 to 64 of letters, digits, `.`, `_`, `-`.
    pub name: String,
    pub provider: Provider,
    /// The bucket.
    pub bucket: String,
    /// Endpoint URL; `None` where it follows from the provider, region and account.
    pub endpoint: Option<String>,
    /// Signing region; `None` where the provider has one only.
    pub region: Option<String>,
    /// Cloudflare account id (R2 only).
    pub account_id: Option<String>,
    /// R2 jurisdiction: `eu` or `fedramp`.
    pub jurisdiction: Option<String>,
    /// Put before every key, such as `blog/`.
    pub prefix: String,
    /// What links start with: the custom domain.
    pub public_url: Option<String>,
    /// Requests go to the custom domain too, instead of the provider's own (OSS only).
    pub cname: bool,
    /// Which of the provider's addresses requests go to; `None` is the public one (OSS only).
    pub endpoint_kind: Option<EndpointKind>,
    /// How requests are signed; `None` is V4 (OSS only).
    pub signature: Option<Signature>,
    /// Who transforms the pictures behind the public URL; `None` leaves it to the provider.
    pub images: Option<Images>,
    /// `https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`.
    pub path_style: bool,
    /// Overrides the NamePattern of the settings.
    pub naming: Option<String>,
    /// Overrides the transform of the settings: `preset:NAME` or `w=800,format=webp`.
    pub transform: Option<String>,
    /// Overrides where the settings have transforms done.
    pub transform_place: Option<TransformPlace>,
    /// Named transforms of this profile, shown before those of the settings.
    pub presets: Vec<Preset>,
    pub secret: SecretRef,
}

impl Profile {
    /// A profile with nothing filled in but what follows from the provider.
    pub fn new(name: impl Into<String>, provider: Provider) -> Self {
        Self {
            name: name.into(),
            provider,
            bucket: String::new(),
            endpoint: None,
            region: None,
            account_id: None,
            jurisdiction: None,
            prefix: String::new(),
            public_url: None,
            cname: false,
            endpoint_kind: None,
            signature: None,
            images: None,
            path_style: provider.path_style_default(),
            naming: None,
            transform: None,
            transform_place: None,
            presets: Vec::new(),
            secret: SecretRef::Keyring,
        }
    }

    /// The profile of the built-in store.
    pub fn local() -> Self {
        Self { bucket: "images".into(), ..Self::new("local", Provider::Local) }
    }

    /// As meant rather than as typed: no white space around values, no empty ones, a scheme before the
    /// endpoint and public URL, a prefix that ends in a slash, an account id out of a pasted URL; region,
    /// bucket and endpoint kind out of a pasted OSS address.
    pub fn normalized(mut self) -> Self {
        let tidy = |value: Option<String>| {
            value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        self.name = self.name.trim().to_owned();
        self.bucket = self.bucket.trim().to_owned();
        self.endpoint = tidy(self.endpoint).map(with_scheme);
        self.public_url = tidy(self.public_url).map(with_scheme);
        self.region = tidy(self.region);
        self.account_id = tidy(self.account_id).map(|id| provider::account_of(&id).unwrap_or(id));
        self.jurisdiction = tidy(self.jurisdiction).filter(|value| value != "default");
        self.naming = tidy(self.naming);
        self.transform = tidy(self.transform);
        let prefix = self.prefix.trim().trim_matches('/');
        self.prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        if self.provider == Provider::Oss {
            provider::oss::understand(&mut self);
        } else {
            // What a form showed for another provider before.
            (self.cname, self.endpoint_kind, self.signature) = (false, None, None);
        }
        self
    }

    /// Who transforms its pictures when a link asks for it.
    pub fn image_host(&self) -> Option<ImageHost> {
        match (self.images, self.provider) {
            (Some(Images::None), _) => None,
            (Some(Images::Cloudflare), _) => Some(ImageHost::Cloudflare),
            (_, Provider::Local) => Some(ImageHost::Builtin),
            (Some(Images::Oss), _) | (None, Provider::Oss) => Some(ImageHost::Oss),
            (None, _) => None,
        }
    }

    /// Its own presets, then those of the settings that have another name: as a name is looked up.
    pub fn presets_with(&self, settings: &[Preset]) -> Vec<Preset> {
        let own = |name: &str| self.presets.iter().any(|preset| preset.name == name);
        let others = settings.iter().filter(|preset| !own(&preset.name));
        self.presets.iter().chain(others).cloned().collect()
    }
}

fn with_scheme(url: String) -> String {
    if url.contains("://") { url } else { format!("https://{url}") }
}

#[cfg(test)]
mod tests;
