use super::{Format, sniff};
use crate::image::fixtures;
use ::image::ImageFormat;

fn format(bytes: &[u8]) -> Option<(Format, bool)> {
    sniff(bytes).map(|kind| (kind.format, kind.animated))
}

#[test]
fn knows_each_format_by_its_content() {
    let picture = || fixtures::picture(32, 16);
    let cases = [
        (fixtures::png(32, 16), Format::Png, false),
        (fixtures::apng(32, 16), Format::Png, true),
        (fixtures::jpeg(32, 16), Format::Jpeg, false),
        (fixtures::gif(32, 16), Format::Gif, false),
        (fixtures::animated_gif(32, 16), Format::Gif, true),
        (fixtures::webp(32, 16), Format::WebP, false),
        (fixtures::webp_lossless(32, 16), Format::WebP, false),
        (fixtures::webp_with_metadata(32, 16, 1), Format::WebP, false),
        (fixtures::animated_webp(32, 16), Format::WebP, true),
        (fixtures::encoded(picture(), ImageFormat::Bmp), Format::Bmp, false),
        (fixtures::encoded(picture(), ImageFormat::Ico), Format::Ico, false),
        (fixtures::encoded(picture(), ImageFormat::Tiff), Format::Tiff, false),
        (fixtures::encoded(picture(), ImageFormat::Avif), Format::Avif, false),
        (fixtures::heic_with_metadata(), Format::Heic, false),
        (fixtures::jxl(), Format::Jxl, false),
        (fixtures::jxl_with_metadata(), Format::Jxl, false),
        (fixtures::svg(), Format::Svg, false),
        (b"<svg/>".to_vec(), Format::Svg, false),
        (b"<s:svg xmlns:s='x'></s:svg>".to_vec(), Format::Svg, false),
    ];
    for (bytes, expected, animated) in cases {
        assert_eq!(format(&bytes), Some((expected, animated)), "{expected:?}");
    }
}

#[test]
fn knows_what_is_no_image() {
    let mp4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    let html = b"<!DOCTYPE html><html><body><svg></svg></body></html>";
    let cases: [&[u8]; 11] = [
        &fixtures::text(),
        b"",
        b"\x89PN",
        b"BM is how this sentence begins",
        mp4,
        html,
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"%PDF-1.7",
        b"<?xml version=\"1.0\"?><svgish/>",
        b"<!-- never closed <svg>",
        b"\0\0\x01\0\x01\0 not an icon at all, far from it",
    ];
    for bytes in cases {
        assert_eq!(format(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn any_cut_of_any_file_is_survived() {
    for whole in [
        fixtures::apng(8, 8),
        fixtures::animated_webp(8, 8),
        fixtures::heic_with_metadata(),
        fixtures::svg(),
    ] {
        for end in 0..whole.len() {
            let _ = sniff(&whole[..end]);
        }
    }
}
