//! What the documentation promises of results.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use image::{DynamicImage, Rgba};

use super::*;

fn picture(width: u32, height: u32, format: ImageFormat) -> Bytes {
    let image = RgbaImage::from_fn(width, height, |x, y| {
        Rgba([(x * 255 / width) as u8, (y * 255 / height) as u8, 128, 255])
    });
    encoded(image, format)
}

fn encoded(image: RgbaImage, format: ImageFormat) -> Bytes {
    let mut bytes = Vec::new();
    let image = DynamicImage::ImageRgba8(image);
    let image = if format == ImageFormat::Jpeg { image.into_rgb8().into() } else { image };
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes.into()
}

fn processed(bytes: &Bytes, process: &str) -> RgbaImage {
    let result = run(bytes, &format!("image/{process}"), &Pictures::new()).unwrap();
    image::load_from_memory(&result.bytes).unwrap().into_rgba8()
}

fn size(process: &str) -> (u32, u32) {
    processed(&picture(400, 200, ImageFormat::Png), process).dimensions()
}

fn code(bytes: &Bytes, process: &str) -> &'static str {
    run(bytes, process, &Pictures::new()).unwrap_err().code()
}

#[test]
fn every_mode_has_its_dimensions() {
    assert_eq!(size("resize,w_100"), (100, 50));
    assert_eq!(size("resize,h_100"), (200, 100));
    assert_eq!(size("resize,m_lfit,w_100,h_100"), (100, 50));
    assert_eq!(size("resize,m_mfit,w_100,h_100"), (200, 100));
    assert_eq!(size("resize,m_fill,w_100,h_100"), (100, 100));
    assert_eq!(size("resize,m_pad,w_100,h_100,color_FF0000"), (100, 100));
    assert_eq!(size("resize,m_fixed,w_100,h_100"), (100, 100));
    // One side is enough: these modes make a square of it.
    assert_eq!(size("resize,m_fixed,w_100"), (100, 100));
    assert_eq!(size("resize,m_pad,h_100"), (100, 100));
    assert_eq!(size("resize,l_100"), (100, 50));
    assert_eq!(size("resize,s_100"), (200, 100));
    assert_eq!(size("resize,p_50"), (200, 100));
    assert_eq!(size("resize,w_100,l_300"), (100, 50));
}

#[test]
fn nothing_grows_unless_it_is_told_to() {
    assert_eq!(size("resize,w_800"), (400, 200));
    assert_eq!(size("resize,w_800,limit_0"), (800, 400));
    assert_eq!(size("resize,m_fill,w_800,h_800"), (400, 200));
    assert_eq!(size("resize,m_fill,w_800,h_800,limit_0"), (800, 800));
}

#[test]
fn a_pad_has_its_colour_and_a_crop_its_place() {
    let image = picture(400, 200, ImageFormat::Png);
    let padded = processed(&image, "resize,m_pad,w_100,h_100,color_FF0000");
    assert_eq!(padded.get_pixel(50, 0).0, [255, 0, 0, 255]);
    let right = processed(&image, "crop,w_100,h_100,g_east");
    assert_eq!(right.dimensions(), (100, 100));
    assert!(right.get_pixel(0, 50).0[0] > 180);
    assert_eq!(processed(&image, "crop,x_350,y_150,w_100,h_100").dimensions(), (50, 50));
}

#[test]
fn shapes_are_cut_and_turned() {
    let image = picture(400, 200, ImageFormat::Png);
    assert_eq!(processed(&image, "rotate,90").dimensions(), (200, 400));
    assert_eq!(processed(&image, "rotate,90/resize,w_100").dimensions(), (100, 200));
    let circle = processed(&image, "circle,r_50");
    assert_eq!(circle.dimensions(), (101, 101));
    assert_eq!((circle.get_pixel(0, 0).0[3], circle.get_pixel(50, 50).0[3]), (0, 255));
    let rounded = processed(&image, "rounded-corners,r_30");
    assert_eq!((rounded.get_pixel(0, 0).0[3], rounded.get_pixel(30, 0).0[3]), (0, 255));
    // JPEG has no transparency: it turns white.
    let white = processed(&image, "circle,r_50/format,jpg");
    assert!(white.get_pixel(0, 0).0[..3].iter().all(|channel| *channel > 240));
}

#[test]
fn results_are_in_the_format_that_was_asked_for() {
    let image = picture(400, 200, ImageFormat::Jpeg);
    for (name, mime) in [
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
        ("bmp", "image/bmp"),
        ("tiff", "image/tiff"),
    ] {
        let process = format!("image/resize,w_80/format,{name}/interlace,1");
        let result = run(&image, &process, &Pictures::new()).unwrap();
        assert_eq!(result.content_type, mime);
        assert_eq!(image::guess_format(&result.bytes).unwrap().to_mime_type(), mime);
    }
    let bytes = |process: &str| run(&image, process, &Pictures::new()).unwrap().bytes.len();
    assert!(bytes("image/quality,Q_20") < bytes("image/quality,Q_95"));
    assert_eq!(bytes("image/quality,q_10,Q_95"), bytes("image/quality,Q_95"));
}

#[test]
fn an_animation_stays_one_only_as_a_gif() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    let frames = [10, 200].map(|grey| {
        image::Frame::new(RgbaImage::from_pixel(40, 20, Rgba([grey, grey, grey, 255])))
    });
    encoder.encode_frames(frames).unwrap();
    drop(encoder);
    let gif = Bytes::from(bytes);
    let frames = |process: &str| {
        let result = run(&gif, process, &Pictures::new()).unwrap();
        decode::Source::read(&result.bytes).unwrap().frames.len()
    };
    assert_eq!(frames("image/resize,w_20"), 2);
    let wide = |process: &str| {
        let result = run(&gif, process, &Pictures::new()).unwrap();
        decode::Source::read(&result.bytes).unwrap().first().width()
    };
    assert_eq!((wide("image/resize,w_20"), wide("image/resize,w_80,limit_0")), (20, 40));
    assert_eq!(frames("image/resize,p_50"), 1);
    assert_eq!(frames("image/format,png"), 1);
    assert_eq!(code(&gif, "image/format,webp"), "InvalidArgument");
}

#[test]
fn tones_change_in_the_right_direction() {
    let grey = encoded(RgbaImage::from_pixel(20, 20, Rgba([100, 100, 100, 255])), ImageFormat::Png);
    let value = |process: &str| processed(&grey, process).get_pixel(10, 10).0[0];
    assert!(value("bright,50") > 100 && value("bright,-50") < 100);
    assert!(value("contrast,50") < 100 && value("contrast,-50") > 100);
    assert_eq!((value("blur,r_3,s_2"), value("sharpen,100")), (100, 100));
}

#[test]
fn watermarks_stand_where_they_are_told_to() {
    let image = encoded(RgbaImage::from_pixel(200, 100, Rgba([255; 4])), ImageFormat::Png);
    let red = encoded(RgbaImage::from_pixel(10, 10, Rgba([255, 0, 0, 255])), ImageFormat::Png);
    let pictures = Pictures::from([("mark.png".to_owned(), red)]);
    let marked = |key: &str, more: &str| {
        let key = URL_SAFE_NO_PAD.encode(key);
        let process = format!("image/watermark,image_{key},{more}");
        let result = run(&image, &process, &pictures).unwrap();
        image::load_from_memory(&result.bytes).unwrap().into_rgba8()
    };
    let at = marked("mark.png", "g_nw,x_5,y_5");
    assert_eq!(at.get_pixel(5, 5).0, [255, 0, 0, 255]);
    assert_eq!(at.get_pixel(4, 5).0, [255; 4]);
    assert_eq!(marked("mark.png", "g_se,x_0,y_0").get_pixel(199, 99).0, [255, 0, 0, 255]);
    assert_eq!(marked("mark.png", "g_nw,t_50,x_0,y_0").get_pixel(0, 0).0, [255, 128, 128, 255]);
    let half = marked("mark.png?x-oss-process=image/resize,P_50", "g_nw,x_0,y_0");
    assert_eq!((half.get_pixel(99, 0).0[1], half.get_pixel(100, 0).0[1]), (0, 255));
    let text = URL_SAFE_NO_PAD.encode("T");
    let written =
        processed(&image, &format!("watermark,text_{text},size_50,color_0000FF,g_nw,x_0,y_0"));
    assert_eq!(written.get_pixel(5, 5).0, [0, 0, 255, 255]);
    assert_eq!(written.get_pixel(5, 30).0, [255; 4]);
}

#[test]
fn facts_are_told_as_json() {
    let image = encoded(RgbaImage::from_pixel(40, 20, Rgba([1, 2, 255, 255])), ImageFormat::Png);
    let info = run(&image, "image/info", &Pictures::new()).unwrap();
    let info: serde_json::Value = serde_json::from_slice(&info.bytes).unwrap();
    assert_eq!(info["ImageWidth"]["value"], "40");
    assert_eq!(info["Format"]["value"], "png");
    assert_eq!(info["FileSize"]["value"], image.len().to_string());
    let hue = run(&image, "image/average-hue", &Pictures::new()).unwrap();
    assert_eq!(hue.bytes, r#"{"RGB":"0x0102ff"}"#);
}

#[test]
fn what_is_wrong_is_refused_with_its_code() {
    let image = picture(40, 20, ImageFormat::Png);
    for bad in [
        "resize,w_100",
        "image/nothing",
        "image/resize",
        "image/resize,w_0",
        "image/resize,w_16385",
        "image/resize,w_a",
        "image/resize,w_1,w_2",
        "image/resize,m_what,w_10",
        "image/resize,w_10,color_12",
        "image/resize,p_1001",
        "image/crop,x_40",
        "image/rotate,361",
        "image/blur,r_51,s_1",
        "image/sharpen,49",
        "image/bright,101",
        "image/quality,q_0",
        "image/format,gif",
        "image/format,avif",
        "image/watermark,g_se",
        "image/interlace,2",
    ] {
        assert_eq!(code(&image, bad), "InvalidArgument", "{bad}");
    }
    assert_eq!(code(&image, "image/blur,r_3"), "MissingArgument");
    assert_eq!(code(&image, "image/watermark,text_%%"), "BadRequest");
    assert_eq!(code(&Bytes::from_static(b"no image"), "image/info"), "BadRequest");
    let mark = URL_SAFE_NO_PAD.encode("none.png");
    assert_eq!(code(&image, &format!("image/watermark,image_{mark}")), "NoSuchKey");
}

#[test]
fn what_is_too_large_is_refused() {
    let long = encoded(RgbaImage::new(16_384, 1), ImageFormat::Png);
    assert_eq!(code(&long, "image/format,webp"), "ImageTooLarge");
    assert_eq!(code(&long, "image/resize,p_101"), "ImageTooLarge");
    let small = picture(40, 20, ImageFormat::Png);
    assert_eq!(code(&small, "image/resize,m_fixed,w_16384,h_16384,limit_0"), "ImageTooLarge");
    let mut padded = small.to_vec();
    padded.resize(20 * 1024 * 1024 + 1, 0);
    assert_eq!(code(&padded.into(), "image/resize,w_10"), "ImageTooLarge");
    let wide = encoded(RgbaImage::new(30_001, 1), ImageFormat::Png);
    assert_eq!(code(&wide, "image/resize,w_10"), "ImageTooLarge");
}
