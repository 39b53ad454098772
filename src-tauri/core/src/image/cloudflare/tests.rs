use proptest::prelude::*;

use super::Transform;
use crate::image::arbitrary::transforms;

fn written(spec: &str) -> String {
    Transform::parse(spec, &[]).unwrap().to_cloudflare().unwrap()
}

fn refused(spec: &str) -> (String, String) {
    let view = Transform::parse(spec, &[]).unwrap().to_cloudflare().unwrap_err();
    (view.subject.clone(), view.view().en.what)
}

#[test]
fn options_are_those_of_the_documentation() {
    assert_eq!(written("w=800,format=webp,q=80"), "width=800,format=webp,quality=80");
    assert_eq!(written("w=80,h=60,fit=fill"), "width=80,height=60,fit=crop");
    assert_eq!(written("w=80,h=60,fit=fill,limit=0"), "width=80,height=60,fit=cover");
    assert_eq!(written("w=80,limit=0"), "width=80,fit=contain");
    assert_eq!(
        written("w=80,h=60,fit=pad,limit=0,color=00FF7F"),
        "width=80,height=60,fit=pad,background=%2300FF7F"
    );
    assert_eq!(written("w=80,fit=fixed,limit=0"), "width=80,height=80,fit=squeeze");
    assert_eq!(
        written("crop=40x30+10+20"),
        "trim.left=10,trim.top=20,trim.width=40,trim.height=30"
    );
    assert_eq!(
        written("sharpen=150,blur=5:5,bright=20,contrast=-5"),
        "sharpen=1.5,blur=5,brightness=1.2,contrast=0.95"
    );
    assert_eq!(
        written("format=jpeg,interlace=1,animation=first,strip=1"),
        "format=jpeg,anim=false,metadata=none"
    );
    assert_eq!(written("orient=1"), "fit=scale-down");
}

#[test]
fn a_quarter_turn_turns_the_box() {
    // There the turn comes first: 80 across after it is 80 down before.
    assert_eq!(written("w=80,h=60,rotate=90"), "width=60,height=80,rotate=90");
    assert_eq!(written("w=80,h=60,rotate=180"), "width=80,height=60,rotate=180");
    assert_eq!(written("image/rotate,90/resize,w_80"), "rotate=90,width=80");
}

#[test]
fn what_it_cannot_do_is_named() {
    for (spec, subject) in [
        ("", ""),
        ("p=50", "p=50"),
        ("l=50", "l=50"),
        ("w=50,fit=mfit", "fit=mfit"),
        ("w=50,fit=pad", "fit=pad"),
        ("crop=5x5@se", "crop=5x5@se"),
        ("rotate=45", "rotate=45"),
        ("blur=5:6", "blur=5:6"),
        ("bright=-100", "bright=-100"),
        ("circle=5", "circle=5"),
        ("round=5", "round=5"),
        ("text=a", "text=a"),
        ("mark=a", "mark=a"),
        ("style=a", "style=a"),
        ("format=png", "format=png"),
        ("w=5,interlace=1", "interlace=1"),
        ("q=50%", "q=50%"),
        ("image/blur,r_3,s_3/resize,w_5", "w=5"),
        ("image/resize,w_5/resize,w_4", "w=4"),
        ("image/rotate,90/resize,w_5/rotate,90", "rotate=90"),
    ] {
        let (named, what) = refused(spec);
        assert_eq!(named, subject, "{spec}: {what}");
    }
    assert!(refused("circle=5").1.contains("Cloudflare cannot do this"));
}

#[test]
fn options_of_others_are_read() {
    let read = |options: &str| Transform::from_cloudflare(options).unwrap();
    let same = |options: &str, spec: &str| {
        assert_eq!(read(options), Transform::parse(spec, &[]).unwrap(), "{options}");
    };
    same("w=800,h=600,f=webp,q=80", "w=800,h=600,format=webp,q=80");
    same("fit=cover,width=80,height=60,gravity=0.5x0.5", "w=80,h=60,fit=fill,limit=0");
    same("width=80,onerror=redirect,dpr=1,format=baseline-jpeg", "w=80,format=jpeg");
    same("width=60,height=80,rotate=90", "w=80,h=60,rotate=90");
    same("background=%23FF0000,format=jpeg", "color=FF0000,format=jpeg");
    same("contrast=0.95,brightness=1.2,sharpen=1", "sharpen=100,bright=20,contrast=-5");
    same("metadata=copyright,anim=true,brightness=0", "");
    for options in [
        "format=auto",
        "gravity=face",
        "dpr=2",
        "trim=1;2;3;4",
        "border=1",
        "width=a",
        "sharpen=9.5",
        "width",
    ] {
        assert!(Transform::from_cloudflare(options).is_err(), "{options}");
    }
}

proptest! {
    #[test]
    fn what_it_can_do_reads_back_the_same(transform in transforms()) {
        // Upright and progressive is what it does without being told, and a square is two sides.
        let said = !transform.orient()
            && !transform.interlace
            && transform.is_canonical()
            && transform.resize().is_none_or(|resize| {
                resize.long.or(resize.short).is_none()
                    && (resize.width.is_some() == resize.height.is_some()
                        || resize.fit == crate::image::Fit::Lfit)
            });
        prop_assume!(said);
        if let Ok(options) = transform.to_cloudflare() {
            prop_assert_eq!(Transform::from_cloudflare(&options).unwrap(), transform, "{}", options);
        }
    }

    #[test]
    fn any_options_are_read_or_refused(options in "([a-z.]{1,9}=[#%.;a-z0-9-]{0,9},){0,4}") {
        let _ = Transform::from_cloudflare(&options);
    }
}
