//! Transforms by the host: the original is stored, and its link asks for the rest.

use super::*;
use crate::image::{fixtures, link::split_transform};
use crate::problem::Language;
use crate::profile::{Images, Profile, Provider};

/// A bench whose profile is one of OSS.
fn oss() -> Bench {
    let bench = Bench::new();
    bench.places.change("main", |place| place.profile = Profile::new("main", Provider::Oss));
    bench
}

fn asking(spec: &str, place: TransformPlace) -> Plan {
    Plan {
        transform: Transform::parse(spec, &[]).unwrap(),
        transform_place: place,
        ..plan(BY_CONTENT)
    }
}

#[tokio::test]
async fn the_original_is_stored_without_its_metadata_and_the_link_asks_for_the_rest() {
    let bench = oss();
    let bytes = Bytes::from(fixtures::jpeg_with_metadata(16, 12, 1));
    let asked = asking("w=2,format=webp", TransformPlace::Auto);
    let uploaded = run(&bench, &input("cat.jpg", bytes.clone()), &asked).await.unwrap();
    let (base, transform) = split_transform(&uploaded.url).unwrap();
    assert_eq!(transform, asked.transform);
    assert_eq!(base, public_url("https://main.example.com", &uploaded.key));
    assert_eq!(uploaded.url, format!("{base}{}", uploaded.process.clone().unwrap()));
    assert!(uploaded.key.ends_with(".jpg") && uploaded.content_type == "image/jpeg");
    assert!(uploaded.notes.contains(&Note::MetadataStripped), "{:?}", uploaded.notes);
    let stored = bench.stored(&uploaded.key).await;
    assert_eq!(measure(&stored).unwrap().size, measure(&bytes).unwrap().size);
    assert!(!stored.windows(4).any(|four| four == b"Exif"), "metadata went up");
    let row = &bench.history().by_ids(&[uploaded.history_id.unwrap()]).await.unwrap()[0];
    assert_eq!((&row.url, &row.process), (&base, &uploaded.process));
}

#[tokio::test]
async fn the_same_content_with_another_transform_is_stored_already_and_has_the_new_link() {
    let bench = oss();
    let first = asking("w=2", TransformPlace::Auto);
    let first = run(&bench, &input("cat.png", png(1)), &first).await.unwrap();
    let second = asking("h=1,format=webp", TransformPlace::Host);
    let second = run(&bench, &input("cat.png", png(1)), &second).await.unwrap();
    assert!(second.already_stored);
    assert_ne!(second.url, first.url);
    assert_eq!((second.history_id, &second.key), (first.history_id, &first.key));
    assert_eq!(bench.bucket.calls(Operation::Put), 1);
    let row = bench.history().by_ids(&[second.history_id.unwrap()]).await.unwrap();
    assert_eq!(row[0].process, second.process);
    // Without a transform the link is the image's own again.
    let plain = run(&bench, &input("cat.png", png(1)), &plan(BY_CONTENT)).await.unwrap();
    assert!(plain.already_stored && plain.process.is_none() && !plain.url.contains('?'));
    // Made here it is another object.
    let here = asking("w=2", TransformPlace::Here);
    let here = run(&bench, &input("cat.png", png(1)), &here).await.unwrap();
    assert!(!here.already_stored && here.process.is_none());
    assert_eq!(here.width, Some(2));
}

#[tokio::test]
async fn what_the_host_refuses_is_not_sent_and_left_open_it_is_done_here() {
    let bench = oss();
    let cases = [
        ("drawing.svg", Bytes::from(fixtures::svg()), "w=2"),
        ("a.gif", Bytes::from(fixtures::animated_gif(8, 6)), "format=webp"),
        ("a.png", Bytes::from(fixtures::png(40, 30)), "crop=9x9+50+50"),
    ];
    for (name, bytes, spec) in cases {
        let asked = asking(spec, TransformPlace::Host);
        let problem = run(&bench, &input(name, bytes.clone()), &asked).await.unwrap_err();
        assert_eq!(problem.code, Code::TransformInvalid, "{name}");
        assert!(problem.reason.is_some(), "{name} has no reason");
        for language in [Language::English, Language::Chinese] {
            let text = problem.text(language);
            assert!(!text.what.is_empty() && !text.fix.is_empty(), "{name}");
        }
        assert_eq!(bench.bucket.calls(Operation::Put), 0, "{name} was sent");
    }
    let svg = Bytes::from(fixtures::svg());
    let open = asking("w=2", TransformPlace::Auto);
    let uploaded = run(&bench, &input("drawing.svg", svg.clone()), &open).await.unwrap();
    assert_eq!(uploaded.process, None);
    assert!(uploaded.notes.contains(&Note::PassedThrough), "{:?}", uploaded.notes);
}

#[tokio::test]
async fn a_copy_to_another_host_asks_it_for_the_same() {
    let bench = oss();
    let asked = asking("w=2,format=webp", TransformPlace::Auto);
    let uploaded = run(&bench, &input("cat.png", png(1)), &asked).await.unwrap();
    let row = bench.history().by_ids(&[uploaded.history_id.unwrap()]).await.unwrap().remove(0);
    bench.places.add("zone", hoist_store::memory::MemoryBucket::new("zone"));
    bench.places.add("plain", hoist_store::memory::MemoryBucket::new("plain"));
    bench.places.change("zone", |place| {
        place.profile.images = Some(Images::Cloudflare);
    });
    for (profile, process) in [("zone", Some("/cdn-cgi/image/")), ("plain", None)] {
        let to = Plan { profile: profile.into(), ..plan(BY_CONTENT) };
        let copied = run(&bench, &Input::Stored(Box::new(row.clone())), &to).await.unwrap();
        assert_eq!(copied.sha256, uploaded.sha256);
        match process {
            Some(start) => assert!(copied.process.unwrap().starts_with(start), "{profile}"),
            None => assert_eq!(copied.process, None),
        }
    }
}

#[tokio::test]
async fn the_image_of_a_watermark_is_read_from_the_bucket_when_it_is_made_here() {
    let bench = oss();
    let mark = Bytes::from(fixtures::png(4, 4));
    let body = hoist_store::Body::Bytes(mark);
    bench.memory.put("logo.png", body, &PutOptions::default()).await.unwrap();
    let asked = asking("mark=logo.png,mark-at=se", TransformPlace::Here);
    let picture = Bytes::from(fixtures::png(40, 30));
    let marked = run(&bench, &input("a.png", picture.clone()), &asked).await.unwrap();
    assert_eq!((marked.width, marked.height), (Some(40), Some(30)));
    assert_ne!(bench.stored(&marked.key).await, picture);
    let missing = asking("mark=none.png,mark-at=se", TransformPlace::Here);
    let problem = run(&bench, &input("b.png", picture), &missing).await.unwrap_err();
    assert_eq!((problem.code, &*problem.subject), (Code::ObjectNotFound, "none.png"));
}
