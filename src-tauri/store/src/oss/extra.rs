//! What OSS has and [`crate::Bucket`] does not: appends, ACLs of objects, results of processing
//! kept as objects.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;

use super::address::{Resource, check_bucket, check_key};
use super::client::{Call, SLOW};
use super::crc;
use super::object::{check_put, object_headers, of_version};
use super::{MAX_PUT, OssBucket, upload_limit};
use crate::cause::Asked;
use crate::{Body, ErrorKind, PutOptions, Result};

/// Where an appendable object ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendPosition {
    /// Its length in bytes: where the next bytes go.
    pub position: u64,
    /// The CRC-64 of all of it, where it is known; then the next append is checked as well.
    pub crc: Option<u64>,
}

impl AppendPosition {
    /// The start of an object that does not exist yet.
    pub fn start() -> Self {
        Self { position: 0, crc: Some(0) }
    }

    /// The end of an object of this length, of whose bytes nothing is known.
    pub fn at(position: u64) -> Self {
        Self { position, crc: None }
    }
}

impl OssBucket {
    /// Adds bytes at the end of an appendable object, or begins one; headers count at its beginning
    /// only. Appendable objects have 5 GB at most.
    ///
    /// Sent once: after a lost answer nobody can say whose bytes are at the end. When the end is
    /// elsewhere the error is [`ErrorKind::Precondition`], with the right position as its hint.
    /// When OSS holds other bytes than were sent it is [`ErrorKind::Integrity`]; they cannot be
    /// taken back, so the object is to be deleted.
    pub async fn append(
        &self,
        key: &str,
        end: AppendPosition,
        body: Body,
        options: &PutOptions,
    ) -> Result<AppendPosition> {
        check_put(key, options)?;
        let asked = Asked::write("append to", key);
        let len = body.len();
        if len > MAX_PUT {
            let why = format!("{len} bytes are more than the {MAX_PUT} an object may have so");
            return Err(self.client().wrong(ErrorKind::Unsupported, asked, &why));
        }
        let prepared = self.prepare(body, options.progress.clone()).await?;
        let call = Call::new(Method::POST, Resource::Object(key))
            .query("append", "")
            .query("position", end.position.to_string())
            .headers(object_headers(options))
            .headers(prepared.md5)
            .limit(upload_limit(len))
            .body(prepared.sending)
            .once();
        let answer = self.client().send(asked, call).await?;
        let whole = match (end.crc, prepared.sent.crc()) {
            (Some(before), Some(sent)) => Some(crc::combine(before, sent, len)),
            _ => None,
        };
        let stored = answer.number(crc::HEADER);
        if let (Some(stored), Some(whole)) = (stored, whole)
            && stored != whole
        {
            let why = format!(
                "the store holds CRC-64 {stored}, but {whole} was sent; delete the object and begin again"
            );
            return Err(self.client().wrong(ErrorKind::Integrity, asked, &why));
        }
        let position = answer.number("x-oss-next-append-position").unwrap_or(end.position + len);
        Ok(AppendPosition { position, crc: stored.or(whole) })
    }

    /// The ACL of one object: `default`, `private`, `public-read` or `public-read-write`.
    pub async fn acl(&self, key: &str) -> Result<String> {
        self.acl_of(key, None).await
    }

    /// The same of a version; of the current one when there is none.
    pub(super) async fn acl_of(&self, key: &str, version: Option<&str>) -> Result<String> {
        check_key(key)?;
        let asked = Asked::read("read the ACL of", key);
        let call = of_version(Call::new(Method::GET, Resource::Object(key)), version);
        let call = call.query("acl", "");
        let answer = self.client().send(asked, call).await?;
        let root = answer.xml(asked, "AccessControlPolicy").await?;
        let grant = root.child("AccessControlList").and_then(|list| list.text_of("Grant"));
        let grant = grant.map(|grant| grant.trim().to_owned());
        grant.ok_or_else(|| self.client().wrong(ErrorKind::Other, asked, "the answer has no ACL"))
    }

    /// Sets the ACL of one object; `default` makes it follow the bucket's.
    pub async fn set_acl(&self, key: &str, acl: &str) -> Result<()> {
        check_put(key, &PutOptions { acl: Some(acl.to_owned()), ..PutOptions::default() })?;
        let call = Call::new(Method::PUT, Resource::Object(key))
            .query("acl", "")
            .header("x-oss-object-acl", acl);
        self.client().send(Asked::read("set the ACL of", key), call).await?;
        Ok(())
    }

    /// The tags of an object, as a request says them; `None` when it has none.
    pub(super) async fn tags(&self, key: &str, version: Option<&str>) -> Result<Option<String>> {
        check_key(key)?;
        let asked = Asked::read("read the tags of", key);
        let call = of_version(Call::new(Method::GET, Resource::Object(key)), version);
        let call = call.query("tagging", "");
        let root = self.client().send(asked, call).await?.xml(asked, "Tagging").await?;
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let set = root.child("TagSet");
        let pairs: Vec<String> = set
            .into_iter()
            .flat_map(|set| set.all("Tag"))
            .filter_map(|tag| {
                let value = tag.text_of("Value").unwrap_or_default();
                Some(format!("{}={}", encoded(&tag.text_of("Key")?), encoded(&value)))
            })
            .collect();
        Ok((!pairs.is_empty()).then(|| pairs.join("&")))
    }

    /// Keeps what `process` makes of an object, such as `image/resize,w_100`, under another key, in
    /// `bucket` if that is another one. It has to be in the same region.
    pub async fn save_as(
        &self,
        key: &str,
        process: &str,
        to: &str,
        bucket: Option<&str>,
    ) -> Result<()> {
        check_key(key)?;
        check_key(to)?;
        let bucket = bucket.unwrap_or(self.client().bucket());
        check_bucket(bucket)?;
        let asked = Asked::read("process", key);
        let named = |name: &str| URL_SAFE_NO_PAD.encode(name);
        let document =
            format!("x-oss-process={process}|sys/saveas,o_{},b_{}", named(to), named(bucket));
        let call = Call::new(Method::POST, Resource::Object(key))
            .query("x-oss-process", "")
            .document("application/x-www-form-urlencoded", document)
            .limit(SLOW);
        // The answer repeats what was asked for.
        self.client().send(asked, call).await?.text(asked).await?;
        Ok(())
    }
}
