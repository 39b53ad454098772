//! Any value, written and read, is the same value; and unknown elements stay where they are.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::xml::Node;

fn text() -> impl Strategy<Value = String> {
    "[a-z0-9/*<&\"' é图]{1,10}"
}

fn syntax() -> impl Strategy<Value = Syntax> {
    prop_oneof![Just(Syntax::Oss), Just(Syntax::S3)]
}

fn cors_rule() -> impl Strategy<Value = CorsRule> {
    let methods = vec(proptest::sample::select(vec!["GET", "PUT", "HEAD"]), 1..3);
    let rest = (option::of(text()), option::of(any::<u32>()));
    (vec(text(), 1..3), methods, vec(text(), 0..3), vec(text(), 0..3), rest).prop_map(
        |(origins, methods, headers, expose, (id, max_age))| CorsRule {
            id,
            origins,
            methods: methods.into_iter().map(str::to_owned).collect(),
            headers,
            expose,
            max_age,
            source: Source::default(),
        },
    )
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![any::<u32>().prop_map(When::Days), text().prop_map(When::Date)]
}

fn transition() -> impl Strategy<Value = Transition> {
    (option::of(when()), text()).prop_map(|(when, storage_class)| Transition {
        when,
        storage_class,
        source: Source::default(),
    })
}

fn lifecycle_rule() -> impl Strategy<Value = LifecycleRule> {
    let tags = vec((text(), text()).prop_map(|(key, value)| Tag { key, value }), 0..3);
    let days = option::of(any::<u32>());
    (
        option::of(text()),
        prop_oneof![Just(String::new()), text()],
        tags,
        any::<bool>(),
        option::of(when()),
        vec(transition(), 0..3),
        (days.clone(), days),
    )
        .prop_map(|(id, prefix, tags, enabled, expire, transitions, (abort, versions))| {
            LifecycleRule {
                id,
                prefix,
                tags,
                enabled,
                expire,
                transitions,
                abort_uploads: abort,
                expire_versions: versions,
                source: Source::default(),
            }
        })
}

fn website() -> impl Strategy<Value = Website> {
    (option::of(text()), option::of(text()), option::of("https://[a-z]{1,8}")).prop_map(
        |(index, error, redirect_all)| Website { index, error, redirect_all, ..Website::default() },
    )
}

fn again<D: Document>(value: &D, syntax: Syntax) -> Option<D> {
    let xml = write(value, syntax).unwrap().to_pretty_xml().unwrap();
    read(&xml, syntax).unwrap()
}

/// Puts an unknown element before, between and after those of `root`, and into each of them.
fn sprinkled(mut root: Element, deep: bool) -> Element {
    let mut children = vec![unknown(0)];
    for (at, mut child) in root.children.into_iter().enumerate() {
        if let (true, Node::Element(element)) = (deep, &mut child) {
            element.push(match unknown(at) {
                Node::Element(unknown) => unknown,
                _ => continue,
            });
        }
        children.extend([child, unknown(at + 1)]);
    }
    root.children = children;
    root
}

fn unknown(n: usize) -> Node {
    let mut element = Element::of_text("Unknown", n.to_string());
    element.attributes.push(("n".to_owned(), n.to_string()));
    Node::Element(element)
}

fn count_unknown(element: &Element) -> usize {
    usize::from(element.is("Unknown")) + element.elements().map(count_unknown).sum::<usize>()
}

proptest! {
    #[test]
    fn cors_comes_back(rules in vec(cors_rule(), 1..4), vary in option::of(any::<bool>())) {
        let cors = Cors { rules, vary, source: Source::default() };
        prop_assert_eq!(again(&cors, Syntax::Oss), Some(cors.clone()));
        let without = Cors { vary: None, ..cors };
        prop_assert_eq!(again(&without, Syntax::S3), Some(without));
    }

    #[test]
    fn lifecycle_comes_back(rules in vec(lifecycle_rule(), 1..4), syntax in syntax()) {
        let lifecycle = Lifecycle { rules, source: Source::default() };
        prop_assert_eq!(again(&lifecycle, syntax), Some(lifecycle));
    }

    #[test]
    fn a_value_put_over_another_is_read_as_itself(
        before in vec(lifecycle_rule(), 1..4),
        after in vec(lifecycle_rule(), 1..4),
        syntax in syntax(),
    ) {
        // Each rule keeps the source of the one that stood in its place.
        let before = again(&Lifecycle { rules: before, source: Source::default() }, syntax).unwrap();
        let sources = before.rules.iter().map(|rule| rule.source.clone());
        let sources = sources.chain(std::iter::repeat(Source::default()));
        let rules = after.into_iter().zip(sources);
        let after = Lifecycle {
            rules: rules.map(|(rule, source)| LifecycleRule { source, ..rule }).collect(),
            source: before.source,
        };
        prop_assert_eq!(again(&after, syntax), Some(after));
    }

    #[test]
    fn unknown_elements_survive_a_change(rules in vec(cors_rule(), 1..4), new in cors_rule(), deep: bool) {
        let cors = Cors { rules, vary: Some(true), source: Source::default() };
        let there = sprinkled(write(&cors, Syntax::Oss).unwrap(), deep);
        let mut read: Cors = view(&there.to_xml().unwrap(), Syntax::Oss);
        prop_assert_eq!(&read, &cors);
        read.rules.push(new);
        read.vary = Some(false);
        let after = write(&read, Syntax::Oss).unwrap();
        prop_assert_eq!(count_unknown(&after), count_unknown(&there));
        prop_assert_eq!(again(&read, Syntax::Oss), Some(read));
    }

    #[test]
    fn referer_comes_back(
        allow_empty: bool,
        allow in vec(text(), 0..3),
        deny in vec(text(), 0..3),
        ignore_query in option::of(any::<bool>()),
    ) {
        let referer = Referer { allow_empty, allow, deny, ignore_query, source: Source::default() };
        let open = referer.allow_empty && referer.allow.is_empty() && referer.deny.is_empty();
        prop_assert_eq!(again(&referer, Syntax::Oss), (!open).then_some(referer));
    }

    #[test]
    fn website_comes_back(website in website(), syntax in syntax()) {
        let nothing = website == Website::default();
        prop_assert_eq!(again(&website, syntax), (!nothing).then_some(website));
    }

    #[test]
    fn logging_and_encryption_come_back(one in text(), other in option::of(text()), syntax in syntax()) {
        let logging =
            Logging { bucket: one.clone(), prefix: other.clone().unwrap_or_default(), source: Source::default() };
        prop_assert_eq!(again(&logging, syntax), Some(logging));
        let encryption = Encryption { algorithm: one, kms_key: other, source: Source::default() };
        prop_assert_eq!(again(&encryption, syntax), Some(encryption));
    }

    #[test]
    fn access_blocks_come_back(a: bool, b: bool, c: bool, d: bool) {
        let block = PublicAccessBlock { block_acls: a, ignore_acls: b, block_policies: c, restrict: d, source: Source::default() };
        prop_assert_eq!(again(&block, Syntax::S3), Some(block));
    }
}
