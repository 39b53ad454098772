//! A small ordered tree of XML, so that what Hoist does not know survives being read and written.
//!
//! Providers add elements to their documents whenever they like, and a PUT replaces the whole
//! document: a reader that keeps only what it has fields for would delete the rest.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer, XmlVersion};

use crate::{ErrorKind, Result, StoreError};

/// Deeper documents are refused: none of the known ones goes beyond eight.
const DEEPEST: usize = 64;

/// Longer documents are refused, in bytes: a listing of 1,000 keys of 1,023 bytes, encoded, has a quarter of it.
const LONGEST: usize = 16 << 20;

/// One element with all that is in it, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name, with the prefix if it has one.
    pub(crate) name: String,
    /// Its attributes in order, namespace declarations among them.
    pub(crate) attributes: Vec<(String, String)>,
    /// What is in it, in order.
    pub(crate) children: Vec<Node>,
}

/// What an element can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// Another element.
    Element(Element),
    /// Text, with its entities resolved.
    Text(String),
    /// A comment.
    Comment(String),
}

impl Node {
    fn element(&self) -> Option<&Element> {
        match self {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) => None,
        }
    }
}

impl Element {
    /// An empty element.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// An element that holds only text.
    pub(crate) fn of_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut element = Self::new(name);
        element.put_text(text);
        element
    }

    /// Reads a document; white space between elements is layout and is left out.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] with the byte at which it is no XML.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > LONGEST {
            return Err(broken(0, &format!("it is longer than {LONGEST} bytes")));
        }
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        loop {
            let at = reader.buffer_position();
            let wrong = |why: &str| broken(at, why);
            match reader.read_event().map_err(|error| wrong(&error.to_string()))? {
                Event::Start(start) => {
                    if open.len() == DEEPEST {
                        return Err(wrong("it is nested too deeply"));
                    }
                    if open.is_empty() && root.is_some() {
                        return Err(wrong("there is a second root element"));
                    }
                    open.push(start_of(&start).map_err(|why| wrong(&why))?);
                }
                Event::End(_) => {
                    let Some(mut done) = open.pop() else {
                        return Err(wrong("an element ends that has not begun"));
                    };
                    done.drop_layout();
                    match open.last_mut() {
                        Some(parent) => parent.children.push(Node::Element(done)),
                        None => root = Some(done),
                    }
                }
                Event::Text(text) => add_text(&mut open, &text.xml10_content(), at)?,
                Event::CData(text) => add_text(&mut open, &text.xml10_content(), at)?,
                Event::GeneralRef(reference) => {
                    let character =
                        reference.resolve_char_ref().map_err(|error| wrong(&error.to_string()))?;
                    let known = match character {
                        Some(character) => character.to_string(),
                        None => resolve_predefined_entity(&reference)
                            .ok_or_else(|| wrong("it uses an entity that XML does not define"))?
                            .to_owned(),
                    };
                    add_text(&mut open, &known, at)?;
                }
                Event::Comment(comment) => {
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(Node::Comment(comment.xml10_content().into_owned()));
                    }
                }
                // No provider uses one, and entities of its own are how XML parsers are attacked.
                Event::DocType(_) => return Err(wrong("it has a document type")),
                Event::Decl(_) | Event::PI(_) => {}
                // `expand_empty_elements` turns these into a start and an end.
                Event::Empty(_) => {}
                Event::Eof => break,
            }
        }
        match root {
            Some(root) if open.is_empty() => Ok(root),
            _ => Err(broken(reader.buffer_position(), "it ends too early")),
        }
    }

    /// The document on one line, as it is sent.
    pub(crate) fn to_xml(&self) -> Result<String> {
        self.written(Writer::new(Vec::new()))
    }

    /// The document with a line for each element, as a person reads it.
    pub(crate) fn to_pretty_xml(&self) -> Result<String> {
        self.written(Writer::new_with_indent(Vec::new(), b' ', 2)).map(|text| text + "\n")
    }

    fn written(&self, mut writer: Writer<Vec<u8>>) -> Result<String> {
        self.check_characters()?;
        let wrong = |error: &dyn std::fmt::Display| {
            StoreError::new(ErrorKind::Other, format!("the document cannot be written: {error}"))
        };
        writer
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
            .and_then(|()| self.write(&mut writer))
            .map_err(|error| wrong(&error))?;
        String::from_utf8(writer.into_inner()).map_err(|error| wrong(&error))
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name.as_str());
        for (name, value) in &self.attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        if self.children.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(writer)?,
                Node::Text(text) => writer.write_event(Event::Text(BytesText::new(text)))?,
                Node::Comment(text) => {
                    writer.write_event(Event::Comment(BytesText::from_escaped(text.as_str())))?;
                }
            }
        }
        writer.write_event(Event::End(BytesEnd::new(self.name.as_str())))
    }

    /// Refuses characters that XML 1.0 has no way to write.
    fn check_characters(&self) -> Result<()> {
        let attributes = self.attributes.iter().map(|(_, value)| value);
        let texts = self.children.iter().filter_map(|child| match child {
            Node::Text(text) | Node::Comment(text) => Some(text),
            Node::Element(_) => None,
        });
        if let Some(bad) = attributes.chain(texts).find_map(|text| text.chars().find(is_no_xml)) {
            return Err(StoreError::new(
                ErrorKind::Unsupported,
                format!(
                    "`{}` holds the character U+{:04X}, which XML cannot",
                    self.name, bad as u32
                ),
            ));
        }
        self.elements().try_for_each(Element::check_characters)
    }

    /// Takes out the white space between elements.
    fn drop_layout(&mut self) {
        let has_elements = self.children.iter().any(|child| child.element().is_some());
        if has_elements {
            self.children.retain(|child| match child {
                Node::Text(text) => !text.trim().is_empty(),
                Node::Element(_) | Node::Comment(_) => true,
            });
        }
    }

    /// The elements in it, in order.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(Node::element)
    }

    /// Those of this name, in order. A prefix in the document does not matter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.is(name))
    }

    /// The first of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.is(name))
    }

    /// The first of this name, to be changed.
    pub(crate) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find_map(|child| match child {
            Node::Element(element) if element.is(name) => Some(element),
            _ => None,
        })
    }

    /// Whether it has this name, whatever its prefix.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name || self.name.rsplit_once(':').is_some_and(|(_, local)| local == name)
    }

    /// Its text, without that of its elements.
    pub(crate) fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) | Node::Comment(_) => None,
        });
        texts.collect()
    }

    /// The text of the first element of this name; `None` when there is none or it is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<String> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }

    /// The text of the first element of this name as a number.
    pub(crate) fn number_of<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text_of(name).and_then(|text| text.trim().parse().ok())
    }

    /// Whether the first element of this name says `true`.
    pub(crate) fn says(&self, name: &str) -> bool {
        self.text_of(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
    }

    /// The texts of all elements of this name, in order.
    pub(crate) fn texts_of(&self, name: &str) -> Vec<String> {
        self.all(name).map(Element::text).collect()
    }

    /// Adds an element at the end.
    pub(crate) fn push(&mut self, element: Element) {
        self.children.push(Node::Element(element));
    }

    /// Replaces its text and keeps the elements in it.
    pub(crate) fn put_text(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.children.retain(|child| !matches!(child, Node::Text(_)));
        if !text.is_empty() {
            self.children.insert(0, Node::Text(text));
        }
    }

    /// Sets the text of the element of this name where it stands, adds it at the end, or takes it
    /// out when there is nothing to say.
    pub(crate) fn set(&mut self, name: &str, text: Option<&str>) {
        match (text, self.child_mut(name)) {
            (Some(text), Some(there)) => there.put_text(text),
            (Some(text), None) => self.push(Element::of_text(name, text)),
            (None, _) => self.take_out(name),
        }
    }

    /// Removes every element of this name.
    pub(crate) fn take_out(&mut self, name: &str) {
        self.children.retain(|child| child.element().is_none_or(|element| !element.is(name)));
    }

    /// Puts these in the place of the elements of this name, one for one in order. What is left
    /// over goes after the last of them, or to the end when there was none.
    pub(crate) fn replace_all(&mut self, name: &str, new: Vec<Element>) {
        let is_old = |child: &Node| child.element().is_some_and(|element| element.is(name));
        let last = self.children.iter().rposition(is_old);
        let mut new = new.into_iter().map(Node::Element);
        let mut children = Vec::with_capacity(self.children.len());
        for (at, child) in std::mem::take(&mut self.children).into_iter().enumerate() {
            if is_old(&child) {
                children.extend(new.next());
            } else {
                children.push(child);
            }
            if Some(at) == last {
                children.extend(new.by_ref());
            }
        }
        children.extend(new);
        self.children = children;
    }

    /// The same for elements that hold only text; those whose text stays keep their attributes.
    pub(crate) fn replace_texts(&mut self, name: &str, texts: &[String]) {
        if self.texts_of(name) == texts {
            return;
        }
        self.replace_all(name, texts.iter().map(|text| Element::of_text(name, text)).collect());
    }
}

fn start_of(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element::new(start.name().into_inner());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        element.attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    Ok(element)
}

/// Text comes in pieces, one for each entity; they become one.
fn add_text(open: &mut [Element], text: &str, at: u64) -> Result<()> {
    let Some(parent) = open.last_mut() else {
        return if text.trim().is_empty() {
            Ok(())
        } else {
            Err(broken(at, "there is text outside of the root element"))
        };
    };
    match parent.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => parent.children.push(Node::Text(text.to_owned())),
    }
    Ok(())
}

fn is_no_xml(c: &char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn broken(at: u64, why: &str) -> StoreError {
    StoreError::new(ErrorKind::Integrity, format!("byte {at} is not the XML expected: {why}"))
}

#[cfg(test)]
mod tests;
