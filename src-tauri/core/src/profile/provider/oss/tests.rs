use super::*;
use crate::profile::Provider;

fn named(bucket: &str, region: &str, kind: EndpointKind) -> Option<Named> {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(Named { bucket: filled(bucket), region: filled(region), kind })
}

#[test]
fn every_address_of_its_own_is_read() {
    use EndpointKind::*;
    let cases = [
        ("oss-cn-hangzhou.aliyuncs.com", named("", "cn-hangzhou", Public)),
        ("https://oss-cn-hangzhou.aliyuncs.com/", named("", "cn-hangzhou", Public)),
        (" http://oss-cn-wuhan-lr.aliyuncs.com:80/a?b ", named("", "cn-wuhan-lr", Public)),
        ("OSS-CN-Hangzhou.aliyuncs.com", named("", "cn-hangzhou", Public)),
        ("oss-cn-hangzhou", named("", "cn-hangzhou", Public)),
        ("oss-us-west-1-internal", named("", "us-west-1", Internal)),
        ("images.oss-cn-hangzhou.aliyuncs.com", named("images", "cn-hangzhou", Public)),
        (
            "https://images.oss-cn-hangzhou-internal.aliyuncs.com",
            named("images", "cn-hangzhou", Internal),
        ),
        ("cn-shanghai.oss.aliyuncs.com", named("", "cn-shanghai", DualStack)),
        ("images.cn-shanghai.oss.aliyuncs.com", named("images", "cn-shanghai", DualStack)),
        ("oss-accelerate.aliyuncs.com", named("", "", Accelerate)),
        ("images.oss-accelerate-overseas.aliyuncs.com", named("images", "", AccelerateOverseas)),
        ("s3.oss-cn-hangzhou.aliyuncs.com", named("", "cn-hangzhou", Public)),
        ("images.s3.oss-cn-hangzhou.aliyuncs.com", named("images", "cn-hangzhou", Public)),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text}");
    }
    for other in [
        "",
        "cn-hangzhou",
        "https://img.example.com",
        "https://oss-cn-hangzhou.example.com",
        "http://127.0.0.1:8080",
        "https://oss.internal",
        // Their region is called cn-hangzhou-finance.
        "oss-cn-hzfinance.aliyuncs.com",
    ] {
        assert_eq!(read(other), None, "{other}");
    }
}

#[test]
fn what_is_written_for_a_kind_reads_back_as_it() {
    for (_, kind) in EndpointKind::ALL {
        let found = read(&url(kind, "ap-southeast-1")).unwrap();
        assert_eq!((found.kind, found.bucket), (kind, None));
        assert!(found.region.is_none_or(|region| region == "ap-southeast-1"));
    }
}

fn profile() -> Profile {
    Profile {
        region: Some("cn-hangzhou".into()),
        bucket: "images".into(),
        ..Profile::new("pictures", Provider::Oss)
    }
}

#[test]
fn a_pasted_address_fills_the_fields_it_speaks_of() {
    let typed = |region: &str, endpoint: &str, bucket: &str| {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let typed = Profile {
            region: filled(region),
            endpoint: filled(endpoint),
            bucket: bucket.into(),
            ..Profile::new("pictures", Provider::Oss)
        }
        .normalized();
        assert_eq!(typed.clone().normalized(), typed, "{region} {endpoint}");
        (typed.region.unwrap_or_default(), typed.bucket, typed.endpoint, typed.endpoint_kind)
    };
    let kind = |kind| (String::from("cn-shanghai"), String::from("images"), None, kind);
    assert_eq!(typed("", "https://images.oss-cn-shanghai.aliyuncs.com", ""), kind(None));
    assert_eq!(typed("cn-hangzhou", "oss-cn-shanghai.aliyuncs.com", "images"), kind(None));
    assert_eq!(typed("oss-cn-shanghai", "", "images"), kind(None));
    assert_eq!(typed("OSS-CN-Shanghai.aliyuncs.com", "", "images"), kind(None));
    let internal = kind(Some(EndpointKind::Internal));
    assert_eq!(typed("", "images.oss-cn-shanghai-internal.aliyuncs.com", ""), internal);
    assert_eq!(typed("oss-cn-shanghai-internal", "", "images"), internal);
    let fast = kind(Some(EndpointKind::Accelerate));
    assert_eq!(typed("cn-shanghai", "oss-accelerate.aliyuncs.com", "images"), fast);
    // Another bucket than the one pasted along with the address was typed on purpose.
    assert_eq!(typed("", "other.oss-cn-shanghai.aliyuncs.com", "images"), kind(None));
    // A private cloud's stays as it is.
    let own = typed("cn-shanghai", "https://oss.cloud.example.com", "images");
    assert_eq!(own.2.as_deref(), Some("https://oss.cloud.example.com"));
}

#[test]
fn requests_go_where_the_profile_says() {
    let url = |profile: &Profile| super::super::endpoint(profile).unwrap().url.unwrap();
    for (_, kind) in EndpointKind::ALL {
        let profile = Profile { endpoint_kind: Some(kind), ..profile() };
        assert_eq!(address(&profile).unwrap(), (Address::Kind(kind), "cn-hangzhou".into()));
        assert_eq!(url(&profile), super::url(kind, "cn-hangzhou"));
    }
    let bound = Profile {
        cname: true,
        public_url: Some("https://img.example.com/".into()),
        endpoint: Some("https://oss.cloud.example.com".into()),
        ..profile()
    };
    let cname = Address::Cname("https://img.example.com".into());
    assert_eq!(address(&bound).unwrap().0, cname);
    let own = Profile { cname: false, ..bound.clone() };
    assert_eq!(url(&own), "https://oss.cloud.example.com");

    // The prefix at its end belongs to the keys.
    let deeper = |url: &str| Profile { public_url: Some(url.into()), ..bound.clone() };
    let blog = Profile { prefix: "blog/".into(), ..deeper("https://img.example.com/blog") };
    assert_eq!(address(&blog).unwrap().0, cname);
    let problem = deeper("https://img.example.com/cdn").validate().unwrap_err();
    assert_eq!(problem.field, Some(FieldName::PublicUrl));
    let problem = Profile { public_url: None, ..bound.clone() }.validate().unwrap_err();
    assert_eq!(problem.field, Some(FieldName::PublicUrl));
    let problem = Profile { region: None, ..bound }.validate().unwrap_err();
    assert_eq!(problem.field, Some(FieldName::Region));
}

#[test]
fn links_take_an_address_that_opens_anywhere() {
    let base = |profile: Profile| public_base(&profile).unwrap();
    let internal = base(Profile { endpoint_kind: Some(EndpointKind::Internal), ..profile() });
    assert_eq!(internal.url, "https://images.oss-cn-hangzhou.aliyuncs.com");
    assert!(!internal.is_set);
    let dual = base(Profile { endpoint_kind: Some(EndpointKind::DualStack), ..profile() });
    assert_eq!(dual.url, "https://images.cn-hangzhou.oss.aliyuncs.com");
    // A bucket stands in the path of a numeric address only.
    let at = |url: &str| base(Profile { endpoint: Some(url.into()), ..profile() }).url;
    assert_eq!(at("http://127.0.0.1:8080"), "http://127.0.0.1:8080/images");
    assert_eq!(at("http://localhost:8080"), "http://images.localhost:8080");
}

#[test]
fn bucket_names_follow_its_rules() {
    for (bucket, valid) in [
        ("images", true),
        ("a-1", true),
        ("ab", false),
        ("Images", false),
        ("my.images", false),
        ("my_images", false),
        ("-images", false),
        ("images-", false),
        (&*"x".repeat(64), false),
    ] {
        let profile = Profile { bucket: bucket.into(), ..profile() };
        assert_eq!(profile.validate().is_ok(), valid, "{bucket}");
    }
}
