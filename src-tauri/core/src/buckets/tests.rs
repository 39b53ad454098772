use std::sync::Mutex;

use async_trait::async_trait;
use hoist_store::{
    Acl, Cors, Encryption, Lifecycle, Logging, PublicAccessBlock, Referer, Result as StoreResult,
    Sections, Versioning, Website,
};

use super::*;
use crate::problem::Language;
use crate::profile::Provider;

fn error(kind: ErrorKind, code: Option<&str>, message: &str) -> StoreError {
    let error = StoreError::new(kind, message).with_status(400);
    match code {
        Some(code) => error.with_provider_code(code),
        None => error,
    }
}

#[test]
fn what_a_store_says_of_a_bucket_is_told_as_such() {
    let cases = [
        (ErrorKind::AlreadyExists, Some("BucketAlreadyExists"), Code::BucketTaken),
        (ErrorKind::AlreadyExists, Some("BucketAlreadyOwnedByYou"), Code::BucketTaken),
        (ErrorKind::Other, Some("BucketNotEmpty"), Code::BucketNotEmpty),
        (ErrorKind::InvalidKey, Some("InvalidBucketName"), Code::BucketNameInvalid),
        (ErrorKind::NotFound, Some("NoSuchBucket"), Code::BucketNotFound),
        (ErrorKind::NotFound, None, Code::BucketNotFound),
        (ErrorKind::AccessDenied, Some("AccessDenied"), Code::BucketAdminDenied),
        (ErrorKind::AccessDenied, Some("SignatureDoesNotMatch"), Code::CredentialsRejected),
        (ErrorKind::Other, Some("MalformedXML"), Code::BucketSettingRefused),
        (ErrorKind::Integrity, None, Code::BucketSettingRefused),
        (ErrorKind::Timeout, None, Code::Timeout),
    ];
    for (kind, code, wanted) in cases {
        let problem = problem(&error(kind, code, "m"), "images", Some(Section::Cors));
        assert_eq!(problem.code, wanted, "{code:?}");
        assert_eq!(problem.subject, "images");
    }
}

#[test]
fn the_providers_own_words_say_what_is_not_accepted() {
    let said = error(
        ErrorKind::Other,
        Some("InvalidArgument"),
        "cannot change CORS rules of bucket `images` at h: too many rules",
    );
    let problem = problem(&said, "images", Some(Section::Cors));
    let text = problem.text(Language::English);
    assert_eq!(text.what, "What was set for images is not accepted: too many rules.");
    assert!(!problem.retryable);
}

#[test]
fn what_a_provider_lacks_is_named_in_both_languages() {
    let lacks = StoreError::new(ErrorKind::Unsupported, "h does not have a referer list");
    let problem = problem(&lacks, "images", Some(Section::Referer));
    assert_eq!(problem.code, Code::Unsupported);
    assert!(problem.text(Language::English).what.ends_with("it does not have referer lists."));
    assert!(problem.text(Language::Chinese).what.contains("不支持防盗链"));
}

/// A bucket with a public access block, that remembers the ACL it was given.
#[derive(Debug, Default)]
struct Blocked {
    block: Option<PublicAccessBlock>,
    given: Mutex<Option<CannedAcl>>,
}

fn unasked<T>() -> StoreResult<T> {
    Err(StoreError::new(ErrorKind::Other, "nobody should ask for this"))
}

#[async_trait]
impl BucketConfig for Blocked {
    fn name(&self) -> &str {
        "images"
    }
    fn sections(&self) -> Sections {
        Sections::of(&[Section::Acl, Section::PublicAccessBlock])
    }
    async fn acl(&self) -> StoreResult<Acl> {
        unasked()
    }
    async fn put_acl(&self, acl: CannedAcl) -> StoreResult<()> {
        *self.given.lock().unwrap() = Some(acl);
        Ok(())
    }
    async fn cors(&self) -> StoreResult<Option<Cors>> {
        unasked()
    }
    async fn put_cors(&self, _: &Cors) -> StoreResult<()> {
        unasked()
    }
    async fn delete_cors(&self) -> StoreResult<()> {
        unasked()
    }
    async fn lifecycle(&self) -> StoreResult<Option<Lifecycle>> {
        unasked()
    }
    async fn put_lifecycle(&self, _: &Lifecycle) -> StoreResult<()> {
        unasked()
    }
    async fn delete_lifecycle(&self) -> StoreResult<()> {
        unasked()
    }
    async fn referer(&self) -> StoreResult<Option<Referer>> {
        unasked()
    }
    async fn put_referer(&self, _: &Referer) -> StoreResult<()> {
        unasked()
    }
    async fn delete_referer(&self) -> StoreResult<()> {
        unasked()
    }
    async fn logging(&self) -> StoreResult<Option<Logging>> {
        unasked()
    }
    async fn put_logging(&self, _: &Logging) -> StoreResult<()> {
        unasked()
    }
    async fn delete_logging(&self) -> StoreResult<()> {
        unasked()
    }
    async fn website(&self) -> StoreResult<Option<Website>> {
        unasked()
    }
    async fn put_website(&self, _: &Website) -> StoreResult<()> {
        unasked()
    }
    async fn delete_website(&self) -> StoreResult<()> {
        unasked()
    }
    async fn encryption(&self) -> StoreResult<Option<Encryption>> {
        unasked()
    }
    async fn put_encryption(&self, _: &Encryption) -> StoreResult<()> {
        unasked()
    }
    async fn delete_encryption(&self) -> StoreResult<()> {
        unasked()
    }
    async fn versioning(&self) -> StoreResult<Versioning> {
        unasked()
    }
    async fn put_versioning(&self, _: Versioning) -> StoreResult<()> {
        unasked()
    }
    async fn public_access_block(&self) -> StoreResult<Option<PublicAccessBlock>> {
        Ok(self.block.clone())
    }
    async fn put_public_access_block(&self, _: &PublicAccessBlock) -> StoreResult<()> {
        unasked()
    }
    async fn delete_public_access_block(&self) -> StoreResult<()> {
        unasked()
    }
    async fn document(&self, _: Section) -> StoreResult<Option<String>> {
        unasked()
    }
    async fn put_document(&self, _: Section, _: &str) -> StoreResult<()> {
        unasked()
    }
}

fn setup(block: Option<PublicAccessBlock>) -> (Arc<Blocked>, BucketSetup) {
    let config = Arc::new(Blocked { block, ..Blocked::default() });
    let profile = Profile::new("blog", Provider::S3).name;
    (Arc::clone(&config), BucketSetup { profile, config })
}

#[tokio::test]
async fn a_public_acl_under_a_block_is_refused_with_the_way_out() {
    let (config, blocked) = setup(Some(PublicAccessBlock::all(true)));
    let problem = blocked.set_acl(CannedAcl::PublicRead).await.unwrap_err();
    assert_eq!(problem.code, Code::PublicAclBlocked);
    let fix = problem.text(Language::English).fix;
    assert!(fix.contains("hoist bucket public-access blog:images --set open"), "{fix}");
    assert_eq!(*config.given.lock().unwrap(), None, "it was not tried");
    // Private is always possible.
    blocked.set_acl(CannedAcl::Private).await.unwrap();
    assert_eq!(*config.given.lock().unwrap(), Some(CannedAcl::Private));
}

#[tokio::test]
async fn without_a_block_a_public_acl_is_set() {
    for block in [None, Some(PublicAccessBlock::all(false))] {
        let (config, open) = setup(block);
        open.set_acl(CannedAcl::PublicRead).await.unwrap();
        assert_eq!(*config.given.lock().unwrap(), Some(CannedAcl::PublicRead));
    }
}
