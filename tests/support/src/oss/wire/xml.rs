//! XML, read strictly into a small tree and written by hand.

use quick_xml::Reader;
use quick_xml::events::Event;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name, without a namespace prefix.
    pub(crate) name: String,
    /// The text in it, entities resolved.
    pub(crate) text: String,
    /// The elements in it.
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// Reads one document; says what is wrong with it otherwise.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) => {
                if open.is_empty() && root.is_some() {
                    return Err("more than one root element".to_owned());
                }
                open.push(named(start.local_name().as_ref()));
            }
            Event::Empty(start) => {
                close(named(start.local_name().as_ref()), &mut open, &mut root)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or("an end without a start")?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(piece) => {
                let piece = piece.into_inner();
                match open.last_mut() {
                    Some(element) => element.text.push_str(&piece),
                    None if piece.trim().is_empty() => {}
                    None => return Err("text outside of the root element".to_owned()),
                }
            }
            Event::CData(piece) => {
                let piece = piece.into_inner();
                let element = open.last_mut().ok_or("text outside of the root element")?;
                element.text.push_str(&piece);
            }
            Event::GeneralRef(entity) => {
                let element = open.last_mut().ok_or("text outside of the root element")?;
                let number = entity.resolve_char_ref().map_err(|error| error.to_string())?;
                let name = entity.into_inner();
                match (number, name.as_ref()) {
                    (Some(character), _) => element.text.push(character),
                    (None, "amp") => element.text.push('&'),
                    (None, "lt") => element.text.push('<'),
                    (None, "gt") => element.text.push('>'),
                    (None, "quot") => element.text.push('"'),
                    (None, "apos") => element.text.push('\''),
                    _ => return Err(format!("an unknown entity: {name}")),
                }
            }
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.is_empty() {
        return Err("it ends too early".to_owned());
    }
    root.ok_or_else(|| "no element".to_owned())
}

fn named(name: &str) -> Element {
    Element { name: name.to_owned(), ..Element::default() }
}

fn close(
    mut element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), String> {
    if !element.children.is_empty() && element.text.trim().is_empty() {
        element.text.clear();
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_some() => return Err("more than one root element".to_owned()),
        None => *root = Some(element),
    }
    Ok(())
}

/// Writes a document.
#[derive(Debug)]
pub(crate) struct Writer(String);

impl Writer {
    pub(crate) fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned())
    }

    pub(crate) fn open(&mut self, name: &str) {
        self.0.push_str(&format!("<{name}>"));
    }

    pub(crate) fn close(&mut self, name: &str) {
        self.0.push_str(&format!("</{name}>"));
    }

    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                control if u32::from(control) < 32 => {
                    self.0.push_str(&format!("&#{};", u32::from(control)));
                }
                other => self.0.push(other),
            }
        }
        self.close(name);
    }

    pub(crate) fn end(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut xml = Writer::new();
        xml.open("A");
        xml.leaf("B", "<&>\"' 图\r\n");
        xml.leaf("B", "2");
        xml.close("A");
        let root = parse(xml.end().as_bytes()).unwrap();
        assert_eq!(root.name, "A");
        let texts: Vec<_> = root.all("B").map(|child| child.text.as_str()).collect();
        assert_eq!(texts, ["<&>\"' 图\r\n", "2"]);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for bad in
            ["", "<a>", "<a></b>", "</a>", "<a/><b/>", "x<a/>", "<a>&nope;</a>", "<!DOCTYPE a><a/>"]
        {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
