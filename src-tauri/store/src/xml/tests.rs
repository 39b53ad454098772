use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Element {
    Element::parse(text).unwrap()
}

#[test]
fn text_comes_together_from_its_pieces() {
    let root = parse("<a><b>x &amp; y &#x56fe;<![CDATA[<&>]]> &gt;</b></a>");
    assert_eq!(root.text_of("b").as_deref(), Some("x & y 图<&> >"));
}

#[test]
fn layout_is_dropped_and_white_space_that_is_a_value_is_kept() {
    let root = parse("<a>\n  <b> </b>\n  <c/>\n</a>\n");
    assert_eq!(root.children.len(), 2);
    assert_eq!(root.text_of("b").as_deref(), Some(" "));
}

#[test]
fn attributes_prefixes_and_comments_survive() {
    let text = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<p:A xmlns:p="urn:x" xmlns:xsi="urn:y"><!-- why -->"#,
        r#"<p:B xsi:type="T &quot;1&quot;">v</p:B></p:A>"#
    );
    let root = parse(text);
    assert_eq!(root.text_of("B").as_deref(), Some("v"));
    assert_eq!(root.to_xml().unwrap(), text);
}

#[test]
fn a_pretty_document_says_the_same() {
    let root = parse("<a><b>1</b><c><d> x </d><e/></c></a>");
    let pretty = root.to_pretty_xml().unwrap();
    assert!(pretty.contains("\n    <d> x </d>\n"), "{pretty}");
    assert_eq!(parse(&pretty), root);
}

#[test]
fn what_is_no_document_is_refused() {
    let deep = "<a>".repeat(DEEPEST + 1);
    for text in [
        "",
        "  ",
        "hello",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>text",
        "<a>&nope;</a>",
        "<a>&#0;</a>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        "<a b=1/>",
        "<a b='1' b='2'/>",
        &deep,
    ] {
        let error = Element::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{text}");
    }
}

#[test]
fn a_character_that_xml_cannot_hold_is_not_sent() {
    let mut root = Element::new("a");
    root.push(Element::of_text("Prefix", "x\u{1}y"));
    let error = root.to_xml().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("`Prefix` holds the character U+0001"), "{error}");
}

#[test]
fn elements_are_replaced_where_they_stand() {
    let mut root = parse("<a><x/><r>1</r><y/><r>2</r><z/></a>");
    let new = |n: u32| Element::of_text("r", n.to_string());
    root.replace_all("r", vec![new(7), new(8), new(9)]);
    let shown = root.to_xml().unwrap();
    assert!(shown.ends_with("<a><x/><r>7</r><y/><r>8</r><r>9</r><z/></a>"), "{shown}");
    root.replace_all("r", vec![new(8)]);
    let shown = root.to_xml().unwrap();
    assert!(shown.ends_with("<a><x/><r>8</r><y/><z/></a>"), "{shown}");
    root.replace_all("r", Vec::new());
    root.replace_all("r", vec![new(1)]);
    assert!(root.to_xml().unwrap().ends_with("<a><x/><y/><z/><r>1</r></a>"));
}

#[test]
fn setting_a_text_keeps_place_and_attributes() {
    let mut root = parse(r#"<a><b k="v">1</b><c/></a>"#);
    root.set("b", Some("2"));
    root.set("d", Some("3"));
    root.set("c", None);
    assert!(root.to_xml().unwrap().ends_with(r#"<a><b k="v">2</b><d>3</d></a>"#));
}

fn any_text() -> impl Strategy<Value = String> + Clone {
    // Line ends of other systems, markup, and what people write.
    "[ a-z<>&'\"\r\n\t图\u{85}\u{2028}🦀]{0,12}"
}

fn any_element() -> impl Strategy<Value = Element> {
    let name = "[A-Za-z][A-Za-z0-9]{0,6}";
    let attributes = proptest::option::of(("[a-z]{1,5}", any_text()));
    let leaf = (name, attributes.clone(), any_text()).prop_map(|(name, attributes, text)| {
        let mut element = Element::of_text(name, text);
        element.attributes = attributes.into_iter().collect();
        element
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (name, attributes.clone(), vec(inner, 1..4)).prop_map(|(name, attributes, children)| {
            let children = children.into_iter().map(Node::Element).collect();
            Element { name, attributes: attributes.into_iter().collect(), children }
        })
    })
}

proptest! {
    #[test]
    fn every_tree_survives_being_written_and_read(tree in any_element()) {
        prop_assert_eq!(&Element::parse(&tree.to_xml().unwrap()).unwrap(), &tree);
        prop_assert_eq!(&Element::parse(&tree.to_pretty_xml().unwrap()).unwrap(), &tree);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[<>/a&;#x!\\[\\]\" =?-]{0,60}") {
        if let Ok(tree) = Element::parse(&text) {
            prop_assert_eq!(Element::parse(&tree.to_xml().unwrap()).unwrap(), tree);
        }
    }
}
