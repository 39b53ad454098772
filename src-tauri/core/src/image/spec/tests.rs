use proptest::prelude::*;

use super::Transform;
use crate::image::{Fit, OutputFormat, Quality, Rgb};
use crate::problem::{Code, Problem};
use crate::settings::{Preset, Settings};

fn parse(spec: &str) -> Transform {
    Transform::parse(spec, &[]).unwrap()
}

fn refusal(spec: &str) -> Problem {
    Transform::parse(spec, &[]).unwrap_err()
}

#[test]
fn reads_every_parameter() {
    let all = parse(
        "w=800, h=600, fit=pad, limit=0, color=#00ff7F, format=jpg, q=80, orient=1, animation=first, strip=0",
    );
    let expected = Transform {
        width: Some(800),
        height: Some(600),
        fit: Fit::Pad,
        enlarge: true,
        background: Rgb([0, 255, 127]),
        format: Some(OutputFormat::Jpeg),
        quality: Some(Quality::Absolute(80)),
        orient: true,
        first_frame: true,
        strip: Some(false),
        ..Transform::default()
    };
    assert_eq!(all, expected);
    assert_eq!(
        all.to_string(),
        "w=800,h=600,fit=pad,limit=0,color=00FF7F,format=jpeg,q=80,orient=1,animation=first,strip=0"
    );
    assert_eq!(parse("percent=50,quality=90%").to_string(), "p=50,q=90%");
    assert_eq!(parse("long=100,short=50,limit=1,animation=keep").to_string(), "l=100,s=50");
}

#[test]
fn nothing_asked_is_nothing_done() {
    assert!(parse("").is_empty());
    assert!(parse(" , ").is_empty());
    assert!(parse("strip=1").is_empty());
    assert_eq!(parse("strip=1").strip, Some(true));
    assert!(!parse("q=80").is_empty());
    assert!(!parse("orient=1").is_empty());
}

#[test]
fn fit_limit_is_lfit_that_never_enlarges() {
    assert_eq!(parse("w=10,fit=limit"), parse("w=10,fit=lfit,limit=1"));
    assert_eq!(refusal("fit=limit,limit=0").subject, "limit=0");
}

#[test]
fn errors_name_the_parameter() {
    let cases = [
        ("w=0", "w=0"),
        ("w=16385", "w=16385"),
        ("h=+5", "h=+5"),
        ("h=", "h="),
        ("w=80 0", "w=80 0"),
        ("p=1001", "p=1001"),
        ("q=101", "q=101"),
        ("q=0%", "q=0%"),
        ("fit=cover", "fit=cover"),
        ("format=heic", "format=heic"),
        ("color=red", "color=red"),
        ("color=é0000", "color=é0000"),
        ("limit=yes", "limit=yes"),
        ("animation=none", "animation=none"),
        ("webp", "webp"),
        ("size=5", "size"),
        ("w=5,width=6", "w"),
        ("p=50,w=5", "p"),
    ];
    for (spec, subject) in cases {
        let problem = refusal(spec);
        assert_eq!(
            (problem.code, problem.subject.as_str()),
            (Code::TransformInvalid, subject),
            "{spec}"
        );
        assert!(problem.reason.is_some(), "{spec}");
    }
}

#[test]
fn presets_are_found_by_name() {
    let presets = Settings::default().presets;
    let web = Transform::parse("preset:Web 1600", &presets).unwrap();
    assert_eq!(web, parse("w=1600,h=1600,fit=limit,format=webp,q=82"));
    assert_eq!(Transform::parse("preset: web 1600", &presets).unwrap(), web);
    let missing = Transform::parse("preset:Poster", &presets).unwrap_err();
    assert_eq!((missing.code, missing.subject.as_str()), (Code::PresetNotFound, "Poster"));
    let circle = [Preset { name: "a".into(), spec: "preset:a".into() }];
    assert_eq!(Transform::parse("preset:a", &circle).unwrap_err().code, Code::TransformInvalid);
}

#[test]
fn a_raw_process_string_is_taken_too() {
    assert_eq!(parse("image/resize,w_100,m_fill/format,webp"), parse("w=100,fit=fill,format=webp"));
}

fn side() -> impl Strategy<Value = Option<u32>> {
    prop::option::of(1_u32..=16_384)
}

fn transforms() -> impl Strategy<Value = Transform> {
    let size = prop_oneof![
        (side(), side(), side(), side()).prop_map(|(width, height, long, short)| Transform {
            width,
            height,
            long,
            short,
            ..Transform::default()
        }),
        (1_u16..=1000)
            .prop_map(|percent| Transform { percent: Some(percent), ..Transform::default() }),
    ];
    let fit = prop::sample::select(Fit::ALL.to_vec());
    let format = prop::option::of(prop::sample::select(OutputFormat::ALL.to_vec()));
    let quality = prop::option::of(prop_oneof![
        (1_u8..=100).prop_map(Quality::Absolute),
        (1_u8..=100).prop_map(Quality::Relative),
    ]);
    let rest =
        (any::<bool>(), any::<[u8; 3]>(), any::<bool>(), any::<bool>(), any::<Option<bool>>());
    (size, fit, format, quality, rest).prop_map(|(size, fit, format, quality, rest)| {
        let (enlarge, background, orient, first_frame, strip) = rest;
        Transform {
            fit,
            format,
            quality,
            enlarge,
            background: Rgb(background),
            orient,
            first_frame,
            strip,
            ..size
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(transform in transforms()) {
        prop_assert_eq!(parse(&transform.to_string()), transform);
    }

    #[test]
    fn any_text_is_read_or_refused(spec in "\\PC{0,60}") {
        let _ = Transform::parse(&spec, &[]);
    }

    #[test]
    fn text_like_a_spec_is_read_or_refused(spec in "(image/)?([whlspqmf_=,/0-9]|fit|limit|format|resize|%){0,12}") {
        if let Ok(transform) = Transform::parse(&spec, &[]) {
            prop_assert_eq!(parse(&transform.to_string()), transform);
        }
    }
}
