//! Which pages may embed what is in a bucket (hotlink protection).

use super::Section;
use super::document::{Document, Source, Syntax};
use crate::Result;
use crate::xml::Element;

/// A referer list. An empty `allow` lets every page in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Referer {
    /// Whether requests without a `Referer` are let in: addresses typed in, apps, readers.
    pub allow_empty: bool,
    /// Pages that are let in, such as `https://*.example.com`; `*` and `?` are wildcards.
    pub allow: Vec<String>,
    /// Pages that are kept out, whatever `allow` says.
    pub deny: Vec<String>,
    /// Whether the query of the page counts in the comparison (it does not when this is true).
    pub ignore_query: Option<bool>,
    /// What it was read from.
    pub source: Source,
}

impl Referer {
    fn is_open(&self) -> bool {
        self.allow_empty && self.allow.is_empty() && self.deny.is_empty()
    }
}

impl Document for Referer {
    const SECTION: Section = Section::Referer;

    fn read(root: &Element, _: Syntax) -> Result<Option<Self>> {
        let list = |name| root.child(name).map(|it| it.texts_of("Referer")).unwrap_or_default();
        let is_true = |text: String| text == "true";
        let referer = Self {
            allow_empty: root.text_of("AllowEmptyReferer").is_none_or(is_true),
            allow: list("RefererList"),
            deny: list("RefererBlacklist"),
            ignore_query: root.text_of("AllowTruncateQueryString").map(is_true),
            source: Source::of(root),
        };
        Ok(Some(referer).filter(|referer| !referer.is_open()))
    }

    fn write(&self, root: &mut Element, _: Syntax) -> Result<()> {
        let word = |yes| if yes { "true" } else { "false" };
        root.set("AllowEmptyReferer", Some(word(self.allow_empty)));
        if let Some(yes) = self.ignore_query {
            root.set("AllowTruncateQueryString", Some(word(yes)));
        }
        // An empty list must be there; an empty blacklist need not.
        for (name, pages) in [("RefererList", &self.allow), ("RefererBlacklist", &self.deny)] {
            if root.child(name).is_none() && (name == "RefererList" || !pages.is_empty()) {
                root.push(Element::new(name));
            }
            if let Some(list) = root.child_mut(name) {
                list.replace_texts("Referer", pages);
            }
        }
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }
}
