//! What each provider needs and how its bucket is reached. Sources: the providers' own documentation.

pub mod oss;
mod specs;

use hoist_store::s3::S3Dialect;
use url::Url;

use super::{Profile, Provider};
use crate::problem::{Code, FieldName, Problem, Reason, Result};

pub use specs::{all, spec};

/// How to reach a profile's bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// URL without the bucket; `None` leaves it to the region (AWS).
    pub url: Option<String>,
    /// Region to sign for.
    pub region: String,
    /// `https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`.
    pub path_style: bool,
    /// What the server understands.
    pub protocol: Protocol,
}

/// What a provider's servers understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// S3, with the provider's own ways.
    S3(S3Dialect),
    /// OSS's own; [`oss::address`] says more of where its requests go.
    Oss,
}

impl Provider {
    /// Every one, in the order of the form.
    pub const ALL: [Provider; 12] = [
        Provider::R2,
        Provider::Oss,
        Provider::S3,
        Provider::B2,
        Provider::Cos,
        Provider::Obs,
        Provider::Spaces,
        Provider::Wasabi,
        Provider::Vultr,
        Provider::Runpod,
        Provider::Minio,
        Provider::Local,
    ];

    /// As config.toml and `--provider` write it.
    pub fn id(self) -> &'static str {
        match self {
            Provider::Local => "local",
            Provider::R2 => "r2",
            Provider::S3 => "s3",
            Provider::Minio => "minio",
            Provider::Cos => "cos",
            Provider::Obs => "obs",
            Provider::Vultr => "vultr",
            Provider::Runpod => "runpod",
            Provider::B2 => "b2",
            Provider::Spaces => "spaces",
            Provider::Wasabi => "wasabi",
            Provider::Oss => "oss",
        }
    }

    /// The provider of this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.id() == id)
    }

    /// Whether its buckets are addressed by path unless the profile says otherwise.
    pub fn path_style_default(self) -> bool {
        matches!(self, Provider::Local | Provider::Minio | Provider::Runpod)
    }
}

/// How to reach the bucket of a profile. For `local` the running store says where it is instead.
///
/// # Errors
/// [`Code::ProfileInvalid`] with the field that is missing or wrong.
pub fn endpoint(profile: &Profile) -> Result<Endpoint> {
    let region = profile.region.as_deref();
    let required = |field: FieldName, value: Option<&str>| -> Result<String> {
        value.filter(|value| !value.is_empty()).map(str::to_owned).ok_or_else(|| {
            Problem::new(Code::ProfileInvalid, &*profile.name)
                .with_field(field)
                .with_reason(Reason::Missing)
        })
    };
    // An endpoint typed out always wins: private networks, accelerators, stand-ins in tests.
    let own = profile.endpoint.as_deref().map(|endpoint| bare(endpoint, &profile.bucket));
    let or_region = |host: &dyn Fn(&str) -> String| -> Result<Option<String>> {
        match &own {
            Some(own) => Ok(Some(own.clone())),
            None => required(FieldName::Region, region).map(|region| Some(host(&region))),
        }
    };
    let or_default = |default: &str| region.unwrap_or(default).to_owned();

    let (url, region, dialect) = match profile.provider {
        Provider::Local => {
            let url = own.unwrap_or_else(|| "http://127.0.0.1:36690".into());
            (Some(url), or_default("us-east-1"), S3Dialect::Hoist)
        }
        Provider::R2 => {
            let url = match own {
                Some(own) => own,
                None => {
                    let id = required(FieldName::AccountId, profile.account_id.as_deref())?;
                    match profile.jurisdiction.as_deref() {
                        None | Some("") => format!("https://{id}.r2.cloudflarestorage.com"),
                        Some(place) => format!("https://{id}.{place}.r2.cloudflarestorage.com"),
                    }
                }
            };
            (Some(url), or_default("auto"), S3Dialect::R2)
        }
        Provider::S3 => match own {
            Some(own) => {
                let dialect = if is_aws(&own) { S3Dialect::Aws } else { S3Dialect::Generic };
                (Some(own), or_default("us-east-1"), dialect)
            }
            None => (None, required(FieldName::Region, region)?, S3Dialect::Aws),
        },
        Provider::Minio => {
            let url = required(FieldName::Endpoint, own.as_deref())?;
            (Some(url), or_default("us-east-1"), S3Dialect::Minio)
        }
        Provider::Cos => {
            let url = or_region(&|region| format!("https://cos.{region}.myqcloud.com"))?;
            (url, or_default("ap-guangzhou"), S3Dialect::Cos)
        }
        Provider::Obs => {
            let url = or_region(&|region| format!("https://obs.{region}.myhuaweicloud.com"))?;
            (url, or_default("cn-north-4"), S3Dialect::Obs)
        }
        Provider::Vultr => {
            let url = or_region(&|region| format!("https://{region}.vultrobjects.com"))?;
            (url, or_default("us-east-1"), S3Dialect::Vultr)
        }
        Provider::Runpod => {
            let host =
                |region: &str| format!("https://s3api-{}.runpod.io", region.to_ascii_lowercase());
            let url = or_region(&host)?;
            (url, required(FieldName::Region, region)?.to_ascii_uppercase(), S3Dialect::Runpod)
        }
        Provider::B2 => {
            let url = or_region(&|region| format!("https://s3.{region}.backblazeb2.com"))?;
            (url, or_default("us-west-004"), S3Dialect::B2)
        }
        Provider::Spaces => {
            let url = or_region(&|region| format!("https://{region}.digitaloceanspaces.com"))?;
            (url, or_default("us-east-1"), S3Dialect::Spaces)
        }
        Provider::Wasabi => {
            let url = or_region(&|region| format!("https://s3.{region}.wasabisys.com"))?;
            (url, or_default("us-east-1"), S3Dialect::Wasabi)
        }
        Provider::Oss => return oss_endpoint(profile),
    };
    // A bucket cannot be put in front of a number or of `localhost`, and a certificate for
    // `*.host` does not cover a bucket with a dot.
    let path_style = profile.path_style
        || url.as_deref().is_some_and(has_no_subdomains)
        || profile.bucket.contains('.');
    Ok(Endpoint { url, region, path_style, protocol: Protocol::S3(dialect) })
}

/// OSS's answer to [`endpoint`]. A custom domain stands for the bucket; it is given as it is.
fn oss_endpoint(profile: &Profile) -> Result<Endpoint> {
    let (address, region) = oss::address(profile)?;
    let url = match address {
        oss::Address::Kind(kind) => oss::url(kind, &region),
        oss::Address::Cname(url) | oss::Address::Url(url) => url,
    };
    // OSS takes a bucket in the path on numeric addresses only.
    let path_style = !profile.cname && is_number(&url);
    Ok(Endpoint { url: Some(url), region, path_style, protocol: Protocol::Oss })
}

/// An endpoint without the bucket, which consoles show along with it: `https://host/bucket` and
/// `https://bucket.host` both become `https://host`.
pub(crate) fn bare(endpoint: &str, bucket: &str) -> String {
    let endpoint = endpoint.trim_end_matches('/');
    if bucket.is_empty() {
        return endpoint.to_owned();
    }
    let Some((scheme, rest)) = endpoint.split_once("://") else { return endpoint.to_owned() };
    let rest = rest.strip_suffix(bucket).and_then(|rest| rest.strip_suffix('/')).unwrap_or(rest);
    let rest = rest.strip_prefix(bucket).and_then(|rest| rest.strip_prefix('.')).unwrap_or(rest);
    format!("{scheme}://{rest}")
}

fn is_number(url: &str) -> bool {
    matches!(
        Url::parse(url).ok().as_ref().and_then(Url::host),
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_))
    )
}

fn is_aws(url: &str) -> bool {
    Url::parse(url)
        .ok()
        .as_ref()
        .and_then(Url::host_str)
        .is_some_and(|host| host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"))
}

fn has_no_subdomains(url: &str) -> bool {
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(url::Host::Domain(host)) => !host.contains('.'),
        Some(_) => true,
        None => false,
    }
}

/// The account id in a pasted R2 address.
pub(super) fn account_of(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next()?;
    let (id, domain) = host.split_once('.')?;
    domain.ends_with("r2.cloudflarestorage.com").then(|| id.to_owned())
}
