use bytes::Bytes;

use super::{from_html, from_image, from_text};
use crate::image::fixtures;
use crate::source::Source;

fn url(url: &str) -> Source {
    Source::Url { url: url.into() }
}

#[test]
fn an_image_is_named_after_what_it_is() {
    let bytes = Bytes::from(fixtures::animated_gif(4, 4));
    assert_eq!(
        from_image(bytes.clone()),
        Some(Source::Bytes { bytes, name: "clipboard.gif".into() })
    );
    assert_eq!(from_image(fixtures::text().into()), None);
}

#[test]
fn html_means_its_only_image() {
    let copied = "<html><body><!--StartFragment--><img alt='a' src=\"https://example.com/a.gif?x=1&amp;y=2\"/></body></html>";
    assert_eq!(from_html(copied), [url("https://example.com/a.gif?x=1&y=2")]);
    assert_eq!(from_html("<img src='https://a'><img src='https://b'>"), []);
    assert_eq!(from_html("<p>no image</p>"), []);
    assert_eq!(from_html("<img src='/relative.png'>"), []);
}

#[test]
fn text_means_urls_when_it_is_nothing_else() {
    assert_eq!(
        from_text(" https://example.com/a.png \n\nhttp://example.com/b.png\n"),
        [url("https://example.com/a.png"), url("http://example.com/b.png")]
    );
    assert_eq!(from_text("see https://example.com/a.png"), []);
    assert_eq!(from_text("https://example.com/a.png\nis nice"), []);
    assert_eq!(from_text(""), []);
}

#[cfg(target_os = "linux")]
mod offers {
    use std::collections::HashMap;

    use super::super::{Offer, from_offer, text_of};
    use super::{Bytes, Source, fixtures, url};
    use crate::problem::Result;

    #[derive(Default)]
    struct Fake(HashMap<&'static str, Bytes>);

    impl Fake {
        fn with(mut self, target: &'static str, value: impl Into<Bytes>) -> Self {
            self.0.insert(target, value.into());
            self
        }

        fn read(mut self) -> Vec<Source> {
            from_offer(&mut self).unwrap()
        }
    }

    impl Offer for Fake {
        fn targets(&mut self) -> Result<Vec<String>> {
            Ok(self.0.keys().map(|&target| target.to_owned()).collect())
        }

        fn fetch(&mut self, target: &str) -> Result<Bytes> {
            Ok(self.0[target].clone())
        }
    }

    fn all() -> Fake {
        Fake::default()
            .with("text/plain", "https://example.com/text.png")
            .with("text/html", "<img src='https://example.com/html.png'>")
            .with("image/png", fixtures::png(4, 4))
            .with("text/uri-list", "file:///a.png\r\nfile:///b.png")
    }

    #[test]
    fn files_come_first_then_images_then_html_then_text() {
        let without = |targets: &[&str]| {
            let mut offer = all();
            offer.0.retain(|target, _| !targets.contains(target));
            offer.read()
        };
        let file = |path: &str| Source::File { path: path.into() };
        assert_eq!(without(&[]), [file("/a.png"), file("/b.png")]);
        let image =
            Source::Bytes { bytes: fixtures::png(4, 4).into(), name: "clipboard.png".into() };
        assert_eq!(without(&["text/uri-list"]), [image]);
        assert_eq!(without(&["text/uri-list", "image/png"]), [url("https://example.com/html.png")]);
        assert_eq!(
            without(&["text/uri-list", "image/png", "text/html"]),
            [url("https://example.com/text.png")]
        );
        assert_eq!(Fake::default().read(), []);
    }

    #[test]
    fn an_original_comes_before_what_was_made_of_it() {
        let gif = fixtures::animated_gif(4, 4);
        let offer = Fake::default()
            .with("image/png", fixtures::png(4, 4))
            .with("image/jpeg", fixtures::jpeg(4, 4))
            .with("image/gif", gif.clone());
        assert_eq!(
            offer.read(),
            [Source::Bytes { bytes: gif.into(), name: "clipboard.gif".into() }]
        );
    }

    #[test]
    fn listed_addresses_come_after_the_image_they_stand_for() {
        let list = "https://example.com/page";
        let offer =
            Fake::default().with("text/uri-list", list).with("image/png", fixtures::png(4, 4));
        assert!(matches!(offer.read()[..], [Source::Bytes { .. }]));
        let offer = Fake::default().with("text/uri-list", list).with("text/plain", "words");
        assert_eq!(offer.read(), [url(list)]);
    }

    #[test]
    fn a_target_that_holds_nothing_is_passed_over() {
        let offer = Fake::default()
            .with("text/uri-list", "")
            .with("image/png", "")
            .with("UTF8_STRING", "https://example.com/a.png\0");
        assert_eq!(offer.read(), [url("https://example.com/a.png")]);
    }

    #[test]
    fn text_is_read_in_the_encoding_it_comes_in() {
        let wide: Vec<u8> = "é<".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text_of(&[&[0xFF, 0xFE], wide.as_slice()].concat()), "é<");
        let plain: Vec<u8> = "<i".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text_of(&plain), "<i");
        assert_eq!(text_of("猫".as_bytes()), "猫");
    }
}
