use super::{THUMB_SIDE, thumbnail};
use crate::image::{Limits, fixtures, sniff};
use crate::problem::Code;
use ::image::GenericImageView;

fn sides(bytes: &[u8]) -> (u32, u32) {
    let small = thumbnail(bytes, &Limits::default()).unwrap().unwrap();
    assert_eq!(sniff(&small).unwrap().mime, "image/webp");
    ::image::load_from_memory(&small).unwrap().dimensions()
}

#[test]
fn the_longer_side_is_bounded_and_nothing_grows() {
    assert_eq!(sides(&fixtures::jpeg(1280, 640)), (THUMB_SIDE, 160));
    assert_eq!(sides(&fixtures::png_16(320, 1280)), (80, THUMB_SIDE));
    assert_eq!(sides(&fixtures::png_rgba(40, 20)), (40, 20));
    assert_eq!(sides(&fixtures::animated_gif(40, 20)), (40, 20));
    assert_eq!(sides(&fixtures::cmyk_jpeg(40, 20)), (40, 20));
    assert_eq!(sides(&fixtures::png(6000, 2)), (THUMB_SIDE, 1));
}

#[test]
fn it_is_upright_and_tells_nothing() {
    let bytes = fixtures::jpeg_with_metadata(640, 320, 6);
    assert_eq!(sides(&bytes), (160, THUMB_SIDE));
    let small = thumbnail(&bytes, &Limits::default()).unwrap().unwrap();
    assert!(!small.windows(6).any(|part| part == &fixtures::SECRET.as_bytes()[..6]));
}

#[test]
fn what_cannot_be_shown_has_none() {
    for bytes in
        [fixtures::svg(), fixtures::jxl(), fixtures::heic_with_metadata(), fixtures::text()]
    {
        assert!(thumbnail(&bytes, &Limits::default()).unwrap().is_none());
    }
    let code = |bytes: &[u8]| thumbnail(bytes, &Limits::default()).unwrap_err().code;
    assert_eq!(code(&fixtures::bomb_png()), Code::ImageTooLarge);
    assert_eq!(code(&fixtures::broken_jpeg()), Code::BrokenImage);
}
