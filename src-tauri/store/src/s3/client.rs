//! Builds the SDK client: TLS, proxies, checksums, timeouts, retries.

use std::path::Path;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    AppName, BehaviorVersion, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder as HttpBuilder, Connector};
use url::Url;

use super::wire::{Clock, ClockWatch, RetryAfter};
use super::{S3Config, S3Dialect};
use crate::clock::ServerClock;
use crate::net::{authority, endpoint_url, is_loopback, read_ca};
use crate::{ErrorKind, Result, StoreError};

/// The client for one bucket.
pub(super) fn build(config: &S3Config, clock: &Arc<ServerClock>) -> Result<Client> {
    let endpoint = endpoint(config)?;
    let keys = &config.credentials;
    let credentials = Credentials::new(
        keys.access_key.clone(),
        keys.secret_key.clone(),
        keys.session_token.clone(),
        None,
        "hoist",
    );
    let timeouts = TimeoutConfig::builder().connect_timeout(config.connect_timeout).build();
    // Downloads have a stall limit of our own, which tells a stalled stream from a broken one.
    let stalls = StalledStreamProtectionConfig::enabled()
        .upload_enabled(true)
        .download_enabled(false)
        .grace_period(config.stall_grace)
        .build();
    let partition = config.retry_partition.clone().unwrap_or_else(|| {
        format!("{}/{}", endpoint.as_ref().map_or("aws", Url::as_str), config.bucket)
    });
    let mut builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(config.region.clone()))
        .credentials_provider(credentials)
        .force_path_style(config.path_style)
        // A bucket called like an ARN or an access point is still just a bucket here.
        .use_arn_region(false)
        .disable_multi_region_access_points(true)
        .disable_s3_express_session_auth(true)
        // Checksum trailers and chunked signing are AWS only; others refuse or store them.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .timeout_config(timeouts)
        .stalled_stream_protection(stalls)
        .retry_config(RetryConfig::standard().with_max_attempts(config.max_attempts.max(1)))
        .retry_partition(RetryPartition::new(partition))
        .http_client(http_client(endpoint.as_ref(), config.extra_ca.as_deref())?)
        .retry_classifier(RetryAfter)
        .interceptor(ClockWatch(Arc::clone(clock)));
    if let Ok(name) = AppName::new("hoist") {
        builder = builder.app_name(name);
    }
    if let Some(url) = &endpoint {
        builder = builder.endpoint_url(url.as_str().trim_end_matches('/'));
    }
    if let Some(now) = config.clock {
        builder = builder.time_source(Clock(now));
    }
    Ok(Client::from_conf(builder.build()))
}

/// The host that errors name.
pub(super) fn host(config: &S3Config) -> Result<String> {
    Ok(match endpoint(config)? {
        Some(url) => authority(&url),
        None => format!("s3.{}.amazonaws.com", config.region),
    })
}

fn endpoint(config: &S3Config) -> Result<Option<Url>> {
    let Some(text) = &config.endpoint else {
        return if config.dialect == S3Dialect::Aws {
            Ok(None)
        } else {
            Err(StoreError::new(
                ErrorKind::WrongEndpoint,
                "the profile has no endpoint; enter its URL",
            ))
        };
    };
    endpoint_url(text, "https://s3.example.com").map(Some)
}

fn http_client(endpoint: Option<&Url>, extra_ca: Option<&Path>) -> Result<SharedHttpClient> {
    let extra = extra_ca.map(read_ca).transpose()?;
    let plain = endpoint.is_some_and(|url| url.scheme() == "http");
    let proxy = if endpoint.is_some_and(is_loopback) {
        ProxyConfig::disabled()
    } else {
        ProxyConfig::from_env()
    };
    Ok(HttpBuilder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(proxy.clone());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        if plain {
            return builder.build_http();
        }
        let mut trust = TrustStore::default();
        if let Some(pem) = &extra {
            trust = trust.with_pem_certificate(pem.as_slice());
        }
        let builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
        match TlsContext::builder().with_trust_store(trust).build() {
            Ok(context) => builder.tls_context(context).build(),
            Err(error) => {
                tracing::error!(%error, "the extra certificate authorities are not used");
                builder.build()
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::super::S3Credentials;
    use super::*;

    fn config(endpoint: Option<&str>) -> S3Config {
        let keys = S3Credentials::new("a", "b", None);
        let mut config = S3Config::new(S3Dialect::Generic, "us-east-1", "b", keys);
        config.endpoint = endpoint.map(str::to_owned);
        config
    }

    #[test]
    fn endpoints_that_cannot_work_are_refused_at_once() {
        for bad in ["", "s3.example.com", "ftp://x", "https://u:p@x", "https://x/?a=b", "https://"]
        {
            let error = host(&config(Some(bad))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WrongEndpoint, "{bad}");
        }
        assert_eq!(host(&config(None)).unwrap_err().kind(), ErrorKind::WrongEndpoint);
        assert_eq!(host(&config(Some("http://127.0.0.1:9000/"))).unwrap(), "127.0.0.1:9000");
    }

    #[test]
    fn a_password_in_the_endpoint_is_not_repeated() {
        let error = host(&config(Some("https://user:hunter2@x.example"))).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
