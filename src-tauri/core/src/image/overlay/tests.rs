use ::image::{DynamicImage, GenericImageView, ImageBuffer, Luma, LumaA, Rgb, RgbImage, Rgba};
use bytes::Bytes;

use super::*;
use crate::image::{Gravity, Limits, Marks, PrepareInput, Prepared, Transform, fixtures, prepare};

/// A bucket with one image in it: 10 × 10, red.
#[derive(Debug)]
struct OneMark;

impl Marks for OneMark {
    fn mark(&self, key: &str) -> Result<Bytes> {
        match key {
            "logo/红.png" => {
                let red = RgbaImage::from_pixel(10, 10, Rgba([255, 0, 0, 255]));
                Ok(fixtures::encoded(red, ::image::ImageFormat::Png).into())
            }
            "text.png" => Ok(fixtures::text().into()),
            _ => Err(Problem::new(Code::ObjectNotFound, key)),
        }
    }
}

fn run(spec: &str) -> Result<Prepared> {
    let plane = RgbImage::from_pixel(100, 60, Rgb([0, 0, 255]));
    prepare(PrepareInput {
        bytes: fixtures::encoded(plane, ::image::ImageFormat::Png).into(),
        name: "a.png",
        transform: &Transform::parse(spec, &[]).unwrap(),
        strip: true,
        limits: &Limits::default(),
        marks: Some(&OneMark),
    })
}

/// Where it is red: left, top, width, height.
fn red(prepared: &Prepared) -> (u32, u32, u32, u32) {
    let pixels = ::image::load_from_memory(&prepared.bytes).unwrap();
    let found: Vec<_> =
        pixels.pixels().filter(|(_, _, pixel)| pixel.0[0] > 127).map(|(x, y, _)| (x, y)).collect();
    let left = found.iter().map(|at| at.0).min().unwrap();
    let top = found.iter().map(|at| at.1).min().unwrap();
    let right = found.iter().map(|at| at.0).max().unwrap();
    let below = found.iter().map(|at| at.1).max().unwrap();
    let (width, height) = (right - left + 1, below - top + 1);
    assert_eq!(found.len() as u32, width * height);
    (left, top, width, height)
}

#[test]
fn an_image_stands_where_it_is_asked_for() {
    let at = |more: &str| red(&run(&format!("mark=logo/红.png{more}")).unwrap());
    assert_eq!(at(""), (80, 40, 10, 10));
    assert_eq!(at(",mark-at=nw"), (10, 10, 10, 10));
    assert_eq!(at(",mark-at=ne,mark-x=0,mark-y=3"), (90, 3, 10, 10));
    assert_eq!(at(",mark-at=center"), (45, 25, 10, 10));
    assert_eq!(at(",mark-at=west,mark-shift=-20"), (10, 5, 10, 10));
    assert_eq!(at(",mark-at=south,mark-y=0"), (45, 50, 10, 10));
    // What hangs over the edge is cut.
    assert_eq!(at(",mark-at=nw,mark-x=95,mark-y=55"), (95, 55, 5, 5));
    assert_eq!(at(",mark-at=west,mark-shift=-30"), (10, 0, 10, 5));
    // Half of 100 × 60.
    assert_eq!(at(",mark-scale=50,mark-x=0,mark-y=0"), (70, 30, 30, 30));
    assert_eq!(at(",mark-fill=1"), (0, 0, 100, 60));
}

#[test]
fn steps_before_it_count() {
    let prepared = run("w=50,mark=logo/红.png,mark-x=0,mark-y=0").unwrap();
    assert_eq!(red(&prepared), (40, 20, 10, 10));
    let prepared = run("image/watermark,image_bG9nby_nuqIucG5n,x_0,y_0/resize,w_50").unwrap();
    assert_eq!(prepared.width, Some(50));
    assert_eq!(red(&prepared), (45, 25, 5, 5));
}

#[test]
fn opacity_mixes() {
    let prepared = run("mark=logo/红.png,mark-opacity=20").unwrap();
    let pixels = ::image::load_from_memory(&prepared.bytes).unwrap();
    assert_eq!(pixels.get_pixel(85, 45), Rgba([51, 0, 204, 255]));
    assert_eq!(pixels.get_pixel(5, 5), Rgba([0, 0, 255, 255]));
    let prepared = run("mark=logo/红.png,mark-opacity=0,format=png").unwrap();
    let pixels = ::image::load_from_memory(&prepared.bytes).unwrap();
    assert!(pixels.pixels().all(|(_, _, pixel)| pixel == Rgba([0, 0, 255, 255])));
}

#[test]
fn repetitions_keep_their_distance() {
    let prepared = run("mark=logo/红.png,mark-fill=1,mark-gap-x=5,mark-gap-y=20").unwrap();
    let pixels = ::image::load_from_memory(&prepared.bytes).unwrap();
    for (x, y, pixel) in pixels.pixels() {
        assert_eq!(pixel.0[0] == 255, x % 15 < 10 && y % 30 < 10, "{x} {y}");
    }
}

#[test]
fn an_image_that_is_not_there_is_named() {
    assert_eq!(run("mark=none.png").unwrap_err().code, Code::ObjectNotFound);
    assert_eq!(run("mark=text.png").unwrap_err().code, Code::NotAnImage);
    let alone = prepare(PrepareInput {
        bytes: fixtures::png(20, 20).into(),
        name: "a.png",
        transform: &Transform::parse("mark=logo.png", &[]).unwrap(),
        strip: true,
        limits: &Limits::default(),
        marks: None,
    });
    let view = alone.unwrap_err().view();
    assert!(view.en.what.contains("mark=logo.png") && view.zh.what.contains("水印"), "{view:?}");
}

#[test]
fn every_kind_of_pixel_takes_one() {
    let part = RgbaImage::from_pixel(2, 2, Rgba([255, 0, 0, 255]));
    let mark = Watermark {
        at: Gravity::Nw,
        x: 0,
        y: 0,
        ..Watermark::new(Overlay::Image(Mark { key: String::new(), scale: None }))
    };
    let kinds: [DynamicImage; 4] = [
        ImageBuffer::from_pixel(4, 4, Luma([9_u8])).into(),
        ImageBuffer::from_pixel(4, 4, LumaA([9_u8, 0])).into(),
        ImageBuffer::from_pixel(4, 4, Luma([9_u16])).into(),
        ImageBuffer::from_pixel(4, 4, LumaA([9_u16, 0])).into(),
    ];
    for pixels in kinds {
        let wide = crate::image::pixels::is_wide(&pixels);
        let alpha = pixels.color().has_alpha();
        let laid = lay(pixels, &part, &mark);
        assert_eq!((crate::image::pixels::is_wide(&laid), laid.color().has_alpha()), (wide, alpha));
        assert_eq!(laid.get_pixel(0, 0), Rgba([255, 0, 0, 255]));
        assert_ne!(laid.get_pixel(3, 3), Rgba([255, 0, 0, 255]));
    }
}
