//! What expires or moves to a cheaper class, and when.

use super::Section;
use super::document::{Document, Source, Syntax};
use crate::Result;
use crate::xml::Element;

/// The lifecycle rules of a bucket. A provider replaces all of them at once, so a new rule is added
/// to those that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// In order.
    pub rules: Vec<LifecycleRule>,
    /// What it was read from.
    pub source: Source,
}

/// One lifecycle rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleRule {
    /// Its name; the provider makes one up when there is none.
    pub id: Option<String>,
    /// Keys that start with this; empty for the whole bucket.
    pub prefix: String,
    /// And that carry all of these tags.
    pub tags: Vec<Tag>,
    /// Whether it is in force.
    pub enabled: bool,
    /// When objects are deleted.
    pub expire: Option<When>,
    /// When objects move to which storage class.
    pub transitions: Vec<Transition>,
    /// Days after which multipart uploads that were never completed are aborted.
    pub abort_uploads: Option<u32>,
    /// Days after which versions that are no longer current are deleted.
    pub expire_versions: Option<u32>,
    /// What it was read from.
    pub source: Source,
}

impl Default for LifecycleRule {
    fn default() -> Self {
        Self {
            id: None,
            prefix: String::new(),
            tags: Vec::new(),
            enabled: true,
            expire: None,
            transitions: Vec::new(),
            abort_uploads: None,
            expire_versions: None,
            source: Source::default(),
        }
    }
}

/// An object tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// When a rule takes effect on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// This many days after it was last modified.
    Days(u32),
    /// At a date, as the provider writes it: `2027-01-01T00:00:00.000Z`. OSS: for objects modified
    /// before that date.
    Date(String),
}

/// A move to another storage class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transition {
    /// When; `None` where the provider says it in a way Hoist has no name for.
    pub when: Option<When>,
    /// The class as the provider names it, such as `IA` or `GLACIER`.
    pub storage_class: String,
    /// What it was read from.
    pub source: Source,
}

/// What the elements are called.
struct Names {
    date: &'static str,
    abort: &'static str,
    abort_days: &'static str,
}

impl Names {
    fn of(syntax: Syntax) -> Self {
        match syntax {
            Syntax::Oss => Self {
                date: "CreatedBeforeDate",
                abort: "AbortMultipartUpload",
                abort_days: "Days",
            },
            Syntax::S3 => Self {
                date: "Date",
                abort: "AbortIncompleteMultipartUpload",
                abort_days: "DaysAfterInitiation",
            },
        }
    }
}

impl When {
    fn read(element: &Element, names: &Names) -> Option<Self> {
        match number(element, "Days") {
            Some(days) => Some(When::Days(days)),
            None => element.text_of(names.date).map(When::Date),
        }
    }

    fn write(when: Option<&Self>, element: &mut Element, names: &Names) {
        let (days, date) = match when {
            Some(When::Days(days)) => (Some(days.to_string()), None),
            Some(When::Date(date)) => (None, Some(date.as_str())),
            None => (None, None),
        };
        element.set("Days", days.as_deref());
        element.set(names.date, date);
    }
}

impl Transition {
    fn read(element: &Element, names: &Names) -> Self {
        Self {
            when: When::read(element, names),
            storage_class: element.text_of("StorageClass").unwrap_or_default(),
            source: Source::of(element),
        }
    }

    fn write(&self, names: &Names) -> Element {
        let mut element = self.source.or_new("Transition");
        When::write(self.when.as_ref(), &mut element, names);
        element.set("StorageClass", Some(&self.storage_class));
        element
    }
}

impl Tag {
    fn read(element: &Element) -> Self {
        Self {
            key: element.text_of("Key").unwrap_or_default(),
            value: element.text_of("Value").unwrap_or_default(),
        }
    }

    fn write(&self) -> Element {
        let mut element = Element::new("Tag");
        element.push(Element::of_text("Key", &*self.key));
        element.push(Element::of_text("Value", &*self.value));
        element
    }
}

impl LifecycleRule {
    fn read(element: &Element, syntax: Syntax) -> Self {
        let names = Names::of(syntax);
        let (prefix, tags) = scope(element, syntax);
        Self {
            id: element.text_of("ID"),
            prefix,
            tags,
            enabled: element.text_of("Status").as_deref() == Some("Enabled"),
            expire: element.child("Expiration").and_then(|it| When::read(it, &names)),
            transitions: element
                .all("Transition")
                .map(|transition| Transition::read(transition, &names))
                .collect(),
            abort_uploads: element.child(names.abort).and_then(|it| number(it, names.abort_days)),
            expire_versions: element
                .child("NoncurrentVersionExpiration")
                .and_then(|it| number(it, "NoncurrentDays")),
            source: Source::of(element),
        }
    }

    /// `base_prefix`: the other rules have their prefix outside of a filter, and S3 takes no mix.
    fn write(&self, syntax: Syntax, base_prefix: bool) -> Element {
        let names = Names::of(syntax);
        let mut element = self.source.or_new("Rule");
        element.set("ID", self.id.as_deref());
        let as_read = self.source.element().map(|source| scope(source, syntax));
        if as_read.is_none_or(|(prefix, tags)| prefix != self.prefix || tags != self.tags) {
            self.write_scope(&mut element, syntax, base_prefix);
        }
        element.set("Status", Some(if self.enabled { "Enabled" } else { "Disabled" }));
        let transitions = self.transitions.iter().map(|transition| transition.write(&names));
        element.replace_all("Transition", transitions.collect());
        with_child(&mut element, "Expiration", |it| When::write(self.expire.as_ref(), it, &names));
        with_child(&mut element, "NoncurrentVersionExpiration", |it| {
            set_number(it, "NoncurrentDays", self.expire_versions);
        });
        with_child(&mut element, names.abort, |it| {
            set_number(it, names.abort_days, self.abort_uploads);
        });
        element
    }

    fn write_scope(&self, element: &mut Element, syntax: Syntax, base_prefix: bool) {
        let tags = self.tags.iter().map(Tag::write);
        if syntax == Syntax::Oss || (base_prefix && self.tags.is_empty()) {
            element.set("Prefix", Some(&self.prefix));
            if syntax == Syntax::Oss {
                element.replace_all("Tag", tags.collect());
            }
            return;
        }
        // Conditions that Hoist has no name for, such as sizes, stay.
        let mut conditions: Vec<Element> = Vec::new();
        if !self.prefix.is_empty() {
            conditions.push(Element::of_text("Prefix", &*self.prefix));
        }
        conditions.extend(tags);
        if let Some(filter) = element.child("Filter") {
            let inner = filter.child("And").map(Element::elements);
            let all = filter.elements().chain(inner.into_iter().flatten());
            conditions.extend(
                all.filter(|it| !(it.is("Prefix") || it.is("Tag") || it.is("And"))).cloned(),
            );
        }
        if conditions.is_empty() {
            conditions.push(Element::new("Prefix"));
        }
        let mut filter = Element::new("Filter");
        if let [_, _, ..] = *conditions {
            let mut and = Element::new("And");
            conditions.into_iter().for_each(|condition| and.push(condition));
            filter.push(and);
        } else {
            conditions.into_iter().for_each(|condition| filter.push(condition));
        }
        element.take_out("Prefix");
        element.replace_all("Filter", vec![filter]);
    }
}

/// Prefix and tags, wherever the rule has them.
fn scope(rule: &Element, syntax: Syntax) -> (String, Vec<Tag>) {
    let filter = rule.child("Filter").filter(|_| syntax == Syntax::S3);
    let places = [Some(rule), filter, filter.and_then(|filter| filter.child("And"))];
    let places = || places.into_iter().flatten();
    let prefix = places().find_map(|place| place.text_of("Prefix")).unwrap_or_default();
    (prefix, places().flat_map(|place| place.all("Tag")).map(Tag::read).collect())
}

fn number(element: &Element, name: &str) -> Option<u32> {
    element.text_of(name).and_then(|text| text.trim().parse().ok())
}

fn set_number(element: &mut Element, name: &str, number: Option<u32>) {
    element.set(name, number.map(|number| number.to_string()).as_deref());
}

/// Changes an element of the rule; one that ends up empty is not left behind.
fn with_child(rule: &mut Element, name: &str, change: impl FnOnce(&mut Element)) {
    let is_new = rule.child(name).is_none();
    if is_new {
        rule.push(Element::new(name));
    }
    if let Some(child) = rule.child_mut(name) {
        change(child);
        if child.elements().next().is_none() {
            rule.take_out(name);
        }
    }
}

impl Document for Lifecycle {
    const SECTION: Section = Section::Lifecycle;

    fn read(root: &Element, syntax: Syntax) -> Result<Option<Self>> {
        let rules: Vec<_> =
            root.all("Rule").map(|rule| LifecycleRule::read(rule, syntax)).collect();
        let nothing = rules.is_empty();
        Ok((!nothing).then(|| Self { rules, source: Source::of(root) }))
    }

    fn write(&self, root: &mut Element, syntax: Syntax) -> Result<()> {
        let sources = self.rules.iter().filter_map(|rule| rule.source.element());
        let base_prefix = sources.clone().any(|rule| rule.child("Prefix").is_some());
        let rules = self.rules.iter().map(|rule| rule.write(syntax, base_prefix));
        root.replace_all("Rule", rules.collect());
        Ok(())
    }

    fn source(&self) -> &Source {
        &self.source
    }

    fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}
