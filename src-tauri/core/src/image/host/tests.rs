use super::*;
use crate::problem::Language;

const MEGABYTE: u64 = 1024 * 1024;

fn facts(format: Format, width: u32, height: u32) -> SourceFacts {
    SourceFacts { format, animated: false, width, height, bytes: MEGABYTE }
}

fn check(spec: &str, host: ImageHost, source: SourceFacts) -> Result<()> {
    Transform::parse(spec, &[]).unwrap().check_for(host, Some(source))
}

/// The sentence of the refusal, after seeing that both languages have the same numbers.
fn refused(spec: &str, host: ImageHost, source: SourceFacts) -> String {
    let problem = check(spec, host, source).unwrap_err();
    let (english, chinese) = (problem.text(Language::English), problem.text(Language::Chinese));
    let numbers = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(numbers(&english.what), numbers(&chinese.what), "{english:?} {chinese:?}");
    assert!(!english.fix.contains("Write it like"), "{english:?}");
    english.what
}

#[test]
fn what_all_can_do_is_let_through() {
    for host in [ImageHost::Oss, ImageHost::Cloudflare, ImageHost::Builtin] {
        for spec in ["", "w=800", "w=800,h=600,fit=fill,format=webp,q=80", "crop=5x5,rotate=90"] {
            check(spec, host, facts(Format::Jpeg, 4000, 3000)).unwrap();
            Transform::parse(spec, &[]).unwrap().check_for(host, None).unwrap();
        }
    }
}

#[test]
fn the_limits_of_oss_are_exact() {
    let oss = ImageHost::Oss;
    let with_bytes = |bytes| SourceFacts { bytes, ..facts(Format::Jpeg, 800, 600) };
    check("w=5", oss, with_bytes(20 * MEGABYTE)).unwrap();
    let what = refused("w=5", oss, with_bytes(20 * MEGABYTE + 1));
    assert!(what.contains("at most 20 MB, this has 21 MB"), "{what}");

    check("w=5", oss, facts(Format::Png, 30_000, 100)).unwrap();
    let what = refused("w=5", oss, facts(Format::Png, 30_001, 100));
    assert!(what.contains("30000 pixels on a side, this has 30001"), "{what}");

    check("w=5", oss, facts(Format::Png, 25_000, 10_000)).unwrap();
    let what = refused("w=5", oss, facts(Format::Png, 25_000, 10_001));
    assert!(what.contains("250 megapixels, this has 251"), "{what}");

    check("w=16384,limit=0", oss, facts(Format::Png, 100, 5)).unwrap();
    let what = refused("p=1000", oss, facts(Format::Png, 1_639, 5));
    assert!(what.contains("16390 × 50; OSS makes 16384 on a side"), "{what}");
    check("w=4096,h=4096,fit=fixed,limit=0", oss, facts(Format::Png, 10, 10)).unwrap();
    let what = refused("w=4096,h=4097,fit=fixed,limit=0", oss, facts(Format::Png, 10, 10));
    assert!(what.contains("at most 16777216 pixels"), "{what}");

    check("w=16383,limit=0,format=webp", oss, facts(Format::Png, 100, 5)).unwrap();
    let what = refused("w=16384,limit=0,format=webp", oss, facts(Format::Png, 100, 5));
    assert!(what.contains("WebP takes 16383 on a side"), "{what}");

    check("w=4096,h=2304,fit=fixed,format=avif,limit=0", oss, facts(Format::Png, 9, 9)).unwrap();
    for spec in
        ["w=4097,h=5,fit=fixed,format=avif,limit=0", "w=5,h=2305,fit=fixed,format=avif,limit=0"]
    {
        let what = refused(spec, oss, facts(Format::Png, 9, 9));
        assert!(what.contains("AVIF takes 4096 × 2304"), "{what}");
    }

    check("rotate=90", oss, facts(Format::Png, 4096, 5)).unwrap();
    let what = refused("rotate=90", oss, facts(Format::Png, 4097, 5));
    assert!(what.contains("rotates at most 4096 pixels on a side, this has 4097"), "{what}");
    check("w=4096,rotate=90", oss, facts(Format::Png, 5000, 5)).unwrap();
}

#[test]
fn oss_does_not_do_everything_to_every_format() {
    let oss = ImageHost::Oss;
    let gif = SourceFacts { animated: true, ..facts(Format::Gif, 100, 50) };
    check("w=50", oss, gif).unwrap();
    check("w=50,format=gif", oss, gif).unwrap();
    check("p=50,format=jpeg", oss, gif).unwrap();
    check("format=webp", oss, facts(Format::Gif, 100, 50)).unwrap();
    assert!(refused("w=50,format=webp", oss, gif).contains("no WebP of an animated GIF"));
    assert!(refused("p=50", oss, gif).contains("a still image of an animation"));
    assert!(refused("rotate=90", oss, gif).contains("a still image of an animation"));
    assert!(refused("w=5,animation=first", oss, gif).contains("OSS cannot do this"));
    assert!(refused("format=gif", oss, facts(Format::Png, 9, 9)).contains("only of a GIF"));
    assert!(refused("circle=5", oss, facts(Format::Gif, 9, 9)).contains("to no GIF"));
    check("circle=5,format=png", oss, facts(Format::Gif, 9, 9)).unwrap();
    check("q=80", oss, facts(Format::Jpeg, 9, 9)).unwrap();
    check("q=80,format=webp", oss, facts(Format::Png, 9, 9)).unwrap();
    assert!(refused("q=80", oss, facts(Format::Png, 9, 9)).contains("PNG has no quality"));
    for format in [Format::Svg, Format::Ico, Format::Jxl] {
        assert!(refused("w=5", oss, facts(format, 9, 9)).contains("does not process"));
    }
    let none = Transform::parse("q=80,format=png", &[]).unwrap().check_for(oss, None);
    assert!(none.unwrap_err().view().en.what.contains("PNG has no quality"));
}

#[test]
fn watermarks_are_few_and_short() {
    let oss = ImageHost::Oss;
    let text = |length: usize| format!("text={}", "字".repeat(length));
    check(&text(64), oss, facts(Format::Png, 9, 9)).unwrap();
    let what = refused(&text(65), oss, facts(Format::Png, 9, 9));
    assert!(what.contains("65 characters, at most 64"), "{what}");
    let marks = |count: usize| format!("image{}", "/watermark,text_YQ".repeat(count));
    check(&marks(3), oss, facts(Format::Png, 9, 9)).unwrap();
    let what = refused(&marks(4), oss, facts(Format::Png, 9, 9));
    assert!(what.contains("4 watermarks, at most 3"), "{what}");
}

#[test]
fn a_crop_must_start_inside() {
    for host in [ImageHost::Oss, ImageHost::Cloudflare, ImageHost::Builtin] {
        check("crop=5x5+99+49", host, facts(Format::Png, 100, 50)).unwrap();
        let what = refused("crop=5x5+100+0", host, facts(Format::Png, 100, 50));
        assert!(what.contains("outside of the image, which is 100 × 50"), "{what}");
    }
}

#[test]
fn cloudflare_and_the_built_in_store_have_limits_of_their_own() {
    let (cloudflare, builtin) = (ImageHost::Cloudflare, ImageHost::Builtin);
    let big = SourceFacts { bytes: 101 * MEGABYTE, ..facts(Format::Png, 9, 9) };
    assert!(refused("w=5", cloudflare, big).contains("100 MB, this has 101 MB"));
    assert!(refused("w=5", builtin, big).contains("100 MB, this has 101 MB"));
    assert!(
        refused("w=5", cloudflare, facts(Format::Png, 10_001, 10_000)).contains("100 megapixels")
    );
    assert!(refused("w=5", cloudflare, facts(Format::Png, 12_001, 9)).contains("12000 pixels"));
    assert!(
        refused("w=12001,limit=0", cloudflare, facts(Format::Png, 900, 9))
            .contains("12000 on a side")
    );
    assert!(
        refused("w=1201,format=avif", cloudflare, facts(Format::Png, 2000, 9))
            .contains("AVIF takes 1200 on a side")
    );
    assert!(refused("circle=5", cloudflare, facts(Format::Png, 9, 9)).contains("cannot do this"));
    assert!(refused("w=5", cloudflare, facts(Format::Svg, 9, 9)).contains("does not process SVG"));
    assert!(refused("w=5", builtin, facts(Format::Avif, 9, 9)).contains("does not process AVIF"));
    assert!(refused("style=a", builtin, facts(Format::Png, 9, 9)).contains("cannot do this"));
    let gif = SourceFacts { animated: true, ..facts(Format::Gif, 100, 50) };
    assert!(refused("w=5", builtin, gif).contains("serves animations as they are"));
    check("w=5", cloudflare, gif).unwrap();
}
