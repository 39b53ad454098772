//! The contract every bucket keeps, with the client uploads really go by.

use hoist_store::s3::{S3Config, S3Credentials, S3Dialect};
use hoist_testkit::contract::{Subject, run};

use crate::support::start;

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_store_keeps_the_contract_without_limits() {
    let store = start().await;
    store.client.create_bucket().bucket("contract").send().await.unwrap();
    let keys = store.running.keys();
    let credentials = S3Credentials::new(&keys.access_key, &keys.secret_key, None);
    let mut config = S3Config::new(S3Dialect::Hoist, "us-east-1", "contract", credentials)
        .endpoint(store.running.endpoint_url());
    config.path_style = true;
    let mut subject = Subject::s3(config, &keys.access_key);
    subject.name = "built-in store".to_owned();
    subject.secrets = vec![keys.secret_key.clone()];
    run(subject).await.check();
}
