use super::{Header, header};
use crate::image::{fixtures, sniff};
use ::image::ImageFormat;

fn of(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let Header { width, height, orientation } = header(bytes, sniff(bytes)?.format)?;
    Some((width, height, orientation))
}

#[test]
fn reads_the_size_of_each_format_from_its_header() {
    let picture = || fixtures::picture(33, 17);
    let cases = [
        ("png", fixtures::png(33, 17)),
        ("apng", fixtures::apng(33, 17)),
        ("jpeg", fixtures::jpeg(33, 17)),
        ("cmyk", fixtures::cmyk_jpeg(33, 17)),
        ("gif", fixtures::animated_gif(33, 17)),
        ("webp", fixtures::webp(33, 17)),
        ("webp lossless", fixtures::webp_lossless(33, 17)),
        ("webp animated", fixtures::animated_webp(33, 17)),
        ("bmp", fixtures::encoded(picture(), ImageFormat::Bmp)),
        ("ico", fixtures::encoded(picture(), ImageFormat::Ico)),
        ("tiff", fixtures::encoded(picture(), ImageFormat::Tiff)),
        ("avif", fixtures::encoded(picture(), ImageFormat::Avif)),
    ];
    for (name, bytes) in cases {
        assert_eq!(of(&bytes), Some((33, 17, 1)), "{name}");
    }
}

#[test]
fn reads_the_orientation_where_it_is() {
    for orientation in 1..=8 {
        assert_eq!(
            of(&fixtures::jpeg_with_metadata(33, 17, orientation)),
            Some((33, 17, orientation))
        );
        assert_eq!(
            of(&fixtures::png_with_metadata(33, 17, orientation)),
            Some((33, 17, orientation))
        );
        assert_eq!(
            of(&fixtures::webp_with_metadata(33, 17, orientation)),
            Some((33, 17, orientation))
        );
    }
    assert_eq!(of(&fixtures::heic_with_metadata()), Some((40, 30, 6)));
    let shown = |orientation| Header { width: 4, height: 3, orientation }.shown();
    assert_eq!((shown(4), shown(5)), ((4, 3), (3, 4)));
}

#[test]
fn reads_formats_that_nothing_here_decodes() {
    assert_eq!(of(&fixtures::jxl()), Some((256, 128, 1)));
    assert_eq!(of(&fixtures::jxl_with_metadata()), Some((256, 128, 1)));
    assert_eq!(of(&fixtures::svg()), Some((80, 40, 1)));
    assert_eq!(of(b"<svg width='10' height='20.4'/>"), Some((10, 20, 1)));
    assert_eq!(of(b"<svg viewBox='0,0,7,9' width='100%' height='100%'/>"), Some((7, 9, 1)));
    assert_eq!(of(b"<svg width='1e300' height='5'/>"), None);
    assert_eq!(of(b"<svg></svg>"), None);
}

#[test]
fn a_bomb_shows_in_its_header() {
    assert_eq!(
        of(&fixtures::bomb_png()).map(|(width, height, _)| width * height),
        Some(500_000_000)
    );
}

#[test]
fn any_cut_of_any_file_is_survived() {
    for whole in [
        fixtures::jpeg_with_metadata(16, 16, 6),
        fixtures::png_with_metadata(16, 16, 6),
        fixtures::webp_with_metadata(16, 16, 6),
        fixtures::heic_with_metadata(),
        fixtures::jxl_with_metadata(),
        fixtures::encoded(fixtures::picture(16, 16), ImageFormat::Tiff),
    ] {
        for end in 0..whole.len() {
            let _ = of(&whole[..end]);
        }
    }
}
