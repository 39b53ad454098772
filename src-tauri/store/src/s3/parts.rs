//! Multipart uploads.

use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    CompletedMultipartUpload, CompletedPart as SdkPart, EncodingType, ObjectCannedAcl,
};

use super::body::prepare;
use super::error::Asked;
use super::kept::{AclHeaders, with_acl};
use super::object::{is_md5, quoted, size, timestamp, with_headers};
use super::{QUICK, S3Bucket, SLOW, upload_limit, wire};
use crate::key::bare_etag;
use crate::{
    Body, CompletedPart, ErrorKind, MultipartUpload, PartInfo, PartPage, Progress, PutOptions,
    PutResult, Result, UploadInfo,
};

/// Pages of uploads in progress that are read at most; more than a hundred thousand is a fault.
const MOST_PAGES: usize = 100;

fn part_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[async_trait]
impl MultipartUpload for S3Bucket {
    async fn create(&self, key: &str, options: &PutOptions) -> Result<String> {
        let acl = AclHeaders {
            canned: options.acl.as_deref().map(ObjectCannedAcl::from),
            ..AclHeaders::default()
        };
        self.begin(key, options, &acl).await
    }

    async fn put_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        body: Body,
        progress: Option<Progress>,
    ) -> Result<CompletedPart> {
        self.check_key(key)?;
        let asked = Asked::read("send a part of", key);
        let len = body.len();
        let prepared = prepare(body, progress).await?;
        let request = self
            .client()
            .upload_part()
            .bucket(&self.inner.name)
            .key(key)
            .upload_id(upload_id)
            .part_number(part_number(number))
            .set_content_md5(prepared.md5.header())
            .body(ByteStream::new(prepared.body));
        let md5 = prepared.md5;
        let sent = self.tune(request.customize(), upload_limit(len)).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        let etag = bare_etag(out.e_tag.as_deref())
            .ok_or_else(|| self.wrong(ErrorKind::Other, asked, "the store gave no ETag"))?;
        // Not every store looks at Content-MD5.
        if is_md5(out.server_side_encryption.as_ref(), out.sse_customer_algorithm.as_deref()) {
            self.check_etag(asked, Some(&etag), &md5)?;
        }
        Ok(CompletedPart { number, etag })
    }

    async fn list_parts(&self, key: &str, upload_id: &str, after: Option<u32>) -> Result<PartPage> {
        self.check_key(key)?;
        let asked = Asked::read("list the parts of", key);
        let request = self
            .client()
            .list_parts()
            .bucket(&self.inner.name)
            .key(key)
            .upload_id(upload_id)
            .set_part_number_marker(after.map(|number| number.to_string()));
        let sent = self.tune(request.customize(), QUICK).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        let parts: Vec<PartInfo> = out
            .parts
            .unwrap_or_default()
            .into_iter()
            .filter_map(|part| {
                Some(PartInfo {
                    number: part.part_number.and_then(|number| u32::try_from(number).ok())?,
                    etag: bare_etag(part.e_tag.as_deref())?,
                    size: part.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                })
            })
            .collect();
        let last = parts.last().map(|part| part.number);
        let next = out.is_truncated.unwrap_or(false).then_some(last).flatten();
        Ok(PartPage { next: next.filter(|next| Some(*next) > after), parts })
    }

    async fn complete(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[CompletedPart],
    ) -> Result<PutResult> {
        self.check_key(key)?;
        let asked = Asked::read("join the parts of", key);
        let parts = parts.iter().map(|part| {
            SdkPart::builder().part_number(part_number(part.number)).e_tag(&part.etag).build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self
            .client()
            .complete_multipart_upload()
            .bucket(&self.inner.name)
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(parts);
        let sent = self.tune(request.customize(), SLOW).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        // An error inside a 200 is an error to the SDK. Older Ceph leaves the ETag of a success
        // empty, so an answer without one is settled by looking.
        let etag = match bare_etag(out.e_tag.as_deref()) {
            Some(etag) => Some(etag),
            None => self.head_object(key, None).await?.etag,
        };
        Ok(PutResult { etag, version: out.version_id })
    }

    async fn stored_part(&self, key: &str, etag: &str, number: u32) -> Result<Option<u64>> {
        self.check_key(key)?;
        let asked = Asked::read("look up a part of", key);
        let request = self
            .client()
            .head_object()
            .bucket(&self.inner.name)
            .key(key)
            .if_match(quoted(etag))
            .part_number(part_number(number));
        let sent = self.tune(request.customize(), QUICK).send().await;
        let out = match sent.map_err(|error| self.fail(asked, error)) {
            Ok(out) => out,
            // Those that do not know the parameter say so in many ways.
            Err(error) if matches!(error.status(), Some(400 | 405 | 416 | 501)) => return Ok(None),
            Err(error) => return Err(error),
        };
        // Others answer for the whole object.
        Ok(out.parts_count.map(|_| size(out.content_length)))
    }

    async fn abort(&self, key: &str, upload_id: &str) -> Result<()> {
        self.check_key(key)?;
        let request = self.client().abort_multipart_upload();
        let request = request.bucket(&self.inner.name).key(key).upload_id(upload_id);
        let sent = self.tune(request.customize(), QUICK).send().await;
        sent.map_err(|error| self.fail(Asked::read("give up the upload of", key), error))?;
        Ok(())
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<UploadInfo>> {
        let asked = Asked::bucket("list the uploads of");
        let mut uploads = Vec::new();
        let (mut key_marker, mut id_marker) = (None, None);
        for _ in 0..MOST_PAGES {
            let request = self
                .client()
                .list_multipart_uploads()
                .bucket(&self.inner.name)
                .set_prefix((!prefix.is_empty()).then(|| prefix.to_owned()))
                .set_key_marker(key_marker.clone())
                .set_upload_id_marker(id_marker.clone());
            let sent = self.tune(request.customize(), QUICK).send().await;
            let out = sent.map_err(|error| self.fail(asked, error))?;
            // Not asked for: some stores say that they encode these keys and do not.
            let encoded = out.encoding_type == Some(EncodingType::Url);
            let decode = |text: String| {
                if encoded {
                    wire::decode_key(&text, self.quirks().plus_is_space)
                } else {
                    Ok(text)
                }
            };
            for upload in out.uploads.unwrap_or_default() {
                let (Some(key), Some(upload_id)) = (upload.key, upload.upload_id) else { continue };
                let started = timestamp(upload.initiated);
                uploads.push(UploadInfo { key: decode(key)?, upload_id, started });
            }
            if !out.is_truncated.unwrap_or(false) {
                return Ok(uploads);
            }
            let next_key = out.next_key_marker.map(decode).transpose()?;
            if next_key.is_none()
                || (&next_key, &out.next_upload_id_marker) == (&key_marker, &id_marker)
            {
                break;
            }
            (key_marker, id_marker) = (next_key, out.next_upload_id_marker);
        }
        Err(self.wrong(ErrorKind::Other, asked, "the store's list of uploads does not end"))
    }
}

impl S3Bucket {
    /// Starts an upload with an ACL that no canned name may say.
    pub(super) async fn begin(
        &self,
        key: &str,
        options: &PutOptions,
        acl: &AclHeaders,
    ) -> Result<String> {
        self.check_put(key, options)?;
        let asked = Asked::write("start the upload of", key);
        let request = self
            .client()
            .create_multipart_upload()
            .bucket(&self.inner.name)
            .key(key)
            .set_storage_class(self.class(options.storage_class.as_deref()))
            .set_tagging(options.tags.clone());
        let request = with_headers!(with_acl!(request, acl), options);
        let sent = self.tune_once(request.customize(), QUICK).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        out.upload_id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| self.wrong(ErrorKind::Other, asked, "the store gave no upload id"))
    }
}
