//! The shapes of the protocol: queries, XML, errors, bodies.

pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod query;
pub(crate) mod time;
pub(crate) mod xml;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};

use error::Refusal;

/// The body of an answer.
pub(crate) type OutBody = UnsyncBoxBody<Bytes, std::io::Error>;
/// A whole answer.
pub(crate) type Answer = Response<OutBody>;
/// An answer, or why there is none.
pub(crate) type Reply = Result<Answer, Refusal>;

/// A body that is already there.
pub(crate) fn full(bytes: impl Into<Bytes>) -> OutBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(full(Bytes::new()));
    *answer.status_mut() = status;
    set(&mut answer, "content-length", "0");
    answer
}

/// An XML document as an answer.
pub(crate) fn document(xml: String) -> Answer {
    let mut answer = Response::new(full(xml));
    set(&mut answer, "content-type", "application/xml");
    answer
}

/// Sets a header of an answer; a value that no header can carry is left out.
pub(crate) fn set(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// A header as text; several of one name are joined with commas.
pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let first = text(values.next()?);
    Some(values.fold(first, |joined, value| format!("{joined},{}", text(value))))
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).trim().to_owned()
}
