//! Who may read and write, how objects are encrypted, and whether old versions are kept.

use std::fmt;
use std::str::FromStr;

use super::Section;
use super::document::{Document, Source, Syntax};
use crate::xml::Element;
use crate::{ErrorKind, Result, StoreError};

/// The canned ACLs that buckets share across providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CannedAcl {
    /// Only the account.
    Private,
    /// Everybody may read.
    PublicRead,
    /// Everybody may read, write and delete.
    PublicReadWrite,
    /// Everybody with an account at the provider may read (S3 only).
    AuthenticatedRead,
}

impl CannedAcl {
    /// Every one.
    pub const ALL: [CannedAcl; 4] = [
        CannedAcl::Private,
        CannedAcl::PublicRead,
        CannedAcl::PublicReadWrite,
        CannedAcl::AuthenticatedRead,
    ];

    /// As providers and commands write it: `public-read`.
    pub fn id(self) -> &'static str {
        match self {
            CannedAcl::Private => "private",
            CannedAcl::PublicRead => "public-read",
            CannedAcl::PublicReadWrite => "public-read-write",
            CannedAcl::AuthenticatedRead => "authenticated-read",
        }
    }

    /// Whether it lets strangers in.
    pub fn is_public(self) -> bool {
        self != CannedAcl::Private
    }
}

impl fmt::Display for CannedAcl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for CannedAcl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|acl| acl.id() == text).ok_or_else(|| {
            StoreError::new(ErrorKind::Unsupported, format!("`{text}` is no canned ACL"))
        })
    }
}

/// Who may read and write a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acl {
    /// The canned ACL that says the same as the grants, if there is one.
    pub canned: Option<CannedAcl>,
    /// Account id of the owner.
    pub owner: Option<String>,
    /// The grants one by one (S3 family).
    pub grants: Vec<Grant>,
    /// What it was read from.
    pub source: Source,
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Account id, mail address, or the group's URI.
    pub grantee: String,
    /// READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL.
    pub permission: String,
}

const EVERYBODY: &str = "/groups/global/AllUsers";
const AUTHENTICATED: &str = "/groups/global/AuthenticatedUsers";

impl Document for Acl {
    const SECTION: Section = Section::Acl;

    fn read(root: &Element, syntax: Syntax) -> Result<Option<Self>> {
        let owner = root.child("Owner").and_then(|owner| owner.text_of("ID"));
        let list = root.child("AccessControlList");
        let entries = list.into_iter().flat_map(|list| list.all("Grant"));
        if syntax == Syntax::Oss {
            let canned = entries.map(Element::text).find_map(|word| word.trim().parse().ok());
            return Ok(Some(Self { canned, owner, grants: Vec::new(), source: Source::of(root) }));
        }
        let grants: Vec<Grant> = entries
            .map(|grant| {
                let grantee = grant.child("Grantee");
                let named = |name| grantee.and_then(|grantee| grantee.text_of(name));
                Grant {
                    grantee: named("URI")
                        .or_else(|| named("ID"))
                        .or_else(|| named("EmailAddress"))
                        .unwrap_or_default(),
                    permission: grant.text_of("Permission").unwrap_or_default(),
                }
            })
            .collect();
        Ok(Some(Self {
            canned: canned(&grants, owner.as_deref()),
            owner,
            grants,
            source: Source::of(root),
        }))
    }

    /// An ACL is set by its canned name, or as the provider's own document.
    fn write(&self, _: &mut Element, _: Syntax) -> Result<()> {
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }
}

fn canned(grants: &[Grant], owner: Option<&str>) -> Option<CannedAcl> {
    let others: Vec<(&str, &str)> = grants
        .iter()
        .filter(|grant| owner.is_none_or(|owner| owner != grant.grantee))
        .map(|grant| {
            let group = [EVERYBODY, AUTHENTICATED]
                .into_iter()
                .find(|group| grant.grantee.ends_with(group))
                .unwrap_or("");
            (group, grant.permission.as_str())
        })
        .collect();
    let has = |entry: (&str, &str)| others.contains(&entry);
    match others.len() {
        0 => Some(CannedAcl::Private),
        1 if has((EVERYBODY, "READ")) => Some(CannedAcl::PublicRead),
        1 if has((AUTHENTICATED, "READ")) => Some(CannedAcl::AuthenticatedRead),
        2 if has((EVERYBODY, "READ")) && has((EVERYBODY, "WRITE")) => {
            Some(CannedAcl::PublicReadWrite)
        }
        _ => None,
    }
}

/// How new objects are encrypted by the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encryption {
    /// `AES256`, `KMS` (OSS), `aws:kms` (S3), `SM4` (OSS, some regions).
    pub algorithm: String,
    /// Key of the key service; its default one when there is none.
    pub kms_key: Option<String>,
    /// What it was read from.
    pub source: Source,
}

const BY_DEFAULT: &str = "ApplyServerSideEncryptionByDefault";

impl Encryption {
    /// The element that holds the default.
    fn place(root: &mut Element, syntax: Syntax) -> Option<&mut Element> {
        let outer = match syntax {
            Syntax::Oss => root,
            Syntax::S3 => {
                if root.child("Rule").is_none() {
                    root.push(Element::new("Rule"));
                }
                root.child_mut("Rule")?
            }
        };
        if outer.child(BY_DEFAULT).is_none() {
            outer.push(Element::new(BY_DEFAULT));
        }
        outer.child_mut(BY_DEFAULT)
    }
}

impl Document for Encryption {
    const SECTION: Section = Section::Encryption;

    fn read(root: &Element, syntax: Syntax) -> Result<Option<Self>> {
        let outer = match syntax {
            Syntax::Oss => Some(root),
            Syntax::S3 => root.child("Rule"),
        };
        let default = outer.and_then(|outer| outer.child(BY_DEFAULT));
        Ok(default.and_then(|default| {
            Some(Self {
                algorithm: default.text_of("SSEAlgorithm")?,
                kms_key: default.text_of("KMSMasterKeyID"),
                source: Source::of(root),
            })
        }))
    }

    fn write(&self, root: &mut Element, syntax: Syntax) -> Result<()> {
        if let Some(default) = Self::place(root, syntax) {
            let changes = default.text_of("SSEAlgorithm").is_some_and(|was| was != self.algorithm);
            default.set("SSEAlgorithm", Some(&self.algorithm));
            default.set("KMSMasterKeyID", self.kms_key.as_deref());
            if changes {
                // Says how the key service encrypts, and belongs to the algorithm that was.
                default.take_out("KMSDataEncryption");
            }
        }
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }
}

/// Whether old versions are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Versioning {
    /// Never were.
    #[default]
    Off,
    /// They are.
    Enabled,
    /// Those there are stay; new ones are not made.
    Suspended,
}

impl Versioning {
    /// As providers write it.
    pub fn id(self) -> &'static str {
        match self {
            Versioning::Off => "Off",
            Versioning::Enabled => "Enabled",
            Versioning::Suspended => "Suspended",
        }
    }
}

impl Document for Versioning {
    const SECTION: Section = Section::Versioning;

    fn read(root: &Element, _: Syntax) -> Result<Option<Self>> {
        Ok(Some(match root.text_of("Status").as_deref() {
            Some("Enabled") => Versioning::Enabled,
            Some("Suspended") => Versioning::Suspended,
            _ => Versioning::Off,
        }))
    }

    fn write(&self, root: &mut Element, _: Syntax) -> Result<()> {
        root.set("Status", Some(self.id()));
        Ok(())
    }

    fn source(&self) -> &Source {
        // What is left out of this document is left as it is by the provider.
        const NEW: &Source = &Source::NEW;
        NEW
    }
}

/// Which kinds of public access are without effect. OSS has one switch for all four.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub block_acls: bool,
    /// Public ACLs there are do not count.
    pub ignore_acls: bool,
    /// New public policies are refused.
    pub block_policies: bool,
    /// Public policies there are do not count for strangers.
    pub restrict: bool,
    /// What it was read from.
    pub source: Source,
}

impl PublicAccessBlock {
    /// All four on, or off.
    pub fn all(on: bool) -> Self {
        Self {
            block_acls: on,
            ignore_acls: on,
            block_policies: on,
            restrict: on,
            source: Source::default(),
        }
    }

    /// Whether a public ACL would be refused or without effect.
    pub fn blocks_acls(&self) -> bool {
        self.block_acls || self.ignore_acls
    }

    fn flags(&self) -> [(&'static str, bool); 4] {
        [
            ("BlockPublicAcls", self.block_acls),
            ("IgnorePublicAcls", self.ignore_acls),
            ("BlockPublicPolicy", self.block_policies),
            ("RestrictPublicBuckets", self.restrict),
        ]
    }
}

impl Document for PublicAccessBlock {
    const SECTION: Section = Section::PublicAccessBlock;

    fn read(root: &Element, syntax: Syntax) -> Result<Option<Self>> {
        let on = |name| root.text_of(name).is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let block = match syntax {
            Syntax::Oss => Self::all(on("BlockPublicAccess")),
            Syntax::S3 => Self {
                block_acls: on("BlockPublicAcls"),
                ignore_acls: on("IgnorePublicAcls"),
                block_policies: on("BlockPublicPolicy"),
                restrict: on("RestrictPublicBuckets"),
                source: Source::default(),
            },
        };
        Ok(Some(Self { source: Source::of(root), ..block }))
    }

    fn write(&self, root: &mut Element, syntax: Syntax) -> Result<()> {
        let word = |on| if on { "true" } else { "false" };
        if syntax == Syntax::S3 {
            for (name, on) in self.flags() {
                root.set(name, Some(word(on)));
            }
            return Ok(());
        }
        if self.flags().iter().any(|(_, on)| *on != self.block_acls) {
            return Err(StoreError::new(
                ErrorKind::Unsupported,
                "OSS blocks all public access or none; it cannot block ACLs or policies alone",
            ));
        }
        root.set("BlockPublicAccess", Some(word(self.block_acls)));
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }
}
