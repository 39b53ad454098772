//! Queries, percent-encoding and paths.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but `A-Za-z0-9-_.~`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same, but slashes stay.
const ENCODED_PATH: &AsciiSet = &ENCODED.remove(b'/');

/// Percent-encodes everything that is not unreserved.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The same, with slashes left alone.
pub(crate) fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, ENCODED_PATH).to_string()
}

/// Decodes a path; none if it is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())
}

/// The decoded parameters of a request, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a raw query. A plus is a space, as the official clients send it; none if it is not
    /// UTF-8.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let mut pairs = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(&name.replace('+', " "))?, decode(&value.replace('+', " "))?));
        }
        Some(Self(pairs))
    }

    /// The value of a parameter; empty when it came without one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the parameter is there, with a value or without.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All of them.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_in_order() {
        let query = Query::parse("acl&a%20b=c+d&x=1%2B2&y=").unwrap();
        let pairs: Vec<_> = query.pairs().collect();
        assert_eq!(pairs, [("acl", ""), ("a b", "c d"), ("x", "1+2"), ("y", "")]);
        assert!(query.has("acl") && !query.has("b"));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(Query::parse("a=%FF"), None);
        assert_eq!(decode("%C3%28"), None);
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("a/b c~-_.图"), "a%2Fb%20c~-_.%E5%9B%BE");
        assert_eq!(encode_path("a/b+c"), "a/b%2Bc");
    }
}
