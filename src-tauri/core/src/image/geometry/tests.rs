use proptest::prelude::*;

use super::{Plan, plan};
use crate::image::{Resize, Transform};

/// Canvas, and size of the scaled part.
fn sizes(from: (u32, u32), spec: &str) -> Option<((u32, u32), (u32, u32))> {
    plan(from, &resize(spec)).map(|plan| (plan.canvas, plan.scaled))
}

fn resize(spec: &str) -> Resize {
    *Transform::parse(spec, &[]).unwrap().resize().unwrap()
}

fn to(from: (u32, u32), spec: &str) -> (u32, u32) {
    sizes(from, spec).map_or(from, |(canvas, _)| canvas)
}

/// The examples of the OSS documentation: an original of 200 × 100 into a box of 150 × 80.
#[test]
fn follows_the_rules_of_oss() {
    let original = (200, 100);
    assert_eq!(to(original, "w=150,h=80"), (150, 75));
    assert_eq!(to(original, "w=150,h=80,fit=mfit"), (160, 80));
    assert_eq!(to(original, "w=150,h=80,fit=fill"), (150, 80));
    assert_eq!(sizes(original, "w=150,h=80,fit=pad"), Some(((150, 80), (150, 75))));
    assert_eq!(to(original, "w=150,h=80,fit=fixed"), (150, 80));
    assert_eq!(to(original, "w=100"), (100, 50));
    assert_eq!(to(original, "h=25"), (50, 25));
    assert_eq!(to(original, "l=100"), (100, 50));
    assert_eq!(to(original, "s=50"), (100, 50));
    assert_eq!(to((100, 200), "l=100"), (50, 100));
    assert_eq!(to((100, 200), "l=100,s=10"), (10, 20));
    assert_eq!(to(original, "p=50"), (100, 50));
    assert_eq!(to(original, "p=150"), (300, 150));
}

#[test]
fn width_and_height_win_over_longer_and_shorter_side() {
    assert_eq!(to((200, 100), "w=100,l=20"), (100, 50));
    assert_eq!(to((200, 100), "h=10,s=50"), (20, 10));
}

#[test]
fn one_side_of_a_fixed_shape_means_a_square() {
    assert_eq!(to((200, 100), "w=50,fit=fill"), (50, 50));
    assert_eq!(to((200, 100), "h=50,fit=pad"), (50, 50));
    assert_eq!(to((200, 100), "w=50,fit=fixed"), (50, 50));
}

#[test]
fn nothing_grows_unless_asked() {
    for fit in ["lfit", "mfit", "fill", "pad", "fixed"] {
        assert_eq!(sizes((200, 100), &format!("w=400,h=400,fit={fit}")), None, "{fit}");
        assert_eq!(sizes((200, 100), &format!("w=200,h=100,fit={fit}")), None, "{fit}");
    }
    assert_eq!(to((200, 100), "w=400,limit=0"), (400, 200));
    assert_eq!(to((200, 100), "w=400,h=400,fit=fill,limit=0"), (400, 400));
    assert_eq!(sizes((200, 100), "w=400,h=400,fit=pad,limit=0"), Some(((400, 400), (400, 200))));
    assert_eq!(to((200, 100), "w=400,h=50,fit=fixed"), (200, 50));
    assert_eq!(to((200, 100), "w=400,h=50,fit=fill"), (200, 50));
    assert_eq!(sizes((200, 100), "w=400,h=50,fit=pad"), Some(((400, 50), (100, 50))));
}

#[test]
fn fill_crops_around_the_centre() {
    let Plan { crop, .. } = plan((200, 100), &resize("w=50,h=50,fit=fill")).unwrap();
    assert_eq!(crop, (50.0, 0.0, 100.0, 100.0));
}

#[test]
fn a_thin_image_keeps_a_pixel() {
    assert_eq!(to((10_000, 3), "w=100"), (100, 1));
}

fn size_of(from: (u32, u32), spec: &str) -> (u32, u32) {
    Transform::parse(spec, &[]).unwrap().size_of(from)
}

#[test]
fn a_crop_reaches_to_the_edge() {
    assert_eq!(size_of((200, 100), "crop=50x40"), (50, 40));
    assert_eq!(size_of((200, 100), "crop=50x"), (50, 100));
    assert_eq!(size_of((200, 100), "crop=500x500"), (200, 100));
    assert_eq!(size_of((200, 100), "crop=x+150+20"), (50, 80));
    assert_eq!(size_of((200, 100), "crop=50x40+10+10@se"), (40, 30));
    assert_eq!(size_of((200, 100), "crop=50x40@center"), (50, 40));
}

#[test]
fn turns_and_circles_have_the_sizes_of_the_documentation() {
    assert_eq!(size_of((200, 100), "rotate=90"), (100, 200));
    assert_eq!(size_of((200, 100), "rotate=180"), (200, 100));
    assert_eq!(size_of((100, 100), "rotate=45"), (142, 142));
    // Twice the radius and one, or the shorter side.
    assert_eq!(size_of((200, 100), "circle=20"), (41, 41));
    assert_eq!(size_of((200, 100), "circle=4096"), (100, 100));
    assert_eq!(size_of((200, 100), "round=30"), (200, 100));
    assert_eq!(size_of((200, 100), "image/rotate,90/resize,w_50/crop,h_10"), (50, 10));
}

/// The rules as OSS's page "Resize images" states them, one sentence after the other.
fn documented((w, h): (u64, u64), fit: &str, (bw, bh): (u64, u64), limit: bool) -> (u64, u64) {
    let rounded = |side: u64, to: u64, from: u64| (((side * to * 2) / from).div_ceil(2)).max(1);
    let by_width = (bw, rounded(h, bw, w));
    let by_height = (rounded(w, bh, h), bh);
    let wider = w * bh >= h * bw;
    let (within, around) = if wider { (by_width, by_height) } else { (by_height, by_width) };
    let grows = |to: (u64, u64)| to.0 > w || to.1 > h;
    match fit {
        // "If the target size is larger than the source, the source is returned."
        "lfit" if limit && grows(within) => (w, h),
        "lfit" => within,
        "mfit" if limit && grows(around) => (w, h),
        "mfit" => around,
        // The image covers the box and is cropped to it; no pixel is made up.
        "fill" if limit && grows(around) => (bw.min(w), bh.min(h)),
        "fill" => (bw, bh),
        "pad" if limit && (grows(within) || within == (w, h)) => (w, h),
        "pad" => (bw, bh),
        _ if limit => (bw.min(w), bh.min(h)),
        _ => (bw, bh),
    }
}

proptest! {
    #[test]
    fn sizes_are_those_of_the_documentation(
        w in 1_u32..3000, h in 1_u32..3000, bw in 1_u32..3000, bh in 1_u32..3000,
        fit in prop::sample::select(vec!["lfit", "mfit", "fill", "pad", "fixed"]),
        limit in any::<bool>(),
    ) {
        let wide = |size: (u32, u32)| (u64::from(size.0), u64::from(size.1));
        let spec = |sides: &str| format!("{sides},fit={fit},limit={}", u8::from(limit));
        let expected = documented(wide((w, h)), fit, wide((bw, bh)), limit);
        let got = size_of((w, h), &spec(&format!("w={bw},h={bh}")));
        prop_assert_eq!(wide(got), expected);
        // Longer and shorter side are the same box, laid as the image lies.
        let (long, short) = if w >= h { (bw, bh) } else { (bh, bw) };
        let got = size_of((w, h), &spec(&format!("l={long},s={short}")));
        prop_assert_eq!(wide(got), expected);
    }

    #[test]
    fn a_percentage_is_of_both_sides(w in 1_u32..3000, h in 1_u32..3000, percent in 1_u32..=1000) {
        let share = |side: u32| ((side * percent + 50) / 100).max(1);
        prop_assert_eq!(size_of((w, h), &format!("p={percent}")), (share(w), share(h)));
    }

    #[test]
    fn results_keep_what_they_promise(
        width in 1_u32..20_000, height in 1_u32..20_000,
        w in 1_u32..16_384, h in 1_u32..16_384,
        fit in prop::sample::select(vec!["lfit", "mfit", "fill", "pad", "fixed"]),
        limit in 0..2,
    ) {
        let spec = format!("w={w},h={h},fit={fit},limit={limit}");
        let Some(plan) = plan((width, height), &resize(&spec)) else {
            return Ok(());
        };
        let (canvas, scaled) = (plan.canvas, plan.scaled);
        prop_assert!(scaled.0 >= 1 && scaled.1 >= 1);
        prop_assert!(scaled.0 <= canvas.0 && scaled.1 <= canvas.1);
        if fit != "mfit" {
            prop_assert!(canvas.0 <= w && canvas.1 <= h);
        }
        if limit == 1 {
            prop_assert!(scaled.0 <= width && scaled.1 <= height);
        } else if fit != "lfit" && fit != "mfit" {
            prop_assert_eq!(canvas, (w, h));
        }
        let (left, top, used_w, used_h) = plan.crop;
        prop_assert!(left >= 0.0 && top >= 0.0 && used_w > 0.0 && used_h > 0.0);
        prop_assert!(left + used_w <= f64::from(width) + 1e-6 && top + used_h <= f64::from(height) + 1e-6);
    }
}
