//! Which URL a bucket or object has at which endpoint.

use url::{Host, Url};

use super::sign::encode_path;
use super::{OssConfig, OssEndpoint};
use crate::net::{authority, endpoint_url, is_loopback};
use crate::{ErrorKind, Result, StoreError};

/// Longest key, in bytes of UTF-8.
pub(crate) const MAX_KEY: usize = 1023;

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource<'a> {
    /// All buckets of the account.
    Service,
    /// The bucket.
    Bucket,
    /// One object.
    Object(&'a str),
}

/// Where the bucket's name stands in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Host,
    Path,
    /// The whole host is the bucket's.
    Domain,
}

/// An endpoint, and how buckets are addressed there.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    base: Url,
    place: Place,
}

impl Address {
    pub(crate) fn new(config: &OssConfig) -> Result<Self> {
        let region = config.signing_region();
        if region.is_empty()
            || !region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            return Err(StoreError::new(
                ErrorKind::WrongRegion,
                format!("`{}` is no region; enter one such as cn-hangzhou", config.region),
            ));
        }
        let host = match &config.endpoint {
            OssEndpoint::Public => format!("oss-{region}.aliyuncs.com"),
            OssEndpoint::Internal => format!("oss-{region}-internal.aliyuncs.com"),
            OssEndpoint::DualStack => format!("{region}.oss.aliyuncs.com"),
            OssEndpoint::Accelerate => "oss-accelerate.aliyuncs.com".to_owned(),
            OssEndpoint::AccelerateOverseas => "oss-accelerate-overseas.aliyuncs.com".to_owned(),
            OssEndpoint::Cname(text) => {
                let base = entered(text, "https://img.example.com")?;
                return Ok(Self { base, place: Place::Domain });
            }
            OssEndpoint::Url(text) => {
                let mut base = entered(text, "https://oss-cn-hangzhou.aliyuncs.com")?;
                let place = match base.host() {
                    Some(Host::Ipv4(_) | Host::Ipv6(_)) => Place::Path,
                    _ => Place::Host,
                };
                // The bucket's own domain is what the console shows.
                let endpoint = base.host_str().and_then(|host| {
                    let endpoint = host.strip_prefix(&format!("{}.", config.bucket))?;
                    endpoint.ends_with(".aliyuncs.com").then(|| endpoint.to_owned())
                });
                if let Some(endpoint) = endpoint {
                    set_host(&mut base, &endpoint)?;
                }
                return Ok(Self { base, place });
            }
        };
        Ok(Self { base: endpoint_url(&format!("https://{host}"), "")?, place: Place::Host })
    }

    /// The host that errors name.
    pub(crate) fn host(&self) -> String {
        authority(&self.base)
    }

    /// Without bucket and key.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// The endpoint of a region; `None` where this is one, or is no address of Aliyun's.
    pub(crate) fn regional(&self, region: &str) -> Option<Self> {
        let host = self.base.host_str()?;
        let elsewhere = self.place == Place::Domain || host.starts_with("oss-accelerate");
        if !elsewhere || is_loopback(&self.base) {
            return None;
        }
        let host = format!("oss-{region}.aliyuncs.com");
        let base = Url::parse(&format!("{}://{host}", self.base.scheme())).ok()?;
        Some(Self { base, place: Place::Host })
    }

    /// The URL of a resource, without a query.
    pub(crate) fn url(&self, bucket: &str, resource: Resource<'_>) -> Result<Url> {
        let mut url = self.base.clone();
        if resource == Resource::Service {
            return if self.place == Place::Domain {
                Err(StoreError::new(
                    ErrorKind::Unsupported,
                    "a custom domain reaches one bucket only; use a regional endpoint",
                ))
            } else {
                Ok(url)
            };
        }
        let key = match resource {
            Resource::Object(key) => path_of(key),
            _ => String::new(),
        };
        match self.place {
            Place::Host => {
                let host = format!("{bucket}.{}", url.host_str().unwrap_or_default());
                set_host(&mut url, &host)?;
                url.set_path(&format!("/{key}"));
            }
            Place::Path => url.set_path(&format!("/{bucket}/{key}")),
            Place::Domain => url.set_path(&format!("/{key}")),
        }
        Ok(url)
    }
}

fn set_host(url: &mut Url, host: &str) -> Result<()> {
    url.set_host(Some(host)).map_err(|error| {
        StoreError::new(ErrorKind::WrongEndpoint, format!("`{host}` is no host name"))
            .with_source(error)
    })
}

/// An endpoint that was entered, with or without `https://`.
fn entered(text: &str, example: &str) -> Result<Url> {
    let text = text.trim();
    let url = if text.contains("://") || text.is_empty() {
        endpoint_url(text, example)?
    } else {
        endpoint_url(&format!("https://{text}"), example)?
    };
    if url.path() != "/" {
        return Err(StoreError::new(
            ErrorKind::WrongEndpoint,
            format!("`{text}` has a path; enter something like {example}"),
        ));
    }
    Ok(url)
}

/// A key as the path of a URL.
///
/// HTTP clients take `/./` and `/../` for steps and drop them, however the dots are written, so in
/// such a key the slashes are encoded too. OSS decodes them before it looks at the signature.
fn path_of(key: &str) -> String {
    let path = encode_path(key);
    if key.split('/').any(|segment| matches!(segment, "." | "..")) {
        path.replace('/', "%2F")
    } else {
        path
    }
}

/// Refuses a key that OSS cannot hold: the object naming rules of its developer guide.
pub(crate) fn check_key(key: &str) -> Result<()> {
    crate::key::check_key(key, MAX_KEY)?;
    let why = if key.starts_with(['/', '\\']) {
        "a key on OSS cannot start with / or \\"
    } else if matches!(key, "." | "..") {
        "this key cannot be written in a URL"
    } else {
        return Ok(());
    };
    Err(StoreError::new(ErrorKind::InvalidKey, format!("{why}: `{key}`")))
}

/// Refuses what cannot be the name of a bucket.
pub(crate) fn check_bucket(name: &str) -> Result<()> {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let good = (3..=63).contains(&name.len())
        && name.bytes().all(letters)
        && !name.starts_with('-')
        && !name.ends_with('-');
    if good {
        return Ok(());
    }
    Err(StoreError::new(
        ErrorKind::Unsupported,
        format!(
            "`{name}` cannot be a bucket of OSS: names have 3 to 63 of a-z, 0-9 and -, and neither start nor end with -"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::OssCredentials;
    use super::*;

    fn address(endpoint: OssEndpoint) -> Result<Address> {
        let keys = OssCredentials::new("a", "b", None);
        Address::new(&OssConfig::new("oss-cn-hangzhou", "pics", keys).endpoint(endpoint))
    }

    fn object(endpoint: OssEndpoint, key: &str) -> String {
        address(endpoint).unwrap().url("pics", Resource::Object(key)).unwrap().to_string()
    }

    #[test]
    fn every_kind_of_endpoint_has_its_own_host() {
        for (endpoint, url) in [
            (OssEndpoint::Public, "https://pics.oss-cn-hangzhou.aliyuncs.com/k"),
            (OssEndpoint::Internal, "https://pics.oss-cn-hangzhou-internal.aliyuncs.com/k"),
            (OssEndpoint::DualStack, "https://pics.cn-hangzhou.oss.aliyuncs.com/k"),
            (OssEndpoint::Accelerate, "https://pics.oss-accelerate.aliyuncs.com/k"),
            (
                OssEndpoint::AccelerateOverseas,
                "https://pics.oss-accelerate-overseas.aliyuncs.com/k",
            ),
            (OssEndpoint::Cname("https://img.example.com/".into()), "https://img.example.com/k"),
            (OssEndpoint::Cname("img.example.com".into()), "https://img.example.com/k"),
            (OssEndpoint::Url("http://127.0.0.1:9000".into()), "http://127.0.0.1:9000/pics/k"),
            (OssEndpoint::Url("http://[::1]:9000".into()), "http://[::1]:9000/pics/k"),
            (OssEndpoint::Url("http://oss.example".into()), "http://pics.oss.example/k"),
            (
                OssEndpoint::Url("pics.oss-cn-hangzhou.aliyuncs.com".into()),
                "https://pics.oss-cn-hangzhou.aliyuncs.com/k",
            ),
        ] {
            assert_eq!(object(endpoint.clone(), "k"), url, "{endpoint:?}");
        }
    }

    #[test]
    fn keys_are_encoded_and_dots_are_no_steps() {
        let url = |key| object(OssEndpoint::Public, key);
        let at = "https://pics.oss-cn-hangzhou.aliyuncs.com/";
        for (key, path) in [
            ("dir a/图+~1.png", "dir%20a/%E5%9B%BE%2B~1.png"),
            ("x//y?#%", "x//y%3F%23%25"),
            ("x/./y", "x%2F.%2Fy"),
            ("x/../y z", "x%2F..%2Fy%20z"),
            ("a\\b\tc", "a%5Cb%09c"),
            ("folder/", "folder/"),
        ] {
            assert_eq!(url(key), format!("{at}{path}"), "{key}");
        }
    }

    proptest! {
        #[test]
        fn any_key_is_in_its_url_as_it_is(key in "[./\\PC]{1,40}") {
            prop_assume!(check_key(&key).is_ok());
            let url = Url::parse(&object(OssEndpoint::Public, &key)).unwrap();
            let path = url.path().strip_prefix('/').unwrap();
            let back = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
            prop_assert_eq!(back, key);
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }

    #[test]
    fn a_custom_domain_has_no_list_of_buckets() {
        let cname = address(OssEndpoint::Cname("https://img.example.com".into())).unwrap();
        let error = cname.url("pics", Resource::Service).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let public = address(OssEndpoint::Public).unwrap();
        let service = public.url("pics", Resource::Service).unwrap();
        assert_eq!(service.as_str(), "https://oss-cn-hangzhou.aliyuncs.com/");
        let bucket = public.url("pics", Resource::Bucket).unwrap();
        assert_eq!(bucket.as_str(), "https://pics.oss-cn-hangzhou.aliyuncs.com/");
    }

    #[test]
    fn endpoints_and_regions_that_cannot_work_are_refused_at_once() {
        for bad in ["", "ftp://x", "https://u:p@x", "https://x/?a=b", "https://x/path"] {
            for endpoint in [OssEndpoint::Url(bad.into()), OssEndpoint::Cname(bad.into())] {
                let error = address(endpoint).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WrongEndpoint, "{bad}");
            }
        }
        let keys = OssCredentials::new("a", "b", None);
        for region in ["", "cn hangzhou", "oss.example/"] {
            let config = OssConfig::new(region, "pics", keys.clone());
            assert_eq!(Address::new(&config).unwrap_err().kind(), ErrorKind::WrongRegion);
        }
    }

    #[test]
    fn names_follow_the_rules_of_oss() {
        for name in ["abc", "my-bucket-1", "0a0"] {
            check_bucket(name).unwrap();
        }
        for name in ["ab", "Abc", "a.b.c", "-abc", "abc-", "a_b", "图图图", &"a".repeat(64)] {
            assert!(check_bucket(name).is_err(), "{name}");
        }
        check_key(&"é".repeat(511)).unwrap();
        for key in ["", "/a", "\\a", ".", "..", &"é".repeat(512)] {
            assert_eq!(check_key(key).unwrap_err().kind(), ErrorKind::InvalidKey, "{key}");
        }
    }
}
