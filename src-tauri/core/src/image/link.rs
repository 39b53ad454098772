//! Links to processed images: a transform put into a URL and read out of it again.
//!
//! URLs are cut and joined as text, never parsed and written anew: every byte that is not the
//! transform's stays as it was.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::spec::unfit;
use super::{ImageHost, Transform};
use crate::problem::{Code, Problem, Reason, Result, Unfit};

/// Before the options in the path of a Cloudflare zone.
const CDN_CGI: &str = "/cdn-cgi/image/";
const PROCESS: &str = "x-oss-process";

/// As OSS writes its own examples: slashes and commas stay.
const IN_QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b',');

/// Parameters that only signed URLs have, in lower case.
const SIGNED: [&str; 5] =
    ["signature", "x-oss-signature", "x-amz-signature", "x-goog-signature", "ossaccesskeyid"];

/// Domains of R2 that are no zone of Cloudflare's.
const NO_ZONE: [&str; 2] = [".r2.dev", ".r2.cloudflarestorage.com"];

/// A URL with a transform in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessedUrl {
    /// The URL without the transform.
    pub base: String,
    /// What was added to it: `?x-oss-process=...` or `/cdn-cgi/image/...`; empty when nothing was.
    pub process: String,
    pub url: String,
}

/// Puts a transform into the URL of an image, in place of one that is there.
///
/// A signed URL is refused: the process must be inside the signature. A transform that does nothing
/// leaves the URL as it is.
pub fn with_transform(url: &str, host: ImageHost, transform: &Transform) -> Result<ProcessedUrl> {
    let parts = Parts::of(url)
        .ok_or_else(|| Problem::new(Code::UrlInvalid, url).with_reason(Reason::NotUrl))?;
    if parts.is_signed() {
        return Err(unfit(transform.to_string(), Unfit::Signed));
    }
    let base = parts.without_process().url();
    // Read again: the source of a Cloudflare URL may be on another host.
    let Some(parts) = Parts::of(&base) else {
        return Err(Problem::new(Code::UrlInvalid, url).with_reason(Reason::NotUrl));
    };
    if transform.is_empty() {
        return Ok(ProcessedUrl { url: base.clone(), base: base.clone(), process: String::new() });
    }
    let (process, url) = match host {
        ImageHost::Oss | ImageHost::Builtin => {
            let value = transform.to_oss_process()?;
            let mark = match parts.query.as_deref() {
                None => "?",
                Some("") => "",
                Some(_) => "&",
            };
            let process = format!("{mark}{PROCESS}={}", utf8_percent_encode(&value, IN_QUERY));
            let Parts { origin, path, query, fragment } = &parts;
            let query = query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
            let url = format!("{origin}{path}{query}{process}{fragment}");
            (process, url)
        }
        ImageHost::Cloudflare => {
            if NO_ZONE.iter().any(|domain| parts.host().ends_with(domain)) {
                return Err(unfit(parts.host(), Unfit::NotOnDomain(host)));
            }
            let process = format!("{CDN_CGI}{}", transform.to_cloudflare()?);
            let rest = parts.url().split_off(parts.origin.len());
            let slash = if rest.starts_with('/') { "" } else { "/" };
            let url = format!("{}{process}{slash}{rest}", parts.origin);
            (process, url)
        }
    };
    Ok(ProcessedUrl { base, process, url })
}

/// The URL without its transform, and the transform; `None` when it has none that can be read.
pub fn split_transform(url: &str) -> Option<(String, Transform)> {
    let parts = Parts::of(url)?;
    let transform = match parts.process() {
        Some(process) => Transform::from_oss_process(&process).ok()?,
        None => Transform::from_cloudflare(parts.options()?.0).ok()?,
    };
    Some((parts.without_process().url(), transform))
}

/// A URL, cut.
#[derive(Clone)]
struct Parts<'a> {
    /// Scheme and authority.
    origin: &'a str,
    path: Cow<'a, str>,
    /// Without its `?`.
    query: Option<String>,
    /// With its `#`.
    fragment: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let scheme = ["https://", "http://"].into_iter().find(|scheme| {
            url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })?;
        let (rest, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query.to_owned())),
            None => (rest, None),
        };
        let authority = &rest[scheme.len()..];
        let end = scheme.len() + authority.find('/').unwrap_or(authority.len());
        let (origin, path) = rest.split_at(end);
        (end > scheme.len()).then_some(Self { origin, path: path.into(), query, fragment })
    }

    fn host(&self) -> &'a str {
        let authority = self.origin.split_once("://").map_or("", |(_, authority)| authority);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        host.split_once(':').map_or(host, |(host, _)| host)
    }

    fn url(&self) -> String {
        let Self { origin, path, query, fragment } = self;
        let query = query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{origin}{path}{query}{fragment}")
    }

    /// Name and value of each parameter of the query, decoded.
    fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
    }

    fn is_signed(&self) -> bool {
        self.parameters().any(|(name, _)| SIGNED.contains(&&*name.to_ascii_lowercase()))
    }

    fn process(&self) -> Option<String> {
        self.parameters().find(|(name, _)| name == PROCESS).map(|(_, value)| value)
    }

    /// Cloudflare's options, and the path or URL behind them.
    fn options(&self) -> Option<(&str, &str)> {
        self.path.strip_prefix(CDN_CGI)?.split_once('/')
    }

    fn without_process(self) -> Parts<'a> {
        let mut parts = self.clone();
        if let Some(query) = &self.query {
            let rest: Vec<&str> = query
                .split('&')
                .filter(|pair| {
                    decoded(pair.split_once('=').map_or(pair, |(name, _)| name)) != PROCESS
                })
                .collect();
            // What has no transform keeps its query, even an empty one.
            if rest.len() < query.split('&').count() {
                parts.query = Some(rest.join("&")).filter(|query| !query.is_empty());
            }
        }
        if let Some((_, source)) = self.options() {
            let absolute = ["https://", "http://"].iter().any(|scheme| source.starts_with(scheme));
            if absolute {
                parts.origin = "";
                parts.path = source.to_owned().into();
            } else {
                parts.path = format!("/{source}").into();
            }
        }
        parts
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;
