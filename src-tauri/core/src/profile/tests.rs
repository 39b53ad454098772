use hoist_store::s3::S3Dialect;

use super::provider::Protocol;
use super::*;
use crate::link::public_url;
use crate::problem::{Code, FieldName, Reason};
use crate::view::Field;

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// A profile with every required field of its provider filled with the example of the form.
fn example(provider: Provider) -> Profile {
    if provider == Provider::Local {
        return Profile::local();
    }
    let mut profile = Profile::new("blog", provider);
    for field in provider::spec(provider).fields.into_iter().filter(|field| field.required) {
        match field.field {
            Field::Bucket => profile.bucket = field.example,
            Field::Region => profile.region = Some(field.example),
            Field::Endpoint => profile.endpoint = Some(field.example),
            Field::AccountId => profile.account_id = Some(field.example),
            _ => {}
        }
    }
    profile.normalized()
}

#[test]
fn the_examples_of_every_form_are_valid_and_lead_somewhere() {
    let expected = [
        (
            Provider::R2,
            Some(format!("https://{ACCOUNT}.r2.cloudflarestorage.com")),
            "auto",
            Protocol::S3(S3Dialect::R2),
            format!("https://images.{ACCOUNT}.r2.cloudflarestorage.com"),
        ),
        (
            Provider::S3,
            None,
            "eu-central-1",
            Protocol::S3(S3Dialect::Aws),
            "https://images.s3.eu-central-1.amazonaws.com".into(),
        ),
        (
            Provider::B2,
            Some("https://s3.us-west-004.backblazeb2.com".into()),
            "us-west-004",
            Protocol::S3(S3Dialect::B2),
            "https://images.s3.us-west-004.backblazeb2.com".into(),
        ),
        (
            Provider::Cos,
            Some("https://cos.ap-guangzhou.myqcloud.com".into()),
            "ap-guangzhou",
            Protocol::S3(S3Dialect::Cos),
            "https://images-1250000000.cos.ap-guangzhou.myqcloud.com".into(),
        ),
        (
            Provider::Obs,
            Some("https://obs.cn-north-4.myhuaweicloud.com".into()),
            "cn-north-4",
            Protocol::S3(S3Dialect::Obs),
            "https://images.obs.cn-north-4.myhuaweicloud.com".into(),
        ),
        (
            Provider::Spaces,
            Some("https://fra1.digitaloceanspaces.com".into()),
            "fra1",
            Protocol::S3(S3Dialect::Spaces),
            "https://images.fra1.digitaloceanspaces.com".into(),
        ),
        (
            Provider::Wasabi,
            Some("https://s3.eu-central-1.wasabisys.com".into()),
            "eu-central-1",
            Protocol::S3(S3Dialect::Wasabi),
            "https://images.s3.eu-central-1.wasabisys.com".into(),
        ),
        (
            Provider::Vultr,
            Some("https://ewr1.vultrobjects.com".into()),
            "ewr1",
            Protocol::S3(S3Dialect::Vultr),
            "https://images.ewr1.vultrobjects.com".into(),
        ),
        (
            Provider::Runpod,
            Some("https://s3api-eu-ro-1.runpod.io".into()),
            "EU-RO-1",
            Protocol::S3(S3Dialect::Runpod),
            "https://s3api-eu-ro-1.runpod.io/1a2b3c4d5e".into(),
        ),
        (
            Provider::Minio,
            Some("https://minio.example.com:9000".into()),
            "us-east-1",
            Protocol::S3(S3Dialect::Minio),
            "https://minio.example.com:9000/images".into(),
        ),
        (
            Provider::Oss,
            Some("https://oss-cn-hangzhou.aliyuncs.com".into()),
            "cn-hangzhou",
            Protocol::Oss,
            "https://images.oss-cn-hangzhou.aliyuncs.com".into(),
        ),
        (
            Provider::Local,
            Some("http://127.0.0.1:36690".into()),
            "us-east-1",
            Protocol::S3(S3Dialect::Hoist),
            "http://127.0.0.1:36690/images".into(),
        ),
    ];
    assert_eq!(expected.len(), Provider::ALL.len());
    for (provider, url, region, dialect, public) in expected {
        let profile = example(provider);
        profile.validate().unwrap_or_else(|problem| panic!("{provider:?}: {problem}"));
        let endpoint = provider::endpoint(&profile).unwrap();
        assert_eq!(endpoint.url, url, "{provider:?}");
        assert_eq!(endpoint.region, region, "{provider:?}");
        assert_eq!(endpoint.protocol, dialect, "{provider:?}");
        assert_eq!(endpoint.path_style, provider.path_style_default(), "{provider:?}");
        let base = public_base(&profile).unwrap();
        assert_eq!(base.url, public, "{provider:?}");
        assert_eq!(base.is_set, provider == Provider::Local);
    }
}

#[test]
fn forms_are_complete_and_badges_short() {
    for view in provider::all() {
        assert!(view.badge.chars().count() <= 4 && !view.label.is_empty());
        assert_eq!(Provider::from_id(view.provider.id()), Some(view.provider));
        let has = |field| view.fields.iter().any(|f| f.field == field);
        if view.provider != Provider::Local {
            assert!(has(Field::AccessKeyId) && has(Field::SecretAccessKey) && has(Field::Bucket));
        }
        for field in &view.fields {
            let known = field.choices.is_empty()
                || field.example.is_empty()
                || field.choices.contains(&field.example);
            assert!(known, "{:?}: the example is no choice", view.provider);
        }
        // The id of config.toml, of `--provider` and of the window is the same word.
        assert_eq!(serde_json::to_value(view.provider).unwrap(), view.provider.id());
    }
}

#[test]
fn r2_jurisdictions_have_endpoints_of_their_own() {
    for (place, host) in [("eu", "eu.r2"), ("fedramp", "fedramp.r2")] {
        let profile = Profile { jurisdiction: Some(place.into()), ..example(Provider::R2) };
        profile.validate().unwrap();
        let url = provider::endpoint(&profile).unwrap().url.unwrap();
        assert_eq!(url, format!("https://{ACCOUNT}.{host}.cloudflarestorage.com"));
    }
}

#[test]
fn what_consoles_show_can_be_pasted() {
    let pasted = Profile {
        account_id: Some(format!(" https://{ACCOUNT}.r2.cloudflarestorage.com/images ")),
        ..example(Provider::R2)
    };
    assert_eq!(pasted.normalized().account_id.as_deref(), Some(ACCOUNT));

    for endpoint in [
        "https://s3.example.com/images",
        "https://s3.example.com/images/",
        "https://images.s3.example.com",
        "s3.example.com",
        " https://s3.example.com/ ",
    ] {
        let profile =
            Profile { endpoint: Some(endpoint.into()), ..example(Provider::S3) }.normalized();
        profile.validate().unwrap();
        let url = provider::endpoint(&profile).unwrap().url;
        assert_eq!(url.as_deref(), Some("https://s3.example.com"), "{endpoint}");
    }
}

#[test]
fn path_style_where_nothing_else_can_work() {
    for (endpoint, bucket, path_style) in [
        ("http://127.0.0.1:8333", "images", true),
        ("http://[::1]:8333", "images", true),
        ("http://localhost:8333", "images", true),
        ("https://s3.example.com", "images", false),
        ("https://s3.example.com", "img.example.com", true),
    ] {
        let profile = Profile {
            endpoint: Some(endpoint.into()),
            bucket: bucket.into(),
            ..example(Provider::S3)
        };
        let found = provider::endpoint(&profile).unwrap();
        assert_eq!(found.path_style, path_style, "{endpoint} {bucket}");
        assert_eq!(found.protocol, Protocol::S3(S3Dialect::Generic));
        let base = public_base(&profile).unwrap().url;
        assert_eq!(base.starts_with(endpoint), path_style);
    }
    let china = Profile { region: Some("cn-north-1".into()), ..example(Provider::S3) };
    assert_eq!(public_base(&china).unwrap().url, "https://images.s3.cn-north-1.amazonaws.com.cn");
}

#[test]
fn prefix_and_bucket_are_never_doubled() {
    for (public, prefix, base) in [
        ("https://img.example.com", "blog/", "https://img.example.com"),
        ("https://img.example.com/", "blog/", "https://img.example.com"),
        ("https://img.example.com/blog", "blog/", "https://img.example.com"),
        ("https://img.example.com/blog/", "blog/", "https://img.example.com"),
        ("https://img.example.com/cdn/a/b", "a/b/", "https://img.example.com/cdn"),
        ("https://img.example.com/myblog", "blog/", "https://img.example.com/myblog"),
        ("https://blog", "blog/", "https://blog"),
        ("https://minio.example.com/images", "blog/", "https://minio.example.com/images"),
    ] {
        let profile = Profile {
            public_url: Some(public.into()),
            prefix: prefix.into(),
            ..example(Provider::R2)
        };
        let found = public_base(&profile).unwrap();
        assert_eq!(found, PublicBase { url: base.into(), is_set: true }, "{public}");
    }
    let profile = Profile {
        public_url: Some("https://img.example.com/blog/".into()),
        prefix: "blog/".into(),
        ..example(Provider::R2)
    };
    let url = public_url(&public_base(&profile).unwrap().url, "blog/2026/a.png");
    assert_eq!(url, "https://img.example.com/blog/2026/a.png");
}

#[test]
fn normalising_says_what_was_meant() {
    let typed = Profile {
        name: " blog ".into(),
        bucket: "images\n".into(),
        prefix: " /a/b ".into(),
        region: Some("  ".into()),
        public_url: Some("img.example.com".into()),
        jurisdiction: Some("default".into()),
        ..example(Provider::R2)
    }
    .normalized();
    assert_eq!((&*typed.name, &*typed.bucket, &*typed.prefix), ("blog", "images", "a/b/"));
    assert_eq!((typed.region.as_deref(), typed.jurisdiction.as_deref()), (None, None));
    assert_eq!(typed.public_url.as_deref(), Some("https://img.example.com"));
    assert_eq!(typed.clone().normalized(), typed);
    assert_eq!(Profile { prefix: "//".into(), ..typed }.normalized().prefix, "");
}

#[test]
fn each_mistake_names_its_field() {
    type Change = fn(&mut Profile);
    let cases: [(Provider, Change, FieldName, Reason); 19] = [
        (Provider::R2, |p| p.name.clear(), FieldName::Name, Reason::Missing),
        (Provider::R2, |p| p.name = "a/b".into(), FieldName::Name, Reason::BadCharacter('/')),
        (Provider::R2, |p| p.name = "..".into(), FieldName::Name, Reason::BadCharacter('.')),
        (Provider::R2, |p| p.name = "-f".into(), FieldName::Name, Reason::BadCharacter('-')),
        (Provider::R2, |p| p.name = "x".repeat(65), FieldName::Name, Reason::TooLong(64)),
        (
            Provider::R2,
            |p| p.name = "local".into(),
            FieldName::Name,
            Reason::Reserved("local".into()),
        ),
        (
            Provider::Local,
            |p| p.name = "mine".into(),
            FieldName::Provider,
            Reason::Reserved("local".into()),
        ),
        (Provider::R2, |p| p.bucket.clear(), FieldName::Bucket, Reason::Missing),
        (Provider::R2, |p| p.bucket = "a/b".into(), FieldName::Bucket, Reason::BadCharacter('/')),
        (
            Provider::Cos,
            |p| p.bucket = "images".into(),
            FieldName::Bucket,
            Reason::NotLike("images-1250000000"),
        ),
        (Provider::R2, |p| p.account_id = None, FieldName::AccountId, Reason::Missing),
        (
            Provider::R2,
            |p| p.account_id = Some("x".into()),
            FieldName::AccountId,
            Reason::NotLike(ACCOUNT),
        ),
        (
            Provider::R2,
            |p| p.jurisdiction = Some("us".into()),
            FieldName::Jurisdiction,
            Reason::NotOneOf(vec!["eu".into(), "fedramp".into()]),
        ),
        (Provider::S3, |p| p.region = None, FieldName::Region, Reason::Missing),
        (
            Provider::S3,
            |p| p.region = Some("eu.central".into()),
            FieldName::Region,
            Reason::BadCharacter('.'),
        ),
        (
            Provider::Minio,
            |p| p.endpoint = Some("ftp://h".into()),
            FieldName::Endpoint,
            Reason::NotUrl,
        ),
        (
            Provider::R2,
            |p| p.public_url = Some("https://u:p@h/".into()),
            FieldName::PublicUrl,
            Reason::UrlHasExtras,
        ),
        (
            Provider::R2,
            |p| p.public_url = Some("https://h/?a".into()),
            FieldName::PublicUrl,
            Reason::UrlHasExtras,
        ),
        (
            Provider::R2,
            |p| p.prefix = "a/../b/".into(),
            FieldName::Prefix,
            Reason::NotLike("blog/"),
        ),
    ];
    for (provider, change, field, reason) in cases {
        let mut profile = example(provider);
        change(&mut profile);
        let problem = profile.validate().unwrap_err();
        assert_eq!(problem.code, Code::ProfileInvalid);
        assert_eq!((problem.field, problem.reason.as_deref()), (Some(field), Some(&reason)));
        assert!(problem.to_string().contains(field.label(crate::problem::Language::English)));
    }
    let secret = SecretRef::Env {
        access_key: "AWS_ACCESS_KEY_ID".into(),
        secret_key: "wJalrXUtnFEMI/K7MDENG".into(),
        session_token: None,
    };
    let problem = Profile { secret, ..example(Provider::R2) }.validate().unwrap_err();
    assert_eq!(problem.field, Some(FieldName::SecretAccessKey));
    assert!(!problem.to_string().contains("wJalr"), "a key typed as a name is not repeated");
    let profile = Profile { naming: Some("{nope}".into()), ..example(Provider::R2) };
    let problem = profile.validate().unwrap_err();
    assert_eq!((problem.code, problem.field), (Code::PatternInvalid, Some(FieldName::Naming)));
}
