//! One image on another.

use image::{Rgba, RgbaImage};

/// Puts `top` on `ground` with its left upper corner at a place, at so many percent of its opacity.
pub(super) fn over(ground: &mut RgbaImage, top: &RgbaImage, x: i64, y: i64, percent: u32) {
    for (column, row, pixel) in top.enumerate_pixels() {
        let (x, y) = (x + i64::from(column), y + i64::from(row));
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { continue };
        if x < ground.width() && y < ground.height() {
            let mixed = mix(*ground.get_pixel(x, y), *pixel, percent);
            ground.put_pixel(x, y, mixed);
        }
    }
}

fn mix(below: Rgba<u8>, above: Rgba<u8>, percent: u32) -> Rgba<u8> {
    let alpha = f32::from(above.0[3]) / 255.0 * percent as f32 / 100.0;
    let under = f32::from(below.0[3]) / 255.0 * (1.0 - alpha);
    let whole = alpha + under;
    if whole == 0.0 {
        return Rgba([0; 4]);
    }
    let channel = |at: usize| {
        let sum = f32::from(above.0[at]) * alpha + f32::from(below.0[at]) * under;
        (sum / whole).round() as u8
    };
    Rgba([channel(0), channel(1), channel(2), (whole * 255.0).round() as u8])
}

/// An image without transparency: what shines through is this colour.
pub(super) fn flat(image: &RgbaImage, colour: [u8; 3]) -> RgbaImage {
    let [r, g, b] = colour;
    let mut ground = RgbaImage::from_pixel(image.width(), image.height(), Rgba([r, g, b, 255]));
    over(&mut ground, image, 0, 0, 100);
    ground
}

/// Column and row of a place like `nw`, each 0 to 2.
pub(super) fn cell(place: &str) -> Option<(u32, u32)> {
    Some(match place {
        "nw" => (0, 0),
        "north" => (1, 0),
        "ne" => (2, 0),
        "west" => (0, 1),
        "center" => (1, 1),
        "east" => (2, 1),
        "sw" => (0, 2),
        "south" => (1, 2),
        "se" => (2, 2),
        _ => return None,
    })
}
