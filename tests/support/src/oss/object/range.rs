//! Conditions and ranges of a read.

use std::ops::Range;

use crate::oss::call::Call;
use crate::oss::state::Object;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::time;

/// The names of the four conditions, which copies have too.
pub(crate) struct Conditions {
    pub(crate) matches: &'static str,
    pub(crate) none_match: &'static str,
    pub(crate) modified: &'static str,
    pub(crate) unmodified: &'static str,
}

/// Those of a read.
pub(crate) const OF_READ: Conditions = Conditions {
    matches: "if-match",
    none_match: "if-none-match",
    modified: "if-modified-since",
    unmodified: "if-unmodified-since",
};

/// Those on the source of a copy.
pub(crate) const OF_COPY: Conditions = Conditions {
    matches: "x-oss-copy-source-if-match",
    none_match: "x-oss-copy-source-if-none-match",
    modified: "x-oss-copy-source-if-modified-since",
    unmodified: "x-oss-copy-source-if-unmodified-since",
};

impl Conditions {
    /// Refuses with 412, or with 304 where the caller has the object already.
    pub(crate) fn check(&self, call: &Call, object: &Object) -> Result<(), Refusal> {
        let names = |header: &str| {
            call.header(header).map(|list| {
                list.split(',').any(|one| {
                    one.trim() == "*"
                        || one.trim().trim_matches('"') == object.etag.trim_matches('"')
                })
            })
        };
        let since = |header: &str| {
            let moment = time::from_http(&call.header(header)?)?;
            Some(time::seconds(object.modified) > time::seconds(moment))
        };
        let failed = |header: &str| {
            Err(Refusal::new(
                412,
                "PreconditionFailed",
                "0026-00000050",
                "At least one of the pre-conditions you specified did not hold.",
            )
            .with("Condition", header))
        };
        if names(self.matches) == Some(false) {
            return failed("If-Match");
        }
        if since(self.unmodified) == Some(true) {
            return failed("If-Unmodified-Since");
        }
        if names(self.none_match) == Some(true) || since(self.modified) == Some(false) {
            return Err(Refusal::new(304, "NotModified", "0026-00000051", "Not Modified")
                .header("etag", object.etag.clone())
                .header("last-modified", time::http(object.modified)));
        }
        Ok(())
    }
}

/// The part that is asked for; none for all of it.
///
/// Unless `x-oss-range-behavior: standard` asks for the usual rules, a range that is not wholly
/// inside of the object counts for nothing.
pub(crate) fn range(call: &Call, len: u64) -> Result<Option<Range<u64>>, Refusal> {
    let Some(text) = call.header("range") else { return Ok(None) };
    let standard = call.header("x-oss-range-behavior").is_some_and(|value| value == "standard");
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|span| span.split_once('-'))
    else {
        return Ok(None);
    };
    let (first, last) = (first.trim(), last.trim());
    let numbers = |text: &str| text.is_empty() || text.bytes().all(|byte| byte.is_ascii_digit());
    if !numbers(first) || !numbers(last) {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<u64>().ok();
    let span = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Ok(None),
        (Some(first), last) => {
            let end = last.map_or(len, |last| last.saturating_add(1));
            if end > len && !standard { None } else { Some(first..end.min(len)) }
        }
        (None, Some(suffix)) if suffix > len && !standard => None,
        (None, Some(suffix)) => Some(len.saturating_sub(suffix)..len),
        (None, None) => return Ok(None),
    };
    match span.filter(|span| span.start < span.end) {
        Some(span) => Ok(Some(span)),
        None if standard => Err(Refusal::new(
            416,
            "InvalidRange",
            "0026-00000041",
            "The requested range cannot be satisfied.",
        )
        .header("content-range", format!("bytes */{len}"))
        .with("ActualObjectSize", len.to_string())
        .with("RangeRequested", text)),
        None => Ok(None),
    }
}
