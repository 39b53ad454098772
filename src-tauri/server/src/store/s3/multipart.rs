//! Multipart uploads.

use md5::{Digest as _, Md5};
use s3s::dto::*;
use s3s::{S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use super::super::attributes::{Entry, slice};
use super::super::conditions::{Ranged, from_to};
use super::super::content::now_ms;
use super::super::depot::Depot;
use super::super::digest::{Algorithm, Kind, claimed_sums, set_sum};
use super::super::error::refuse;
use super::super::objects;
use super::super::uploads::{self, MAX_PARTS, Named, Part, Whole};
use super::write::{algorithm, attributes_of, check_size, expected_of, require, source, write_if};
use super::{Answer, answer, etag, read_if, time};

pub(super) async fn create(
    depot: &Depot,
    req: S3Request<CreateMultipartUploadInput>,
) -> Answer<CreateMultipartUploadOutput> {
    let input = req.input;
    let attributes = attributes_of!(input)?;
    let checksum = match algorithm(input.checksum_algorithm.as_ref())? {
        // As AWS does it: every object has a checksum of the whole, asked for or not.
        None => Some((Algorithm::Crc64Nvme, Kind::FullObject)),
        Some(algorithm) => {
            let kind = match input.checksum_type.as_ref().map(ChecksumType::as_str) {
                None => algorithm.default_kind(),
                Some(ChecksumType::FULL_OBJECT) => Kind::FullObject,
                Some(ChecksumType::COMPOSITE) => Kind::Composite,
                Some(_) => {
                    return Err(s3_error!(
                        InvalidRequest,
                        "The checksum type is COMPOSITE or FULL_OBJECT."
                    ));
                }
            };
            Some((algorithm, kind))
        }
    };
    let (bucket, key) = (input.bucket, input.key);
    let (to_bucket, to_key) = (bucket.clone(), key.clone());
    let id = depot
        .index
        .write(move |change| uploads::create(change, &to_bucket, &to_key, &attributes, checksum))
        .await?;
    answer(CreateMultipartUploadOutput {
        bucket: Some(bucket),
        key: Some(key),
        upload_id: Some(id),
        checksum_algorithm: input.checksum_algorithm,
        checksum_type: checksum.map(|(_, kind)| ChecksumType::from_static(kind.name())),
        ..Default::default()
    })
}

fn part_number(number: i32) -> S3Result<u32> {
    u32::try_from(number)
        .ok()
        .filter(|number| (1..=MAX_PARTS).contains(number))
        .ok_or_else(|| s3_error!(InvalidArgument, "A part number is 1 to {MAX_PARTS}."))
}

pub(super) async fn upload_part(
    depot: &Depot,
    req: S3Request<UploadPartInput>,
) -> Answer<UploadPartOutput> {
    let mut expected = expected_of!(req, req.input);
    check_size(&expected)?;
    let input = req.input;
    let number = part_number(input.part_number)?;
    let (bucket, key, id) = (input.bucket, input.key, input.upload_id);
    let (of_bucket, of_key, of_id) = (bucket.clone(), key.clone(), id.clone());
    let upload =
        depot.index.read(move |conn| uploads::find(conn, &of_bucket, &of_key, &of_id)).await?;
    if let Some((algorithm, _)) = upload.checksum {
        expected.compute.insert(0, algorithm);
    }
    let stored = depot.receive(input.body, expected).await?;
    let (tag, sum) = depot
        .index
        .write(move |change| {
            let part = Part {
                number,
                size: stored.size,
                etag: stored.md5.clone(),
                modified: now_ms(),
                sum: stored.sum.clone(),
                extents: stored.extents(),
            };
            change.retain(&part.extents)?;
            uploads::put_part(change, &bucket, &key, &id, &part)?;
            stored.keep();
            Ok((part.etag, part.sum))
        })
        .await?;
    let mut output = UploadPartOutput { e_tag: Some(etag(&tag)), ..Default::default() };
    set_sum!(output, sum);
    answer(output)
}

/// First and last byte of `x-amz-copy-source-range`, which has no open forms.
fn copy_range(range: &str, size: u64) -> super::super::error::Result<(u64, u64)> {
    let invalid = || {
        refuse(
            S3ErrorCode::InvalidArgument,
            format!("The copy source range must be bytes=FIRST-LAST inside of {size} bytes."),
        )
    };
    let (first, last) =
        range.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(invalid)?;
    let (Ok(first), Ok(last)) = (first.parse::<u64>(), last.parse::<u64>()) else {
        return Err(invalid());
    };
    if first > last || last >= size {
        return Err(invalid());
    }
    match from_to(first, last, size) {
        Ranged::Part { start, len } => Ok((start, len)),
        Ranged::Whole | Ranged::Unsatisfiable => Err(invalid()),
    }
}

pub(super) async fn upload_part_copy(
    depot: &Depot,
    req: S3Request<UploadPartCopyInput>,
) -> Answer<UploadPartCopyOutput> {
    let input = req.input;
    let number = part_number(input.part_number)?;
    let (from_bucket, from_key) = source(&input.copy_source)?;
    let conditions = read_if(
        input.copy_source_if_match.as_ref(),
        input.copy_source_if_none_match.as_ref(),
        input.copy_source_if_modified_since.as_ref(),
        input.copy_source_if_unmodified_since.as_ref(),
    );
    let (bucket, key, id) = (input.bucket, input.key, input.upload_id);
    {
        let (bucket, key, id) = (bucket.clone(), key.clone(), id.clone());
        depot.index.read(move |conn| uploads::find(conn, &bucket, &key, &id)).await?;
    }
    let range = input.copy_source_range;
    let choose = Box::new(move |entry: &Entry| {
        require(&conditions, &entry.head)?;
        range.as_deref().map(|range| copy_range(range, entry.head.size)).transpose()
    });
    let mut reading = depot.open_object(&from_bucket, &from_key, choose).await?;
    let (from_etag, start, len) = (reading.head.etag.clone(), reading.start, reading.len);
    // The part needs the MD5 of just these bytes; that of a whole plain object is known.
    let known = (start == 0 && len == reading.head.size && !from_etag.contains('-'))
        .then(|| from_etag.clone());
    let tag = match known {
        Some(tag) => tag,
        None => tokio::task::spawn_blocking(move || {
            let mut hasher = Md5::new();
            while let Some(chunk) = reading.next_chunk()? {
                hasher.update(&chunk);
            }
            std::io::Result::Ok(hex::encode(hasher.finalize()))
        })
        .await
        .map_err(super::super::error::Failure::from)?
        .map_err(super::super::error::Failure::from)?,
    };
    let modified = now_ms();
    let result = CopyPartResult {
        e_tag: Some(etag(&tag)),
        last_modified: Some(time(modified)),
        ..Default::default()
    };
    depot
        .index
        .write(move |change| {
            let entry = objects::get(change.conn, &from_bucket, &from_key)?;
            if entry.head.etag != from_etag {
                return Err(refuse(
                    S3ErrorCode::OperationAborted,
                    "The source was replaced meanwhile.",
                ));
            }
            let extents = slice(&entry.extents, start, len);
            change.retain(&extents)?;
            let part = Part { number, size: len, etag: tag, modified, sum: None, extents };
            uploads::put_part(change, &bucket, &key, &id, &part)
        })
        .await?;
    answer(UploadPartCopyOutput { copy_part_result: Some(result), ..Default::default() })
}

pub(super) async fn complete(
    depot: &Depot,
    req: S3Request<CompleteMultipartUploadInput>,
) -> Answer<CompleteMultipartUploadOutput> {
    let input = req.input;
    let when = write_if(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let whole = Whole {
        size: input.mpu_object_size.and_then(|size| u64::try_from(size).ok()),
        sums: claimed_sums!(input),
    };
    let mut named = Vec::new();
    for part in input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default() {
        let (Some(number), Some(tag)) = (part.part_number, &part.e_tag) else {
            return Err(s3_error!(MalformedXML, "Each part needs its PartNumber and its ETag."));
        };
        named.push(Named {
            number: part_number(number)?,
            etag: tag.value().to_owned(),
            sums: claimed_sums!(part),
        });
    }
    let (bucket, key) = (input.bucket.clone(), input.key.clone());
    let id = input.upload_id;
    let completed = depot
        .index
        .write(move |change| uploads::complete(change, &bucket, &key, &id, &named, &whole, &when))
        .await?;
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(etag(&completed.etag)),
        ..Default::default()
    };
    set_sum!(output, completed.sum);
    output.checksum_type =
        completed.sum.as_ref().map(|sum| ChecksumType::from_static(sum.kind.name()));
    answer(output)
}

pub(super) async fn abort(
    depot: &Depot,
    req: S3Request<AbortMultipartUploadInput>,
) -> Answer<AbortMultipartUploadOutput> {
    let AbortMultipartUploadInput { bucket, key, upload_id, .. } = req.input;
    depot.index.write(move |change| uploads::abort(change, &bucket, &key, &upload_id)).await?;
    Ok(S3Response::with_status(AbortMultipartUploadOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn list_parts(
    depot: &Depot,
    req: S3Request<ListPartsInput>,
) -> Answer<ListPartsOutput> {
    let input = req.input;
    let max = u32::try_from(input.max_parts.unwrap_or(1000).clamp(0, 1000)).unwrap_or(0);
    let after = u32::try_from(input.part_number_marker.unwrap_or(0)).unwrap_or(0);
    let (bucket, key, id) = (input.bucket.clone(), input.key.clone(), input.upload_id.clone());
    let (upload, mut parts) = depot
        .index
        .read(move |conn| {
            let upload = uploads::find(conn, &bucket, &key, &id)?;
            Ok((upload, uploads::parts(conn, &id, after, max + 1)?))
        })
        .await?;
    let truncated = parts.len() > max as usize;
    parts.truncate(max as usize);
    let next = parts.last().filter(|_| truncated).map(|part| part.number);
    let parts = parts
        .into_iter()
        .map(|part| {
            let mut output = s3s::dto::Part {
                part_number: i32::try_from(part.number).ok(),
                size: i64::try_from(part.size).ok(),
                e_tag: Some(etag(&part.etag)),
                last_modified: Some(time(part.modified)),
                ..Default::default()
            };
            set_sum!(output, part.sum);
            output
        })
        .collect();
    let checksum = upload.checksum;
    answer(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: i32::try_from(after).ok(),
        next_part_number_marker: next.and_then(|next| i32::try_from(next).ok()),
        max_parts: i32::try_from(max).ok(),
        is_truncated: Some(truncated),
        parts: Some(parts),
        checksum_algorithm: checksum
            .map(|(algorithm, _)| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: checksum.map(|(_, kind)| ChecksumType::from_static(kind.name())),
        ..Default::default()
    })
}
