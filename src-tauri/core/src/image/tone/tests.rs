use ::image::{DynamicImage, GrayImage, ImageBuffer, Luma, LumaA, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

fn gray(values: &[u8]) -> DynamicImage {
    GrayImage::from_raw(values.len() as u32, 1, values.to_vec()).unwrap().into()
}

#[test]
fn brightness_is_a_share_of_the_whole_range() {
    assert_eq!(bright(gray(&[0, 100, 250]), 20), gray(&[51, 151, 255]));
    assert_eq!(bright(gray(&[0, 100, 250]), -20), gray(&[0, 49, 199]));
    assert_eq!(bright(gray(&[0, 100, 250]), 100), gray(&[255, 255, 255]));
    assert_eq!(bright(gray(&[0, 100, 250]), -100), gray(&[0, 0, 0]));
}

#[test]
fn contrast_stretches_around_the_middle() {
    assert_eq!(contrast(gray(&[0, 100, 200]), -100), gray(&[128, 128, 128]));
    assert_eq!(contrast(gray(&[0, 100, 200]), 100), gray(&[0, 0, 255]));
    // At 50 the slope is tan 67.5°, 2.414.
    assert_eq!(contrast(gray(&[0, 100, 127, 200]), 50), gray(&[0, 61, 126, 255]));
}

#[test]
fn alpha_has_no_tone() {
    let pixels = RgbaImage::from_pixel(2, 1, Rgba([100, 100, 100, 7]));
    for toned in [bright(pixels.clone().into(), 50), contrast(pixels.into(), 50)] {
        assert!(toned.into_rgba8().pixels().all(|pixel| pixel.0[3] == 7 && pixel.0[0] != 100));
    }
    let pixels = ImageBuffer::from_pixel(1, 1, LumaA([1000_u16, 9]));
    let expected = ImageBuffer::from_pixel(1, 1, LumaA([1000_u16 + 6554, 9]));
    assert_eq!(bright(pixels.into(), 10), DynamicImage::from(expected));
}

#[test]
fn a_blur_spreads_and_keeps_the_sum() {
    let mut pixels = GrayImage::new(41, 41);
    for x in 18..23 {
        for y in 18..23 {
            pixels.put_pixel(x, y, Luma([250]));
        }
    }
    let sum = |pixels: &GrayImage| pixels.pixels().map(|pixel| u64::from(pixel.0[0])).sum::<u64>();
    let before = sum(&pixels);
    let blurred = blur(pixels.into(), Blur { radius: 6, sigma: 2 }).into_luma8();
    let after = sum(&blurred);
    assert!(after.abs_diff(before) * 20 < before, "{before} {after}");
    assert!(blurred.get_pixel(20, 20).0[0] < 200);
    assert!(blurred.get_pixel(24, 20).0[0] > 10);
    assert_eq!(blurred.get_pixel(2, 2).0[0], 0);
}

#[test]
fn the_radius_bounds_a_blur() {
    // A Gaussian far wider than its radius is a box: its variance is r(r+1)/3.
    assert!((cut_sigma(3, 50) - 2.0).abs() < 0.01);
    assert!((cut_sigma(50, 2) - 2.0).abs() < 0.01);
    assert!(cut_sigma(1, 1) < 1.0);
}

#[test]
fn a_blur_mixes_only_what_is_seen() {
    // Green that nothing shows, beside opaque red.
    let pixels = RgbaImage::from_fn(32, 8, |x, _| {
        if x < 16 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) }
    });
    let blurred = blur(pixels.into(), Blur { radius: 5, sigma: 3 }).into_rgba8();
    for pixel in blurred.pixels().filter(|pixel| pixel.0[3] > 8) {
        assert!(pixel.0[1] == 0 && pixel.0[0] > 230, "{pixel:?}");
    }
    assert!((60..200).contains(&blurred.get_pixel(16, 4).0[3]));
}

#[test]
fn sharpening_lifts_edges_and_leaves_planes() {
    let pixels = RgbImage::from_fn(32, 8, |x, _| Rgb([if x < 16 { 80 } else { 160 }; 3]));
    let sharp = sharpen(pixels.clone().into(), 100).into_rgb8();
    assert!(sharp.get_pixel(15, 4).0[0] < 75 && sharp.get_pixel(16, 4).0[0] > 165);
    assert!(sharp.get_pixel(2, 4).0[0].abs_diff(80) <= 1);
    let stronger = sharpen(pixels.into(), 399).into_rgb8();
    assert!(stronger.get_pixel(15, 4).0[0] < sharp.get_pixel(15, 4).0[0]);
}
