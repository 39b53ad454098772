use ::image::{ColorType, DynamicImage, GenericImageView, ImageDecoder, ImageReader, Rgba};
use bytes::Bytes;
use proptest::prelude::*;

use crate::image::arbitrary::transforms;
use crate::image::{Format, Limits, PrepareInput, Prepared, Step, Transform, fixtures, prepare};

fn run(bytes: Vec<u8>, spec: &str, strip: bool) -> Prepared {
    let transform = Transform::parse(spec, &[]).unwrap();
    let limits = Limits::default();
    prepare(PrepareInput {
        bytes: bytes.into(),
        name: "a",
        transform: &transform,
        strip,
        limits: &limits,
        marks: None,
    })
    .unwrap()
}

struct Seen {
    pixels: DynamicImage,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    orientation: u8,
}

fn seen(bytes: &Bytes) -> Seen {
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
    let mut decoder = reader.into_decoder().unwrap();
    let icc = decoder.icc_profile().unwrap();
    let exif = decoder.exif_metadata().unwrap();
    let orientation = decoder.orientation().unwrap().to_exif();
    Seen { pixels: DynamicImage::from_decoder(decoder).unwrap(), icc, exif, orientation }
}

fn near(left: Rgba<u8>, right: Rgba<u8>, by: u8) -> bool {
    left.0.iter().zip(right.0).all(|(a, b)| a.abs_diff(b) <= by)
}

#[test]
fn every_format_is_written_as_it_says() {
    for (spec, format) in [
        ("format=jpeg", Format::Jpeg),
        ("format=png", Format::Png),
        ("format=webp", Format::WebP),
        ("format=avif", Format::Avif),
        ("format=gif", Format::Gif),
        ("format=bmp", Format::Bmp),
        ("format=tiff", Format::Tiff),
    ] {
        let prepared = run(fixtures::png_rgba(60, 40), &format!("w=30,{spec}"), true);
        assert_eq!(prepared.kind.format, format);
        assert_eq!(prepared.ext, format.ext());
        assert_eq!(crate::image::sniff(&prepared.bytes).unwrap().format, format, "{spec}");
        assert_eq!((prepared.width, prepared.height), (Some(30), Some(20)), "{spec}");
        if format != Format::Avif {
            assert_eq!(seen(&prepared.bytes).pixels.dimensions(), (30, 20), "{spec}");
        }
    }
}

#[test]
fn pixels_are_turned_upright_when_written_anew() {
    let upright =
        seen(&run(fixtures::jpeg_with_metadata(64, 32, 1), "format=png", true).bytes).pixels;
    for orientation in 2..=8 {
        let prepared = run(fixtures::jpeg_with_metadata(64, 32, orientation), "format=png", true);
        let turned = seen(&prepared.bytes);
        assert_eq!(turned.orientation, 1);
        let mut expected = upright.clone();
        expected.apply_orientation(::image::metadata::Orientation::from_exif(orientation).unwrap());
        assert_eq!(turned.pixels, expected, "{orientation}");
        assert_eq!(
            (prepared.width, prepared.height),
            (Some(expected.width()), Some(expected.height()))
        );
    }
    let baked = run(fixtures::jpeg_with_metadata(64, 32, 6), "orient=1", true);
    assert_eq!(seen(&baked.bytes).orientation, 1);
    assert_eq!(seen(&baked.bytes).pixels.dimensions(), (32, 64));
    assert!(!run(fixtures::jpeg(64, 32), "orient=1", true).changed);
}

#[test]
fn the_box_counts_for_the_image_as_shown() {
    let prepared = run(fixtures::jpeg_with_metadata(64, 32, 6), "h=32", true);
    assert_eq!((prepared.width, prepared.height), (Some(16), Some(32)));
}

#[test]
fn the_profile_goes_along_and_metadata_does_not() {
    let profile = fixtures::p3_profile();
    for format in ["jpeg", "png", "webp"] {
        let prepared =
            run(fixtures::jpeg_with_metadata(64, 32, 6), &format!("w=16,format={format}"), true);
        let seen = seen(&prepared.bytes);
        assert_eq!(seen.icc.as_deref(), Some(profile.as_slice()), "{format}");
        assert_eq!(seen.exif, None, "{format}");
    }
}

#[test]
fn metadata_that_is_kept_says_upright() {
    for format in ["jpeg", "png", "webp"] {
        let prepared =
            run(fixtures::jpeg_with_metadata(64, 32, 6), &format!("w=16,format={format}"), false);
        let seen = seen(&prepared.bytes);
        let exif = seen.exif.unwrap();
        assert!(
            exif.windows(fixtures::SECRET.len()).any(|part| part == fixtures::SECRET.as_bytes()),
            "{format}"
        );
        assert_eq!((seen.orientation, seen.pixels.dimensions()), (1, (16, 32)), "{format}");
    }
}

#[test]
fn a_profile_that_cannot_be_kept_is_applied() {
    // BMP has no place for it: the same red means a stronger red in sRGB.
    let mut pixels = ::image::RgbImage::new(8, 8);
    pixels.pixels_mut().for_each(|pixel| pixel.0 = [200, 100, 50]);
    let mut png = Vec::new();
    let mut encoder = ::image::codecs::png::PngEncoder::new(&mut png);
    ::image::ImageEncoder::set_icc_profile(&mut encoder, fixtures::p3_profile()).unwrap();
    DynamicImage::from(pixels).write_with_encoder(encoder).unwrap();
    let converted = seen(&run(png, "format=bmp", true).bytes).pixels.get_pixel(4, 4);
    assert!(near(converted, Rgba([213, 96, 37, 255]), 6), "{converted:?}");
}

#[test]
fn transparency_turns_white_in_jpeg() {
    let flat = seen(&run(fixtures::png_rgba(64, 64), "format=jpeg,q=95", true).bytes).pixels;
    assert!(
        near(flat.get_pixel(63, 32), Rgba([255, 255, 255, 255]), 12),
        "{:?}",
        flat.get_pixel(63, 32)
    );
    let blue =
        seen(&run(fixtures::png_rgba(64, 64), "format=jpeg,q=95,color=0000FF", true).bytes).pixels;
    assert!(
        near(blue.get_pixel(63, 32), Rgba([0, 0, 255, 255]), 25),
        "{:?}",
        blue.get_pixel(63, 32)
    );
}

#[test]
fn transparency_stays_where_the_format_has_it() {
    for format in ["png", "webp"] {
        let pixels =
            seen(&run(fixtures::png_rgba(64, 64), &format!("w=32,format={format}"), true).bytes)
                .pixels;
        assert!(pixels.get_pixel(0, 16).0[3] > 240, "{format}");
        assert!(pixels.get_pixel(31, 16).0[3] < 15, "{format}");
    }
}

#[test]
fn colour_behind_transparency_does_not_bleed() {
    // Green that nothing shows, beside opaque red.
    let pixels = ::image::RgbaImage::from_fn(64, 64, |x, _| {
        if x < 32 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) }
    });
    let png = fixtures::encoded(pixels, ::image::ImageFormat::Png);
    let scaled = seen(&run(png, "w=20", true).bytes).pixels.into_rgba8();
    for pixel in scaled.pixels().filter(|pixel| pixel.0[3] > 0) {
        assert!(pixel.0[1] < 10, "{pixel:?}");
    }
}

#[test]
fn sixteen_bits_stay_in_png_and_go_elsewhere() {
    let png = seen(&run(fixtures::png_16(64, 32), "w=32", true).bytes).pixels;
    assert_eq!(png.color(), ColorType::Rgb16);
    for format in ["jpeg", "webp", "avif"] {
        assert!(
            run(fixtures::png_16(64, 32), &format!("w=32,format={format}"), true).changed,
            "{format}"
        );
    }
}

#[test]
fn inks_come_out_as_colours() {
    let prepared = run(fixtures::cmyk_jpeg(64, 32), "w=32", true);
    let pixels = seen(&prepared.bytes).pixels;
    assert_eq!((pixels.color(), pixels.dimensions()), (ColorType::Rgb8, (32, 16)));
    let expected = fixtures::picture(64, 32);
    for (x, y) in [(4, 4), (28, 4), (4, 12), (28, 12)] {
        assert!(near(pixels.get_pixel(x, y), *expected.get_pixel(x * 2, y * 2), 40), "{x} {y}");
    }
}

#[test]
fn scaling_keeps_the_picture() {
    let scaled = seen(&run(fixtures::png(128, 64), "w=64", true).bytes).pixels;
    let expected = fixtures::picture(128, 64);
    for (x, y) in [(2, 2), (30, 10), (60, 30)] {
        let (before, after) = (*expected.get_pixel(x * 2, y * 2), scaled.get_pixel(x, y));
        assert!(
            before.0[0].abs_diff(after.0[0]) < 12 && before.0[1].abs_diff(after.0[1]) < 12,
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn fill_and_pad_do_what_they_say() {
    let halves = ::image::RgbImage::from_fn(200, 100, |x, _| {
        ::image::Rgb(if x < 100 { [255, 0, 0] } else { [0, 0, 255] })
    });
    let png = fixtures::encoded(halves, ::image::ImageFormat::Png);
    let padded = seen(&run(png.clone(), "w=100,h=100,fit=pad,color=00FF00", true).bytes).pixels;
    assert_eq!(padded.dimensions(), (100, 100));
    assert!(near(padded.get_pixel(50, 5), Rgba([0, 255, 0, 255]), 0));
    assert!(near(padded.get_pixel(10, 50), Rgba([255, 0, 0, 255]), 2));
    let filled = seen(&run(png, "w=50,h=50,fit=fill", true).bytes).pixels;
    assert_eq!(filled.dimensions(), (50, 50));
    assert!(near(filled.get_pixel(5, 25), Rgba([255, 0, 0, 255]), 2));
    assert!(near(filled.get_pixel(45, 25), Rgba([0, 0, 255, 255]), 2));
}

#[test]
fn webp_without_loss_stays_so() {
    let prepared = run(fixtures::webp_lossless(64, 32), "w=32", true);
    assert!(prepared.bytes.windows(4).any(|part| part == b"VP8L"));
    let lossy = run(fixtures::webp_lossless(64, 32), "w=32,q=50", true);
    assert!(lossy.bytes.len() < prepared.bytes.len());
}

#[test]
fn relative_quality_counts_from_the_originals() {
    let quality = |spec: &str| {
        let prepared = run(fixtures::jpeg_quality(128, 128, 80), spec, true);
        super::Jpeg::parse(&prepared.bytes).unwrap().quality().unwrap()
    };
    assert!(quality("q=50%").abs_diff(40) <= 2);
    assert!(quality("q=50").abs_diff(50) <= 2);
    assert!(quality("w=64").abs_diff(80) <= 2);
}

#[test]
fn results_beyond_a_formats_sides_are_refused() {
    let transform = Transform::parse("w=16384,h=10,fit=fixed,limit=0,format=webp", &[]).unwrap();
    let limits = Limits::default();
    let bytes = fixtures::png(8, 8).into();
    let refused = prepare(PrepareInput {
        bytes,
        name: "a.png",
        transform: &transform,
        strip: true,
        limits: &limits,
        marks: None,
    });
    assert_eq!(refused.unwrap_err().code, crate::problem::Code::ImageTooLarge);
}

#[test]
fn a_progressive_jpeg_is_one() {
    let progressive = |bytes: &Bytes| bytes.windows(2).any(|marker| marker == [0xFF, 0xC2]);
    let plain = run(fixtures::jpeg_with_metadata(64, 32, 6), "w=16", false);
    let made = run(fixtures::jpeg_with_metadata(64, 32, 6), "w=16,interlace=1", false);
    assert!(progressive(&made.bytes) && !progressive(&plain.bytes));
    let (made, plain) = (seen(&made.bytes), seen(&plain.bytes));
    assert_eq!((made.icc, made.exif, made.orientation), (plain.icc, plain.exif, 1));
    assert_eq!(made.pixels.dimensions(), plain.pixels.dimensions());
    for (x, y, pixel) in made.pixels.pixels() {
        assert!(near(pixel, plain.pixels.get_pixel(x, y), 24), "{x} {y}");
    }
    // It is reason enough to write the file anew.
    let alone = run(fixtures::jpeg(64, 32), "interlace=1", true);
    assert!(alone.changed && progressive(&alone.bytes));
    let gray = run(fixtures::jpeg(64, 32), "q=5,interlace=1", true);
    assert!(gray.bytes.len() < alone.bytes.len());
}

#[test]
fn only_jpeg_is_interlaced_and_a_note_says_so() {
    let made = run(fixtures::png(64, 32), "w=16,interlace=1", true);
    assert_eq!(made.notes, [crate::view::Note::NotInterlaced]);
    assert!(run(fixtures::jpeg(64, 32), "w=16,interlace=1", true).notes.is_empty());
}

#[test]
fn a_style_is_kept_by_oss_only() {
    let transform = Transform::style("web");
    let limits = Limits::default();
    let bytes = fixtures::png(8, 8).into();
    let input = PrepareInput {
        bytes,
        name: "a.png",
        transform: &transform,
        strip: true,
        limits: &limits,
        marks: None,
    };
    assert!(prepare(input).unwrap_err().view().en.what.contains("only OSS knows"));
}

#[test]
fn steps_on_a_jpeg_leave_white_where_nothing_is() {
    for spec in ["circle=12,q=95", "round=9,q=95", "rotate=45,q=95"] {
        let made = run(fixtures::jpeg(48, 24), spec, true);
        assert_eq!(made.kind.format, Format::Jpeg);
        let corner = seen(&made.bytes).pixels.get_pixel(0, 0);
        assert!(near(corner, Rgba([255, 255, 255, 255]), 30), "{spec} {corner:?}");
        let made = run(fixtures::jpeg(48, 24), &format!("{spec},format=png"), true);
        assert_eq!(seen(&made.bytes).pixels.get_pixel(0, 0).0[3], 0, "{spec}");
    }
}

#[test]
fn sixteen_bits_go_through_every_step() {
    let spec = "crop=60x30,w=40,rotate=30,sharpen=100,blur=2:2,bright=5,contrast=5,round=3";
    let made = seen(&run(fixtures::png_16(64, 32), spec, true).bytes).pixels;
    assert_eq!(made.color(), ColorType::Rgba16);
}

#[test]
fn a_size_on_the_way_is_held_against_the_limits_too() {
    let process = "image/resize,w_16384,h_16384,m_fixed,limit_0/crop,w_5,h_5";
    let transform = Transform::parse(process, &[]).unwrap();
    let input = PrepareInput {
        bytes: fixtures::png(8, 8).into(),
        name: "a.png",
        transform: &transform,
        strip: true,
        limits: &Limits::default(),
        marks: None,
    };
    let refused = prepare(input).unwrap_err();
    assert_eq!(refused.code, crate::problem::Code::ImageTooLarge);
    let view = refused.view();
    assert!(view.en.what.contains("16384 × 16384; at most 210000000 pixels"), "{view:?}");
    assert_eq!(view.zh.fix, "请设置更小的尺寸。");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What is promised before is what comes out, for any steps on any size.
    #[test]
    fn results_have_the_size_that_was_promised(
        transform in transforms(), width in 1_u32..90, height in 1_u32..90,
    ) {
        let steps = transform.steps.into_iter().filter(|step| !matches!(step, Step::Watermark(_)));
        let transform = Transform::of(steps);
        let promised = transform.size_of((width, height));
        // Larger ones only cost time here.
        prop_assume!(transform.steps.iter().scan((width, height), |size, step| {
            *size = crate::image::geometry::after(*size, step);
            Some(*size)
        }).all(|(width, height)| u64::from(width) * u64::from(height) < 300_000));
        let input = PrepareInput {
            bytes: fixtures::png(width, height).into(),
            name: "a.png",
            transform: &transform,
            strip: true,
            limits: &Limits::default(),
            marks: None,
        };
        match prepare(input) {
            Ok(made) => {
                prop_assert_eq!(seen(&made.bytes).pixels.dimensions(), promised);
                prop_assert_eq!((made.width, made.height), (Some(promised.0), Some(promised.1)));
            }
            Err(refused) => {
                let reason = format!("{:?}", refused.reason);
                prop_assert!(reason.contains("CropOutside"), "{}", reason);
            }
        }
    }
}

#[test]
fn a_panic_costs_one_image() {
    let refused = super::guarded::<()>("a.png", || panic!("a decoder's mistake"));
    assert_eq!(refused.unwrap_err().code, crate::problem::Code::BrokenImage);
}
