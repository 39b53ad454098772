//! Get and head.

use http::{HeaderMap, HeaderValue, StatusCode};
use s3s::dto::*;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::super::attributes::{Attributes, Entry, Head};
use super::super::conditions::{Ranged, ReadIf, Verdict, from_to, suffix};
use super::super::depot::Depot;
use super::super::digest::set_sum;
use super::super::error::Failure;
use super::{Answer, etag, read_if, time};

/// Which bytes of an object a request is for.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    range: Option<Range>,
    part: Option<i32>,
}

impl Wanted {
    /// Start and length; `None` for everything.
    fn choose(self, entry: &Entry) -> Result<Option<(u64, u64)>, Failure> {
        if let Some(number) = self.part {
            return part(entry, number).map(Some);
        }
        let size = entry.head.size;
        let ranged = match self.range {
            None => return Ok(None),
            Some(Range::Int { first, last }) => from_to(first, last.unwrap_or(u64::MAX), size),
            Some(Range::Suffix { length }) => suffix(length, size),
        };
        match ranged {
            Ranged::Part { start, len } => Ok(Some((start, len))),
            Ranged::Whole | Ranged::Unsatisfiable => Err(Failure::Refused(unsatisfiable(size))),
        }
    }

    fn is_partial(self) -> bool {
        self.range.is_some() || self.part.is_some()
    }
}

fn part(entry: &Entry, number: i32) -> Result<(u64, u64), Failure> {
    let number = u32::try_from(number).unwrap_or(0);
    let len_of = |wanted: &dyn Fn(u32) -> bool| {
        entry
            .extents
            .iter()
            .filter(|extent| wanted(extent.part))
            .map(|extent| extent.len)
            .sum::<u64>()
    };
    if !entry.extents.iter().any(|extent| extent.part == number) {
        let mut error = S3Error::with_message(
            S3ErrorCode::Custom("InvalidPartNumber".into()),
            "There is no such part.",
        );
        error.set_status_code(StatusCode::RANGE_NOT_SATISFIABLE);
        return Err(error.into());
    }
    Ok((len_of(&|part| part < number), len_of(&|part| part == number)))
}

fn unsatisfiable(size: u64) -> S3Error {
    let mut error = S3Error::with_message(
        S3ErrorCode::InvalidRange,
        format!("The range lies outside of {size} bytes."),
    );
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
        headers.insert(http::header::CONTENT_RANGE, value);
    }
    error.set_headers(headers);
    error
}

/// Fails with 304 or 412 unless the conditions hold.
fn weigh(conditions: &ReadIf, head: &Head) -> S3Result<()> {
    match conditions.weigh(&head.etag, head) {
        Verdict::Go => Ok(()),
        Verdict::Failed => Err(S3Error::with_message(
            S3ErrorCode::PreconditionFailed,
            "The object does not meet the conditions of the request.",
        )),
        Verdict::NotModified => {
            let mut error = S3Error::new(S3ErrorCode::NotModified);
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", head.etag)) {
                headers.insert(http::header::ETAG, value);
            }
            error.set_headers(headers);
            Err(error)
        }
    }
}

fn expires(attributes: &Attributes) -> Option<Timestamp> {
    Timestamp::parse(TimestampFormat::HttpDate, attributes.expires.as_deref()?).ok()
}

fn wants_checksum(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}

/// Fills what GetObject and HeadObject have in common.
macro_rules! describe {
    ($output:expr, $head:expr, $start:expr, $len:expr, $parts:expr, $wanted:expr, $checksum:expr) => {{
        let (head, start, len) = (&$head, $start, $len);
        let attributes = &head.attributes;
        $output.accept_ranges = Some("bytes".to_owned());
        $output.content_length = Some(i64::try_from(len).unwrap_or(i64::MAX));
        if $wanted.is_partial() && len > 0 {
            $output.content_range =
                Some(format!("bytes {start}-{}/{}", start + len - 1, head.size));
        }
        if $wanted.part.is_some() && head.etag.contains('-') {
            $output.parts_count = i32::try_from($parts).ok();
        }
        $output.e_tag = Some(etag(&head.etag));
        $output.last_modified = Some(time(head.modified));
        let content_type = attributes.content_type.clone();
        $output.content_type = content_type.or(Some("binary/octet-stream".to_owned()));
        $output.cache_control = attributes.cache_control.clone();
        $output.content_disposition = attributes.content_disposition.clone();
        $output.content_encoding = attributes.content_encoding.clone();
        $output.content_language = attributes.content_language.clone();
        $output.expires = expires(attributes);
        $output.metadata = Some(attributes.metadata.clone().into_iter().collect())
            .filter(|all: &Metadata| !all.is_empty());
        if $checksum && !$wanted.is_partial() {
            set_sum!($output, attributes.checksum);
            $output.checksum_type =
                attributes.checksum.as_ref().map(|sum| ChecksumType::from_static(sum.kind.name()));
        }
    }};
}

fn require_no_version(version: Option<&str>) -> S3Result<()> {
    match version {
        None | Some("null") => Ok(()),
        Some(_) => {
            Err(S3Error::with_message(S3ErrorCode::NoSuchVersion, "There are no versions here."))
        }
    }
}

fn status(wanted: Wanted) -> StatusCode {
    if wanted.is_partial() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK }
}

pub(super) async fn get_object(
    depot: &Depot,
    req: S3Request<GetObjectInput>,
) -> Answer<GetObjectOutput> {
    let input = req.input;
    require_no_version(input.version_id.as_deref())?;
    let wanted = Wanted { range: input.range, part: input.part_number };
    let conditions = read_if(
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
        input.if_modified_since.as_ref(),
        input.if_unmodified_since.as_ref(),
    );
    let choose = Box::new(move |entry: &Entry| {
        weigh(&conditions, &entry.head)?;
        wanted.choose(entry)
    });
    let reading = depot.open_object(&input.bucket, &input.key, choose).await?;
    let mut output = GetObjectOutput::default();
    describe!(
        output,
        reading.head,
        reading.start,
        reading.len,
        reading.parts,
        wanted,
        wants_checksum(input.checksum_mode.as_ref())
    );
    output.body = Some(StreamingBlob::wrap(reading.stream()));
    Ok(S3Response::with_status(output, status(wanted)))
}

pub(super) async fn head_object(
    depot: &Depot,
    req: S3Request<HeadObjectInput>,
) -> Answer<HeadObjectOutput> {
    let input = req.input;
    require_no_version(input.version_id.as_deref())?;
    let wanted = Wanted { range: input.range, part: input.part_number };
    let conditions = read_if(
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
        input.if_modified_since.as_ref(),
        input.if_unmodified_since.as_ref(),
    );
    let mut output = HeadObjectOutput::default();
    let checksum = wants_checksum(input.checksum_mode.as_ref());
    if wanted.is_partial() {
        let choose = Box::new(move |entry: &Entry| {
            weigh(&conditions, &entry.head)?;
            wanted.choose(entry)
        });
        let reading = depot.open_object(&input.bucket, &input.key, choose).await?;
        describe!(
            output,
            reading.head,
            reading.start,
            reading.len,
            reading.parts,
            wanted,
            checksum
        );
    } else {
        let head = depot.head(&input.bucket, &input.key).await?;
        weigh(&conditions, &head)?;
        describe!(output, head, 0_u64, head.size, 1_u32, wanted, checksum);
    }
    Ok(S3Response::with_status(output, status(wanted)))
}
