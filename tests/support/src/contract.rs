//! The contract: what every [`Bucket`] does, whichever store is behind it.
//!
//! One suite for all. What a store itself cannot do is written down in its [`Known`] limits, with
//! the reason; the suite then asserts that the store still refuses it in just that way, and that
//! every limit was met. Nothing is skipped.

mod conditions;
mod copies;
mod deletions;
mod keys;
mod listings;
mod objects;
mod presigned;
mod refusals;
mod uploads;
mod versions;

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hoist_store::s3::{S3Bucket, S3Config, S3Credentials};
use hoist_store::{Body, Bucket, ErrorKind, GetOptions, ListRequest, PutOptions, StoreError};

/// Longest time for one case.
const CASE_LIMIT: Duration = Duration::from_secs(180);

/// A store under test. Its bucket is empty and nobody else uses it.
#[derive(Debug)]
pub struct Subject {
    /// What it is, for messages.
    pub name: String,
    /// The bucket.
    pub bucket: Arc<dyn Bucket>,
    /// The same bucket with wrong keys, in the wrong region, and one that does not exist.
    pub wrong: Wrong,
    /// Strings that no error may contain.
    pub secrets: Vec<String>,
    /// What the store cannot do.
    pub limits: Vec<Known>,
}

/// Handles that must be refused, where the store has accounts, regions and other buckets.
#[derive(Debug, Clone, Default)]
pub struct Wrong {
    /// Right access key, wrong secret key.
    pub secret: Option<Arc<dyn Bucket>>,
    /// An access key that does not exist.
    pub access_key: Option<Arc<dyn Bucket>>,
    /// Signed for another region.
    pub region: Option<Arc<dyn Bucket>>,
    /// A bucket that does not exist.
    pub bucket: Option<Arc<dyn Bucket>>,
}

/// Something a store cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// It has no presigned URLs; asking for one is `Unsupported`.
    NoPresign,
    /// It has no conditional writes, or is not known to; asking for one is `Unsupported`.
    NoConditionalPut,
    /// It cannot hold this key (a name of `keys::ODD`), and says so with this kind.
    RefusesKey(&'static str, ErrorKind),
    /// It holds this key under another name: it can be read, but a listing shows something else.
    ListsKeyDifferently(&'static str),
    /// It cannot copy to or from this key.
    CannotCopyKey(&'static str),
    /// Deleting this key together with others does nothing; alone it works.
    DeletesOnlyAlone(&'static str),
    /// It takes requests signed for any region.
    AnyRegion,
    /// A wrong region is told, but not which would be right.
    HidesRegion,
    /// Whatever was stored, a download is answered as an attachment.
    ForcesDownload,
    /// It stores a body whose Content-MD5 differs.
    IgnoresContentMd5,
    /// A Content-MD5 that a presigned URL says nothing of is refused, right or wrong.
    SignsContentMd5,
    /// It takes a part smaller than 5 MiB that is not the last.
    SmallParts,
    /// Aborting twice, or an upload that is gone, is no error.
    AbortsSilently,
    /// `If-Match` on get is not looked at.
    IgnoresIfMatch,
    /// Keys longer than this many bytes are refused by the server though the API allows 1,024.
    LongKeys(ErrorKind),
    /// A multipart upload of a key of 1,024 bytes fails with this kind, though a put works.
    LongKeysInParts(ErrorKind),
    /// The content type signed into a presigned put need not be sent.
    PresignedTypeNotChecked,
    /// A part whose ETag is wrong is joined all the same.
    AnyPartEtag,
    /// Parts are joined by number, whatever the order they are given in.
    AnyPartOrder,
    /// A part that was never sent is left out without a word.
    AnyPartNumber,
    /// Completing an upload that was aborted fails with this kind instead of `NotFound`.
    CompletesAbortedAs(ErrorKind),
    /// A part that was sent again is listed twice.
    ListsReplacedParts,
    /// A key that ends in `/` is a folder: what is put there is thrown away.
    EmptiesFolders,
}

/// A limit and why it is one.
#[derive(Debug)]
pub struct Known {
    limit: Limit,
    why: &'static str,
    met: AtomicBool,
}

impl Known {
    fn new(limit: Limit, why: &'static str) -> Self {
        Self { limit, why, met: AtomicBool::new(false) }
    }
}

impl Subject {
    /// A store with no limits and no wrong handles.
    pub fn new(name: impl Into<String>, bucket: Arc<dyn Bucket>) -> Self {
        Self {
            name: name.into(),
            bucket,
            wrong: Wrong::default(),
            secrets: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// A bucket behind S3 and, made from the same settings, the handles that must be refused.
    pub fn s3(config: S3Config, access_key: &str) -> Self {
        let made = |change: &dyn Fn(&mut S3Config)| -> Arc<dyn Bucket> {
            let mut config = config.clone();
            change(&mut config);
            Arc::new(S3Bucket::new(config).unwrap())
        };
        let keys = |access: &str| S3Credentials::new(access, "not/the+secret", None);
        let wrong = Wrong {
            secret: Some(made(&|config| config.credentials = keys(access_key))),
            access_key: Some(made(&|config| config.credentials = keys("AKIANOBODY"))),
            region: Some(made(&|config| config.region = "eu-nowhere-9".to_owned())),
            bucket: Some(made(&|config| config.bucket = "no-such-bucket-here".to_owned())),
        };
        Self { wrong, ..Self::new("S3", made(&|_| ())) }
    }

    /// With these limits.
    pub fn limits(mut self, limits: impl IntoIterator<Item = (Limit, &'static str)>) -> Self {
        self.limits.extend(limits.into_iter().map(|(limit, why)| Known::new(limit, why)));
        self
    }

    /// Whether the store has this limit; notes that it was met.
    fn has(&self, limit: Limit) -> bool {
        self.find(|known| known == limit).is_some()
    }

    fn find(&self, fits: impl Fn(Limit) -> bool) -> Option<Limit> {
        let mut found = None;
        for known in self.limits.iter().filter(|known| fits(known.limit)) {
            known.met.store(true, Ordering::Relaxed);
            found = Some(known.limit);
        }
        found
    }

    async fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        let put = self.bucket.put(key, Body::from(bytes.into()), &PutOptions::default()).await;
        put.unwrap_or_else(|error| panic!("put `{key}`: {error:?}"));
    }

    async fn read(&self, key: &str) -> Vec<u8> {
        let object = self.bucket.get(key, &GetOptions::default()).await;
        let object = object.unwrap_or_else(|error| panic!("get `{key}`: {error:?}"));
        object
            .bytes(64 << 20)
            .await
            .unwrap_or_else(|error| panic!("read `{key}`: {error:?}"))
            .to_vec()
    }

    /// The bytes that an object of this odd key can hold.
    fn bytes_for(&self, name: &str, text: String) -> Vec<u8> {
        let emptied = name == "trailing slash" && self.has(Limit::EmptiesFolders);
        if emptied { Vec::new() } else { text.into_bytes() }
    }

    async fn missing(&self, key: &str) {
        let error = self.bucket.head(key).await.err();
        let error = error.unwrap_or_else(|| panic!("`{key}` is still there"));
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    }

    /// All keys under a prefix, page by page.
    async fn keys(&self, prefix: &str, page_size: u32) -> Vec<String> {
        let mut request = ListRequest {
            prefix: prefix.to_owned(),
            max_keys: Some(page_size),
            ..ListRequest::default()
        };
        let mut keys = Vec::new();
        for _ in 0..2_000 {
            let page = self.bucket.list(&request).await;
            let page = page.unwrap_or_else(|error| panic!("list `{prefix}`: {error:?}"));
            assert!(page.objects.len() <= page_size as usize);
            keys.extend(page.objects.into_iter().map(|object| object.key));
            match page.next {
                Some(next) => request.page = Some(next),
                None => return keys,
            }
        }
        panic!("the listing of `{prefix}` does not end");
    }

    async fn clear(&self) {
        if let Some(parts) = self.bucket.multipart() {
            for upload in parts.list_uploads("").await.unwrap() {
                parts.abort(&upload.key, &upload.upload_id).await.unwrap();
            }
        }
        let keys = self.keys("", 1000).await;
        let failures = self.bucket.delete_many(&keys).await.unwrap();
        assert!(failures.is_empty(), "{failures:?}");
    }

    fn no_secrets(&self, error: &StoreError) {
        let said = format!("{error} {error:?} {error:#?}");
        for secret in &self.secrets {
            assert!(!said.contains(secret.as_str()), "an error shows a secret: {said}");
        }
    }
}

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;
type Case = (&'static str, fn(Arc<Subject>) -> Run);

macro_rules! cases {
    ($($module:ident :: $case:ident),+ $(,)?) => {
        &[$((
            concat!(stringify!($module), "::", stringify!($case)),
            (|subject| Box::pin(async move { $module::$case(&subject).await })) as fn(Arc<Subject>) -> Run,
        )),+]
    };
}

/// Every case of the contract.
const CASES: &[Case] = cases![
    keys::odd_keys_come_back_byte_for_byte,
    keys::a_listing_shows_the_keys_as_they_are,
    keys::two_spellings_of_one_letter_are_two_keys,
    keys::keys_that_are_too_long_or_empty_are_refused,
    objects::an_empty_object_is_an_object,
    objects::headers_and_metadata_are_kept,
    objects::a_second_put_replaces_the_first,
    objects::a_file_section_is_sent_and_counted,
    objects::a_missing_file_is_named,
    objects::ranges_are_exact,
    objects::impossible_ranges_are_refused,
    objects::etags_agree,
    conditions::put_if_absent_never_replaces,
    conditions::get_if_match_sees_a_change,
    listings::pages_hold_each_key_once,
    listings::a_delimiter_groups_keys,
    listings::pages_hold_each_group_once,
    listings::a_listing_tells_size_and_time,
    listings::an_odd_prefix_is_taken_literally,
    listings::nothing_under_a_prefix_is_an_empty_page,
    copies::odd_keys_are_copied,
    copies::a_copy_keeps_or_replaces_headers,
    copies::copying_what_is_not_there_fails,
    copies::only_the_object_that_was_seen_is_copied,
    deletions::deleting_what_is_not_there_is_no_error,
    deletions::a_thousand_and_one_keys_are_deleted,
    deletions::odd_keys_are_deleted_together,
    presigned::anyone_can_read_with_the_url,
    presigned::anyone_can_write_with_the_url,
    presigned::a_url_ends_and_cannot_be_changed,
    presigned::damaged_bytes_are_refused,
    uploads::parts_become_one_object,
    uploads::parts_can_be_listed_and_sent_again,
    uploads::an_aborted_upload_is_gone,
    uploads::uploads_in_progress_are_listed,
    uploads::wrong_parts_are_refused,
    uploads::odd_keys_in_parts,
    versions::an_object_has_one_version_or_its_store_says_it_has_none,
    refusals::wrong_keys_are_access_denied,
    refusals::a_missing_bucket_is_told_from_a_missing_key,
    refusals::a_wrong_region_is_told,
];

pub use versions::versions;

/// What the suite found.
#[derive(Debug, Default)]
pub struct Report {
    name: String,
    passed: usize,
    failed: BTreeMap<&'static str, String>,
    limits: Vec<String>,
}

impl Report {
    /// Panics with every failure, if there is one.
    pub fn check(&self) {
        assert!(self.failed.is_empty(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} passed, {} failed", self.name, self.passed, self.failed.len())?;
        for (case, why) in &self.failed {
            writeln!(f, "  {case}: {why}")?;
        }
        self.limits.iter().try_for_each(|limit| writeln!(f, "  limit of the server: {limit}"))
    }
}

/// Runs every case, one after the other, and says how each went.
pub async fn run(subject: Subject) -> Report {
    let subject = Arc::new(subject);
    let mut report = Report { name: subject.name.clone(), ..Report::default() };
    for (name, case) in CASES {
        let start = Instant::now();
        let task = tokio::spawn(tokio::time::timeout(CASE_LIMIT, case(Arc::clone(&subject))));
        let failure = match task.await {
            Ok(Ok(())) => None,
            Ok(Err(_)) => Some(format!("not done within {} s", CASE_LIMIT.as_secs())),
            Err(error) => Some(panic_text(error)),
        };
        let mark = if failure.is_none() { "ok" } else { "FAILED" };
        eprintln!("{}: {name} ... {mark} ({:.2} s)", subject.name, start.elapsed().as_secs_f64());
        match failure {
            None => report.passed += 1,
            Some(why) => {
                report.failed.insert(name, why);
            }
        }
        // Each case starts with an empty bucket, whatever the one before left.
        let cleared = tokio::spawn({
            let subject = Arc::clone(&subject);
            async move { subject.clear().await }
        });
        if let Err(error) = cleared.await {
            report.failed.insert(name, format!("clearing up: {}", panic_text(error)));
        }
    }
    for known in &subject.limits {
        report.limits.push(format!("{:?}: {}", known.limit, known.why));
        if !known.met.load(Ordering::Relaxed) {
            let why = format!("{:?} is not a limit any case meets; take it out", known.limit);
            report.failed.insert("limits", why);
        }
    }
    eprintln!("{report}");
    report
}

fn panic_text(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "cancelled".to_owned() };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => {
            panic.downcast_ref::<&str>().map_or("panicked".to_owned(), |text| (*text).to_owned())
        }
    }
}
