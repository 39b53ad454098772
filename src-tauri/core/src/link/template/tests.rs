use proptest::prelude::*;

use super::*;

const URL: &str = "https://img.example.com/2026/%E5%9B%BE%20%281%29.png";

fn facts() -> LinkFacts<'static> {
    LinkFacts {
        url: URL,
        name: "图 (1)",
        filename: "图 (1).png",
        ext: "png",
        alt: "图 (1)",
        width: Some(640),
        height: Some(480),
        size: Some(20_480),
    }
}

fn named(format: &str, facts: &LinkFacts<'_>) -> String {
    LinkTemplate::named(format, &[]).unwrap().render(facts)
}

fn own(template: &str, facts: &LinkFacts<'_>) -> String {
    LinkTemplate::parse(template).unwrap().render(facts)
}

#[test]
fn the_built_in_formats() {
    let facts = facts();
    assert_eq!(named("url", &facts), URL);
    assert_eq!(named("markdown", &facts), format!("![图 (1)]({URL})"));
    let html = format!(r#"<img src="{URL}" alt="图 (1)" width="640" height="480">"#);
    assert_eq!(named("html", &facts), html);
    assert_eq!(named("bbcode", &facts), format!("[img]{URL}[/img]"));
    let unknown = LinkFacts { width: None, ..facts };
    assert_eq!(named("html", &unknown), format!(r#"<img src="{URL}" alt="图 (1)">"#));
}

#[test]
fn every_token_of_an_own_template() {
    let all = "{url}|{name}|{filename}|{ext}|{alt}|{width}x{height}|{size}|{{}}";
    let text = own(all, &facts());
    assert_eq!(text, format!("{URL}|图 (1)|图 (1).png|png|图 (1)|640x480|20480|{{}}"));
    assert_eq!(own(r"{url}\n{name}", &facts()), format!("{URL}\n图 (1)"));
    let custom = [CustomFormat { name: "wiki".into(), template: "![[{url}|{width}]]".into() }];
    let wiki = LinkTemplate::named("wiki", &custom).unwrap();
    assert_eq!(wiki.render(&facts()), format!("![[{URL}|640]]"));
}

#[test]
fn markdown_cannot_be_broken_out_of() {
    let facts = LinkFacts {
        url: "https://h/a(b) c<d>.png?x=[1]",
        alt: "a] (x)[b\\ *c* `d` <e> &amp; R&D\nf",
        ..facts()
    };
    let link = named("markdown", &facts);
    assert_eq!(
        link,
        r"![a\] (x)\[b\\ \*c\* \`d\` \<e> \&amp; R&D f](https://h/a%28b%29%20c%3Cd%3E.png?x=[1])"
    );
    // File names are full of underscores, which mean nothing inside words.
    let snake = LinkFacts { alt: "IMG_2026_03 _x_", ..facts };
    assert!(named("markdown", &snake).starts_with(r"![IMG_2026_03 \_x\_]("));
}

#[test]
fn html_and_bbcode_cannot_be_broken_out_of() {
    let facts = LinkFacts { url: r#"https://h/a"b&c.png"#, alt: r#""><script>'x'&"#, ..facts() };
    assert_eq!(
        named("html", &facts),
        r#"<img src="https://h/a&quot;b&amp;c.png" alt="&quot;&gt;&lt;script&gt;&#39;x&#39;&amp;" width="640" height="480">"#
    );
    let facts = LinkFacts { url: "https://h/[/img]", name: "a[/url]b", ..facts };
    assert_eq!(named("bbcode", &facts), "[img]https://h/%5B/img%5D[/img]");
    assert_eq!(own("[url={url}]{name}[/url]", &facts), "[url=https://h/%5B/img%5D]a(/url)b[/url]");
}

#[test]
fn own_templates_are_escaped_for_what_they_look_like() {
    let facts = LinkFacts { name: "a]b<c>", ..facts() };
    assert_eq!(own("[{name}]({url})", &facts), format!(r"[a\]b\<c>]({URL})"));
    assert_eq!(
        own("<a href=\"{url}\">{name}</a>", &facts),
        format!("<a href=\"{URL}\">a]b&lt;c&gt;</a>")
    );
    assert_eq!(own("{name} {url}", &facts), format!("a]b<c> {URL}"));
}

#[test]
fn mistakes_are_named() {
    let reason = |template: &str| *LinkTemplate::parse(template).unwrap_err().reason.unwrap();
    assert_eq!(reason(" "), Reason::Empty);
    assert_eq!(reason("no link"), Reason::NoUrl);
    assert_eq!(reason("{url} {nope}"), Reason::UnknownToken { token: "nope".into(), column: 7 });
    assert_eq!(reason("{url"), Reason::Unclosed { column: 1 });
    assert_eq!(reason("{url} }"), Reason::StrayBrace { column: 7 });
    let problem = LinkTemplate::named("nope", &[]).unwrap_err();
    assert_eq!(problem.code, Code::TemplateInvalid);
    assert_eq!(problem.field, Some(FieldName::LinkFormat));
}

proptest! {
    /// One image comes out, whatever the name: read back with a small reader of the same rules.
    #[test]
    fn markdown_reads_back(alt in any::<String>()) {
        let facts = LinkFacts { alt: &alt, ..facts() };
        let link = named("markdown", &facts);
        prop_assert_eq!(link.lines().count(), 1);
        let (read, rest) = alternative_text(link.strip_prefix("![").unwrap());
        let line: String = alt.chars().map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
        }).collect();
        prop_assert_eq!(read, line);
        prop_assert_eq!(rest, format!("({URL})"));
    }

    #[test]
    fn html_reads_back(alt in any::<String>()) {
        let facts = LinkFacts { alt: &alt, ..facts() };
        let link = named("html", &facts);
        let value = link.split("alt=\"").nth(1).unwrap().split('"').next().unwrap();
        prop_assert!(!value.contains(['<', '>', '\n']));
        let read = value.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<")
            .replace("&gt;", ">").replace("&amp;", "&");
        let line: String = alt.chars().map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
        }).collect();
        prop_assert_eq!(read, line);
        prop_assert_eq!(link.matches('"').count(), 8);
    }

    #[test]
    fn a_url_in_markdown_has_no_end_in_it(url in "https://h/[!-~ ]{0,40}") {
        let facts = LinkFacts { url: &url, ..facts() };
        let link = named("markdown", &facts);
        let destination = link.split_once("](").unwrap().1;
        let inner = destination.strip_suffix(')').unwrap();
        prop_assert!(!inner.contains(['(', ')', ' ', '<', '>']), "{inner}");
        let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        prop_assert_eq!(decode(inner), decode(&url));
    }
}

/// The text up to the closing bracket, with backslash escapes taken out, and what follows.
fn alternative_text(link: &str) -> (String, String) {
    let mut text = String::new();
    let mut chars = link.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ']' => return (text, chars.collect()),
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => {
                text.extend(chars.next());
            }
            c => text.push(c),
        }
    }
    panic!("{link} has no end");
}
