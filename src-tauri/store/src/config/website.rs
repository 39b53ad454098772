//! Index and error page of a static site.

use super::Section;
use super::document::{Document, Source, Syntax};
use crate::Result;
use crate::xml::Element;

/// A static website out of a bucket. Routing rules are kept as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Website {
    /// Page served for a folder: `index.html`.
    pub index: Option<String>,
    /// Key of the page served when there is no such object: `404.html`.
    pub error: Option<String>,
    /// Whether folders below the root have their own index page (OSS only).
    pub folder_index: Option<bool>,
    /// Where every request is sent instead (S3 only): `https://example.com`.
    pub redirect_all: Option<String>,
    /// How many routing rules there are. They are not changed here.
    pub routing_rules: usize,
    /// What it was read from.
    pub source: Source,
}

impl Document for Website {
    const SECTION: Section = Section::Website;

    fn read(root: &Element, _: Syntax) -> Result<Option<Self>> {
        let index = root.child("IndexDocument");
        let website = Self {
            index: index.and_then(|it| it.text_of("Suffix")),
            error: root.child("ErrorDocument").and_then(|it| it.text_of("Key")),
            folder_index: index
                .and_then(|it| it.text_of("SupportSubDir"))
                .map(|text| text == "true"),
            redirect_all: root.child("RedirectAllRequestsTo").and_then(|it| {
                let host = it.text_of("HostName")?;
                Some(match it.text_of("Protocol") {
                    Some(scheme) => format!("{scheme}://{host}"),
                    None => host,
                })
            }),
            routing_rules: root.child("RoutingRules").map_or(0, |it| it.all("RoutingRule").count()),
            source: Source::of(root),
        };
        let nothing = root.elements().next().is_none();
        Ok((!nothing).then_some(website))
    }

    fn write(&self, root: &mut Element, syntax: Syntax) -> Result<()> {
        set_in(root, "IndexDocument", "Suffix", self.index.as_deref());
        set_in(root, "ErrorDocument", "Key", self.error.as_deref());
        if let (Some(yes), Syntax::Oss, Some(index)) =
            (self.folder_index, syntax, root.child_mut("IndexDocument"))
        {
            index.set("SupportSubDir", Some(if yes { "true" } else { "false" }));
        }
        let (scheme, host) = match self.redirect_all.as_deref() {
            Some(target) => match target.split_once("://") {
                Some((scheme, host)) => (Some(scheme), Some(host)),
                None => (None, Some(target)),
            },
            None => (None, None),
        };
        set_in(root, "RedirectAllRequestsTo", "HostName", host);
        if host.is_some() {
            set_in(root, "RedirectAllRequestsTo", "Protocol", scheme);
        }
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }

    fn is_empty(&self) -> bool {
        self.index.is_none()
            && self.error.is_none()
            && self.redirect_all.is_none()
            && self.routing_rules == 0
    }
}

/// Sets a text in an element of the root; without the text the whole element goes.
fn set_in(root: &mut Element, container: &str, name: &str, text: Option<&str>) {
    match (text, root.child_mut(container)) {
        (Some(_), Some(there)) => there.set(name, text),
        (Some(text), None) => {
            let mut new = Element::new(container);
            new.push(Element::of_text(name, text));
            root.push(new);
        }
        (None, Some(there)) if name == "Protocol" => there.take_out(name),
        (None, _) => root.take_out(container),
    }
}
