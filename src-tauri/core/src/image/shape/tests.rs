use ::image::{DynamicImage, GenericImageView, GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;
use crate::image::Gravity;

/// A pixel tells where it was.
fn plan_of(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 0])).into()
}

#[test]
fn a_crop_takes_the_pixels_it_names() {
    let corner = |at, x, y| {
        let crop = Crop { width: Some(4), height: Some(3), x, y, at };
        let kept = super::crop(plan_of(20, 10), &crop);
        (kept.dimensions(), kept.get_pixel(0, 0).0[0], kept.get_pixel(0, 0).0[1])
    };
    assert_eq!(corner(Gravity::Nw, 0, 0), ((4, 3), 0, 0));
    assert_eq!(corner(Gravity::Nw, 5, 6), ((4, 3), 5, 6));
    assert_eq!(corner(Gravity::Center, 0, 0), ((4, 3), 8, 4));
    assert_eq!(corner(Gravity::Se, 0, 0), ((4, 3), 16, 7));
    assert_eq!(corner(Gravity::Se, 1, 1), ((3, 2), 17, 8));
    assert_eq!(corner(Gravity::Ne, 0, 2), ((4, 3), 16, 2));
}

#[test]
fn quarter_turns_move_every_pixel() {
    let turned = rotate(plan_of(20, 10), 90);
    assert_eq!(turned.dimensions(), (10, 20));
    // The lower left corner comes to the upper left.
    assert_eq!(turned.get_pixel(0, 0).0, [0, 9, 0, 255]);
    assert_eq!(rotate(plan_of(20, 10), 180).get_pixel(0, 0).0, [19, 9, 0, 255]);
    assert_eq!(rotate(plan_of(20, 10), 270).get_pixel(0, 0).0, [19, 0, 0, 255]);
    assert_eq!(rotate(plan_of(20, 10), 360), plan_of(20, 10));
}

#[test]
fn any_other_turn_leaves_transparent_corners() {
    let plane = RgbImage::from_pixel(60, 60, Rgb([200, 10, 10]));
    let turned = rotate(plane.into(), 45);
    assert_eq!(turned.dimensions(), (85, 85));
    let turned = turned.into_rgba8();
    assert_eq!(*turned.get_pixel(42, 42), Rgba([200, 10, 10, 255]));
    for corner in [(0, 0), (84, 0), (0, 84), (84, 84)] {
        assert_eq!(turned.get_pixel(corner.0, corner.1).0[3], 0);
    }
    // Edges are mixed, colours are not.
    assert!(turned.pixels().any(|pixel| (1..255).contains(&pixel.0[3])));
    assert!(turned.pixels().all(|pixel| pixel.0[3] == 0 || pixel.0[..3] == [200, 10, 10]));
    let seen: f64 = turned.pixels().map(|pixel| f64::from(pixel.0[3]) / 255.0).sum();
    assert!((seen - 3600.0).abs() < 20.0, "{seen}");
}

#[test]
fn a_turn_is_clockwise() {
    // A mark in the upper middle, turned by 60°, stands to the right of the middle.
    let mut pixels = GrayImage::from_pixel(41, 41, Luma([0]));
    (19..22).for_each(|x| (2..5).for_each(|y| pixels.put_pixel(x, y, Luma([255]))));
    let turned = rotate(pixels.into(), 60).into_luma_alpha8();
    let (mut left, mut right) = (0, 0);
    for (x, _, pixel) in turned.enumerate_pixels() {
        let half = if x < turned.width() / 2 { &mut left } else { &mut right };
        *half += u32::from(pixel.0[0]) * u32::from(pixel.0[1]) / 255;
    }
    assert!(right > 1500 && left < 100, "{left} {right}");
}

#[test]
fn a_circle_is_round_and_centred() {
    let cut = circle(plan_of(200, 100), 20);
    assert_eq!(cut.dimensions(), (41, 41));
    let cut = cut.into_rgba8();
    assert_eq!(*cut.get_pixel(20, 20), Rgba([99, 49, 0, 255]));
    for (x, y, pixel) in cut.enumerate_pixels() {
        let distance = (f64::from(x) - 20.0).hypot(f64::from(y) - 20.0);
        match pixel.0[3] {
            255 => assert!(distance <= 20.01, "{x} {y}"),
            0 => assert!(distance >= 20.99, "{x} {y}"),
            _ => assert!((20.0..=21.0).contains(&distance), "{x} {y}"),
        }
    }
    assert_eq!(circle(plan_of(200, 100), 4096).dimensions(), (100, 100));
}

#[test]
fn corners_are_rounded_off() {
    let rounded = round(plan_of(60, 40), 10).into_rgba8();
    assert_eq!(rounded.dimensions(), (60, 40));
    for (x, y) in [(0, 0), (59, 0), (0, 39), (59, 39)] {
        assert_eq!(rounded.get_pixel(x, y).0[3], 0);
    }
    for (x, y) in [(10, 0), (0, 10), (30, 20), (49, 39), (5, 5)] {
        assert_eq!(rounded.get_pixel(x, y).0[3], 255, "{x} {y}");
    }
    // No more than the half of the shorter side.
    let pill = round(plan_of(60, 40), 4096).into_rgba8();
    assert_eq!(pill.get_pixel(30, 0).0[3], 255);
    assert_eq!(pill.get_pixel(3, 3).0[3], 0);
}

#[test]
fn what_was_transparent_stays_so() {
    let pixels = RgbaImage::from_pixel(30, 30, Rgba([1, 2, 3, 100]));
    for changed in [circle(pixels.clone().into(), 9), round(pixels.clone().into(), 9)] {
        assert!(changed.into_rgba8().pixels().all(|pixel| pixel.0[3] <= 100));
    }
    assert_eq!(rotate(pixels.into(), 30).into_rgba8().get_pixel(20, 20).0[3], 100);
}
