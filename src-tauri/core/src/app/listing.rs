//! Buckets and objects for a window: listed page by page, looked up, shown, linked to.

use std::time::Duration;

use hoist_store::{ListRequest, ObjectMeta};
use jiff::Timestamp;

use super::App;
use crate::events::AppEvent;
use crate::link::{LinkFacts, LinkTemplate, public_url};
use crate::objects::Headers;
use crate::pipeline::{Places as _, stem};
use crate::problem::{Code, FieldName, Problem, Result};
use crate::transfer::{Removal, SHA256};
use crate::uploads::{Choices as _, ext};
use crate::view::{
    BucketRow, CopiedView, ObjectCount, ObjectDetails, ObjectHeaders, ObjectPage, ObjectRow,
    ShareLink,
};

impl App {
    /// The buckets of a profile's account, by name. One whose keys may not list them has its own.
    ///
    /// # Errors
    /// [`Code::ProfileNotFound`], and what the provider says.
    pub async fn bucket_rows(&self, profile: &str) -> Result<Vec<BucketRow>> {
        let own = match self.inner.live.profile(profile)? {
            // Its bucket is the store's to name.
            local if local.name == crate::config::LOCAL => {
                self.inner.buckets.place(profile).await?.bucket.name().to_owned()
            }
            other => other.bucket,
        };
        let account = self.bucket_account(profile).await?;
        let mut names = match account.list().await {
            Ok(buckets) => buckets.into_iter().map(|bucket| bucket.name).collect(),
            Err(problem) if only_its_own(problem.code) => Vec::new(),
            Err(problem) => return Err(problem),
        };
        if !names.contains(&own) {
            names.push(own.clone());
        }
        names.sort();
        let row = |name: String| BucketRow {
            place: if name == own { profile.to_owned() } else { format!("{profile}/{name}") },
            name,
        };
        Ok(names.into_iter().map(row).collect())
    }

    /// One page of a folder: what is in it, and no deeper. No object is asked for by itself.
    pub async fn object_page(
        &self,
        place: &str,
        prefix: &str,
        page: Option<String>,
    ) -> Result<ObjectPage> {
        let request = ListRequest {
            prefix: prefix.to_owned(),
            delimiter: Some("/".into()),
            page,
            max_keys: None,
        };
        let page = self.page_of_many(place, request).await?;
        // The folder itself may be an object.
        let objects = page.objects.into_iter().filter(|object| object.key != prefix);
        Ok(ObjectPage {
            folders: page.prefixes,
            objects: objects.map(row).collect(),
            next: page.next,
        })
    }

    /// All that is known of an object.
    ///
    /// # Errors
    /// [`Code::ObjectNotFound`], and what the store says.
    pub async fn object_details(&self, place: &str, key: &str) -> Result<ObjectDetails> {
        let meta = self.object(place, key).await?;
        let place = self.inner.buckets.place(place).await?;
        let url = place.public_base_is_set.then(|| public_url(&place.public_base, key));
        Ok(details(meta, place.bucket.versions().is_some(), url))
    }

    /// Replaces the headers and metadata of an object; all that is known of it then.
    ///
    /// # Errors
    /// As [`App::set_headers`].
    pub async fn set_object_headers(
        &self,
        place: &str,
        key: &str,
        headers: ObjectHeaders,
    ) -> Result<ObjectDetails> {
        let headers = Headers {
            content_type: headers.content_type,
            cache_control: headers.cache_control,
            content_disposition: headers.content_disposition,
            metadata: headers.metadata.into_iter().collect(),
        };
        let (_, remarks) = self.set_headers(place, key, &headers).await?;
        let details = self.object_details(place, key).await?;
        Ok(ObjectDetails { remarks: remarks.iter().map(Problem::view).collect(), ..details })
    }

    /// Makes an empty folder, and tells the listing above it.
    ///
    /// # Errors
    /// As [`App::make_folder`].
    pub async fn create_folder(&self, place: &str, prefix: &str) -> Result<()> {
        self.make_folder(place, prefix).await?;
        let above = super::feed::common_folder(&[prefix.to_owned()]).to_owned();
        self.inner.events.emit(AppEvent::Objects { place: place.to_owned(), prefix: above });
        Ok(())
    }

    /// The ACL of an object, where the provider has such ACLs.
    pub async fn object_acl(&self, place: &str, key: &str) -> Result<Option<String>> {
        let Some(bucket) = self.inner.buckets.oss(place).await? else { return Ok(None) };
        bucket.acl(key).await.map(Some).map_err(|error| Problem::from_store(&error, key))
    }

    /// Sets it; `default` makes it follow the bucket's.
    ///
    /// # Errors
    /// [`Code::Unsupported`] where the provider has none, and what the store says.
    pub async fn set_object_acl(&self, place: &str, key: &str, acl: &str) -> Result<()> {
        match self.inner.buckets.oss(place).await? {
            Some(bucket) => {
                bucket.set_acl(key, acl).await.map_err(|error| Problem::from_store(&error, key))
            }
            None => Err(Problem::new(Code::Unsupported, key)),
        }
    }

    /// How much these objects, and what is below these prefixes, come to.
    pub async fn count_keys(&self, place: &str, keys: &[String]) -> Result<ObjectCount> {
        let mut all = Removal::default();
        for key in keys {
            // A key that ends in a slash and one that is not there stand for what is below them.
            if !key.ends_with('/') && !key.is_empty() {
                match self.object(place, key).await {
                    Ok(meta) => {
                        all.objects += 1;
                        all.bytes += meta.size;
                    }
                    Err(problem) if problem.code == Code::ObjectNotFound => {}
                    Err(problem) => return Err(problem),
                }
                continue;
            }
            let below = self.count_objects(place, key).await?;
            all.objects += below.objects;
            all.bytes += below.bytes;
        }
        Ok(ObjectCount { objects: all.objects as f64, bytes: all.bytes as f64 })
    }

    /// A link that works for this long without keys, and the same as a QR code. As a download it has
    /// browsers save the object instead of showing it.
    ///
    /// # Errors
    /// A time outside of 1 second to 7 days, and what the store says.
    pub async fn shared_link(
        &self,
        place: &str,
        key: &str,
        expires: Duration,
        download: bool,
    ) -> Result<ShareLink> {
        let url = self.share(place, key, expires, download).await?;
        Ok(ShareLink { qr: qr(&url), url })
    }

    /// Puts the public links of these objects on the clipboard, in the window's format unless
    /// another is named.
    ///
    /// # Errors
    /// [`Code::ProfileInvalid`] when the place has no public URL.
    pub async fn copy_object_links(
        &self,
        place: &str,
        keys: &[String],
        format: Option<&str>,
    ) -> Result<CopiedView> {
        let settings = self.settings();
        let format = format.unwrap_or(&settings.link_format);
        let template = LinkTemplate::named(format, &settings.custom_formats)?;
        let opened = self.inner.buckets.place(place).await?;
        if !opened.public_base_is_set {
            return Err(Problem::new(Code::ProfileInvalid, place).with_field(FieldName::PublicUrl));
        }
        let links: Vec<String> = keys
            .iter()
            .map(|key| {
                let filename = key.rsplit('/').next().unwrap_or(key);
                template.render(&LinkFacts {
                    url: &public_url(&opened.public_base, key),
                    name: stem(filename),
                    filename,
                    ext: ext(filename),
                    alt: stem(filename),
                    width: None,
                    height: None,
                    size: None,
                })
            })
            .collect();
        let count = u32::try_from(links.len()).unwrap_or(u32::MAX);
        let text = links.join("\n");
        self.copy_text(text.clone()).await?;
        Ok(CopiedView { count, format: format.to_owned(), text })
    }
}

/// What keys of one bucket only are told.
fn only_its_own(code: Code) -> bool {
    matches!(code, Code::AccessDenied | Code::BucketAdminDenied | Code::Unsupported)
}

pub(super) fn millis(time: Timestamp) -> f64 {
    time.as_millisecond() as f64
}

fn row(meta: ObjectMeta) -> ObjectRow {
    ObjectRow {
        key: meta.key,
        size: meta.size as f64,
        modified: meta.modified.map(millis),
        class: meta.storage_class,
        etag: meta.etag,
    }
}

pub(super) fn details(
    meta: ObjectMeta,
    versions: bool,
    public_url: Option<String>,
) -> ObjectDetails {
    ObjectDetails {
        sha256: meta.metadata.get(SHA256).cloned(),
        key: meta.key,
        size: meta.size as f64,
        modified: meta.modified.map(millis),
        etag: meta.etag,
        class: meta.storage_class,
        version: meta.version,
        versions,
        content_type: meta.content_type,
        cache_control: meta.cache_control,
        content_disposition: meta.content_disposition,
        metadata: meta.metadata.into_iter().collect(),
        remarks: Vec::new(),
        public_url,
    }
}

/// Light modules around the code, so that cameras find it.
const QUIET: usize = 4;

/// A QR code as rows of `0` and `1`; empty when the text is too long for one.
fn qr(text: &str) -> Vec<String> {
    let Ok(code) = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L) else {
        return Vec::new();
    };
    let width = code.width();
    let colors = code.to_colors();
    let side = "0".repeat(QUIET);
    let blank = "0".repeat(width + 2 * QUIET);
    let line = |row: &[qrcode::Color]| {
        let cells: String = row.iter().map(|color| color.select('1', '0')).collect();
        format!("{side}{cells}{side}")
    };
    let mut rows = vec![blank.clone(); QUIET];
    rows.extend(colors.chunks(width).map(line));
    rows.extend(vec![blank; QUIET]);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_dark_in_its_corners_and_quiet_around() {
        let rows = qr("https://example.com/a?X-Amz-Signature=0");
        assert!(rows.len() > 21 && rows.iter().all(|row| row.len() == rows.len()));
        assert!(rows[..QUIET].iter().all(|row| !row.contains('1')));
        assert!(rows[QUIET].starts_with("00001111111"), "{}", rows[QUIET]);
        assert_eq!(qr(&"x".repeat(5_000)), Vec::<String>::new());
    }
}
