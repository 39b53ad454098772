//! Real S3 servers, each with its own ports and folder, gone when the test is.

mod seaweedfs;
mod strict;

use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use hoist_store::s3::{S3Config, S3Credentials, S3Dialect};
use tempfile::TempDir;

use crate::ChildGuard;
use crate::contract::Subject;

/// A server that speaks S3 on the loopback interface.
#[derive(Debug)]
pub struct Server {
    /// What it is.
    pub name: &'static str,
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// The region it signs for.
    pub region: &'static str,
    /// The access key of its only user.
    pub access_key: String,
    /// The secret key of its only user.
    pub secret_key: String,
    guard: ChildGuard,
    // Dropped after the process that writes to it.
    _folder: TempDir,
}

impl Server {
    /// SeaweedFS 4.48, installed from PyPI into the target folder on first use. A bucket called
    /// `public` can be read by anyone.
    pub async fn seaweedfs() -> Self {
        seaweedfs::start().await
    }

    /// Ceph's radosgw over a one-node cluster in memory. Needs its Debian packages.
    pub async fn ceph() -> Self {
        strict::ceph().await
    }

    /// OpenStack Swift behind its s3api. Needs its Debian packages.
    pub async fn swift() -> Self {
        strict::swift().await
    }

    /// How to reach a bucket of it, path style, without retries.
    pub fn config(&self, dialect: S3Dialect, bucket: &str) -> S3Config {
        let keys = S3Credentials::new(&self.access_key, &self.secret_key, None);
        let mut config = S3Config::new(dialect, self.region, bucket, keys);
        config.endpoint = Some(self.endpoint.clone());
        config.path_style = true;
        config
    }

    /// The SDK as it is, past our own client.
    fn sdk(&self) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.region))
            .endpoint_url(&self.endpoint)
            .force_path_style(true)
            .credentials_provider(Credentials::new(
                &self.access_key,
                &self.secret_key,
                None,
                None,
                "test",
            ))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }

    /// The tags of an object.
    pub async fn tags(&self, bucket: &str, key: &str) -> Vec<(String, String)> {
        let tags = self.sdk().get_object_tagging().bucket(bucket).key(key).send().await.unwrap();
        let pair = |tag: &aws_sdk_s3::types::Tag| (tag.key().to_owned(), tag.value().to_owned());
        tags.tag_set().iter().map(pair).collect()
    }

    /// Makes a bucket; true when it is there.
    pub async fn create_bucket(&self, name: &str) -> bool {
        let made = self.sdk().create_bucket().bucket(name).send().await;
        match made {
            Ok(_) => true,
            Err(error) => {
                error.as_service_error().is_some_and(|error| error.is_bucket_already_owned_by_you())
            }
        }
    }

    /// A new bucket under the contract, with the handles that must be refused.
    pub async fn subject(&self, dialect: S3Dialect, bucket: &str) -> Subject {
        assert!(self.create_bucket(bucket).await, "{} makes no bucket", self.name);
        let config = self.config(dialect, bucket);
        Subject {
            name: format!("{} as {dialect:?}", self.name),
            secrets: vec![self.access_key.clone(), self.secret_key.clone()],
            ..Subject::s3(config, &self.access_key)
        }
    }

    /// Polls CreateBucket until it works: these servers answer HTTP before they can write.
    async fn until_writable(mut self, limit: Duration) -> Self {
        let start = std::time::Instant::now();
        while !self.create_bucket("ready").await {
            let ended = self.guard.ended();
            assert!(
                ended.is_none() && start.elapsed() < limit,
                "{} does not take writes ({ended:?}):\n{}",
                self.name,
                self.guard.log_tail()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self
    }

    /// Kills it with no time to tidy up, as a power cut would.
    pub fn kill(&mut self) {
        self.guard.kill();
    }
}

/// Folder for what tests install: `testkit` in the target folder.
pub fn install_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let folder = target.unwrap_or_else(default).join("testkit");
    std::fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}
