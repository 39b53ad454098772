//! Where access logs go.

use super::Section;
use super::document::{Document, Source, Syntax};
use crate::Result;
use crate::xml::Element;

/// Where the provider writes a bucket's access logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logging {
    /// The bucket that takes them, in the same region.
    pub bucket: String,
    /// What their keys start with.
    pub prefix: String,
    /// What it was read from.
    pub source: Source,
}

impl Document for Logging {
    const SECTION: Section = Section::Logging;

    fn read(root: &Element, _: Syntax) -> Result<Option<Self>> {
        Ok(root.child("LoggingEnabled").map(|enabled| Self {
            bucket: enabled.text_of("TargetBucket").unwrap_or_default(),
            prefix: enabled.text_of("TargetPrefix").unwrap_or_default(),
            source: Source::of(root),
        }))
    }

    fn write(&self, root: &mut Element, _: Syntax) -> Result<()> {
        if root.child("LoggingEnabled").is_none() {
            root.push(Element::new("LoggingEnabled"));
        }
        if let Some(enabled) = root.child_mut("LoggingEnabled") {
            enabled.set("TargetBucket", Some(&self.bucket));
            // S3 wants the element even when it is empty.
            enabled.set("TargetPrefix", Some(&self.prefix));
        }
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }
}
