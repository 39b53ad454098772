//! SeaweedFS: what it has of bucket configuration, by the client Hoist uses for S3 stores.

use hoist_store::s3::{S3Account, S3Dialect};
use hoist_store::{
    Account as _, CannedAcl, CorsRule, CreateBucket, ErrorKind, Lifecycle, LifecycleRule, Section,
    Versioning, When,
};
use hoist_testkit::Server;

#[tokio::test(flavor = "multi_thread")]
async fn buckets_and_their_configuration() {
    let server = Server::seaweedfs().await;
    let account = S3Account::new(server.config(S3Dialect::Generic, "ready")).unwrap();

    account.create_bucket("pictures", &CreateBucket::default()).await.unwrap();
    let again = account.create_bucket("pictures", &CreateBucket::default()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
    let listed = account.list_buckets().await.unwrap();
    assert!(listed.iter().any(|bucket| bucket.name == "pictures" && bucket.created.is_some()));
    assert_eq!(account.bucket_info("pictures").await.unwrap().summary.name, "pictures");
    let missing = account.bucket_info("no-such-bucket").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);

    let config = account.bucket_config("pictures").unwrap();
    assert_eq!(config.cors().await.unwrap(), None);
    let rule = CorsRule {
        origins: vec!["https://a.example".into()],
        methods: vec!["GET".into(), "PUT".into()],
        headers: vec!["*".into()],
        expose: vec!["ETag".into()],
        max_age: Some(600),
        ..CorsRule::default()
    };
    let mut cors = hoist_store::Cors { rules: vec![rule.clone()], ..Default::default() };
    config.put_cors(&cors).await.unwrap();
    cors = config.cors().await.unwrap().unwrap();
    assert_eq!(cors.rules, std::slice::from_ref(&rule));
    cors.rules.push(CorsRule { origins: vec!["https://b.example".into()], ..rule });
    config.put_cors(&cors).await.unwrap();
    assert_eq!(config.cors().await.unwrap().unwrap().rules, cors.rules);
    config.delete_cors().await.unwrap();
    assert_eq!(config.cors().await.unwrap(), None);

    assert_eq!(config.lifecycle().await.unwrap(), None);
    let rule = |id: &str, prefix: &str| LifecycleRule {
        id: Some(id.into()),
        prefix: prefix.into(),
        expire: Some(When::Days(7)),
        ..LifecycleRule::default()
    };
    let first = Lifecycle { rules: vec![rule("one", "tmp/")], ..Lifecycle::default() };
    config.put_lifecycle(&first).await.unwrap();
    let mut read = config.lifecycle().await.unwrap().unwrap();
    assert_eq!(
        (read.rules[0].prefix.as_str(), &read.rules[0].expire),
        ("tmp/", &Some(When::Days(7)))
    );
    read.rules.push(rule("two", "logs/"));
    config.put_lifecycle(&read).await.unwrap();
    let prefixes: Vec<String> =
        config.lifecycle().await.unwrap().unwrap().rules.into_iter().map(|it| it.prefix).collect();
    assert_eq!(prefixes.len(), 2, "{prefixes:?}");
    assert!(prefixes.contains(&"tmp/".to_owned()) && prefixes.contains(&"logs/".to_owned()));
    config.delete_lifecycle().await.unwrap();
    assert_eq!(config.lifecycle().await.unwrap(), None);

    assert_eq!(config.acl().await.unwrap().canned, Some(CannedAcl::Private));
    assert_eq!(config.versioning().await.unwrap(), Versioning::Off);
    config.put_versioning(Versioning::Enabled).await.unwrap();
    assert_eq!(config.versioning().await.unwrap(), Versioning::Enabled);
    config.put_versioning(Versioning::Suspended).await.unwrap();
    assert_eq!(config.versioning().await.unwrap(), Versioning::Suspended);
    assert!(config.document(Section::Versioning).await.unwrap().unwrap().contains("Suspended"));

    account.delete_bucket("pictures").await.unwrap();
    assert_eq!(account.bucket_info("pictures").await.unwrap_err().kind(), ErrorKind::NotFound);
}
