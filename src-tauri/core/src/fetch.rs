//! Getting an image from a URL.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine;
use bytes::{Bytes, BytesMut};
use percent_encoding::{percent_decode, percent_decode_str};
use reqwest::header::{ACCEPT, CONTENT_DISPOSITION};
use reqwest::{Client, Response, redirect};
use url::Url;

use crate::image::sniff;
use crate::problem::{Code, Problem, Reason, Result};
use crate::source::check_length;

const REDIRECTS: usize = 10;
const CONNECT: Duration = Duration::from_secs(15);
/// A download that stands still this long is given up.
const STALL: Duration = Duration::from_secs(30);
/// A whole download, however slowly it drips.
const TOTAL: Duration = Duration::from_secs(600);
/// The longest name a URL may give.
const NAME_CHARS: usize = 120;

/// What a URL gave.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) bytes: Bytes,
    pub(crate) name: String,
}

/// Whether `text` is written as a URL that can be fetched.
pub(crate) fn is_url(text: &str) -> bool {
    ["http://", "https://", "data:"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    })
}

/// A URL as it may be shown and kept: without credentials, signatures and data.
pub(crate) fn shown_url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return text.chars().take(NAME_CHARS).collect();
    };
    if url.scheme() == "data" {
        let media_type = url.path().split([';', ',']).next().unwrap_or_default();
        return format!("data:{media_type}");
    }
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

/// The file name a URL's path ends with.
pub(crate) fn url_name(text: &str) -> String {
    let name = Url::parse(text).ok().filter(|url| url.scheme() != "data").and_then(|url| {
        let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?.to_owned();
        Some(percent_decode_str(&last).decode_utf8_lossy().into_owned())
    });
    clean_name(name.as_deref().unwrap_or_default())
}

/// A name without folders and control characters; `image` when nothing is left.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|char| !char.is_control()).take(NAME_CHARS).collect();
    match clean.trim() {
        "" | "." | ".." => "image".to_owned(),
        name => name.to_owned(),
    }
}

/// Fetches `text`, at most `limit` bytes, and only if it is an image.
pub(crate) async fn fetch(text: &str, limit: u64) -> Result<Fetched> {
    let subject = shown_url(text);
    let invalid = |detail: String| Problem::new(Code::UrlInvalid, &subject).with_detail(detail);
    let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
    let (bytes, name) = match url.scheme() {
        "data" => {
            (decode_data(&url).ok_or_else(|| invalid("not a data URL".into()))?, url_name(text))
        }
        "http" | "https" => download(url, &subject, limit).await?,
        other => return Err(invalid(format!("{other} is not http or https"))),
    };
    check_length(bytes.len() as u64, limit, &subject)?;
    // A page instead of a picture is the usual disappointment.
    let kind = sniff(&bytes).ok_or_else(|| Problem::new(Code::NotAnImage, &subject))?;
    Ok(Fetched { bytes, name: with_extension(name, kind.format.exts()) })
}

/// Names from URLs often end in nothing useful: `photo`, `image.php`, `1234@large`.
fn with_extension(name: String, exts: &[&str]) -> String {
    let known = name
        .rsplit_once('.')
        .is_some_and(|(_, ext)| exts.iter().any(|known| known.eq_ignore_ascii_case(ext)));
    if known { name } else { format!("{name}.{}", exts[0]) }
}

async fn download(url: Url, subject: &str, limit: u64) -> Result<(Bytes, String)> {
    let unreachable = |error: reqwest::Error| unreachable(subject, error);
    let client =
        client().map_err(|error| Problem::new(Code::Internal, subject).with_detail(error))?;
    let request = client.get(url).header(ACCEPT, "image/*,*/*;q=0.8");
    let mut response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        let mut problem =
            Problem::new(Code::UrlUnreachable, subject).with_detail(format!("HTTP {status}"));
        problem.status = Some(status.as_u16());
        problem.retryable = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
        return Err(problem);
    }
    if let Some(length) = response.content_length() {
        check_length(length.max(1), limit, subject)?;
    }
    let name = response_name(&response);
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        check_length((bytes.len() + chunk.len()).max(1) as u64, limit, subject)?;
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes.freeze(), name))
}

fn unreachable(subject: &str, error: reqwest::Error) -> Problem {
    let problem = Problem::new(Code::UrlUnreachable, subject);
    // The innermost cause says it best, and the outer ones repeat the whole URL.
    let connects = error.is_connect();
    let timed_out = error.is_timeout();
    let redirects = error.is_redirect();
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let io = cause.downcast_ref::<std::io::Error>();
    let inside = io.and_then(std::io::Error::get_ref);
    let reason = if timed_out {
        Some(Reason::NoAnswer(STALL.as_secs()))
    } else if cause.is::<rustls::Error>() || inside.is_some_and(|error| error.is::<rustls::Error>())
    {
        Some(Reason::Certificate)
    } else if io.is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused) {
        Some(Reason::ConnectionRefused)
    } else if connects || redirects {
        None
    } else {
        Some(Reason::Interrupted)
    };
    let problem = problem.with_detail(cause);
    match reason {
        Some(reason) => problem.with_reason(reason),
        None => problem,
    }
}

fn client() -> Result<&'static Client, String> {
    static CLIENT: LazyLock<Result<Client, String>> = LazyLock::new(|| {
        // Fails only when a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let redirects = redirect::Policy::custom(|attempt| {
            if attempt.previous().len() > REDIRECTS {
                attempt.error("too many redirects")
            } else if matches!(attempt.url().scheme(), "http" | "https") {
                attempt.follow()
            } else {
                attempt.error("redirected to something that is not http or https")
            }
        });
        Client::builder()
            .user_agent(concat!("Hoist/", env!("CARGO_PKG_VERSION")))
            .redirect(redirects)
            .connect_timeout(CONNECT)
            .read_timeout(STALL)
            .timeout(TOTAL)
            .build()
            .map_err(|error| error.to_string())
    });
    CLIENT.as_ref().map_err(Clone::clone)
}

fn response_name(response: &Response) -> String {
    response
        .headers()
        .get(CONTENT_DISPOSITION)
        .and_then(|value| disposition_name(&String::from_utf8_lossy(value.as_bytes())))
        .map_or_else(|| url_name(response.url().as_str()), |name| clean_name(&name))
}

/// The file name of a Content-Disposition (RFC 6266): `filename*` before `filename`.
fn disposition_name(value: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(value) {
        if name.eq_ignore_ascii_case("filename*") {
            let encoded = value.splitn(3, '\'').nth(2)?;
            return Some(percent_decode_str(encoded).decode_utf8_lossy().into_owned());
        }
        if name.eq_ignore_ascii_case("filename") {
            plain = Some(value);
        }
    }
    plain.filter(|name| !name.is_empty())
}

/// The parameters of a header value, quotes taken off.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = value.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let mut text = String::new();
        let consumed = if let Some(quoted) = after.strip_prefix('"') {
            let mut escaped = false;
            let mut end = after.len();
            for (at, char) in quoted.char_indices() {
                match (escaped, char) {
                    (false, '"') => {
                        end = at + 2;
                        break;
                    }
                    (false, '\\') => escaped = true,
                    _ => {
                        escaped = false;
                        text.push(char);
                    }
                }
            }
            end
        } else {
            let end = after.find(';').unwrap_or(after.len());
            text.push_str(after[..end].trim());
            end
        };
        found.push((name.trim().to_owned(), text));
        rest = after[consumed..].split_once(';').map_or("", |(_, rest)| rest);
    }
    found
}

/// The content of a `data:` URL (RFC 2397).
fn decode_data(url: &Url) -> Option<Bytes> {
    let text = url.as_str().strip_prefix("data:")?;
    let text = text.split_once('#').map_or(text, |(text, _)| text);
    let (head, body) = text.split_once(',')?;
    let body: Vec<u8> = percent_decode(body.as_bytes()).collect();
    if !head.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64")) {
        return Some(body.into());
    }
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    let packed: Vec<u8> = body.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    engine.decode(packed).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests;
