//! From pieces and facts to a key that every store can hold and every URL can carry.

use jiff::Timestamp;

use super::{MAX_KEY, NameFacts, Piece, Token};

/// Stands in for a name of which nothing usable is left.
const UNNAMED: &str = "image";

pub(super) fn render(pieces: &[Piece], prefix: &str, facts: &NameFacts<'_>) -> String {
    let values: Vec<Value> = pieces.iter().map(|piece| value(piece, facts)).collect();
    let (prefix, cut_prefix) = (clean(prefix), prefix.ends_with('/') || prefix.is_empty());
    let assemble = |name_limit: usize, dir_limit: usize| {
        let mut raw = String::with_capacity(128);
        for value in &values {
            match value {
                Value::Text(text) => raw.push_str(text),
                Value::Name(name) => raw.push_str(cut(name, name_limit)),
                Value::Dir(dir) => raw.push_str(cut(dir, dir_limit)),
                Value::Ext(ext) if !ext.is_empty() => raw.push_str(ext),
                Value::Ext(_) => {
                    if raw.ends_with('.') {
                        raw.pop();
                    }
                }
            }
        }
        let key = clean(&raw);
        let key = if key.is_empty() { UNNAMED.to_owned() } else { key };
        match (prefix.is_empty(), cut_prefix) {
            (true, _) => key,
            (false, true) => format!("{prefix}/{key}"),
            // A prefix without its slash is the beginning of the first name: `blog-`.
            (false, false) => format!("{prefix}{key}"),
        }
    };

    let key = assemble(usize::MAX, usize::MAX);
    if key.len() <= MAX_KEY {
        return key;
    }
    let names: Vec<usize> = values.iter().filter_map(Value::name_len).collect();
    let dirs: Vec<usize> = values.iter().filter_map(Value::dir_len).collect();
    // The name gives way first, then the folders; what makes the key unique stays whole.
    let name_limit = limit(&names, key.len() - MAX_KEY, 16);
    let key = assemble(name_limit, usize::MAX);
    if key.len() <= MAX_KEY {
        return key;
    }
    let dir_limit = limit(&dirs, key.len() - MAX_KEY, 0);
    let key = assemble(name_limit, dir_limit);
    if key.len() <= MAX_KEY {
        return key;
    }
    let key = assemble(limit(&names, usize::MAX, 1), dir_limit);
    clip(key)
}

/// How long each of `lens` may be for the sum to shrink by `over`, but never below `least`.
fn limit(lens: &[usize], over: usize, least: usize) -> usize {
    let count = lens.len().max(1);
    let longest = lens.iter().copied().max().unwrap_or(0);
    longest.saturating_sub(over.div_ceil(count)).max(least)
}

/// The last resort, for a pattern that is itself too long: the end of the key survives, because the
/// extension and what makes it unique are there.
fn clip(key: String) -> String {
    if key.len() <= MAX_KEY {
        return key;
    }
    let mut start = key.len() - MAX_KEY;
    while !key.is_char_boundary(start) {
        start += 1;
    }
    let clipped = clean(&key[start..]);
    if clipped.is_empty() { UNNAMED.to_owned() } else { clipped }
}

/// At most `limit` bytes, on a character boundary.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].trim_end_matches(JOINERS)
}

/// What must not be left dangling when the character after it is cut off.
const JOINERS: [char; 2] = ['\u{200D}', '\u{FE0F}'];

/// A part of a date, with leading zeros. `None` for a token that is none.
pub(super) fn date(token: Token, at: &jiff::Zoned) -> Option<String> {
    Some(match token {
        Token::Year => format!("{:04}", at.year()),
        Token::Month => format!("{:02}", at.month()),
        Token::Day => format!("{:02}", at.day()),
        Token::Hour => format!("{:02}", at.hour()),
        Token::Minute => format!("{:02}", at.minute()),
        Token::Second => format!("{:02}", at.second()),
        _ => return None,
    })
}

/// Without control characters, line separators, and segments that are empty, `.` or `..`.
pub(super) fn clean(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for segment in raw.split('/') {
        let segment: String = segment.chars().filter(|c| !is_forbidden(*c)).collect();
        let segment = segment.trim();
        if segment.is_empty() || segment == "." || segment == ".." {
            continue;
        }
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(segment);
    }
    out
}

/// Control characters, the line separators of Unicode, the marks that turn the reading direction
/// (which make `gpj.exe` out of a name), and the byte order mark.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

enum Value {
    Text(String),
    Name(String),
    Dir(String),
    Ext(String),
}

impl Value {
    fn name_len(&self) -> Option<usize> {
        match self {
            Value::Name(name) => Some(name.len()),
            _ => None,
        }
    }

    fn dir_len(&self) -> Option<usize> {
        match self {
            Value::Dir(dir) => Some(dir.len()),
            _ => None,
        }
    }
}

fn value(piece: &Piece, facts: &NameFacts<'_>) -> Value {
    let (token, count) = match piece {
        Piece::Literal(text) => return Value::Text(text.clone()),
        Piece::Token(token, count) => (*token, *count),
    };
    let now = facts.now;
    Value::Text(match token {
        Token::Name => return Value::Name(name(facts.name, count)),
        Token::Ext => return Value::Ext(single(facts.ext.trim_start_matches('.'))),
        Token::Dir => return Value::Dir(dir(facts.dir, count)),
        Token::Year | Token::Month | Token::Day | Token::Hour | Token::Minute | Token::Second => {
            date(token, now).unwrap_or_default()
        }
        Token::Millisecond => format!("{:03}", now.millisecond()),
        Token::Unix => now.timestamp().as_second().to_string(),
        Token::Digest(digest) => {
            let hex = (facts.digest)(digest);
            cut(&hex, count.unwrap_or(usize::MAX)).to_owned()
        }
        Token::Uuid => uuid::Uuid::new_v4().to_string(),
        Token::Ulid => ulid(now.timestamp()),
        Token::Random => random(count.unwrap_or(8)),
        Token::Counter => format!("{:0width$}", facts.n, width = count.unwrap_or(1)),
    })
}

/// One segment: separators become `-`, so that a name never makes folders.
fn single(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !is_forbidden(*c))
        .map(|c| if matches!(c, '/' | '\\') { '-' } else { c })
        .collect();
    text.trim().to_owned()
}

fn name(text: &str, count: Option<usize>) -> String {
    let text = single(text);
    let text: String = match count {
        Some(count) => text.chars().take(count).collect(),
        None => text,
    };
    let text = text.trim();
    // A name of dots only would vanish, or climb.
    if text.chars().all(|c| c == '.') { UNNAMED.to_owned() } else { text.to_owned() }
}

/// The last `count` folders (the innermost one unless asked otherwise).
fn dir(text: &str, count: Option<usize>) -> String {
    let parts: Vec<&str> = text
        .split(['/', '\\'])
        // `C:` is a drive, no folder.
        .filter(|part| !matches!(*part, "" | "." | "..") && !part.ends_with(':'))
        .collect();
    let keep = count.unwrap_or(1).min(parts.len());
    parts[parts.len() - keep..].join("/")
}

/// Random bytes of the operating system, by way of the random bits of UUIDs.
fn entropy(len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len + 16);
    while bytes.len() < len {
        let uuid = uuid::Uuid::new_v4();
        // Bytes 6 and 8 hold the version and variant.
        bytes.extend(
            uuid.as_bytes()
                .iter()
                .enumerate()
                .filter(|(i, _)| !matches!(i, 6 | 8))
                .map(|(_, b)| *b),
        );
    }
    bytes.truncate(len);
    bytes
}

/// `len` lower-case letters and digits, 5 random bits each.
fn random(len: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    entropy(len).into_iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

fn ulid(now: Timestamp) -> String {
    let mut bits = [0; 16];
    bits[6..].copy_from_slice(&entropy(10));
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    ulid::Ulid::from_parts(millis, u128::from_be_bytes(bits)).to_string()
}
