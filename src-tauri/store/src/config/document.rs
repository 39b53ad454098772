//! Sections as XML documents, for the providers that keep them so.

use std::fmt;

use async_trait::async_trait;

use super::{
    Acl, BucketConfig, CannedAcl, Cors, Encryption, Lifecycle, Logging, PublicAccessBlock, Referer,
    Section, Sections, Versioning, Website,
};
use crate::xml::Element;
use crate::{ErrorKind, Result, StoreError};

/// What a value was read from, with all that Hoist has no name for. Opaque, and no part of the
/// value: two rules that say the same are equal.
#[derive(Clone, Default)]
pub struct Source(Option<Box<Element>>);

impl Source {
    /// Of a value that was not read.
    pub(super) const NEW: Self = Self(None);

    pub(super) fn of(element: &Element) -> Self {
        Self(Some(Box::new(element.clone())))
    }

    pub(super) fn element(&self) -> Option<&Element> {
        self.0.as_deref()
    }

    /// The element to write the value into: what it was read from, or an empty one.
    pub(super) fn or_new(&self, name: &str) -> Element {
        self.element().cloned().unwrap_or_else(|| Element::new(name))
    }
}

impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Source(read)" } else { "Source(new)" })
    }
}

/// Whose documents: most have the same elements, some do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Aliyun OSS.
    Oss,
    /// Amazon S3 and its family.
    S3,
}

impl Syntax {
    /// The root element of a section.
    pub(super) fn root(self, section: Section) -> &'static str {
        match section {
            Section::Acl => "AccessControlPolicy",
            Section::Cors => "CORSConfiguration",
            Section::Lifecycle => "LifecycleConfiguration",
            Section::Referer => "RefererConfiguration",
            Section::Logging => "BucketLoggingStatus",
            Section::Website => "WebsiteConfiguration",
            Section::Encryption => match self {
                Syntax::Oss => "ServerSideEncryptionRule",
                Syntax::S3 => "ServerSideEncryptionConfiguration",
            },
            Section::Versioning => "VersioningConfiguration",
            Section::PublicAccessBlock => "PublicAccessBlockConfiguration",
        }
    }

    /// An empty document of a section.
    fn empty(self, section: Section) -> Element {
        let mut root = Element::new(self.root(section));
        if self == Syntax::S3 {
            let namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
            root.attributes.push(("xmlns".to_owned(), namespace.to_owned()));
        }
        root
    }
}

/// A section that is an XML document: a typed view of the tree, and back.
pub(super) trait Document: Sized {
    const SECTION: Section;

    /// The view; `None` where the document says that nothing is set.
    fn read(root: &Element, syntax: Syntax) -> Result<Option<Self>>;

    /// Writes the value over `root`, which is what it was read from or empty.
    fn write(&self, root: &mut Element, syntax: Syntax) -> Result<()>;

    /// What it was read from.
    fn source(&self) -> &Source;

    /// Whether there is nothing to put, so that the section is to be deleted.
    fn is_empty(&self) -> bool {
        false
    }
}

/// Writes a document.
pub(super) fn write<D: Document>(value: &D, syntax: Syntax) -> Result<Element> {
    let mut root = value.source().element().cloned().unwrap_or_else(|| syntax.empty(D::SECTION));
    value.write(&mut root, syntax)?;
    Ok(root)
}

/// How the documents of one bucket travel.
#[async_trait]
pub(crate) trait Documents: Send + Sync + fmt::Debug {
    /// The bucket's name.
    fn bucket(&self) -> &str;

    /// The host, for sentences.
    fn host(&self) -> &str;

    /// What the provider has.
    fn sections(&self) -> Sections;

    /// Whose documents they are.
    fn syntax(&self) -> Syntax;

    /// A section's document; `None` where the provider says that there is none.
    async fn get(&self, section: Section) -> Result<Option<String>>;

    /// Replaces a section's document.
    async fn put(&self, section: Section, xml: String) -> Result<()>;

    /// Removes a section's document.
    async fn delete(&self, section: Section) -> Result<()>;

    /// Sets a canned ACL, which is a header and no document.
    async fn put_canned_acl(&self, acl: CannedAcl) -> Result<()>;
}

/// Codes for "this section is not set", which each provider words in its own way.
pub(crate) fn says_nothing(code: &str) -> bool {
    code == "ServerSideEncryptionConfigurationNotFoundError"
        || code.starts_with("NoSuch") && !matches!(code, "NoSuchBucket" | "NoSuchKey")
}

/// A bucket whose sections are documents.
#[derive(Debug)]
pub(crate) struct DocumentConfig<T>(pub(crate) T);

impl<T: Documents> DocumentConfig<T> {
    fn check(&self, section: Section) -> Result<()> {
        if self.0.sections().has(section) {
            return Ok(());
        }
        Err(self.lacks(section.label()))
    }

    fn lacks(&self, what: &str) -> StoreError {
        StoreError::new(ErrorKind::Unsupported, format!("{} does not have {what}", self.0.host()))
    }

    async fn root(&self, section: Section) -> Result<Option<Element>> {
        self.check(section)?;
        let text = self.0.get(section).await?;
        // Some answer with nothing at all where nothing is set.
        text.filter(|text| !text.trim().is_empty())
            .map(|text| {
                Element::parse(&text).map_err(|error| {
                    let why = format!(
                        "{} answers with no document about {} of bucket `{}`: {}",
                        self.0.host(),
                        section.label(),
                        self.0.bucket(),
                        error.message()
                    );
                    StoreError::new(ErrorKind::WrongEndpoint, why)
                })
            })
            .transpose()
    }

    async fn read<D: Document>(&self) -> Result<Option<D>> {
        match self.root(D::SECTION).await? {
            Some(root) => D::read(&root, self.0.syntax()),
            None => Ok(None),
        }
    }

    async fn write<D: Document>(&self, value: &D) -> Result<()> {
        self.check(D::SECTION)?;
        if value.is_empty() {
            return self.0.delete(D::SECTION).await;
        }
        self.0.put(D::SECTION, write(value, self.0.syntax())?.to_xml()?).await
    }

    async fn remove(&self, section: Section) -> Result<()> {
        self.check(section)?;
        self.0.delete(section).await
    }
}

#[async_trait]
impl<T: Documents> BucketConfig for DocumentConfig<T> {
    fn name(&self) -> &str {
        self.0.bucket()
    }

    fn sections(&self) -> Sections {
        self.0.sections()
    }

    async fn acl(&self) -> Result<Acl> {
        Ok(self.read().await?.unwrap_or_default())
    }

    async fn put_acl(&self, acl: CannedAcl) -> Result<()> {
        self.check(Section::Acl)?;
        if self.0.syntax() == Syntax::Oss && acl == CannedAcl::AuthenticatedRead {
            return Err(self.lacks("the ACL authenticated-read"));
        }
        self.0.put_canned_acl(acl).await
    }

    async fn cors(&self) -> Result<Option<Cors>> {
        self.read().await
    }

    async fn put_cors(&self, cors: &Cors) -> Result<()> {
        self.write(cors).await
    }

    async fn delete_cors(&self) -> Result<()> {
        self.remove(Section::Cors).await
    }

    async fn lifecycle(&self) -> Result<Option<Lifecycle>> {
        self.read().await
    }

    async fn put_lifecycle(&self, lifecycle: &Lifecycle) -> Result<()> {
        self.write(lifecycle).await
    }

    async fn delete_lifecycle(&self) -> Result<()> {
        self.remove(Section::Lifecycle).await
    }

    async fn referer(&self) -> Result<Option<Referer>> {
        self.read().await
    }

    async fn put_referer(&self, referer: &Referer) -> Result<()> {
        self.write(referer).await
    }

    async fn delete_referer(&self) -> Result<()> {
        // There is no request that removes it: an empty list lets everybody in.
        self.write(&Referer { allow_empty: true, ..Referer::default() }).await
    }

    async fn logging(&self) -> Result<Option<Logging>> {
        self.read().await
    }

    async fn put_logging(&self, logging: &Logging) -> Result<()> {
        self.write(logging).await
    }

    async fn delete_logging(&self) -> Result<()> {
        self.check(Section::Logging)?;
        match self.0.syntax() {
            Syntax::Oss => self.0.delete(Section::Logging).await,
            // S3 has no request that removes it: an empty document does.
            Syntax::S3 => {
                self.0.put(Section::Logging, Syntax::S3.empty(Section::Logging).to_xml()?).await
            }
        }
    }

    async fn website(&self) -> Result<Option<Website>> {
        self.read().await
    }

    async fn put_website(&self, website: &Website) -> Result<()> {
        self.write(website).await
    }

    async fn delete_website(&self) -> Result<()> {
        self.remove(Section::Website).await
    }

    async fn encryption(&self) -> Result<Option<Encryption>> {
        self.read().await
    }

    async fn put_encryption(&self, encryption: &Encryption) -> Result<()> {
        self.write(encryption).await
    }

    async fn delete_encryption(&self) -> Result<()> {
        self.remove(Section::Encryption).await
    }

    async fn versioning(&self) -> Result<Versioning> {
        Ok(self.read().await?.unwrap_or_default())
    }

    async fn put_versioning(&self, versioning: Versioning) -> Result<()> {
        if versioning == Versioning::Off {
            return Err(self.lacks("a way back to unversioned; suspend it instead"));
        }
        self.write(&versioning).await
    }

    async fn public_access_block(&self) -> Result<Option<PublicAccessBlock>> {
        self.read().await
    }

    async fn put_public_access_block(&self, block: &PublicAccessBlock) -> Result<()> {
        self.write(block).await
    }

    async fn delete_public_access_block(&self) -> Result<()> {
        self.remove(Section::PublicAccessBlock).await
    }

    async fn document(&self, section: Section) -> Result<Option<String>> {
        self.root(section).await?.map(|root| root.to_pretty_xml()).transpose()
    }

    async fn put_document(&self, section: Section, text: &str) -> Result<()> {
        self.check(section)?;
        if section == Section::Acl && self.0.syntax() == Syntax::Oss {
            return Err(self.lacks("an ACL as a document; set private or public-read instead"));
        }
        let root = Element::parse(text)?;
        let wanted = self.0.syntax().root(section);
        if !root.is(wanted) {
            return Err(StoreError::new(
                ErrorKind::Integrity,
                format!("the document is a `{}`, where a `{wanted}` is expected", root.name),
            ));
        }
        self.0.put(section, root.to_xml()?).await
    }
}
