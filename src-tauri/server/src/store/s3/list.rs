//! Listings of objects and of uploads in progress.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::*;
use s3s::{S3Request, S3Result, s3_error};

use super::super::depot::Depot;
use super::super::listing::{self, Listed, Query};
use super::{Answer, answer, etag, time};

/// What `encoding-type=url` leaves as it is. A space becomes `%20`, which every decoder takes,
/// unlike `+`.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b'*');

const MAX_KEYS: i32 = 1000;

/// Encodes names as the request asked.
struct Encoding(bool);

impl Encoding {
    fn of(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self(false)),
            Some(EncodingType::URL) => Ok(Self(true)),
            Some(_) => Err(s3_error!(InvalidArgument, "The encoding type is url.")),
        }
    }

    fn text(&self, text: &str) -> String {
        if self.0 { utf8_percent_encode(text, KEPT).to_string() } else { text.to_owned() }
    }

    fn some(&self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.text(text))
    }

    fn name(&self) -> Option<EncodingType> {
        self.0.then(|| EncodingType::from_static(EncodingType::URL))
    }

    fn objects(&self, listed: Vec<Listed>) -> Vec<Object> {
        listed
            .into_iter()
            .map(|object| Object {
                key: Some(self.text(&object.key)),
                size: i64::try_from(object.size).ok(),
                e_tag: Some(etag(&object.etag)),
                last_modified: Some(time(object.modified)),
                storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
                ..Default::default()
            })
            .collect()
    }

    fn groups(&self, groups: Vec<String>) -> Vec<CommonPrefix> {
        groups.iter().map(|group| CommonPrefix { prefix: Some(self.text(group)) }).collect()
    }
}

fn limit(asked: Option<i32>) -> S3Result<i32> {
    match asked {
        None => Ok(MAX_KEYS),
        Some(n) if n < 0 => Err(s3_error!(InvalidArgument, "The maximum is 0 or more.")),
        Some(n) => Ok(n.min(MAX_KEYS)),
    }
}

async fn page(depot: &Depot, query: Query) -> S3Result<listing::Page<Listed>> {
    Ok(depot.index.read(move |conn| listing::objects(conn, &query)).await?)
}

pub(super) async fn list_objects(
    depot: &Depot,
    req: S3Request<ListObjectsInput>,
) -> Answer<ListObjectsOutput> {
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let max_keys = limit(input.max_keys)?;
    let query = Query {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after: input.marker.clone(),
        limit: usize::try_from(max_keys).unwrap_or(0),
    };
    let page = page(depot, query).await?;
    answer(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.text(&input.prefix.unwrap_or_default())),
        marker: Some(encoding.text(&input.marker.unwrap_or_default())),
        delimiter: encoding.some(input.delimiter.as_ref()),
        max_keys: Some(max_keys),
        is_truncated: Some(page.next.is_some()),
        next_marker: encoding.some(page.next.as_ref()),
        contents: Some(encoding.objects(page.items)),
        common_prefixes: Some(encoding.groups(page.groups)),
        encoding_type: encoding.name(),
        ..Default::default()
    })
}

pub(super) async fn list_objects_v2(
    depot: &Depot,
    req: S3Request<ListObjectsV2Input>,
) -> Answer<ListObjectsV2Output> {
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let max_keys = limit(input.max_keys)?;
    let after = match &input.continuation_token {
        Some(token) => Some(
            URL_SAFE_NO_PAD
                .decode(token)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| {
                    s3_error!(InvalidArgument, "The continuation token is not one of ours.")
                })?,
        ),
        None => input.start_after.clone(),
    };
    let query = Query {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after,
        limit: usize::try_from(max_keys).unwrap_or(0),
    };
    let page = page(depot, query).await?;
    let count = page.items.len() + page.groups.len();
    answer(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encoding.text(&input.prefix.unwrap_or_default())),
        start_after: encoding.some(input.start_after.as_ref()),
        delimiter: encoding.some(input.delimiter.as_ref()),
        max_keys: Some(max_keys),
        key_count: i32::try_from(count).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.map(|next| URL_SAFE_NO_PAD.encode(next)),
        contents: Some(encoding.objects(page.items)),
        common_prefixes: Some(encoding.groups(page.groups)),
        encoding_type: encoding.name(),
        ..Default::default()
    })
}

pub(super) async fn list_multipart_uploads(
    depot: &Depot,
    req: S3Request<ListMultipartUploadsInput>,
) -> Answer<ListMultipartUploadsOutput> {
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let max_uploads = limit(input.max_uploads)?;
    let query = Query {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone(),
        after: input.key_marker.clone().filter(|marker| !marker.is_empty()),
        limit: usize::try_from(max_uploads).unwrap_or(0),
    };
    let after_id = input.upload_id_marker.clone().filter(|marker| !marker.is_empty());
    let (page, next_id) =
        depot.index.read(move |conn| listing::uploads(conn, &query, after_id.as_deref())).await?;
    let uploads = page
        .items
        .into_iter()
        .map(|upload| MultipartUpload {
            key: Some(encoding.text(&upload.key)),
            upload_id: Some(upload.id),
            initiated: Some(time(upload.started)),
            ..Default::default()
        })
        .collect();
    answer(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: encoding.some(input.prefix.as_ref()),
        delimiter: encoding.some(input.delimiter.as_ref()),
        key_marker: Some(encoding.text(&input.key_marker.unwrap_or_default())),
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(max_uploads),
        is_truncated: Some(page.next.is_some()),
        next_key_marker: encoding.some(page.next.as_ref()),
        next_upload_id_marker: next_id,
        uploads: Some(uploads),
        common_prefixes: Some(encoding.groups(page.groups)),
        encoding_type: encoding.name(),
        ..Default::default()
    })
}
