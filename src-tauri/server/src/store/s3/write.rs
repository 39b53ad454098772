//! Put, copy and delete.

use s3s::dto::*;
use s3s::{S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use super::super::attributes::Attributes;
use super::super::conditions::{ReadIf, Verdict};
use super::super::depot::Depot;
use super::super::digest::{Algorithm, Expected, set_sum};
use super::super::error::refuse;
use super::super::objects::{self, NewObject, WriteIf};
use super::{Answer, answer, condition, etag, read_if, time};

/// Longest user metadata, names and values together, as S3 has it.
const MAX_METADATA: usize = 2048;
/// Most keys in one DeleteObjects.
const MAX_DELETE: usize = 1000;
/// Largest single put and part, as S3 has it.
pub(super) const MAX_PUT: u64 = 5 * 1024 * 1024 * 1024;

/// The headers an object keeps, from any request that sets them.
macro_rules! attributes_of {
    ($input:expr) => {
        $crate::store::s3::write::attributes(
            $crate::store::attributes::Attributes {
                content_type: $input.content_type.clone().map(|value| value.to_string()),
                cache_control: $input.cache_control.clone(),
                content_disposition: $input.content_disposition.clone(),
                content_encoding: $input.content_encoding.clone(),
                content_language: $input.content_language.clone(),
                ..Default::default()
            },
            $input.expires.as_ref(),
            $input.metadata.as_ref(),
        )
    };
}
pub(super) use attributes_of;

pub(super) fn attributes(
    mut attributes: Attributes,
    expires: Option<&Timestamp>,
    metadata: Option<&Metadata>,
) -> S3Result<Attributes> {
    attributes.expires = expires.and_then(|expires| {
        let mut text = Vec::new();
        expires.format(TimestampFormat::HttpDate, &mut text).ok()?;
        String::from_utf8(text).ok()
    });
    for (name, value) in metadata.into_iter().flatten() {
        attributes.metadata.insert(name.to_ascii_lowercase(), value.clone());
    }
    let size: usize =
        attributes.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MAX_METADATA {
        return Err(s3_error!(
            MetadataTooLarge,
            "User metadata is {size} bytes; at most {MAX_METADATA}."
        ));
    }
    // `aws-chunked` is how the body travelled, not what it is.
    if let Some(encoding) = attributes.content_encoding.take() {
        let kept: Vec<&str> = encoding
            .split(',')
            .map(str::trim)
            .filter(|part| !part.eq_ignore_ascii_case("aws-chunked"))
            .collect();
        attributes.content_encoding = Some(kept.join(", ")).filter(|encoding| !encoding.is_empty());
    }
    Ok(attributes)
}

/// The conditions of a put, or of completing a multipart upload.
pub(super) fn write_if(
    matches: Option<&ETagCondition>,
    none_match: Option<&ETagCondition>,
) -> S3Result<WriteIf> {
    match none_match {
        None => {}
        Some(ETagCondition::Any) => {}
        Some(ETagCondition::ETag(_)) => {
            return Err(s3_error!(NotImplemented, "If-None-Match of a write takes * only."));
        }
    }
    Ok(WriteIf { absent: none_match.is_some(), matches: matches.map(condition) })
}

/// What a body is expected to be, from the request that brings it.
macro_rules! expected_of {
    ($req:expr, $input:expr) => {{
        let mut expected = $crate::store::digest::Expected {
            md5: $input.content_md5.clone(),
            length: $input.content_length.and_then(|length| u64::try_from(length).ok()),
            sums: $crate::store::digest::claimed_sums!($input),
            trailers: $req.trailing_headers.clone(),
            ..Default::default()
        };
        expected.announce(&$req.headers);
        expected
            .compute
            .extend($crate::store::s3::write::algorithm($input.checksum_algorithm.as_ref())?);
        expected
    }};
}
pub(super) use expected_of;

pub(super) fn check_size(expected: &Expected) -> S3Result<()> {
    match expected.length {
        Some(length) if length > MAX_PUT => {
            Err(s3_error!(EntityTooLarge, "{length} bytes in one request; at most {MAX_PUT}."))
        }
        _ => Ok(()),
    }
}

pub(super) async fn put_object(
    depot: &Depot,
    req: S3Request<PutObjectInput>,
) -> Answer<PutObjectOutput> {
    let mut expected = expected_of!(req, req.input);
    if expected.sums.is_empty() && expected.compute.is_empty() {
        // As AWS does it: every object has a checksum, asked for or not.
        expected.compute.push(Algorithm::Crc64Nvme);
    }
    check_size(&expected)?;
    let input = req.input;
    let attributes = attributes_of!(input)?;
    let when = write_if(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    if input.write_offset_bytes.is_some() {
        return Err(s3_error!(NotImplemented, "Appending is not possible here."));
    }
    let head = depot.put(&input.bucket, &input.key, attributes, input.body, expected, when).await?;
    let mut output = PutObjectOutput { e_tag: Some(etag(&head.etag)), ..Default::default() };
    set_sum!(output, head.attributes.checksum);
    output.checksum_type =
        head.attributes.checksum.as_ref().map(|sum| ChecksumType::from_static(sum.kind.name()));
    answer(output)
}

/// Bucket and key of a copy's source; versions do not exist here.
pub(super) fn source(source: &CopySource) -> S3Result<(String, String)> {
    match source {
        CopySource::Bucket { bucket, key, version_id } => {
            if version_id.as_deref().is_some_and(|version| version != "null") {
                return Err(s3_error!(NoSuchVersion, "There are no versions here."));
            }
            Ok((bucket.to_string(), key.to_string()))
        }
        _ => Err(s3_error!(NotImplemented, "A copy's source is /BUCKET/KEY.")),
    }
}

pub(super) async fn copy_object(
    depot: &Depot,
    req: S3Request<CopyObjectInput>,
) -> Answer<CopyObjectOutput> {
    let input = req.input;
    let (from_bucket, from_key) = source(&input.copy_source)?;
    let replace = match input.metadata_directive.as_ref().map(MetadataDirective::as_str) {
        None | Some(MetadataDirective::COPY) => None,
        Some(MetadataDirective::REPLACE) => Some(attributes_of!(input)?),
        Some(_) => {
            return Err(s3_error!(InvalidArgument, "The metadata directive is COPY or REPLACE."));
        }
    };
    if replace.is_none() && from_bucket == input.bucket && from_key == input.key {
        return Err(s3_error!(
            InvalidRequest,
            "A copy of an object onto itself must change its metadata (x-amz-metadata-directive: REPLACE)."
        ));
    }
    let conditions = read_if(
        input.copy_source_if_match.as_ref(),
        input.copy_source_if_none_match.as_ref(),
        input.copy_source_if_modified_since.as_ref(),
        input.copy_source_if_unmodified_since.as_ref(),
    );
    let (bucket, key) = (input.bucket, input.key);
    let (tag, modified, sum) = depot
        .index
        .write(move |change| {
            let entry = objects::get(change.conn, &from_bucket, &from_key)?;
            require(&conditions, &entry.head)?;
            let attributes = match replace {
                Some(new) => Attributes { checksum: entry.head.attributes.checksum.clone(), ..new },
                None => entry.head.attributes.clone(),
            };
            change.retain(&entry.extents)?;
            let new = NewObject {
                size: entry.head.size,
                etag: &entry.head.etag,
                attributes: &attributes,
                extents: &entry.extents,
            };
            let modified = objects::put(change, &bucket, &key, &new, &WriteIf::default())?;
            Ok((entry.head.etag, modified, attributes.checksum))
        })
        .await?;
    let mut result = CopyObjectResult {
        e_tag: Some(etag(&tag)),
        last_modified: Some(time(modified)),
        ..Default::default()
    };
    set_sum!(result, sum);
    answer(CopyObjectOutput { copy_object_result: Some(result), ..Default::default() })
}

/// The conditions of a copy on its source: unlike a read, none is answered with 304.
pub(super) fn require(
    conditions: &ReadIf,
    head: &super::super::attributes::Head,
) -> super::super::error::Result<()> {
    match conditions.weigh(&head.etag, head) {
        Verdict::Go => Ok(()),
        Verdict::NotModified | Verdict::Failed => {
            Err(refuse(S3ErrorCode::PreconditionFailed, "The source does not meet the conditions."))
        }
    }
}

pub(super) async fn delete_object(
    depot: &Depot,
    req: S3Request<DeleteObjectInput>,
) -> Answer<DeleteObjectOutput> {
    let DeleteObjectInput { bucket, key, if_match, .. } = req.input;
    let matches = if_match.as_ref().map(condition);
    depot
        .index
        .write(move |change| {
            objects::require_bucket(change.conn, &bucket)?;
            objects::delete(change, &bucket, &key, matches.as_deref())
        })
        .await?;
    Ok(S3Response::with_status(DeleteObjectOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn delete_objects(
    depot: &Depot,
    req: S3Request<DeleteObjectsInput>,
) -> Answer<DeleteObjectsOutput> {
    let DeleteObjectsInput { bucket, delete, .. } = req.input;
    if delete.objects.is_empty() || delete.objects.len() > MAX_DELETE {
        return Err(s3_error!(MalformedXML, "One request deletes 1 to {MAX_DELETE} keys."));
    }
    let quiet = delete.quiet.unwrap_or(false);
    let (deleted, errors) = depot
        .index
        .write(move |change| {
            objects::require_bucket(change.conn, &bucket)?;
            let (mut deleted, mut errors) = (Vec::new(), Vec::new());
            for object in delete.objects {
                let matches = object.e_tag.as_ref().map(|etag| etag.value().to_owned());
                match objects::delete(change, &bucket, &object.key, matches.as_deref()) {
                    Ok(()) => deleted.push(object.key),
                    // Only a condition can be refused for one key alone.
                    Err(super::super::error::Failure::Refused(error)) => errors.push(Error {
                        code: Some(error.code().as_str().to_owned()),
                        message: error.message().map(str::to_owned),
                        key: Some(object.key),
                        ..Default::default()
                    }),
                    Err(other) => return Err(other),
                }
            }
            Ok((deleted, errors))
        })
        .await?;
    let deleted = deleted
        .into_iter()
        .filter(|_| !quiet)
        .map(|key| DeletedObject { key: Some(key), ..Default::default() })
        .collect();
    answer(DeleteObjectsOutput {
        deleted: Some(deleted),
        errors: Some(errors),
        ..Default::default()
    })
}

/// The algorithm a request names for a multipart upload.
pub(super) fn algorithm(name: Option<&ChecksumAlgorithm>) -> S3Result<Option<Algorithm>> {
    Ok(name.map(|name| Algorithm::parse(name.as_str())).transpose()?)
}
