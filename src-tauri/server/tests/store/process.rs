use std::io::Cursor;

use hoist_server::store::{Keys, RunningStore, StoreOptions};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::support::{Raw, TestStore, client, files, start};

/// Red on the left, blue on the right.
fn picture(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) }
    })
    .into()
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

async fn with_pictures() -> TestStore {
    let store = start().await;
    store.put("p.png", encode(&picture(400, 200), ImageFormat::Png), "image/png").await;
    store.put("p.jpg", encode(&picture(400, 200), ImageFormat::Jpeg), "image/jpeg").await;
    store
}

fn pixels(answer: &Raw) -> RgbImage {
    assert_eq!(answer.status, 200, "{}", answer.text());
    image::load_from_memory(&answer.body).unwrap().to_rgb8()
}

fn near(pixel: &Rgb<u8>, wanted: [u8; 3]) -> bool {
    pixel.0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 40)
}

#[tokio::test]
async fn resize_has_the_pixels_asked_for() {
    let store = with_pictures().await;
    let sized = async |process: &str| {
        let answer = store.get(&format!("/images/p.png?x-oss-process=image/{process}")).await;
        pixels(&answer)
    };
    for (process, size) in [
        ("resize,w_100", (100, 50)),
        ("resize,h_100", (200, 100)),
        ("resize,l_100", (100, 50)),
        ("resize,s_100", (200, 100)),
        ("resize,p_50", (200, 100)),
        ("resize,w_100,h_100", (100, 50)),
        ("resize,m_lfit,w_100,h_100", (100, 50)),
        ("resize,m_mfit,w_100,h_100", (200, 100)),
        ("resize,m_fill,w_100,h_100", (100, 100)),
        ("resize,m_pad,w_100,h_100,color_00FF00", (100, 100)),
        ("resize,m_fixed,w_100,h_100", (100, 100)),
        ("resize,w_800", (400, 200)),
        ("resize,w_800,limit_0", (800, 400)),
    ] {
        let result = sized(process).await;
        assert_eq!(result.dimensions(), size, "{process}");
        let middle = size.1 / 2;
        assert!(near(result.get_pixel(size.0 / 10, middle), [255, 0, 0]), "{process}: left");
        assert!(
            near(result.get_pixel(size.0 - size.0 / 10, middle), [0, 0, 255]),
            "{process}: right"
        );
    }
    let padded = sized("resize,m_pad,w_100,h_100,color_00FF00").await;
    assert!(near(padded.get_pixel(50, 2), [0, 255, 0]), "the bar above");
    assert!(near(padded.get_pixel(50, 97), [0, 255, 0]), "the bar below");
}

#[tokio::test]
async fn format_and_quality_and_info() {
    let store = with_pictures().await;
    for (name, content_type, format) in [
        ("jpg", "image/jpeg", ImageFormat::Jpeg),
        ("png", "image/png", ImageFormat::Png),
        ("webp", "image/webp", ImageFormat::WebP),
    ] {
        let answer = store.get(&format!("/images/p.png?x-oss-process=image/format,{name}")).await;
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(image::guess_format(&answer.body).unwrap(), format);
        assert_eq!(pixels(&answer).dimensions(), (400, 200));
        assert_eq!(answer.header("content-length").unwrap(), answer.body.len().to_string());
    }
    let low = store.get("/images/p.jpg?x-oss-process=image/quality,Q_5").await;
    let high = store.get("/images/p.jpg?x-oss-process=image/quality,Q_95").await;
    assert!(low.body.len() < high.body.len());
    let encoded =
        store.get("/images/p.png?x-oss-process=image%2Fresize%2Cw_50%2Fformat%2Cjpg").await;
    assert_eq!(image::guess_format(&encoded.body).unwrap(), ImageFormat::Jpeg);
    assert_eq!(pixels(&encoded).dimensions(), (50, 25));

    let info = store.get("/images/p.jpg?x-oss-process=image/info").await;
    assert_eq!(info.header("content-type"), Some("application/json"));
    let text = info.text();
    for part in [
        "\"ImageWidth\":{\"value\":\"400\"}",
        "\"ImageHeight\":{\"value\":\"200\"}",
        "\"Format\":{\"value\":\"jpg\"}",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn results_are_cached_and_have_an_etag_of_their_own() {
    let store = with_pictures().await;
    let target = "/images/p.png?x-oss-process=image/resize,w_64";
    let first = store.get(target).await;
    let kept = store.dir.path().join("store/processed");
    assert_eq!(files(&kept), 1);
    let second = store.get(target).await;
    assert_eq!(first.body, second.body);
    assert_eq!(files(&kept), 1);
    let etag = first.header("etag").unwrap();
    assert_ne!(Some(etag), store.get("/images/p.png").await.header("etag"));
    assert_eq!(store.raw("GET", target, &[("if-none-match", etag)]).await.status, 304);
    let part = store.raw("GET", target, &[("range", "bytes=0-3")]).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &first.body[..4]));
    let head = store.raw("HEAD", target, &[]).await;
    assert_eq!(head.header("content-length").unwrap(), first.body.len().to_string());
    assert!(head.body.is_empty());

    // Another picture of the same key is another result.
    store.put("p.png", encode(&picture(100, 100), ImageFormat::Png), "image/png").await;
    assert_eq!(pixels(&store.get(target).await).dimensions(), (64, 64));
}

#[tokio::test]
async fn the_cache_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        StoreOptions { cache_limit: 20_000, ..StoreOptions::new(dir.path(), Keys::random()) };
    let running = RunningStore::start(options).await.unwrap();
    let client = client(&running, running.keys());
    let store = TestStore { running, client, dir };
    crate::support::within(std::time::Duration::from_secs(10), "the bucket", async || {
        store.client.head_bucket().bucket("images").send().await.is_ok()
    })
    .await;
    let noise = crate::support::bytes(60 * 60 * 3, 7);
    let noisy = DynamicImage::from(RgbImage::from_raw(60, 60, noise).unwrap());
    store.put("n.png", encode(&noisy, ImageFormat::Png), "image/png").await;
    let kept = store.dir.path().join("processed");
    for width in 20..50 {
        let answer =
            store.get(&format!("/images/n.png?x-oss-process=image/resize,w_{width}")).await;
        assert_eq!(pixels(&answer).width(), width);
        let total: u64 = std::fs::read_dir(&kept)
            .unwrap()
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum();
        assert!(total <= 20_000, "{total}");
    }
    assert!(files(&kept) > 1);
}

#[tokio::test]
async fn steps_are_carried_out_from_left_to_right() {
    let store = with_pictures().await;
    for (process, size) in [
        ("crop,w_100,h_50,g_se/rotate,90", (50, 100)),
        ("rotate,90/crop,w_100,h_50", (100, 50)),
        ("resize,w_100/circle,r_20", (41, 41)),
        ("circle,r_20/resize,w_10", (10, 10)),
        ("blur,r_3,s_2/sharpen,100/bright,10/contrast,10/rounded-corners,r_9", (400, 200)),
    ] {
        let answer = store.get(&format!("/images/p.png?x-oss-process=image/{process}")).await;
        assert_eq!(pixels(&answer).dimensions(), size, "{process}");
    }
}

#[tokio::test]
async fn a_watermark_is_an_image_of_the_same_bucket() {
    let store = with_pictures().await;
    let green = RgbImage::from_pixel(20, 20, Rgb([0, 255, 0]));
    let put = async |color: [u8; 3]| {
        let mark = DynamicImage::from(RgbImage::from_pixel(20, 20, Rgb(color)));
        store.put("logo.png", encode(&mark, ImageFormat::Png), "image/png").await;
    };
    // bG9nby5wbmc is logo.png.
    let target = "/images/p.png?x-oss-process=image/watermark,image_bG9nby5wbmc,g_nw,x_0,y_0";
    assert_eq!(store.get(target).await.status, 404, "there is no such image yet");
    put([0, 255, 0]).await;
    let marked = pixels(&store.get(target).await);
    assert_eq!(marked.get_pixel(10, 10), green.get_pixel(10, 10));
    assert!(near(marked.get_pixel(30, 30), [255, 0, 0]));
    // Another image under the same key is another result.
    put([0, 0, 0]).await;
    assert_eq!(pixels(&store.get(target).await).get_pixel(10, 10).0, [0, 0, 0]);
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let store = with_pictures().await;
    for (process, named) in [
        ("image/resize,w_0", "w_0"),
        ("image/resize,w_x", "w_x"),
        ("image/resize,m_other,w_10", "m_other"),
        ("image/resize,w_99999", "w_99999"),
        ("image/quality,Q_101", "Q_101"),
        ("image/format,xyz", "xyz"),
        ("image/spin,90", "spin"),
        ("video/snapshot", "video"),
        ("style/thumb", "style=thumb"),
        ("image/crop,x_400,y_0,w_5,h_5", "400 × 200"),
        ("image/watermark,text_YQ/watermark,text_YQ/watermark,text_YQ/watermark,text_YQ", "mark"),
    ] {
        let answer = store.get(&format!("/images/p.png?x-oss-process={process}")).await;
        assert_eq!(answer.status, 400, "{process}: {}", answer.text());
        let text = answer.text();
        assert!(
            text.contains("<Code>InvalidArgument</Code>") && text.contains(named),
            "{process}: {text}"
        );
    }
    store.put("t.png", "not an image", "image/png").await;
    let text = store.get("/images/t.png?x-oss-process=image/resize,w_10").await;
    assert_eq!(text.status, 400, "{}", text.text());
    assert_eq!(store.get("/images/none?x-oss-process=image/resize,w_10").await.status, 404);
    // The same request without a process is an ordinary read.
    assert_eq!(store.get("/images/t.png?v=2").await.text(), "not an image");
}

#[tokio::test]
async fn a_bomb_costs_nothing() {
    let store = start().await;
    // The header says 60,000 x 60,000; there are no pixels behind it.
    let mut png = encode(&picture(8, 8), ImageFormat::Png);
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    store.put("bomb.png", png, "image/png").await;
    let answer = store.get("/images/bomb.png?x-oss-process=image/resize,w_10").await;
    assert_eq!(answer.status, 400, "{}", answer.text());
}
