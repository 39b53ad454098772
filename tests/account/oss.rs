//! OSS: the account, and every section of a bucket's configuration.

use hoist_store::oss::{OssAccount, OssConfig, OssCredentials, OssEndpoint};
use hoist_store::{
    Account as _, BucketConfig, CannedAcl, CorsRule, CreateBucket, Encryption, ErrorKind,
    LifecycleRule, Logging, PublicAccessBlock, Referer, Section, Versioning, Website, When,
};
use hoist_testkit::oss::OssServer;

fn account(server: &OssServer) -> OssAccount {
    let keys = OssCredentials::new(server.access_key(), server.secret_key(), None);
    let config = OssConfig::new(server.region(), server.bucket(), keys)
        .endpoint(OssEndpoint::Url(server.url()));
    OssAccount::new(config).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn buckets_are_made_listed_looked_at_and_removed() {
    let server = OssServer::start().await;
    let account = account(&server);
    let options = CreateBucket {
        acl: Some(CannedAcl::PublicRead),
        storage_class: Some("IA".into()),
        region: None,
    };
    account.create_bucket("new-images", &options).await.unwrap();
    let taken = account.create_bucket("new-images", &CreateBucket::default()).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    let info = account.bucket_info("new-images").await.unwrap();
    assert_eq!(info.acl, Some(CannedAcl::PublicRead));
    assert_eq!(info.summary.storage_class.as_deref(), Some("IA"));
    assert_eq!(info.summary.region.as_deref(), Some(server.region()));
    let names: Vec<String> =
        account.list_buckets().await.unwrap().into_iter().map(|bucket| bucket.name).collect();
    assert!(
        names.contains(&"new-images".to_owned()) && names.contains(&server.bucket().to_owned())
    );
    account.delete_bucket("new-images").await.unwrap();
    let gone = account.bucket_info("new-images").await.unwrap_err();
    assert_eq!((gone.kind(), gone.provider_code()), (ErrorKind::NotFound, Some("NoSuchBucket")));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_buckets_than_one_answer_holds_are_all_listed() {
    let server = OssServer::start().await;
    for n in 0..1005 {
        server.create_bucket(&format!("many-{n:04}"), hoist_testkit::oss::Acl::Private);
    }
    let listed = account(&server).list_buckets().await.unwrap();
    assert_eq!(listed.iter().filter(|bucket| bucket.name.starts_with("many-")).count(), 1005);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_section_is_set_read_back_and_removed() {
    let server = OssServer::start().await;
    let config = account(&server).bucket_config(server.bucket()).unwrap();
    let config: &dyn BucketConfig = &*config;

    config.put_acl(CannedAcl::PublicRead).await.unwrap();
    assert_eq!(config.acl().await.unwrap().canned, Some(CannedAcl::PublicRead));

    assert_eq!(config.cors().await.unwrap(), None);
    let rule = |origin: &str| CorsRule {
        origins: vec![origin.into()],
        methods: vec!["GET".into(), "PUT".into()],
        headers: vec!["*".into()],
        expose: vec!["x-oss-request-id".into()],
        max_age: Some(600),
        ..CorsRule::default()
    };
    let first = hoist_store::Cors { rules: vec![rule("https://a.example")], ..Default::default() };
    config.put_cors(&first).await.unwrap();
    let mut cors = config.cors().await.unwrap().unwrap();
    assert_eq!(cors.rules, first.rules);
    cors.rules.push(rule("https://b.example"));
    cors.vary = Some(true);
    config.put_cors(&cors).await.unwrap();
    assert_eq!(config.cors().await.unwrap(), Some(cors));
    config.delete_cors().await.unwrap();
    assert_eq!(config.cors().await.unwrap(), None);

    let referer = Referer {
        allow: vec!["https://*.example.com".into()],
        deny: vec!["https://bad.example.com".into()],
        ..Referer::default()
    };
    config.put_referer(&referer).await.unwrap();
    assert_eq!(config.referer().await.unwrap(), Some(referer));
    config.delete_referer().await.unwrap();
    assert_eq!(config.referer().await.unwrap(), None);

    let logging =
        Logging { bucket: server.bucket().to_owned(), prefix: "log/".into(), ..Logging::default() };
    config.put_logging(&logging).await.unwrap();
    assert_eq!(config.logging().await.unwrap(), Some(logging));
    config.delete_logging().await.unwrap();
    assert_eq!(config.logging().await.unwrap(), None);

    let website = Website {
        index: Some("index.html".into()),
        error: Some("404.html".into()),
        folder_index: Some(true),
        ..Website::default()
    };
    config.put_website(&website).await.unwrap();
    assert_eq!(config.website().await.unwrap(), Some(website));
    config.delete_website().await.unwrap();
    assert_eq!(config.website().await.unwrap(), None);

    let encryption = Encryption { algorithm: "AES256".into(), ..Encryption::default() };
    config.put_encryption(&encryption).await.unwrap();
    assert_eq!(config.encryption().await.unwrap(), Some(encryption));
    config.delete_encryption().await.unwrap();
    assert_eq!(config.encryption().await.unwrap(), None);

    assert_eq!(config.versioning().await.unwrap(), Versioning::Off);
    config.put_versioning(Versioning::Enabled).await.unwrap();
    assert_eq!(config.versioning().await.unwrap(), Versioning::Enabled);

    config.put_public_access_block(&PublicAccessBlock::all(true)).await.unwrap();
    let block = config.public_access_block().await.unwrap().unwrap();
    assert!(block.blocks_acls());
    let refused = config.put_acl(CannedAcl::PublicRead).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
    config.delete_public_access_block().await.unwrap();
    config.put_acl(CannedAcl::PublicRead).await.unwrap();
}

/// What another program wrote, in words that Hoist does not have.
#[tokio::test(flavor = "multi_thread")]
async fn adding_a_lifecycle_rule_keeps_what_other_programs_wrote() {
    let server = OssServer::start().await;
    let config = account(&server).bucket_config(server.bucket()).unwrap();
    let theirs = "<LifecycleConfiguration><Rule><ID>cold</ID><Prefix>logs/</Prefix>\
        <Status>Enabled</Status><Filter><Not><Prefix>logs/keep/</Prefix></Not></Filter>\
        <AtimeBase>1631698332</AtimeBase><Transition><Days>30</Days>\
        <StorageClass>IA</StorageClass><IsAccessTime>true</IsAccessTime>\
        <ReturnToStdWhenVisit>true</ReturnToStdWhenVisit></Transition></Rule>\
        </LifecycleConfiguration>";
    config.put_document(Section::Lifecycle, theirs).await.unwrap();
    let mut lifecycle = config.lifecycle().await.unwrap().unwrap();
    lifecycle.rules.push(LifecycleRule {
        id: Some("tmp".into()),
        prefix: "tmp/".into(),
        expire: Some(When::Days(7)),
        ..LifecycleRule::default()
    });
    config.put_lifecycle(&lifecycle).await.unwrap();
    let document = config.document(Section::Lifecycle).await.unwrap().unwrap();
    let flat: String = document.lines().map(str::trim).collect();
    let kept = theirs.split_once("<Rule>").unwrap().1.split_once("</Rule>").unwrap().0;
    assert!(flat.contains(kept), "{document}");
    assert!(flat.contains("<ID>tmp</ID><Prefix>tmp/</Prefix>"), "{document}");
    lifecycle.rules.retain(|rule| rule.id.as_deref() == Some("cold"));
    config.put_lifecycle(&lifecycle).await.unwrap();
    let document = config.document(Section::Lifecycle).await.unwrap().unwrap();
    assert_eq!(document.lines().map(str::trim).collect::<String>(), declared(theirs));
}

fn declared(document: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{document}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_oss_does_not_accept_comes_back_in_its_own_words() {
    let server = OssServer::start().await;
    let config = account(&server).bucket_config(server.bucket()).unwrap();
    let nothing = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>\
                   </CORSConfiguration>";
    let error = config.put_document(Section::Cors, nothing).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Other, Some(400)));
    assert_eq!(error.provider_code(), Some("MalformedXML"));
    assert_eq!(config.cors().await.unwrap(), None);
}
