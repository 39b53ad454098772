//! TLS is always verified; another authority is trusted only when it is named.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use hoist_store::oss::{OssBucket, OssConfig, OssCredentials, OssEndpoint};
use hoist_store::s3::{S3Bucket, S3Config, S3Credentials, S3Dialect};
use hoist_store::{Bucket as _, ErrorKind, ListRequest};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An authority, written to `ca.pem` in the folder, and a server on loopback that it vouches for
/// under `name`.
async fn server(folder: &Path, name: &str) -> u16 {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    std::fs::write(folder.join("ca.pem"), ca.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 8192]).await;
            let body = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    port
}

fn oss(port: u16, ca: Option<&Path>) -> OssBucket {
    let keys = OssCredentials::new("a", "b", None);
    let mut config = OssConfig::new("cn-hangzhou", "bucket", keys)
        .endpoint(OssEndpoint::Cname(format!("https://localhost:{port}")));
    config.extra_ca = ca.map(Path::to_owned);
    config.max_attempts = 1;
    OssBucket::new(config).unwrap()
}

fn bucket(port: u16, ca: Option<&Path>) -> S3Bucket {
    let keys = S3Credentials::new("a", "b", None);
    let mut config = S3Config::new(S3Dialect::Generic, "us-east-1", "bucket", keys)
        .endpoint(format!("https://localhost:{port}"))
        .path_style(true);
    config.extra_ca = ca.map(Path::to_owned);
    config.max_attempts = 1;
    S3Bucket::new(config).unwrap()
}

#[tokio::test]
async fn an_authority_is_trusted_only_when_it_is_named() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = server(folder.path(), "localhost").await;
    let ca = folder.path().join("ca.pem");
    bucket(port, Some(&ca)).list(&ListRequest::default()).await.unwrap();
    oss(port, Some(&ca)).list(&ListRequest::default()).await.unwrap();

    let misnamed = server(other.path(), "elsewhere.example").await;
    let other = other.path().join("ca.pem");
    for (port, ca) in
        [(port, None), (port, Some(other.as_path())), (misnamed, Some(other.as_path()))]
    {
        let s3 = bucket(port, ca).list(&ListRequest::default()).await.unwrap_err();
        let oss = oss(port, ca).list(&ListRequest::default()).await.unwrap_err();
        for error in [s3, oss] {
            assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains("certificate"), "{cause}");
        }
    }
}
