use jiff::{Zoned, civil::date, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::problem::{Code, Language, Reason};

const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn now() -> Zoned {
    date(2026, 3, 7).at(4, 5, 6, 78_000_000).to_zoned(TimeZone::UTC).unwrap()
}

fn digest(digest: Digest) -> String {
    match digest {
        Digest::Md5 => "098f6bcd4621d373cade4e832627b4f6".into(),
        Digest::Sha1 => "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3".into(),
        Digest::Sha256 => SHA.into(),
    }
}

fn render(pattern: &str, name: &str, ext: &str, dir: &str) -> String {
    render_under("", pattern, name, ext, dir)
}

fn render_under(prefix: &str, pattern: &str, name: &str, ext: &str, dir: &str) -> String {
    let facts = NameFacts { name, ext, dir, now: &now(), digest: &digest, n: 7 };
    NamePattern::parse(pattern).unwrap().render_under(prefix, &facts)
}

#[test]
fn the_default_pattern() {
    let pattern = crate::settings::Settings::default().naming;
    assert_eq!(render(&pattern, "harbour", "png", ""), "2026/03/harbour-9f86d081.png");
    let pattern = NamePattern::parse(&pattern).unwrap();
    assert!(pattern.needs(Digest::Sha256));
    assert!(!pattern.needs(Digest::Md5));
}

#[test]
fn every_token() {
    let all = "{year}-{month}-{day}_{hour}-{minute}-{second}-{ms}_{unix}_{name}.{ext}";
    assert_eq!(render(all, "a", "webp", ""), "2026-03-07_04-05-06-078_1772856306_a.webp");
    assert_eq!(render("{md5}", "a", "", ""), digest(Digest::Md5));
    assert_eq!(render("{md5:4}/{sha1:6}/{sha256:64}", "a", "", ""), format!("098f/a94a8f/{SHA}"));
    assert_eq!(render("{n}-{n:3}", "a", "", ""), "7-007");
    assert_eq!(render("{name:2}", "港口照片", "", ""), "港口");
    assert_eq!(render("{dir}/{name}", "a", "", "/home/u/trip/day 1"), "day 1/a");
    assert_eq!(render("{dir:2}/{name}", "a", "", r"C:\u\trip\day 1"), "trip/day 1/a");
    assert_eq!(render("{dir}/{name}", "a", "", r"C:\"), "a");
    assert_eq!(render("{{{name}}}", "a", "", ""), "{a}");
}

#[test]
fn random_tokens_differ_each_time() {
    for (pattern, len) in [("{uuid}", 36), ("{ulid}", 26), ("{random}", 8), ("{random:64}", 64)] {
        let keys: std::collections::HashSet<String> =
            (0..50).map(|_| render(pattern, "a", "", "")).collect();
        assert_eq!(keys.len(), 50, "{pattern}");
        assert!(keys.iter().all(|key| key.len() == len), "{pattern}");
    }
    // A ULID begins with its time, so keys sort by it.
    assert!(
        render("{ulid}", "a", "", "")
            .starts_with(&ulid::Ulid::from_parts(1_772_856_306_078, 0).to_string()[..10])
    );
}

#[test]
fn a_missing_extension_leaves_no_dot() {
    assert_eq!(render("{name}.{ext}", "README", "", ""), "README");
    assert_eq!(render("{name}.{ext}", "a", ".png", ""), "a.png");
    assert_eq!(render("{ext}/{name}", "a", "", ""), "a");
}

#[test]
fn names_never_make_folders_or_climb() {
    assert_eq!(render("{name}", "../../etc/passwd", "", ""), "..-..-etc-passwd");
    assert_eq!(render("x/{name}/y", "..", "", ""), "x/image/y");
    assert_eq!(render("{name}", "", "", ""), "image");
    assert_eq!(render("//a/./{name}/../b/", "n", "", ""), "a/n/b");
    assert_eq!(render("{dir:9}/{name}", "n", "", "a/../b/./c"), "a/b/c/n");
}

#[test]
fn what_people_write_is_kept() {
    assert_eq!(render("{name}.{ext}", "港口 👩‍💻 (1) 50%+#?", "png", ""), "港口 👩‍💻 (1) 50%+#?.png");
    // Not normalised: NFC and NFD stay what they are.
    assert_eq!(render("{name}", "e\u{301}", "", ""), "e\u{301}");
    assert_ne!(render("{name}", "e\u{301}", "", ""), render("{name}", "\u{e9}", "", ""));
    assert_eq!(render("{name}", " a\u{0}\n\u{2028}\u{202E}b ", "", ""), "ab");
}

#[test]
fn long_names_give_way_and_the_rest_stays() {
    let name = "图".repeat(2000);
    let key = render_under("blog/", "{year}/{name}-{sha256}.{ext}", &name, "png", "");
    assert!(key.len() <= MAX_KEY && key.len() > MAX_KEY - 3, "{}", key.len());
    assert!(key.starts_with("blog/2026/图"));
    assert!(key.ends_with(&format!("图-{SHA}.png")));

    let key = render("{dir:9}/{name}.{ext}", &name, "png", &vec!["文件夹".repeat(60); 9].join("/"));
    assert!(key.len() <= MAX_KEY && key.ends_with(".png"), "{key}");
    let key = render("{name}{name}{name}.{ext}", &name, "png", "");
    assert!(key.len() <= MAX_KEY && key.ends_with("图.png"), "{key}");
}

#[test]
fn the_prefix_is_put_once() {
    assert_eq!(render_under("blog/", "/{name}", "a", "", ""), "blog/a");
    assert_eq!(render_under("/blog//x/", "{name}", "a", "", ""), "blog/x/a");
    assert_eq!(render_under("", "{name}", "a", "", ""), "a");
}

#[test]
fn mistakes_name_their_column() {
    let unknown = |token: &str, column| Reason::UnknownToken { token: token.into(), column };
    let cases = [
        ("", Reason::Empty),
        ("  ", Reason::Empty),
        ("{name}-{nope}", unknown("nope", 8)),
        ("图{nope}", unknown("nope", 2)),
        ("{}", unknown("", 1)),
        ("{Name}", unknown("Name", 1)),
        ("a/{name", Reason::Unclosed { column: 3 }),
        ("{name{ext}", Reason::Unclosed { column: 1 }),
        ("{name}}", Reason::StrayBrace { column: 7 }),
        ("{sha256:0}", Reason::BadCount { token: "sha256".into(), column: 1, max: 64 }),
        ("{sha256:65}", Reason::BadCount { token: "sha256".into(), column: 1, max: 64 }),
        ("{md5:x}", Reason::BadCount { token: "md5".into(), column: 1, max: 32 }),
        ("{name}{year:2}", Reason::NoCount { token: "year".into(), column: 7 }),
        ("{name}\u{7}", Reason::BadCharacter('\u{7}')),
        ("{year}/{month}/image.{ext}", Reason::SameForAll),
        ("{ms}", Reason::SameForAll),
    ];
    for (pattern, reason) in cases {
        let problem = NamePattern::parse(pattern).unwrap_err();
        assert_eq!(problem.code, Code::PatternInvalid, "{pattern}");
        assert_eq!(problem.reason.as_deref(), Some(&reason), "{pattern}");
    }
    let text = NamePattern::parse("{name}-{nope}").unwrap_err().text(Language::English);
    assert_eq!(
        text.what,
        "The name pattern {name}-{nope} cannot be used: {nope} in column 8 does not exist."
    );
}

proptest! {
    #[test]
    fn every_key_is_usable(
        name in text(), ext in text(), dir in text(), prefix in text(),
        literal in "[^{}]{0,12}",
        pattern in proptest::sample::select(vec![
            "{name}", "{dir:9}/{name}.{ext}", "{year}/{month}/{name}-{sha256:8}.{ext}", "{name:3}{name}",
            "{ext}/{dir}/{uuid}", "../{name}/../{n}.{ext}",
        ]),
    ) {
        let pattern = format!("{}{pattern}", literal.replace(char::is_control, ""));
        let key = render_under(&prefix, &pattern, &name, &ext, &dir);
        prop_assert!(!key.is_empty() && key.len() <= MAX_KEY, "{} bytes", key.len());
        for segment in key.split('/') {
            prop_assert!(!matches!(segment, "" | "." | ".."), "{key:?}");
            prop_assert_eq!(segment.trim(), segment);
        }
        prop_assert!(!key.chars().any(char::is_control));
    }

    #[test]
    fn parsing_never_panics(pattern in "\\PC{0,40}|[{}:a-z0-9/]{0,40}") {
        let _ = NamePattern::parse(&pattern);
    }
}

/// Any text, long ones, and texts made of what breaks keys.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("/"),
        Just(".."),
        Just("."),
        Just("\\"),
        Just(" "),
        Just("\u{0}"),
        Just("\u{2028}"),
        Just("图"),
        Just("👩‍💻"),
        Just("\u{202E}"),
        Just("%"),
        Just("a"),
        Just(":"),
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(piece.clone(), 0..12).prop_map(|pieces| pieces.concat()),
        (piece, 0usize..600).prop_map(|(piece, times)| piece.repeat(times)),
    ]
}
