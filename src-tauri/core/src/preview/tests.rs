use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::testing::png;

fn previews() -> (tempfile::TempDir, Previews) {
    let dir = tempfile::tempdir().unwrap();
    let previews = Previews::new(dir.path().join("previews"));
    (dir, previews)
}

fn measured(bytes: &Bytes) -> Measured {
    measure(bytes).unwrap()
}

#[tokio::test]
async fn a_newer_request_of_a_window_ends_the_older_and_no_other() {
    let (_dir, previews) = previews();
    let older = previews.begin("main");
    let other = previews.begin("manager");
    let newer = previews.begin("main");
    let never = std::future::pending::<Result<()>>();
    assert_eq!(older.run(never).await.unwrap_err().code, Code::Cancelled);
    assert_eq!(newer.run(async { Ok(1) }).await.unwrap(), 1);
    assert_eq!(other.run(async { Ok(2) }).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_is_decoded_at_a_time_even_when_its_request_is_given_up() {
    let (_dir, previews) = previews();
    let previews = Arc::new(previews);
    let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut steps = Vec::new();
    for _ in 0..20 {
        let turn = previews.begin("main");
        let (previews, inside, most) = (Arc::clone(&previews), inside.clone(), most.clone());
        steps.push(tokio::spawn(async move {
            let decoding = previews.decode(&turn, move |_| {
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            });
            turn.run(decoding).await
        }));
        tokio::task::yield_now().await;
    }
    let mut last = None;
    for step in steps {
        last = Some(step.await.unwrap());
    }
    assert!(last.unwrap().is_ok(), "the newest is never given up");
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_begun() {
    let (_dir, previews) = previews();
    let older = previews.begin("main");
    previews.begin("main");
    let decoded = previews.decode(&older, |_| -> Result<()> { panic!("it is begun") }).await;
    assert_eq!(decoded.unwrap_err().code, Code::Cancelled);
}

#[tokio::test]
async fn a_small_picture_is_shown_as_it_is_and_a_large_one_scaled_with_its_true_size() {
    let (dir, previews) = previews();
    let turn = previews.begin("main");
    let small = png(1);
    let view = previews.picture(&turn, &small, measured(&small)).await.unwrap();
    assert!(std::path::Path::new(&view.path).starts_with(dir.path().join("previews")));
    assert_eq!(std::fs::read(&view.path).unwrap(), small);
    assert_eq!((view.width, view.height, &*view.format), (3, 2, "PNG"));

    let mut wide = std::io::Cursor::new(Vec::new());
    let pixels = ::image::RgbImage::from_pixel(5000, 40, ::image::Rgb([9, 99, 199]));
    pixels.write_to(&mut wide, ::image::ImageFormat::Png).unwrap();
    let wide = Bytes::from(wide.into_inner());
    let view = previews.picture(&turn, &wide, measured(&wide)).await.unwrap();
    assert_eq!((view.width, view.height, view.bytes), (5000, 40, wide.len() as f64));
    let shown = measure(&std::fs::read(&view.path).unwrap()).unwrap();
    assert_eq!((shown.kind.format, shown.size), (Format::WebP, Some((DISPLAY_SIDE, 16))));
}

#[tokio::test]
async fn what_was_fetched_is_there_for_the_next_step() {
    let (_dir, previews) = previews();
    assert_eq!(previews.fetched("a").await, None);
    previews.keep("a", &png(1)).await.unwrap();
    assert_eq!(previews.fetched("a").await, Some(png(1)));
    assert_eq!(previews.fetched("b").await, None);
}
