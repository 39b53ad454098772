//! From a base and a key to a URL that leads to exactly that key.

use std::fmt::Write as _;

/// The URL of `key` under `base` (scheme, host and perhaps a path, with or without its last slash).
///
/// Every byte of the key but letters, digits and `-._~` is percent-encoded, so that `%`, `#`, `?` and
/// `+` mean themselves to every server. Slashes stay, also doubled ones. A segment `.` or `..` would
/// be resolved by every URL parser, however it is written; it is joined to its neighbours by `%2F`,
/// which a parser leaves alone and a store decodes.
pub fn public_url(base: &str, key: &str) -> String {
    let base = base.trim_end_matches('/');
    let mut url = String::with_capacity(base.len() + key.len() + 16);
    url.push_str(base);
    url.push('/');
    let mut dotted = false;
    for (index, segment) in key.split('/').enumerate() {
        let was_dotted = std::mem::replace(&mut dotted, matches!(segment, "." | ".."));
        if index > 0 {
            url.push_str(if dotted || was_dotted { "%2F" } else { "/" });
        }
        encode(segment, &mut url);
    }
    url
}

/// The key that `url` leads to, when it is one under `base`.
pub fn key_of(base: &str, url: &str) -> Option<String> {
    if base.is_empty() {
        return None;
    }
    let path = url.strip_prefix(base.trim_end_matches('/'))?.strip_prefix('/')?;
    let path = path.split(['?', '#']).next().filter(|path| !path.is_empty())?;
    let key = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    Some(key.into_owned())
}

fn encode(segment: &str, url: &mut String) {
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a server sees: the path as a URL parser hands it over, decoded.
    fn seen_key(url: &str, base: &str) -> String {
        let parsed = ::url::Url::parse(url).unwrap();
        assert_eq!(parsed.query(), None, "{url}");
        assert_eq!(parsed.fragment(), None, "{url}");
        let base = ::url::Url::parse(base).unwrap();
        let path = parsed.path().strip_prefix(base.path().trim_end_matches('/')).unwrap();
        let path = path.strip_prefix('/').unwrap();
        percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
    }

    #[test]
    fn exact_forms() {
        let cases = [
            ("2026/11/a.png", "2026/11/a.png"),
            ("a b+c%d.png", "a%20b%2Bc%25d.png"),
            ("a#b?c=d&e.png", "a%23b%3Fc%3Dd%26e.png"),
            ("中文/图.png", "%E4%B8%AD%E6%96%87/%E5%9B%BE.png"),
            ("a//b", "a//b"),
            ("/a", "/a"),
            ("a/../b", "a%2F..%2Fb"),
            ("./b", ".%2Fb"),
            ("a/..", "a%2F.."),
            ("%2e%2e/b", "%252e%252e/b"),
            ("(1) [x].png", "%281%29%20%5Bx%5D.png"),
        ];
        for (key, path) in cases {
            for base in ["https://img.example.com", "https://img.example.com/"] {
                assert_eq!(public_url(base, key), format!("https://img.example.com/{path}"));
            }
        }
    }

    #[test]
    fn a_base_with_a_path_keeps_it() {
        let url = public_url("http://127.0.0.1:36690/images/", "a b.png");
        assert_eq!(url, "http://127.0.0.1:36690/images/a%20b.png");
    }

    proptest! {
        #[test]
        fn leads_back_to_the_key(key in key()) {
            prop_assume!(key != "." && key != "..");
            for base in ["https://img.example.com", "http://127.0.0.1:36690/images"] {
                let url = public_url(base, &key);
                prop_assert!(url.is_ascii());
                prop_assert_eq!(&seen_key(&url, base), &key);
                prop_assert_eq!(super::key_of(base, &url), Some(key.clone()));
            }
        }
    }

    /// Any text, and texts made of the pieces that break URLs.
    fn key() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("/".to_owned()),
            Just("..".to_owned()),
            Just(".".to_owned()),
            Just("%2e".to_owned()),
            Just("%".to_owned()),
            Just("#".to_owned()),
            Just("?".to_owned()),
            Just("+".to_owned()),
            Just(" ".to_owned()),
            Just("\\".to_owned()),
            Just("图".to_owned()),
            Just("👩‍💻".to_owned()),
            "[a-z]{1,3}",
        ];
        prop_oneof![
            "\\PC{1,60}",
            proptest::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat()),
        ]
    }
}
