//! What every client over HTTP checks before it sends anything: addresses and certificate files.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::{Host, Url};

use crate::{ErrorKind, Result, StoreError};

/// An endpoint as it was entered, or why it cannot be one; `example` is one that could.
pub(crate) fn endpoint_url(text: &str, example: &str) -> Result<Url> {
    let wrong = |why: &str| {
        StoreError::new(
            ErrorKind::WrongEndpoint,
            format!("`{text}` {why}; enter something like {example}"),
        )
    };
    let url = Url::parse(text.trim()).map_err(|error| wrong("is no URL").with_source(error))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("is not an http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(StoreError::new(
            ErrorKind::WrongEndpoint,
            "the endpoint has a user name or password in it; enter keys in their own fields",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a query or fragment"));
    }
    Ok(url)
}

/// Host and port, as sentences name a store.
pub(crate) fn authority(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}

/// Whether no proxy could reach it.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Reads and checks a PEM file, because a TLS layer panics on a bad one or passes over it.
pub(crate) fn read_ca(path: &Path) -> Result<Vec<u8>> {
    let wrong = |why: String| {
        StoreError::new(ErrorKind::Other, format!("the certificate file {} {why}", path.display()))
    };
    let pem = std::fs::read(path)
        .map_err(|error| wrong("cannot be read".to_owned()).with_source(error))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(format!("is not PEM: {error}")))?;
    if certificates.is_empty() {
        return Err(wrong("holds no certificate in PEM form".to_owned()));
    }
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|error| wrong(format!("holds a bad certificate: {error}")))?;
    }
    Ok(pem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_never_sent_through_a_proxy() {
        for (url, yes) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://images.localhost", true),
            ("http://localhost.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), yes, "{url}");
        }
    }

    #[test]
    fn a_bad_certificate_file_is_an_error_not_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(read_ca(&path).is_err());
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            std::fs::write(&path, text).unwrap();
            assert!(read_ca(&path).is_err(), "{text}");
        }
    }
}
