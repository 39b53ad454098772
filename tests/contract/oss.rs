//! The OSS client against a server that speaks OSS and shares no code with it.

mod operations;
mod trouble;

use std::sync::Arc;

use hoist_store::oss::{
    OssAccount, OssBucket, OssConfig, OssCredentials, OssEndpoint, OssSignature,
};
use hoist_store::{Account as _, Bucket, ErrorKind, Versioning};
use hoist_testkit::contract::{Limit, Subject, Wrong, run, versions};
use hoist_testkit::oss::OssServer;

/// The owner's keys.
fn keys(server: &OssServer) -> OssCredentials {
    OssCredentials::new(server.access_key(), server.secret_key(), None)
}

/// The server's bucket, by the address of the server.
fn config(server: &OssServer) -> OssConfig {
    OssConfig::new(server.region(), server.bucket(), keys(server))
        .endpoint(OssEndpoint::Url(server.url()))
}

fn open(server: &OssServer) -> OssBucket {
    OssBucket::new(config(server)).unwrap()
}

/// The bucket of `config` and the handles that must be refused.
fn subject(server: &OssServer, config: &OssConfig) -> Subject {
    let made = |change: &dyn Fn(&mut OssConfig)| -> Arc<dyn Bucket> {
        let mut config = config.clone();
        change(&mut config);
        Arc::new(OssBucket::new(config).unwrap())
    };
    let with = |id: &str| OssCredentials::new(id, "not/the+secret", None);
    let custom_domain = matches!(config.endpoint, OssEndpoint::Cname(_));
    let wrong = Wrong {
        secret: Some(made(&|config| config.credentials = with(server.access_key()))),
        access_key: Some(made(&|config| config.credentials = with("LTAINOBODY"))),
        region: Some(made(&|config| config.region = "eu-nowhere-9".to_owned())),
        // A custom domain is one bucket's.
        bucket: (!custom_domain)
            .then(|| made(&|config| config.bucket = "no-such-bucket-here".to_owned())),
    };
    let name = format!("OSS {:?} {:?}", config.signature, config.endpoint);
    let secrets = vec![server.secret_key().to_owned(), server.access_key().to_owned()];
    Subject { wrong, secrets, ..Subject::new(name, made(&|_| ())) }.limits(LIMITS.iter().copied())
}

/// What OSS cannot do, whoever asks.
const LIMITS: &[(Limit, &str)] = &[
    (
        Limit::RefusesKey("leading slash", ErrorKind::InvalidKey),
        "object names of OSS cannot start with a slash",
    ),
    (Limit::LongKeys(ErrorKind::InvalidKey), "object names of OSS have 1,023 bytes at most"),
];

const FORCES_DOWNLOAD: (Limit, &str) =
    (Limit::ForcesDownload, "OSS makes attachments of what is read by its own domains");
const HIDES_REGION: (Limit, &str) =
    (Limit::HidesRegion, "the answer names no region where the host does not");

#[tokio::test(flavor = "multi_thread")]
async fn by_address_with_version_4() {
    let server = OssServer::start().await;
    let subject = subject(&server, &config(&server)).limits([
        FORCES_DOWNLOAD,
        HIDES_REGION,
        (Limit::SignsContentMd5, "it is part of what V4 signs, if it is there"),
    ]);
    run(subject).await.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_objects_are_kept() {
    let server = OssServer::start().await;
    for signature in [OssSignature::V4, OssSignature::V1] {
        let mut config = config(&server).signature(signature);
        config.bucket = format!("versions-{signature:?}").to_lowercase();
        let account = OssAccount::new(config.clone()).unwrap();
        account.create_bucket(&config.bucket, &Default::default()).await.unwrap();
        let settings = account.bucket_config(&config.bucket).unwrap();
        settings.put_versioning(Versioning::Enabled).await.unwrap();
        versions(&OssBucket::new(config).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_custom_domain() {
    let server = OssServer::start().await;
    let config = config(&server).endpoint(OssEndpoint::Cname(server.cname_url()));
    let subject = subject(&server, &config).limits([
        HIDES_REGION,
        (Limit::SignsContentMd5, "it is part of what V4 signs, if it is there"),
    ]);
    run(subject).await.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn by_address_with_version_1() {
    let server = OssServer::start().await;
    let config = config(&server).signature(OssSignature::V1);
    let subject = subject(&server, &config).limits([
        FORCES_DOWNLOAD,
        (Limit::AnyRegion, "V1 signatures are of no region"),
        (Limit::SignsContentMd5, "it is part of what V1 signs"),
    ]);
    run(subject).await.check();
}
