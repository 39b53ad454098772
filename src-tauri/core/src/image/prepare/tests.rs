use bytes::Bytes;

use super::{PrepareInput, Prepared, prepare};
use crate::image::{Format, Limits, Transform, fixtures};
use crate::problem::{Code, Problem};
use crate::view::Note;

fn run(bytes: Vec<u8>, name: &str, spec: &str, strip: bool) -> Result<Prepared, Problem> {
    let transform = Transform::parse(spec, &[]).unwrap();
    prepare(PrepareInput {
        bytes: bytes.into(),
        name,
        transform: &transform,
        strip,
        limits: &Limits::default(),
        marks: None,
    })
}

fn refusal(bytes: Vec<u8>, name: &str) -> Code {
    let problem = run(bytes, name, "", true).err().unwrap_or_else(|| panic!("{name} is taken"));
    assert!(problem.subject.contains(name), "{problem:?}");
    problem.code
}

#[test]
fn without_a_transform_the_bytes_stay_the_same() {
    for (bytes, name, format, ext) in [
        (fixtures::png(20, 10), "a.png", Format::Png, "png"),
        (fixtures::jpeg(20, 10), "a.JPEG", Format::Jpeg, "jpeg"),
        (fixtures::jpeg(20, 10), "a.png", Format::Jpeg, "jpg"),
        (fixtures::animated_gif(20, 10), "noname", Format::Gif, "gif"),
        (fixtures::webp(20, 10), "x.tar.webp", Format::WebP, "webp"),
        (fixtures::cmyk_jpeg(20, 10), "cmyk.jpg", Format::Jpeg, "jpg"),
        (
            fixtures::encoded(fixtures::picture(20, 10), ::image::ImageFormat::Tiff),
            "raw.DNG",
            Format::Tiff,
            "dng",
        ),
    ] {
        let prepared = run(bytes.clone(), name, "", true).unwrap();
        assert_eq!(prepared.bytes, bytes, "{name}");
        assert!(!prepared.changed && prepared.notes.is_empty(), "{name}");
        assert_eq!((prepared.kind.format, prepared.ext.as_str()), (format, ext));
        assert_eq!(prepared.mime, format.mime());
        assert_eq!((prepared.width, prepared.height), (Some(20), Some(10)));
    }
}

#[test]
fn metadata_is_stripped_unless_not_wanted() {
    let bytes = fixtures::jpeg_with_metadata(40, 30, 6);
    let stripped = run(bytes.clone(), "gps.jpg", "", true).unwrap();
    assert!(stripped.changed);
    assert_eq!(stripped.notes, [Note::MetadataStripped]);
    // As shown, not as stored.
    assert_eq!((stripped.width, stripped.height), (Some(30), Some(40)));
    let kept = run(bytes.clone(), "gps.jpg", "", false).unwrap();
    assert_eq!(kept.bytes, bytes);
    assert!(run(bytes.clone(), "gps.jpg", "strip=1", false).unwrap().changed);
    assert!(!run(bytes, "gps.jpg", "strip=0", true).unwrap().changed);
}

#[test]
fn what_cannot_be_stripped_is_said() {
    let mut bytes = fixtures::encoded(fixtures::picture(8, 8), ::image::ImageFormat::Tiff);
    // Turns the last tag of its directory, which no reader needs, into a pointer to GPS data.
    let directory = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let count =
        usize::from(u16::from_le_bytes(bytes[directory..directory + 2].try_into().unwrap()));
    let last = directory + 2 + (count - 1) * 12;
    bytes[last..last + 2].copy_from_slice(&0x8825_u16.to_le_bytes());
    assert_eq!(run(bytes, "a.tif", "", true).unwrap().notes, [Note::MetadataKept]);
}

#[test]
fn bad_input_is_refused_by_its_name() {
    assert_eq!(refusal(Vec::new(), "empty.png"), Code::EmptyFile);
    assert_eq!(refusal(fixtures::text(), "text.png"), Code::NotAnImage);
    assert_eq!(refusal(fixtures::bomb_png(), "bomb.png"), Code::ImageTooLarge);
    assert_eq!(refusal(fixtures::broken_jpeg(), "broken.jpg"), Code::BrokenImage);
    assert_eq!(refusal(b"\x89PNG\r\n\x1a\n".to_vec(), "head.png"), Code::BrokenImage);
    assert_eq!(refusal(fixtures::png(64, 64)[..200].to_vec(), "half.png"), Code::BrokenImage);
    assert_eq!(refusal(fixtures::webp(64, 64)[..100].to_vec(), "half.webp"), Code::BrokenImage);
    assert_eq!(refusal(fixtures::gif(64, 64)[..100].to_vec(), "half.gif"), Code::BrokenImage);
    assert_eq!(refusal(fixtures::truncated_jpeg(), "half.jpg"), Code::BrokenImage);
    let mut flipped = fixtures::png(64, 64);
    flipped[60] ^= 0xFF;
    assert_eq!(refusal(flipped, "flipped.png"), Code::BrokenImage);
}

#[test]
fn too_many_bytes_are_refused_before_anything_is_looked_at() {
    let limits = Limits { max_bytes: 100, ..Limits::default() };
    let transform = Transform::default();
    let bytes = Bytes::from(fixtures::png(64, 64));
    let input = PrepareInput {
        bytes,
        name: "big.png",
        transform: &transform,
        strip: true,
        limits: &limits,
        marks: None,
    };
    assert_eq!(prepare(input).unwrap_err().code, Code::TooManyBytes);
}

#[test]
fn a_jpeg_that_only_lacks_its_end_marker_goes_up() {
    let mut bytes = fixtures::jpeg(64, 64);
    bytes.truncate(bytes.len() - 2);
    assert_eq!(run(bytes.clone(), "a.jpg", "", true).unwrap().bytes, bytes);
}

#[test]
fn a_bomb_costs_no_memory_with_a_transform_either() {
    let problem = run(fixtures::bomb_png(), "bomb.png", "w=100", true).unwrap_err();
    assert_eq!(problem.code, Code::ImageTooLarge);
    assert!(problem.detail.unwrap().contains("25000"));
}

#[test]
fn animations_and_vectors_pass_through_a_transform() {
    for (bytes, name) in [
        (fixtures::animated_gif(32, 16), "a.gif"),
        (fixtures::animated_webp(32, 16), "a.webp"),
        (fixtures::apng(32, 16), "a.png"),
        (fixtures::svg(), "a.svg"),
        (fixtures::encoded(fixtures::picture(32, 16), ::image::ImageFormat::Avif), "a.avif"),
    ] {
        let prepared = run(bytes.clone(), name, "w=8,format=png", true).unwrap();
        assert_eq!(prepared.bytes, bytes, "{name}");
        assert_eq!(prepared.notes, [Note::PassedThrough], "{name}");
    }
    let first =
        run(fixtures::animated_gif(32, 16), "a.gif", "w=8,format=png,animation=first", true)
            .unwrap();
    assert_eq!(
        (first.kind.format, first.kind.animated, first.width),
        (Format::Png, false, Some(8))
    );
}

#[test]
fn a_transform_with_nothing_to_do_leaves_the_bytes_alone() {
    let bytes = fixtures::png(32, 16);
    let prepared = run(bytes.clone(), "a.png", "w=100,fit=limit,format=png", true).unwrap();
    assert!(!prepared.changed);
    assert_eq!(prepared.bytes, bytes);
}

#[test]
fn saving_again_never_makes_a_file_larger() {
    let bytes = fixtures::jpeg_quality(200, 200, 30);
    let prepared = run(bytes.clone(), "a.jpg", "q=100", true).unwrap();
    assert_eq!(prepared.bytes, bytes);
    assert!(run(fixtures::jpeg_quality(200, 200, 95), "a.jpg", "q=50", true).unwrap().changed);
}
