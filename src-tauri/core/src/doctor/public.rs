//! What everybody gets at the public URL: the picture, as a picture, also for scripts, also smaller.

use std::time::Instant;

use reqwest::StatusCode;

use super::http::{self, Answer};
use super::lines::Lines;
use super::{millis, probe};
use crate::image::ImageHost;
use crate::problem::{Code, Problem};
use crate::profile::Provider;
use crate::view::{Check, CheckView};

/// A site that is none of the user's.
const ORIGIN: &str = "https://example.com";

/// Width asked for of a picture that is [`probe::WIDTH`] wide.
const SMALLER: u32 = 32;

/// Enough for the error of a provider.
const ERROR_LIMIT: usize = 8 * 1024;

/// More than any form of the small picture takes.
const PICTURE_LIMIT: usize = 1 << 20;

/// Checks everything the public URL is for, with the picture that is behind `url` right now.
pub(super) async fn check<R: FnMut(CheckView)>(
    lines: &mut Lines<'_, R>,
    url: &str,
    content: &[u8],
) {
    lines.start(Check::PublicUrl);
    let started = Instant::now();
    let answer = match read(url, content).await {
        Ok(answer) => answer,
        Err(problem) => {
            lines.failed(Check::PublicUrl, &problem);
            for check in [Check::ForcedDownload, Check::Cors, Check::Images] {
                lines.skip(check);
            }
            return;
        }
    };
    lines.ok(Check::PublicUrl, Some(millis(started.elapsed())));
    if is_download(&answer) {
        lines.noted(Check::ForcedDownload, &Problem::new(Code::ForcedDownload, host(url)));
    } else {
        lines.ok(Check::ForcedDownload, None);
    }
    if lines.profile.provider == Provider::Local {
        lines.not_needed(Check::Cors);
    } else {
        lines.start(Check::Cors);
        if may_read(url).await {
            lines.ok(Check::Cors, None);
        } else {
            lines.noted(Check::Cors, &Problem::new(Code::CorsClosed, host(url)));
        }
    }
    images(lines, url).await;
}

/// What `url` gives everybody, if that is exactly `content`.
async fn read(url: &str, content: &[u8]) -> Result<Answer, Problem> {
    let answer = match http::get(url, None, content.len().max(ERROR_LIMIT)).await {
        Ok(answer) => answer,
        Err(reason) => {
            return Err(Problem::new(Code::PublicUrlUnreachable, url).with_reason(reason));
        }
    };
    if !answer.status.is_success() {
        return Err(refusal(url, &answer));
    }
    // Cloudflare's Polish packs a picture anew on the way.
    let packed = answer.headers.contains_key("cf-polished")
        && size(&answer.body) == Some((probe::WIDTH, probe::HEIGHT));
    if !answer.cut && (answer.body == content || packed) {
        return Ok(answer);
    }
    Err(Problem::new(Code::PublicUrlDiffers, url))
}

/// Why an answer is no picture: by the provider's own word for it, or else by its number.
fn refusal(url: &str, answer: &Answer) -> Problem {
    let said = Said::of(&answer.body);
    let known = said.code.as_deref().and_then(|code| Code::said(code, said.sub_code.as_deref()));
    let by_number = match answer.status {
        // S3 answers an unsigned request with 400 where nothing may be read without a key.
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Code::PublicUrlPrivate
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Code::PublicUrlNotFound,
        _ => Code::PublicUrlUnreachable,
    };
    // An unsigned request has no keys that could be wrong.
    let known =
        known.filter(|code| !matches!(code, Code::CredentialsRejected | Code::CredentialsExpired));
    let mut problem = match known {
        Some(code) => Problem::new(code, host(url)),
        None => Problem::new(by_number, url),
    };
    problem.status = Some(answer.status.as_u16());
    problem.provider_code = said.shown();
    problem
}

/// The codes in the XML of an error.
struct Said {
    code: Option<String>,
    sub_code: Option<String>,
}

impl Said {
    fn of(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let between = |from: &str, to: &str| {
            let (_, rest) = text.split_once(from)?;
            let (value, _) = rest.split_once(to)?;
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let valid = !value.is_empty() && value.len() <= 64 && value.chars().all(plain);
            valid.then(|| value.to_owned())
        };
        if !text.contains("<Error") {
            return Self { code: None, sub_code: None };
        }
        Self { code: between("<Code>", "</Code>"), sub_code: between("<EC>", "</EC>") }
    }

    fn shown(self) -> Option<String> {
        match (self.code, self.sub_code) {
            (Some(code), Some(sub)) => Some(format!("{code} EC {sub}")),
            (code, _) => code,
        }
    }
}

/// Whether a browser saves it instead of showing it.
fn is_download(answer: &Answer) -> bool {
    let is = |name: &str, start: &str| {
        answer.header(name).is_some_and(|value| value.trim_start().starts_with(start))
    };
    is("content-disposition", "attachment")
        || is("x-oss-force-download", "true")
        || is("x-cos-force-download", "true")
}

/// Whether the script of any page may read it.
async fn may_read(url: &str) -> bool {
    let Ok(answer) = http::get(url, Some(ORIGIN), ERROR_LIMIT).await else { return false };
    let allowed = answer.header("access-control-allow-origin");
    answer.status.is_success() && allowed.is_some_and(|origin| origin == "*" || origin == ORIGIN)
}

async fn images<R: FnMut(CheckView)>(lines: &mut Lines<'_, R>, url: &str) {
    let host_of_images = lines.profile.image_host();
    let Some((by, smaller)) = host_of_images.and_then(|by| Some((by, smaller(url, by)?))) else {
        lines.not_needed(Check::Images);
        return;
    };
    lines.start(Check::Images);
    let answer = match http::get(&smaller, None, PICTURE_LIMIT).await {
        Ok(answer) => answer,
        Err(reason) => {
            let problem = Problem::new(Code::PublicUrlUnreachable, smaller).with_reason(reason);
            lines.failed(Check::Images, &problem);
            return;
        }
    };
    let expected = (SMALLER, SMALLER * probe::HEIGHT / probe::WIDTH);
    let found = size(&answer.body);
    if answer.status.is_success() && found == Some(expected) {
        lines.ok(Check::Images, Some(format!("{} × {}", expected.0, expected.1)));
        return;
    }
    let code = match by {
        ImageHost::Cloudflare => Code::CloudflareImagesOff,
        // As it is: something on the way drops the question.
        _ if answer.status.is_success() => Code::ImagesUnchanged,
        _ => Code::ImagesRefused,
    };
    let said = Said::of(&answer.body);
    let mut problem = Problem::new(code, host(url));
    problem.status = Some(answer.status.as_u16()).filter(|_| !answer.status.is_success());
    problem.provider_code = said.shown();
    lines.failed(Check::Images, &problem);
}

/// Where the picture is to be had [`SMALLER`] wide; `None` for what is no URL.
fn smaller(url: &str, by: ImageHost) -> Option<String> {
    match by {
        ImageHost::Oss | ImageHost::Builtin => {
            Some(format!("{url}?x-oss-process=image/resize,w_{SMALLER}"))
        }
        ImageHost::Cloudflare => {
            let parsed = url::Url::parse(url).ok()?;
            let origin = parsed.origin().ascii_serialization();
            let path = url.strip_prefix(&origin)?;
            Some(format!("{origin}/cdn-cgi/image/width={SMALLER},format=png{path}"))
        }
    }
}

/// Width and height of a picture.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    image::ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .ok()?
        .into_dimensions()
        .ok()
}

/// The host, as sentences name a domain.
fn host(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str);
    host.map_or_else(|| url.to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_picture_is_asked_for_as_its_host_wants_it() {
        let url = "https://img.example.com:8443/blog/a%20b.png";
        assert_eq!(
            smaller(url, ImageHost::Oss).unwrap(),
            format!("{url}?x-oss-process=image/resize,w_32")
        );
        assert_eq!(
            smaller(url, ImageHost::Cloudflare).unwrap(),
            "https://img.example.com:8443/cdn-cgi/image/width=32,format=png/blog/a%20b.png"
        );
        assert_eq!(smaller("no URL", ImageHost::Cloudflare), None);
    }

    #[test]
    fn codes_are_read_from_errors_only() {
        let error = b"<?xml?><Error>\n<Code>AccessDenied</Code><EC>0003-00000001</EC></Error>";
        assert_eq!(Said::of(error).shown().as_deref(), Some("AccessDenied EC 0003-00000001"));
        for other in [
            "<html><Code>Nice</Code></html>",
            "<Error><Code>a b; rm</Code></Error>",
            "<Error><Code></Code></Error>",
            "",
        ] {
            assert_eq!(Said::of(other.as_bytes()).shown(), None, "{other}");
        }
    }
}
