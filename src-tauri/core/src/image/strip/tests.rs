use bytes::Bytes;

use super::{Stripped, strip};
use crate::image::dimensions::header;
use crate::image::fixtures::{self, SECRET};
use crate::image::{Format, sniff};
use ::image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageReader};

fn removed(bytes: &[u8]) -> Vec<u8> {
    let format = sniff(bytes).unwrap().format;
    match strip(&Bytes::copy_from_slice(bytes), format) {
        Stripped::Removed(stripped) => stripped,
        other => panic!("{other:?}"),
    }
}

fn tells(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

/// Stored pixels and colour profile.
fn decoded(bytes: &[u8]) -> (DynamicImage, Option<Vec<u8>>) {
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
    let mut decoder = reader.into_decoder().unwrap();
    let icc = decoder.icc_profile().unwrap();
    (DynamicImage::from_decoder(decoder).unwrap(), icc)
}

type Fixture = fn(u32, u32, u8) -> Vec<u8>;

const WITH_METADATA: [(Fixture, Format); 3] = [
    (fixtures::jpeg_with_metadata, Format::Jpeg),
    (fixtures::png_with_metadata, Format::Png),
    (fixtures::webp_with_metadata, Format::WebP),
];

#[test]
fn metadata_goes_and_pixels_profile_and_orientation_stay() {
    for (fixture, format) in WITH_METADATA {
        for orientation in [1, 3, 6] {
            let before = fixture(48, 32, orientation);
            assert!(tells(&before));
            let after = removed(&before);
            assert!(!tells(&after), "{format:?}");
            assert!(
                !after.windows(4).any(|window| window == b"8,51"),
                "{format:?}: a place in XMP"
            );
            assert_eq!(decoded(&before), decoded(&after), "{format:?}");
            assert_eq!(header(&after, format).unwrap().orientation, orientation, "{format:?}");
            // What other readers see as well.
            let reader =
                ImageReader::new(std::io::Cursor::new(&after)).with_guessed_format().unwrap();
            assert_eq!(
                reader.into_decoder().unwrap().orientation().unwrap().to_exif(),
                orientation
            );
        }
    }
    assert!(decoded(&removed(&fixtures::jpeg_with_metadata(8, 8, 1))).1.is_some());
    assert!(decoded(&removed(&fixtures::webp_with_metadata(8, 8, 1))).1.is_some());
}

#[test]
fn stripping_twice_finds_nothing_more() {
    for (fixture, format) in WITH_METADATA {
        for orientation in [1, 8] {
            let once = removed(&fixture(24, 16, orientation));
            assert!(
                matches!(strip(&once.into(), format), Stripped::Clean),
                "{format:?} {orientation}"
            );
        }
    }
}

#[test]
fn files_without_metadata_are_left_alone() {
    for bytes in [
        fixtures::png(16, 16),
        fixtures::apng(16, 16),
        fixtures::jpeg(16, 16),
        fixtures::gif(16, 16),
        fixtures::animated_gif(16, 16),
        fixtures::webp(16, 16),
        fixtures::animated_webp(16, 16),
        fixtures::jxl(),
        fixtures::svg(),
        fixtures::encoded(fixtures::picture(16, 16), ::image::ImageFormat::Avif),
        fixtures::encoded(fixtures::picture(16, 16), ::image::ImageFormat::Tiff),
    ] {
        let format = sniff(&bytes).unwrap().format;
        assert!(matches!(strip(&bytes.into(), format), Stripped::Clean), "{format:?}");
    }
}

#[test]
fn gamma_and_animation_of_png_stay() {
    let after = removed(&fixtures::png_with_metadata(16, 16, 1));
    let kinds: Vec<_> = super::png::chunks(&after).map(|chunk| chunk.kind).collect();
    assert_eq!(kinds, [*b"IHDR", *b"gAMA", *b"IDAT", *b"IEND"]);
    assert!(super::png::chunks(&after).all(|chunk| chunk.is_sound()));

    let mut animated = fixtures::apng(16, 16);
    let end = animated.len() - 12;
    let mut text = Vec::new();
    super::png::push_chunk(&mut text, b"tEXt", SECRET.as_bytes());
    animated.splice(end..end, text);
    assert_eq!(removed(&animated), fixtures::apng(16, 16));
}

#[test]
fn comments_and_xmp_of_gif_go_and_frames_stay() {
    let plain = fixtures::animated_gif(16, 16);
    let mut marked = plain.clone();
    let end = marked.len() - 1;
    let comment = [b"!\xFE\x0C".as_slice(), SECRET.as_bytes(), b"\0"].concat();
    let xmp = [b"!\xFF\x0BXMP DataXMP\x0C".as_slice(), SECRET.as_bytes(), b"\0"].concat();
    marked.splice(end..end, [comment, xmp].concat());
    marked.extend_from_slice(SECRET.as_bytes());
    assert_eq!(removed(&marked), plain);
    let frames = |bytes: &[u8]| {
        let decoder =
            ::image::codecs::gif::GifDecoder::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
        decoder.into_frames().collect_frames().unwrap().len()
    };
    assert_eq!(frames(&removed(&marked)), 3);
}

#[test]
fn a_gif_without_its_end_is_clean_when_it_holds_nothing() {
    let mut bytes = fixtures::animated_gif(16, 16);
    bytes.pop();
    assert!(matches!(strip(&bytes.into(), Format::Gif), Stripped::Clean));
}

#[test]
fn heif_metadata_is_overwritten_where_it_lies() {
    let before = fixtures::heic_with_metadata();
    let after = removed(&before);
    assert!(tells(&before) && !tells(&after));
    assert_eq!(before.len(), after.len());
    assert_eq!(header(&after, Format::Heic), header(&before, Format::Heic));
    assert!(after.windows(25).any(|window| window == b"the coded image lies here"));
    assert!(matches!(strip(&after.into(), Format::Heic), Stripped::Clean));
}

#[test]
fn avif_metadata_goes_too() {
    use ::image::ImageEncoder;
    let pixels = fixtures::picture(16, 16);
    let mut bytes = Vec::new();
    let mut encoder =
        ::image::codecs::avif::AvifEncoder::new_with_speed_quality(&mut bytes, 10, 60);
    encoder.set_exif_metadata(fixtures::gps_exif(1)).unwrap();
    encoder.write_image(&pixels, 16, 16, ::image::ExtendedColorType::Rgba8).unwrap();
    assert!(tells(&bytes));
    let after = removed(&bytes);
    assert!(!tells(&after));
    assert_eq!(bytes.len(), after.len());
}

#[test]
fn jxl_boxes_of_metadata_go() {
    let after = removed(&fixtures::jxl_with_metadata());
    assert!(!tells(&after));
    assert!(after.windows(4).any(|window| window == b"jxlc"));
}

#[test]
fn tiff_metadata_is_said_to_stay() {
    let bytes = Bytes::from(fixtures::gps_exif(1));
    assert!(matches!(strip(&bytes, Format::Tiff), Stripped::Kept));
}

#[test]
fn any_cut_or_flipped_byte_is_survived() {
    for (whole, format) in [
        (fixtures::jpeg_with_metadata(8, 8, 6), Format::Jpeg),
        (fixtures::png_with_metadata(8, 8, 6), Format::Png),
        (fixtures::webp_with_metadata(8, 8, 6), Format::WebP),
        (fixtures::animated_gif(8, 8), Format::Gif),
        (fixtures::heic_with_metadata(), Format::Heic),
        (fixtures::jxl_with_metadata(), Format::Jxl),
    ] {
        for at in 0..whole.len() {
            let _ = strip(&Bytes::copy_from_slice(&whole[..at]), format);
            let mut flipped = whole.clone();
            flipped[at] ^= 0xFF;
            let _ = strip(&flipped.into(), format);
        }
    }
}

#[test]
fn a_jpegs_quality_shows_in_its_tables() {
    for quality in [30, 50, 75, 90, 95] {
        let bytes = fixtures::jpeg_quality(16, 16, quality);
        let read = super::jpeg::Jpeg::parse(&bytes).unwrap().quality().unwrap();
        assert!(read.abs_diff(quality) <= 2, "{quality} read as {read}");
    }
}
