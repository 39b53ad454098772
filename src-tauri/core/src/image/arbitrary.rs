//! Transforms of every kind, for property tests.

use proptest::prelude::*;

use super::{
    Blur, Crop, Fit, Font, Gravity, Mark, OutputFormat, Overlay, Quality, Resize, Rgb, Step, Text,
    Transform, Watermark,
};

/// Any transform that can be written down: steps in any order, each any number of times.
pub(super) fn transforms() -> impl Strategy<Value = Transform> {
    let steps = prop_oneof![
        prop::collection::vec(steps(), 0..5),
        // As a spec has them.
        prop::collection::vec(steps(), 0..8).prop_map(|mut steps| {
            steps.sort_by_key(Step::rank);
            steps.dedup_by_key(|step| step.rank());
            steps
        }),
    ];
    let format = prop::option::of(prop::sample::select(OutputFormat::ALL.to_vec()));
    let quality = prop::option::of(prop_oneof![
        (1_u8..=100).prop_map(Quality::Absolute),
        (1_u8..=100).prop_map(Quality::Relative),
    ]);
    let rest = (any::<bool>(), colors(), any::<bool>(), any::<Option<bool>>());
    let made = (steps, format, quality, rest).prop_map(|(steps, format, quality, rest)| {
        let (interlace, background, first_frame, strip) = rest;
        Transform { steps, style: None, format, quality, interlace, background, strip, first_frame }
    });
    prop_oneof![
        20 => made,
        1 => "[a-z0-9_.-]{1,20}".prop_map(Transform::style),
    ]
}

fn colors() -> impl Strategy<Value = Rgb> {
    prop_oneof![Just(Rgb::default()), any::<[u8; 3]>().prop_map(Rgb)]
}

fn places() -> impl Strategy<Value = Gravity> {
    prop::sample::select(Gravity::ALL.to_vec())
}

fn steps() -> impl Strategy<Value = Step> {
    let level = || prop_oneof![-100_i8..=-1, 1_i8..=100];
    prop_oneof![
        Just(Step::Orient),
        crops().prop_map(Step::Crop),
        resizes().prop_map(Step::Resize),
        (1_u16..360).prop_map(Step::Rotate),
        (50_u16..=399).prop_map(Step::Sharpen),
        (1_u8..=50, 1_u8..=50).prop_map(|(radius, sigma)| Step::Blur(Blur { radius, sigma })),
        level().prop_map(Step::Bright),
        level().prop_map(Step::Contrast),
        (1_u16..=4096).prop_map(Step::Circle),
        (1_u16..=4096).prop_map(Step::Round),
        watermarks().prop_map(Step::Watermark),
    ]
}

fn crops() -> impl Strategy<Value = Crop> {
    let side = || prop::option::of(1_u32..=65_535);
    (side(), side(), 0_u32..3, 0_u32..=65_535, places())
        .prop_map(|(width, height, x, y, at)| Crop { width, height, x, y, at })
        .prop_filter("keeps everything", |crop| !crop.is_whole())
}

pub(super) fn resizes() -> impl Strategy<Value = Resize> {
    let side = || prop::option::of(1_u32..=16_384);
    let size = prop_oneof![
        (side(), side(), side(), side()).prop_map(|(width, height, long, short)| Resize {
            width,
            height,
            long,
            short,
            ..Resize::default()
        }),
        (1_u16..=1000).prop_map(|percent| Resize { percent: Some(percent), ..Resize::default() }),
    ];
    let fit = prop::sample::select(Fit::ALL.to_vec());
    (size, fit, any::<bool>(), colors())
        .prop_map(|(size, fit, enlarge, color)| Resize { fit, enlarge, color, ..size })
        .prop_filter("asks for no size", Resize::is_asked)
}

fn watermarks() -> impl Strategy<Value = Watermark> {
    let text = (
        "\\PC{1,40}",
        prop::sample::select(Font::ALL.to_vec()),
        1_u16..=1000,
        any::<[u8; 3]>(),
        0_u8..=100,
        0_u16..360,
    );
    let text = text.prop_map(|(text, font, size, color, shadow, rotate)| {
        Overlay::Text(Text { text, font, size, color: Rgb(color), shadow, rotate })
    });
    // A `?` begins a process.
    let mark = ("[^?\\p{Cc}]{1,40}", prop::option::of(1_u8..=100))
        .prop_map(|(key, scale)| Overlay::Image(Mark { key, scale }));
    let margin = || prop_oneof![Just(10_u16), 0_u16..=4096];
    let place = (places(), margin(), margin(), -1000_i16..=1000);
    let rest = (0_u8..=100, any::<bool>(), (0_u16..=4096, 0_u16..=4096));
    (prop_oneof![text, mark], place, rest).prop_map(|(overlay, place, rest)| {
        let ((at, x, y, shift), (opacity, tile, gap)) = (place, rest);
        Watermark { overlay, at, x, y, shift, opacity, tile, gap }
    })
}
