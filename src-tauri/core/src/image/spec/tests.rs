use proptest::prelude::*;

use super::Transform;
use crate::image::arbitrary::transforms;
use crate::image::{
    Blur, Crop, Fit, Font, Gravity, Mark, OutputFormat, Overlay, Quality, Resize, Rgb, Step, Text,
    Watermark,
};
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
        steps: vec![
            Step::Orient,
            Step::Resize(Resize {
                width: Some(800),
                height: Some(600),
                fit: Fit::Pad,
                enlarge: true,
                color: Rgb([0, 255, 127]),
                ..Resize::default()
            }),
        ],
        format: Some(OutputFormat::Jpeg),
        quality: Some(Quality::Absolute(80)),
        first_frame: true,
        strip: Some(false),
        ..Transform::default()
    };
    assert_eq!(all, expected);
    assert_eq!(
        all.to_string(),
        "orient=1,w=800,h=600,fit=pad,limit=0,color=00FF7F,format=jpeg,q=80,animation=first,strip=0"
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
        ("crop=400", "crop=400"),
        ("crop=x", "crop=x"),
        ("crop=1x1+5", "crop=1x1+5"),
        ("crop=1x1@middle", "crop=1x1@middle"),
        ("rotate=361", "rotate=361"),
        ("blur=0:1", "blur=0:1"),
        ("blur=3:51", "blur=3:51"),
        ("sharpen=49", "sharpen=49"),
        ("bright=101", "bright=101"),
        ("contrast=--5", "contrast=--5"),
        ("circle=0", "circle=0"),
        ("round=4097", "round=4097"),
        ("interlace=yes", "interlace=yes"),
        ("text=", "text="),
        ("text=%FF", "text=%FF"),
        ("text=a,text-size=0", "text-size=0"),
        ("text=a,text-font=arial", "text-font=arial"),
        ("text=a,text-scale=5", "text-scale=5"),
        ("text-size=5", "text-…"),
        ("mark-at=se", "mark-…"),
        ("mark=a%3Fb", "mark=a%3Fb"),
        ("mark=a,mark-at=top", "mark-at=top"),
        ("style=a,w=5", "style=a"),
        ("style=", "style="),
        ("image/blur,r_1,s_1;w=5", "w=5"),
        ("style/a;strip=1", "style/a"),
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

#[test]
fn every_step_has_its_words() {
    let all = parse(
        "mark=logo/中.png,mark-at=nw,mark-scale=20,mark-x=0,text=a%2Cb c,text-size=30,text-color=FF0000,\
         text-at=south,text-y=5,text-shift=-3,text-opacity=50,text-rotate=45,text-shadow=20,text-fill=1,\
         text-gap-x=7,text-font=wqy-microhei,round=8,circle=9,contrast=-5,bright=5,blur=3:2,sharpen=100,\
         rotate=90,w=10,crop=40x30+1+2@se,orient=1,interlace=1",
    );
    let text = Text {
        text: "a,b c".into(),
        font: Font::WqyMicrohei,
        size: 30,
        color: Rgb([255, 0, 0]),
        shadow: 20,
        rotate: 45,
    };
    let steps = vec![
        Step::Orient,
        Step::Crop(Crop { width: Some(40), height: Some(30), x: 1, y: 2, at: Gravity::Se }),
        Step::Resize(Resize { width: Some(10), ..Resize::default() }),
        Step::Rotate(90),
        Step::Sharpen(100),
        Step::Blur(Blur { radius: 3, sigma: 2 }),
        Step::Bright(5),
        Step::Contrast(-5),
        Step::Circle(9),
        Step::Round(8),
        Step::Watermark(Watermark {
            at: Gravity::South,
            y: 5,
            shift: -3,
            opacity: 50,
            tile: true,
            gap: (7, 0),
            ..Watermark::new(Overlay::Text(text))
        }),
        Step::Watermark(Watermark {
            at: Gravity::Nw,
            x: 0,
            ..Watermark::new(Overlay::Image(Mark { key: "logo/中.png".into(), scale: Some(20) }))
        }),
    ];
    assert_eq!(all, Transform { interlace: true, ..Transform::of(steps) });
    assert_eq!(parse(&all.to_string()), all);
    assert_eq!(parse("blur=5"), parse("blur=5:5"));
    assert_eq!(parse("crop=x30"), parse("crop=x30+0+0@nw"));
    assert_eq!(parse("crop=x+1+0").to_string(), "crop=x+1+0");
    assert_eq!(parse("style=a%20b"), Transform::style("a b"));
    assert_eq!(parse("style/web"), Transform::style("web"));
}

#[test]
fn what_changes_nothing_is_no_step() {
    for spec in ["rotate=0", "rotate=360", "bright=0", "contrast=0", "orient=0", "fit=pad"] {
        assert!(parse(spec).is_empty(), "{spec}");
    }
}

#[test]
fn an_order_of_its_own_is_kept() {
    let transform =
        parse("image/blur,r_3,s_2/resize,w_100/crop,w_5;animation=first,strip=1,color=00FF00");
    assert_eq!(
        transform.to_string(),
        "image/blur,r_3,s_2/resize,m_lfit,w_100/crop,w_5;color=00FF00,animation=first,strip=1"
    );
    assert_ne!(transform.steps, parse("crop=5x,w=100,blur=3:2").steps);
}

#[test]
fn a_refusal_says_what_to_do_in_both_languages() {
    let refusal = refusal("text-size=5").view();
    assert_eq!(refusal.en.what, "The transform text-… cannot be used: there is no text.");
    assert_eq!(refusal.en.fix, "Add it, or leave this out.");
    assert_eq!(refusal.zh.what, "图片处理 text-… 无法使用：没有 text。");
    assert_eq!(refusal.zh.fix, "请补上它，或去掉此参数。");
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
    fn text_like_a_spec_is_read_or_refused(
        spec in "(image/)?([whlspqmfx+@:_=,;/0-9-]|fit|limit|format|resize|crop|blur|text|mark|at|%){0,12}"
    ) {
        if let Ok(transform) = Transform::parse(&spec, &[]) {
            prop_assert_eq!(parse(&transform.to_string()), transform);
        }
    }
}
