//! Which web pages may send requests.

use super::Section;
use super::document::{Document, Source, Syntax};
use crate::Result;
use crate::xml::Element;

/// The CORS rules of a bucket; the first that matches a request decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cors {
    /// In order.
    pub rules: Vec<CorsRule>,
    /// Whether answers always carry `Vary: Origin` (OSS only); `None` leaves it as it is.
    pub vary: Option<bool>,
    /// What it was read from.
    pub source: Source,
}

/// One CORS rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorsRule {
    /// Its name, where it has one.
    pub id: Option<String>,
    /// Origins, such as `https://example.com`; each may have one `*`.
    pub origins: Vec<String>,
    /// GET, PUT, POST, DELETE, HEAD.
    pub methods: Vec<String>,
    /// Request headers that are let through; each may have one `*`.
    pub headers: Vec<String>,
    /// Response headers that the page may read.
    pub expose: Vec<String>,
    /// For how long a browser may keep the answer to its preflight request, in seconds.
    pub max_age: Option<u32>,
    /// What it was read from.
    pub source: Source,
}

impl CorsRule {
    fn read(element: &Element) -> Self {
        Self {
            id: element.text_of("ID"),
            origins: element.texts_of("AllowedOrigin"),
            methods: element.texts_of("AllowedMethod"),
            headers: element.texts_of("AllowedHeader"),
            expose: element.texts_of("ExposeHeader"),
            max_age: element.text_of("MaxAgeSeconds").and_then(|text| text.trim().parse().ok()),
            source: Source::of(element),
        }
    }

    fn write(&self) -> Element {
        let mut element = self.source.or_new("CORSRule");
        element.set("ID", self.id.as_deref());
        element.replace_texts("AllowedOrigin", &self.origins);
        element.replace_texts("AllowedMethod", &self.methods);
        element.replace_texts("AllowedHeader", &self.headers);
        element.replace_texts("ExposeHeader", &self.expose);
        element.set("MaxAgeSeconds", self.max_age.map(|age| age.to_string()).as_deref());
        element
    }
}

impl Document for Cors {
    const SECTION: Section = Section::Cors;

    fn read(root: &Element, _: Syntax) -> Result<Option<Self>> {
        let rules: Vec<_> = root.all("CORSRule").map(CorsRule::read).collect();
        let vary = root.text_of("ResponseVary").map(|text| text == "true");
        let nothing = rules.is_empty();
        Ok((!nothing).then(|| Self { rules, vary, source: Source::of(root) }))
    }

    fn write(&self, root: &mut Element, syntax: Syntax) -> Result<()> {
        root.replace_all("CORSRule", self.rules.iter().map(CorsRule::write).collect());
        if let (Some(vary), Syntax::Oss) = (self.vary, syntax) {
            root.set("ResponseVary", Some(if vary { "true" } else { "false" }));
        }
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }

    fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}
