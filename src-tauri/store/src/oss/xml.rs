//! XML as OSS sends it: elements with text or children, no attributes that matter.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// Elements inside one another at most: answers of OSS have five or six.
const DEEPEST: usize = 32;

/// One element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Its own text, white space and all.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The one element of a document, or what is wrong with it.
    pub(crate) fn parse(document: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(document);
        let mut open: Vec<Element> = Vec::new();
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            let text = match &event {
                Event::Start(start) => {
                    if open.len() == DEEPEST {
                        return Err(format!("more than {DEEPEST} elements inside one another"));
                    }
                    open.push(Element::named(start.name().as_ref()));
                    continue;
                }
                Event::Empty(start) => {
                    let empty = Element::named(start.name().as_ref());
                    match open.last_mut() {
                        Some(parent) => parent.children.push(empty),
                        None => return Ok(empty),
                    }
                    continue;
                }
                Event::End(_) => {
                    // The reader has seen to it that the names match.
                    let Some(done) = open.pop() else { return Err("an end too many".to_owned()) };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                    continue;
                }
                Event::Text(text) => text.xml10_content().into_owned(),
                Event::CData(text) => text.xml10_content().into_owned(),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(char)) => char.to_string(),
                    Ok(None) => resolve_predefined_entity(reference)
                        .ok_or_else(|| format!("an unknown entity &{};", &**reference))?
                        .to_owned(),
                    Err(error) => return Err(error.to_string()),
                },
                Event::Eof => return Err("the end is missing".to_owned()),
                _ => continue,
            };
            if let Some(element) = open.last_mut() {
                element.text.push_str(&text);
            }
        }
    }

    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name, exactly; `None` when there is none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The same as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(|text| text.trim().parse().ok())
    }

    /// Whether the first child of that name says `true`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::escape::escape;

    use super::*;

    #[test]
    fn text_is_exact_and_entities_are_resolved() {
        let document =
            "<?xml version=\"1.0\"?>\n<A>\n <B> a&lt;&amp;&#22270;&#x41; </B><C/><B>2</B></A>";
        let a = Element::parse(document).unwrap();
        assert_eq!(a.get("B"), Some(" a<&图A "));
        assert_eq!(a.all("B").count(), 2);
        assert_eq!(a.all("B").last().unwrap().text.parse(), Ok(2));
        assert_eq!((a.get("C"), a.get("D")), (None, None));
    }

    #[test]
    fn broken_documents_are_errors() {
        for document in ["", "x", "<A>", "<A></B>", "<A>&nope;</A>", "</A>"] {
            assert!(Element::parse(document).is_err(), "{document}");
        }
        assert!(Element::parse(&"<a>".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "[^\\r\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\u{fffe}\\u{ffff}]{0,40}") {
            let document = format!("<A><B>{}</B></A>", escape(&text));
            let parsed = Element::parse(&document).unwrap();
            prop_assert_eq!(&parsed.child("B").unwrap().text, &text);
        }

        #[test]
        fn nothing_makes_it_panic(document in "\\PC{0,80}") {
            let _ = Element::parse(&document);
        }
    }
}
