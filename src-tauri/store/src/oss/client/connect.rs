//! Connections: TLS, certificate authorities, proxies.

use super::super::OssConfig;
use super::super::address::Address;
use crate::net::{is_loopback, read_ca};
use crate::{ErrorKind, Result, StoreError};

/// The connections of one client.
pub(super) fn http(config: &OssConfig, address: &Address) -> Result<reqwest::Client> {
    // Fails only when a provider is installed already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let unusable = |what: &str, error: reqwest::Error| {
        StoreError::new(ErrorKind::Other, format!("{what} cannot be used"))
            .with_source(error.without_url())
    };
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("Hoist/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry a signature that does not hold there.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        // Bytes come as they are stored, whatever another crate switches on.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(config.connect_timeout);
    if let Some(path) = &config.extra_ca {
        let certificates = reqwest::Certificate::from_pem_bundle(&read_ca(path)?)
            .map_err(|error| unusable("the certificate file", error))?;
        builder = builder.tls_certs_merge(certificates);
    }
    if let Some(proxy) = &config.proxy {
        let proxy = reqwest::Proxy::all(proxy).map_err(|error| unusable("the proxy", error))?;
        builder = builder.proxy(proxy);
    } else if is_loopback(address.base()) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| unusable("the TLS settings", error))
}
