//! How a bucket is set up: who may read it, from which pages, for how long, and the rest.
//!
//! The types name what the field names; what a provider says beyond them is kept in their
//! `source` and goes back unchanged when they are put.

mod access;
mod cors;
mod document;
mod lifecycle;
mod logging;
mod referer;
mod website;

use std::fmt;

use async_trait::async_trait;

pub use access::{Acl, CannedAcl, Encryption, Grant, PublicAccessBlock, Versioning};
pub use cors::{Cors, CorsRule};
pub use document::Source;
pub(crate) use document::{DocumentConfig, Documents, Syntax, says_nothing};
pub use lifecycle::{Lifecycle, LifecycleRule, Tag, Transition, When};
pub use logging::Logging;
pub use referer::Referer;
pub use website::Website;

use crate::Result;

/// One thing that can be set up on a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// Who may read and write.
    Acl,
    /// Which web pages may send requests.
    Cors,
    /// What expires or moves to a cheaper class, and when.
    Lifecycle,
    /// Which pages may embed what is in it (hotlink protection).
    Referer,
    /// Where access logs go.
    Logging,
    /// Index and error page of a static site.
    Website,
    /// How new objects are encrypted by the provider.
    Encryption,
    /// Whether old versions are kept.
    Versioning,
    /// Whether public ACLs and policies are without effect.
    PublicAccessBlock,
}

impl Section {
    /// Every one.
    pub const ALL: [Section; 9] = [
        Section::Acl,
        Section::Cors,
        Section::Lifecycle,
        Section::Referer,
        Section::Logging,
        Section::Website,
        Section::Encryption,
        Section::Versioning,
        Section::PublicAccessBlock,
    ];

    /// As a sentence names it.
    pub fn label(self) -> &'static str {
        match self {
            Section::Acl => "bucket ACLs",
            Section::Cors => "CORS rules",
            Section::Lifecycle => "lifecycle rules",
            Section::Referer => "a referer list",
            Section::Logging => "access logging",
            Section::Website => "static website hosting",
            Section::Encryption => "bucket encryption",
            Section::Versioning => "versioning",
            Section::PublicAccessBlock => "a public access block",
        }
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of sections: what a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sections(u16);

impl Sections {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These.
    pub fn of(sections: &[Section]) -> Self {
        Self(sections.iter().fold(0, |bits, section| bits | section.bit()))
    }

    /// All but these.
    pub fn all_but(sections: &[Section]) -> Self {
        Self(Self::of(&Section::ALL).0 & !Self::of(sections).0)
    }

    /// Whether it is among them.
    pub fn has(self, section: Section) -> bool {
        self.0 & section.bit() != 0
    }
}

/// How one bucket is set up.
///
/// A `get` answers `None` where nothing is set, and a `delete` of what is not set is no error. A
/// section the provider lacks is [`crate::ErrorKind::Unsupported`], before a request is sent.
#[async_trait]
pub trait BucketConfig: Send + Sync + fmt::Debug {
    /// The bucket's name.
    fn name(&self) -> &str;

    /// What the provider has.
    fn sections(&self) -> Sections;

    /// Who may read and write.
    async fn acl(&self) -> Result<Acl>;
    /// Sets a canned ACL in place of what was granted.
    async fn put_acl(&self, acl: CannedAcl) -> Result<()>;

    /// The CORS rules.
    async fn cors(&self) -> Result<Option<Cors>>;
    /// Replaces all of them.
    async fn put_cors(&self, cors: &Cors) -> Result<()>;
    /// Removes all of them.
    async fn delete_cors(&self) -> Result<()>;

    /// The lifecycle rules.
    async fn lifecycle(&self) -> Result<Option<Lifecycle>>;
    /// Replaces all of them.
    async fn put_lifecycle(&self, lifecycle: &Lifecycle) -> Result<()>;
    /// Removes all of them.
    async fn delete_lifecycle(&self) -> Result<()>;

    /// The referer list.
    async fn referer(&self) -> Result<Option<Referer>>;
    /// Replaces it.
    async fn put_referer(&self, referer: &Referer) -> Result<()>;
    /// Lets every page in again.
    async fn delete_referer(&self) -> Result<()>;

    /// Where access logs go.
    async fn logging(&self) -> Result<Option<Logging>>;
    /// Sends them there.
    async fn put_logging(&self, logging: &Logging) -> Result<()>;
    /// Sends them nowhere.
    async fn delete_logging(&self) -> Result<()>;

    /// The static website.
    async fn website(&self) -> Result<Option<Website>>;
    /// Replaces it.
    async fn put_website(&self, website: &Website) -> Result<()>;
    /// Ends it.
    async fn delete_website(&self) -> Result<()>;

    /// How new objects are encrypted.
    async fn encryption(&self) -> Result<Option<Encryption>>;
    /// Sets it.
    async fn put_encryption(&self, encryption: &Encryption) -> Result<()>;
    /// Leaves it to the provider.
    async fn delete_encryption(&self) -> Result<()>;

    /// Whether old versions are kept.
    async fn versioning(&self) -> Result<Versioning>;
    /// Keeps them, or no more: what was versioned once is only ever suspended.
    async fn put_versioning(&self, versioning: Versioning) -> Result<()>;

    /// Whether public access is blocked.
    async fn public_access_block(&self) -> Result<Option<PublicAccessBlock>>;
    /// Blocks it, or parts of it.
    async fn put_public_access_block(&self, block: &PublicAccessBlock) -> Result<()>;
    /// Blocks nothing.
    async fn delete_public_access_block(&self) -> Result<()>;

    /// A section as the provider's own document, laid out for reading.
    async fn document(&self, section: Section) -> Result<Option<String>>;
    /// Replaces a section by the provider's own document, once it is known to be one.
    async fn put_document(&self, section: Section, text: &str) -> Result<()>;
}

#[cfg(test)]
mod tests;
