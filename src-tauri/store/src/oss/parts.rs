//! Multipart uploads.

mod sums;

use std::collections::HashMap;

use async_trait::async_trait;
use quick_xml::escape::escape;
use reqwest::Method;

pub(super) use sums::Sums;

use super::address::{Resource, check_key};
use super::client::{Call, QUICK, SLOW};
use super::list::{decode, timestamp};
use super::object::{FORBID_OVERWRITE, check_put, object_headers};
use super::sign::Pairs;
use super::{OssBucket, crc, upload_limit};
use crate::cause::Asked;
use crate::key::bare_etag;
use crate::xml::Element;
use crate::{
    Body, CompletedPart, ErrorKind, MultipartUpload, PartInfo, PartPage, Progress, PutOptions,
    PutResult, Result, UploadInfo,
};

/// Headers that CompleteMultipartUpload takes for the object.
const AT_END: [&str; 2] = ["x-oss-object-acl", FORBID_OVERWRITE];
/// Pages of uploads in progress that are read at most; more than a hundred thousand is a fault.
const MOST_PAGES: usize = 100;

#[async_trait]
impl MultipartUpload for OssBucket {
    async fn create(&self, key: &str, options: &PutOptions) -> Result<String> {
        check_put(key, options)?;
        let asked = Asked::write("start the upload of", key);
        let headers = object_headers(options);
        let (at_end, mut headers): (Pairs, Pairs) =
            headers.into_iter().partition(|(name, _)| AT_END.contains(&name.as_str()));
        // Refused at once is better than at the end, though only the end decides.
        headers.extend(at_end.iter().filter(|(name, _)| name == FORBID_OVERWRITE).cloned());
        let call = Call::new(Method::POST, Resource::Object(key))
            .query("uploads", "")
            .headers(headers)
            .limit(QUICK)
            .once();
        let answer = self.client().send(asked, call).await?;
        let root = answer.xml(asked, "InitiateMultipartUploadResult").await?;
        let Some(id) = root.text_of("UploadId") else {
            return Err(self.client().wrong(
                ErrorKind::Other,
                asked,
                "the store gave no upload id",
            ));
        };
        self.inner.sums.start(&id, at_end);
        Ok(id)
    }

    async fn put_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        body: Body,
        progress: Option<Progress>,
    ) -> Result<CompletedPart> {
        check_key(key)?;
        let asked = Asked::read("send a part of", key);
        let len = body.len();
        let prepared = self.prepare(body, progress).await?;
        let call = Call::new(Method::PUT, Resource::Object(key))
            .query("partNumber", number.to_string())
            .query("uploadId", upload_id)
            .headers(prepared.md5)
            .limit(upload_limit(len))
            .body(prepared.sending);
        let answer = self.client().send(asked, call).await?;
        let etag = bare_etag(answer.header("etag"));
        let etag = etag.ok_or_else(|| {
            self.client().wrong(ErrorKind::Other, asked, "the store gave no ETag")
        })?;
        let sent = prepared.sent.crc();
        if let (Some(stored), Some(sent)) = (answer.number(crc::HEADER), sent)
            && stored != sent
        {
            let why = format!(
                "the store holds CRC-64 {stored} of part {number}, but {sent} was sent; send it again"
            );
            return Err(self.client().wrong(ErrorKind::Integrity, asked, &why));
        }
        if let Some(sent) = sent {
            self.inner.sums.part(upload_id, number, &etag, sent, len);
        }
        Ok(CompletedPart { number, etag })
    }

    async fn list_parts(&self, key: &str, upload_id: &str, after: Option<u32>) -> Result<PartPage> {
        let root = self.listed_parts(key, upload_id, after).await?;
        let parts = root.all("Part").filter_map(|part| {
            Some(PartInfo {
                number: part.number_of("PartNumber")?,
                etag: bare_etag(part.text_of("ETag").as_deref())?,
                size: part.number_of("Size").unwrap_or(0),
            })
        });
        let parts: Vec<PartInfo> = parts.collect();
        let last = parts.last().map(|part| part.number);
        let next = root.says("IsTruncated").then_some(last).flatten();
        Ok(PartPage { next: next.filter(|next| Some(*next) > after), parts })
    }

    async fn complete(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[CompletedPart],
    ) -> Result<PutResult> {
        let crc = match self.inner.sums.whole(upload_id, parts) {
            Some(crc) => Some(crc),
            None => self.listed_sum(key, upload_id, parts).await,
        };
        self.complete_checked(key, upload_id, parts, crc).await
    }

    async fn abort(&self, key: &str, upload_id: &str) -> Result<()> {
        check_key(key)?;
        let asked = Asked::read("give up the upload of", key);
        let call = Call::new(Method::DELETE, Resource::Object(key)).query("uploadId", upload_id);
        self.client().send(asked, call).await?;
        self.inner.sums.forget(upload_id);
        Ok(())
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<UploadInfo>> {
        let asked = Asked::bucket("list the uploads of");
        let mut uploads = Vec::new();
        let mut marker: Option<(String, String)> = None;
        for _ in 0..MOST_PAGES {
            let mut call = Call::new(Method::GET, Resource::Bucket)
                .query("uploads", "")
                .query("encoding-type", "url")
                .query("max-uploads", "1000");
            if !prefix.is_empty() {
                call = call.query("prefix", prefix);
            }
            if let Some((key, id)) = &marker {
                call = call.query("key-marker", key.clone()).query("upload-id-marker", id.clone());
            }
            let answer = self.client().send(asked, call).await?;
            let root = answer.xml(asked, "ListMultipartUploadsResult").await?;
            for upload in root.all("Upload") {
                let (Some(key), Some(id)) = (upload.text_of("Key"), upload.text_of("UploadId"))
                else {
                    continue;
                };
                uploads.push(UploadInfo {
                    key: decode(&root, &key)?,
                    upload_id: id,
                    started: timestamp(upload.text_of("Initiated").as_deref()),
                });
            }
            if !root.says("IsTruncated") {
                return Ok(uploads);
            }
            let key = root.text_of("NextKeyMarker").map(|key| decode(&root, &key)).transpose()?;
            let id = root.text_of("NextUploadIdMarker").unwrap_or_default();
            let next = key.map(|key| (key, id));
            if next.is_none() || next == marker {
                break;
            }
            marker = next;
        }
        Err(self.client().wrong(
            ErrorKind::Other,
            asked,
            "the store's list of uploads does not end",
        ))
    }
}

impl OssBucket {
    /// One page of the parts that OSS holds.
    async fn listed_parts(
        &self,
        key: &str,
        upload_id: &str,
        after: Option<u32>,
    ) -> Result<Element> {
        check_key(key)?;
        let asked = Asked::read("list the parts of", key);
        let mut call = Call::new(Method::GET, Resource::Object(key)).query("uploadId", upload_id);
        if let Some(after) = after {
            call = call.query("part-number-marker", after.to_string());
        }
        self.client().send(asked, call).await?.xml(asked, "ListPartsResult").await
    }

    /// The checksum of these parts together as OSS lists them, for an upload that another process
    /// began. `None` where that cannot be had: the end of the upload then says what is wrong.
    async fn listed_sum(&self, key: &str, upload_id: &str, parts: &[CompletedPart]) -> Option<u64> {
        let mut known = HashMap::new();
        let mut after = None;
        loop {
            let before = after;
            let root = self.listed_parts(key, upload_id, after).await.ok()?;
            for part in root.all("Part") {
                let number: u32 = part.number_of("PartNumber")?;
                let sum = (part.number_of("HashCrc64ecma")?, part.number_of("Size")?);
                known.insert((number, bare_etag(part.text_of("ETag").as_deref())?), sum);
                after = after.max(Some(number));
            }
            if !root.says("IsTruncated") || after == before {
                break;
            }
        }
        parts.iter().try_fold(0, |whole, part| {
            let (crc, len) = known.get(&(part.number, part.etag.clone()))?;
            Some(crc::combine(whole, *crc, *len))
        })
    }

    /// Joins the parts and compares the whole with `crc`, where it is known.
    pub(super) async fn complete_checked(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[CompletedPart],
        crc: Option<u64>,
    ) -> Result<PutResult> {
        check_key(key)?;
        let asked = Asked::read("join the parts of", key);
        let mut document = String::from("<CompleteMultipartUpload>");
        for part in parts {
            document.push_str(&format!(
                "<Part><PartNumber>{}</PartNumber><ETag>\"{}\"</ETag></Part>",
                part.number,
                escape(part.etag.as_str())
            ));
        }
        document.push_str("</CompleteMultipartUpload>");
        let call = Call::new(Method::POST, Resource::Object(key))
            .query("uploadId", upload_id)
            .headers(self.inner.sums.at_end(upload_id))
            .document("application/xml", document)
            .limit(SLOW);
        let attempts = call.attempts();
        let answer = match self.client().send(asked, call).await {
            Ok(answer) => answer,
            // The first answer may have been lost: then the upload is gone, and its object is there.
            Err(error) if error.kind() == ErrorKind::NotFound && attempts.more_than_one() => {
                let (found, stored) = self.head_with_crc(key).await?;
                if stored.is_none() || stored != crc {
                    return Err(error);
                }
                self.inner.sums.forget(upload_id);
                return Ok(PutResult { etag: found.etag, version: found.version });
            }
            Err(error) => return Err(error),
        };
        let stored = answer.number(crc::HEADER);
        let version = answer.header("x-oss-version-id").map(str::to_owned);
        let root = answer.xml(asked, "CompleteMultipartUploadResult").await?;
        let etag = match bare_etag(root.text_of("ETag").as_deref()) {
            Some(etag) => Some(etag),
            None => self.head_object(key).await?.etag,
        };
        self.inner.sums.forget(upload_id);
        let result = PutResult { etag, version };
        self.check_stored(asked, key, stored, crc, &result).await?;
        Ok(result)
    }
}
