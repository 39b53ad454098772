//! What a text must look like inside Markdown, HTML and BBCode.

/// Where a link is going to be pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Plain,
    Markdown,
    Html,
    Bbcode,
}

/// A URL.
pub(super) fn url(text: &str, target: Target) -> String {
    match target {
        Target::Plain => text.to_owned(),
        // An unbalanced parenthesis or a space would end the destination.
        Target::Markdown => percent(text, |c| matches!(c, '(' | ')' | '<' | '>' | '\\' | '`')),
        Target::Html => html(text),
        Target::Bbcode => percent(text, |c| matches!(c, '[' | ']')),
    }
}

/// Any other text: a name, an alternative text.
pub(super) fn text(text: &str, target: Target) -> String {
    // One link is one line, whatever the name holds.
    let line: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    match target {
        Target::Plain => line,
        Target::Markdown => markdown(&line),
        Target::Html => html(&line),
        // BBCode has no escape; a bracket would end the tag.
        Target::Bbcode => line.replace('[', "(").replace(']', ")"),
    }
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn percent(text: &str, also: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && (also(c) || c.is_ascii_control() || c == ' ') {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Underscores inside words stay as they are: they mean nothing there, and file names are full of them.
fn markdown(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (index, &c) in chars.iter().enumerate() {
        let escaped = match c {
            '\\' | '[' | ']' | '`' | '*' | '<' => true,
            '_' => {
                let word = |at: Option<usize>| {
                    at.and_then(|at| chars.get(at))
                        .is_some_and(|c| c.is_alphanumeric() || *c == '_')
                };
                !(word(index.checked_sub(1)) && word(Some(index + 1)))
            }
            '&' => begins_entity(&chars[index + 1..]),
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether what follows an `&` makes it a character reference.
fn begins_entity(rest: &[char]) -> bool {
    let word = rest.iter().take(32).take_while(|c| c.is_ascii_alphanumeric() || **c == '#').count();
    word > 0 && rest.get(word) == Some(&';')
}
