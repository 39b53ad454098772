//! The address links answer on: anyone on this computer may read an image whose key they know.
//! Nobody may list.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3ErrorCode};

use super::BUCKET;
use super::attributes::{Attributes, Entry, Head};
use super::conditions::{Ranged, ReadIf, Verdict, etags, range};
use super::depot::Depot;
use super::error::Result;
use super::front::{OutBody, error, full, text};
use super::process::{Found, Processor, Sources};

/// Answers unsigned requests for images.
#[derive(Debug)]
pub(crate) struct Public {
    pub(crate) depot: Depot,
    pub(crate) processor: Processor,
}

/// Query parameters of a signed request.
const SIGNED: [&str; 4] = ["X-Amz-Signature", "X-Amz-Credential", "Signature", "AWSAccessKeyId"];

impl Public {
    /// The key a request is for, still encoded, when it is an unsigned one for an image.
    pub(crate) fn key_of<B>(request: &Request<B>) -> Option<String> {
        let read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if !read || request.headers().contains_key(header::AUTHORIZATION) {
            return None;
        }
        let query = request.uri().query().unwrap_or_default();
        if pairs(query).any(|(name, _)| SIGNED.contains(&name)) {
            return None;
        }
        let key =
            request.uri().path().strip_prefix('/')?.strip_prefix(BUCKET)?.strip_prefix('/')?;
        (!key.is_empty()).then(|| key.to_owned())
    }

    /// Answers it.
    pub(crate) async fn answer<B>(&self, request: &Request<B>, key: String) -> Response<OutBody> {
        let mut response = if request.method() == Method::OPTIONS {
            preflight(request.headers())
        } else {
            let wanted = Wanted::of(request.headers(), request.method() == Method::HEAD);
            let process = process_of(request.uri().query().unwrap_or_default());
            let answer = match percent_decode_str(&key).decode_utf8() {
                Err(_) => {
                    Err(S3Error::with_message(S3ErrorCode::InvalidURI, "The key is not UTF-8.")
                        .into())
                }
                Ok(key) => match process {
                    Some(process) => self.processed(&key, &process, &wanted).await,
                    None => self.original(&key, &wanted).await,
                },
            };
            answer.unwrap_or_else(|failure| error(failure.into()))
        };
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(
                "ETag, Content-Length, Content-Range, Accept-Ranges, Last-Modified",
            ),
        );
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    async fn original(&self, key: &str, wanted: &Wanted) -> Result<Response<OutBody>> {
        if wanted.head_only {
            let head = self.depot.head(BUCKET, key).await?;
            return Ok(wanted.respond(&Facts::of(&head), None));
        }
        let plan = wanted.clone();
        let choose = Box::new(move |entry: &Entry| {
            Ok(match plan.plan(&Facts::of(&entry.head)) {
                Plan::Whole => None,
                Plan::Part { start, len } => Some((start, len)),
                Plan::NotModified | Plan::Failed | Plan::Unsatisfiable => Some((0, 0)),
            })
        });
        let mut reading = self.depot.open_object(BUCKET, key, choose).await?;
        let facts = Facts::of(&reading.head);
        let body = match reading.take_small() {
            Some(bytes) => full(bytes),
            None => s3s::Body::from(StreamingBlob::wrap(reading.stream())).boxed_unsync(),
        };
        Ok(wanted.respond(&facts, Some(body)))
    }

    async fn processed(
        &self,
        key: &str,
        process: &str,
        wanted: &Wanted,
    ) -> Result<Response<OutBody>> {
        let head = self.depot.head(BUCKET, key).await?;
        let mut job = self.processor.job(&head.etag, process)?;
        let marks = job.marks();
        let mut size = head.size;
        for mark in &marks {
            let head = self.depot.head(BUCKET, mark).await?;
            job = job.showing(&head.etag);
            size = size.max(head.size);
        }
        let mut facts = Facts::of(&head);
        facts.etag = format!("{}-{}", head.etag, job.short());
        // Whether it is known already does not need its pixels.
        let known = wanted.conditions.weigh(&facts.etag, &facts.weighed(&head));
        if known == Verdict::NotModified {
            return Ok(wanted.respond(&facts, None));
        }
        let depot = self.depot.clone();
        let owned = key.to_owned();
        let result = self
            .processor
            .run(job, key, size, async move {
                let mut found = Found::default();
                for mark in marks {
                    let bytes = whole(&depot, &mark).await?;
                    found.0.insert(mark, bytes.into());
                }
                Ok(Sources { image: whole(&depot, &owned).await?, marks: found })
            })
            .await?;
        facts.size = result.bytes.len() as u64;
        facts.attributes.content_type = Some(result.mime);
        facts.attributes.content_encoding = None;
        let body = match wanted.plan(&facts) {
            Plan::Part { start, len } => {
                let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(result.bytes.len());
                result.bytes.slice(at(start)..at(start + len))
            }
            _ => result.bytes,
        };
        Ok(wanted.respond(&facts, Some(full(body))))
    }
}

/// All bytes of an object.
async fn whole(depot: &Depot, key: &str) -> Result<Vec<u8>> {
    let reading = depot.open_object(BUCKET, key, Box::new(|_| Ok(None))).await?;
    Ok(tokio::task::spawn_blocking(move || reading.read_all()).await??)
}

/// Name and value of each query parameter, still encoded.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn process_of(query: &str) -> Option<String> {
    let (_, value) = pairs(query).find(|(name, _)| *name == "x-oss-process")?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

fn preflight(headers: &HeaderMap) -> Response<OutBody> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    answer.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    response
}

/// What is said of the bytes sent.
#[derive(Debug)]
struct Facts {
    size: u64,
    etag: String,
    modified: i64,
    attributes: Attributes,
}

impl Facts {
    fn of(head: &Head) -> Self {
        Self {
            size: head.size,
            etag: head.etag.clone(),
            modified: head.modified,
            attributes: head.attributes.clone(),
        }
    }

    fn weighed(&self, head: &Head) -> Head {
        Head { etag: self.etag.clone(), ..head.clone() }
    }
}

/// The conditions and the range of a request.
#[derive(Debug, Clone)]
struct Wanted {
    head_only: bool,
    conditions: ReadIf,
    range: Option<String>,
    if_range: Option<String>,
}

/// What to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Whole,
    Part { start: u64, len: u64 },
    NotModified,
    Failed,
    Unsatisfiable,
}

impl Wanted {
    fn of(headers: &HeaderMap, head_only: bool) -> Self {
        let date = |name| text(headers, name).and_then(http_date);
        let tags = |name| text(headers, name).map(etags).unwrap_or_default();
        Self {
            head_only,
            conditions: ReadIf {
                matches: tags(header::IF_MATCH),
                none_match: tags(header::IF_NONE_MATCH),
                modified_since: date(header::IF_MODIFIED_SINCE),
                unmodified_since: date(header::IF_UNMODIFIED_SINCE),
            },
            range: text(headers, header::RANGE).map(str::to_owned),
            if_range: text(headers, header::IF_RANGE).map(str::to_owned),
        }
    }

    fn plan(&self, facts: &Facts) -> Plan {
        let head = Head {
            size: facts.size,
            etag: facts.etag.clone(),
            modified: facts.modified,
            attributes: Attributes::default(),
        };
        match self.conditions.weigh(&facts.etag, &head) {
            Verdict::NotModified => return Plan::NotModified,
            Verdict::Failed => return Plan::Failed,
            Verdict::Go => {}
        }
        let current = self.if_range.as_deref().is_none_or(|known| match http_date(known) {
            Some(date) => date.div_euclid(1000) == facts.modified.div_euclid(1000),
            None => known == format!("\"{}\"", facts.etag),
        });
        match self.range.as_deref().filter(|_| current && !self.head_only) {
            None => Plan::Whole,
            Some(asked) => match range(asked, facts.size) {
                Ranged::Whole => Plan::Whole,
                Ranged::Part { start, len } => Plan::Part { start, len },
                Ranged::Unsatisfiable => Plan::Unsatisfiable,
            },
        }
    }

    fn respond(&self, facts: &Facts, body: Option<OutBody>) -> Response<OutBody> {
        let plan = self.plan(facts);
        let (status, length) = match plan {
            Plan::Whole => (StatusCode::OK, Some(facts.size)),
            Plan::Part { len, .. } => (StatusCode::PARTIAL_CONTENT, Some(len)),
            Plan::NotModified => (StatusCode::NOT_MODIFIED, None),
            Plan::Failed => return error(S3Error::new(S3ErrorCode::PreconditionFailed)),
            Plan::Unsatisfiable => {
                let mut refused = error(S3Error::new(S3ErrorCode::InvalidRange));
                set(
                    refused.headers_mut(),
                    header::CONTENT_RANGE,
                    &format!("bytes */{}", facts.size),
                );
                return refused;
            }
        };
        let body = body.filter(|_| !self.head_only && plan != Plan::NotModified);
        let mut response = Response::new(body.unwrap_or_else(|| full(Bytes::new())));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        describe(headers, facts);
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        if let Plan::Part { start, len } = plan {
            let value = format!("bytes {start}-{}/{}", start + len - 1, facts.size);
            set(headers, header::CONTENT_RANGE, &value);
        }
        response
    }
}

fn describe(headers: &mut HeaderMap, facts: &Facts) {
    let attributes = &facts.attributes;
    let content_type = attributes.content_type.as_deref().unwrap_or("application/octet-stream");
    if is_active(content_type) {
        // Opened by itself, such a document could run its own script on this address.
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:",
            ),
        );
    }
    set(headers, header::CONTENT_TYPE, content_type);
    set(headers, header::ETAG, &format!("\"{}\"", facts.etag));
    set(headers, header::LAST_MODIFIED, &last_modified(facts.modified));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // A key can be written again, so a copy is asked about before it is used: cheap on loopback.
    set(headers, header::CACHE_CONTROL, attributes.cache_control.as_deref().unwrap_or("no-cache"));
    for (name, value) in [
        (header::CONTENT_DISPOSITION, &attributes.content_disposition),
        (header::CONTENT_ENCODING, &attributes.content_encoding),
        (header::CONTENT_LANGUAGE, &attributes.content_language),
        (header::EXPIRES, &attributes.expires),
    ] {
        if let Some(value) = value {
            set(headers, name, value);
        }
    }
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            headers.insert(name, value);
        }
        Err(_) => tracing::debug!(%name, "a stored header cannot be sent"),
    }
}

/// Whether a browser would run what is in it.
fn is_active(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.contains("svg")
        || essence.contains("html")
        || essence.ends_with("xml")
        || essence.starts_with("text/")
        || !essence.contains('/')
}

const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

fn last_modified(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or_default();
    at.strftime(HTTP_DATE).to_string()
}

/// Milliseconds since 1970.
fn http_date(text: &str) -> Option<i64> {
    let parsed = jiff::civil::DateTime::strptime(HTTP_DATE, text.trim()).ok()?;
    Some(parsed.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, uri: &str) -> Request<()> {
        Request::builder().method(method).uri(uri).body(()).unwrap()
    }

    #[test]
    fn only_unsigned_reads_of_one_image_are_public() {
        let key = |uri| Public::key_of(&request(Method::GET, uri));
        assert_eq!(key("/images/a/b.png").as_deref(), Some("a/b.png"));
        assert_eq!(key("/images//a").as_deref(), Some("/a"));
        assert_eq!(key("/images/a?x-oss-process=image/info").as_deref(), Some("a"));
        for other in
            ["/", "/images", "/images/", "/imagesx/a", "/other/a", "/images/a?X-Amz-Signature=1"]
        {
            assert_eq!(key(other), None, "{other}");
        }
        assert_eq!(Public::key_of(&request(Method::PUT, "/images/a")), None);
        let mut signed = request(Method::GET, "/images/a");
        signed
            .headers_mut()
            .insert(header::AUTHORIZATION, HeaderValue::from_static("AWS4-HMAC-SHA256 x"));
        assert_eq!(Public::key_of(&signed), None);
    }

    #[test]
    fn dates_go_there_and_back() {
        assert_eq!(last_modified(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn documents_are_active_and_pictures_are_not() {
        for active in
            ["image/svg+xml", "text/html; charset=utf-8", "application/xhtml+xml", "text/plain", ""]
        {
            assert!(is_active(active), "{active}");
        }
        for passive in ["image/png", "video/mp4", "application/octet-stream"] {
            assert!(!is_active(passive), "{passive}");
        }
    }
}
