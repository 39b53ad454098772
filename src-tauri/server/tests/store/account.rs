//! Buckets of the built-in store, made and removed by the client that Hoist uses.

use hoist_store::s3::{S3Account, S3Config, S3Credentials, S3Dialect};
use hoist_store::{Account as _, CreateBucket, ErrorKind, Section};

use crate::support::start;

#[tokio::test(flavor = "multi_thread")]
async fn buckets_are_made_listed_and_removed() {
    let store = start().await;
    let keys = store.running.keys();
    let credentials = S3Credentials::new(&keys.access_key, &keys.secret_key, None);
    let mut config = S3Config::new(S3Dialect::Hoist, "us-east-1", "images", credentials)
        .endpoint(store.running.endpoint_url());
    config.path_style = true;
    let account = S3Account::new(config).unwrap();

    account.create_bucket("second", &CreateBucket::default()).await.unwrap();
    let error = account.create_bucket("second", &CreateBucket::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let names: Vec<String> =
        account.list_buckets().await.unwrap().into_iter().map(|bucket| bucket.name).collect();
    assert_eq!(names, ["images", "second"]);

    let info = account.bucket_info("second").await.unwrap();
    assert_eq!(info.summary.region.as_deref(), Some("us-east-1"));
    assert!(info.summary.created.is_some());

    store.put("cat.png", "png", "image/png").await;
    let error = account.delete_bucket("images").await.unwrap_err();
    assert_eq!(error.provider_code(), Some("BucketNotEmpty"));
    account.delete_bucket("second").await.unwrap();
    assert_eq!(account.bucket_info("second").await.unwrap_err().kind(), ErrorKind::NotFound);

    let config = account.bucket_config("images").unwrap();
    assert!(Section::ALL.into_iter().all(|section| !config.sections().has(section)));
    assert_eq!(config.cors().await.unwrap_err().kind(), ErrorKind::Unsupported);
}
