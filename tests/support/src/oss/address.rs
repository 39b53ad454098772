//! Which bucket a host means, and by which endpoint.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// How a request reached the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// By an IP address: the bucket is in the path.
    Ip,
    /// By the public endpoint of a region.
    Public,
    /// By an endpoint inside of Aliyun's network.
    Internal,
    /// By an accelerated endpoint, which knows all regions.
    Accelerate,
    /// By a custom domain of a bucket.
    Cname,
}

/// What a host stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) via: Via,
    /// The bucket the host names.
    pub(crate) bucket: Option<String>,
    /// The region of the endpoint, where it has one.
    pub(crate) region: Option<String>,
}

/// Reads a host. None when it belongs to nobody.
pub(crate) fn place(host: &str, cnames: &BTreeMap<String, String>, region: &str) -> Option<Place> {
    let host = host.to_ascii_lowercase();
    let name = without_port(&host);
    if let Some(bucket) = cnames.get(&host).or_else(|| cnames.get(name)) {
        return Some(Place { via: Via::Cname, bucket: Some(bucket.clone()), region: None });
    }
    let ours = Some(region.to_owned());
    if name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Some(Place { via: Via::Ip, bucket: None, region: ours });
    }
    if let Some(rest) = name.strip_suffix(".aliyuncs.com") {
        return official(rest);
    }
    // The loopback stands for the public endpoint too.
    let bucket = if name == "localhost" { None } else { Some(name.strip_suffix(".localhost")?) };
    Some(Place { via: Via::Public, bucket: bucket.map(str::to_owned), region: ours })
}

/// A name under aliyuncs.com.
fn official(name: &str) -> Option<Place> {
    let labels: Vec<_> = name.split('.').collect();
    // Dual stack: [bucket.]region.oss
    let (endpoint, bucket) = match labels[..] {
        [region, "oss"] => return Some(public(region, None)),
        [bucket, region, "oss"] => return Some(public(region, Some(bucket))),
        [endpoint] => (endpoint, None),
        [bucket, endpoint] => (endpoint, Some(bucket)),
        _ => return None,
    };
    let bucket = bucket.map(str::to_owned);
    if ["oss-accelerate", "oss-accelerate-overseas"].contains(&endpoint) {
        return Some(Place { via: Via::Accelerate, bucket, region: None });
    }
    let region = endpoint.strip_prefix("oss-")?;
    let (via, region) = match region.strip_suffix("-internal") {
        Some(region) => (Via::Internal, region),
        None => (Via::Public, region),
    };
    Some(Place { via, bucket, region: Some(region.to_owned()) })
}

fn public(region: &str, bucket: Option<&str>) -> Place {
    Place { via: Via::Public, bucket: bucket.map(str::to_owned), region: Some(region.to_owned()) }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a name can be that of a bucket.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_host_is_known() {
        let cnames = BTreeMap::from([
            ("img.example.com".to_owned(), "one".to_owned()),
            ("localhost:81".to_owned(), "two".to_owned()),
        ]);
        let read = |host: &str| {
            let place = place(host, &cnames, "cn-hangzhou")?;
            let (bucket, region) =
                (place.bucket.unwrap_or_default(), place.region.unwrap_or_default());
            Some((place.via, bucket, region))
        };
        let found =
            |via, bucket: &str, region: &str| Some((via, bucket.to_owned(), region.to_owned()));
        assert_eq!(read("127.0.0.1:80"), found(Via::Ip, "", "cn-hangzhou"));
        assert_eq!(read("[::1]:80"), found(Via::Ip, "", "cn-hangzhou"));
        assert_eq!(read("IMG.example.com:443"), found(Via::Cname, "one", ""));
        assert_eq!(read("localhost:81"), found(Via::Cname, "two", ""));
        assert_eq!(read("localhost:82"), found(Via::Public, "", "cn-hangzhou"));
        assert_eq!(read("b.localhost:82"), found(Via::Public, "b", "cn-hangzhou"));
        assert_eq!(read("oss-cn-beijing.aliyuncs.com"), found(Via::Public, "", "cn-beijing"));
        assert_eq!(read("b.oss-cn-beijing.aliyuncs.com"), found(Via::Public, "b", "cn-beijing"));
        let internal = "b.oss-us-west-1-internal.aliyuncs.com";
        assert_eq!(read(internal), found(Via::Internal, "b", "us-west-1"));
        assert_eq!(read("b.cn-beijing.oss.aliyuncs.com"), found(Via::Public, "b", "cn-beijing"));
        assert_eq!(read("b.oss-accelerate.aliyuncs.com"), found(Via::Accelerate, "b", ""));
        let overseas = "b.oss-accelerate-overseas.aliyuncs.com";
        assert_eq!(read(overseas), found(Via::Accelerate, "b", ""));
        assert_eq!(read("sts.aliyuncs.com"), None);
        assert_eq!(read("example.org"), None);
    }
}
