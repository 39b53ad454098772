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
