//! As much of HTML and XML as it takes to find an image's address or size.

/// What lies between `<NAME` and its `>`, for each such tag.
pub(crate) fn tags<'a>(markup: &'a str, name: &str) -> Vec<&'a str> {
    let lower = markup.to_ascii_lowercase();
    let open = format!("<{name}");
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find(&open) {
        let start = from + at + open.len();
        let end = start + tag_end(&markup[start..]);
        from = start;
        if lower[start..].starts_with(|next: char| next.is_ascii_whitespace() || next == '/') {
            found.push(&markup[start..end]);
            from = end;
        }
    }
    found
}

/// Where a tag ends: at a `>` outside quotes.
fn tag_end(markup: &str) -> usize {
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    markup.len()
}

/// The value of one attribute of a tag's inside.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        // The next name, up to `=`, a space or the end.
        rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|char: char| char == '=' || char.is_whitespace()).unwrap_or(rest.len());
        let (found, after) = rest.split_at(end);
        let Some(after) = after.trim_start().strip_prefix('=') else {
            rest = after;
            continue;
        };
        let after = after.trim_start();
        let (value, after) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(unescape(value.trim()));
        }
        rest = after;
    }
}

fn unescape(value: &str) -> String {
    value
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{attribute, tags};

    #[test]
    fn finds_tags_and_their_attributes() {
        let html =
            r#"<IMG alt="a > b" data-src='no' SRC = "x?a=1&amp;b=2"><image src=no><img/src=y>"#;
        let found = tags(html, "img");
        assert_eq!(found.len(), 2);
        assert_eq!(attribute(found[0], "src").as_deref(), Some("x?a=1&b=2"));
        assert_eq!(attribute(found[0], "alt").as_deref(), Some("a > b"));
        assert_eq!(attribute(found[1], "src").as_deref(), Some("y"));
        assert_eq!(attribute("hidden width='5'", "height"), None);
    }

    #[test]
    fn cut_short_markup_ends_the_search() {
        assert_eq!(attribute("src=\"abc", "src").as_deref(), Some("abc"));
        assert_eq!(attribute("src=", "src").as_deref(), Some(""));
        assert_eq!(tags("<img", "img").len(), 0);
        assert_eq!(tags("<img src=a", "img"), [" src=a"]);
    }
}
