use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart,
};

use crate::support::{TestStore, bytes, code, start, within};

const MIN: usize = 5 * 1024 * 1024;

async fn create(store: &TestStore, key: &str) -> String {
    let created =
        store.client.create_multipart_upload().bucket("images").key(key).send().await.unwrap();
    created.upload_id().unwrap().to_owned()
}

async fn part(store: &TestStore, key: &str, id: &str, number: i32, body: Vec<u8>) -> CompletedPart {
    let sent = store
        .client
        .upload_part()
        .bucket("images")
        .key(key)
        .upload_id(id)
        .part_number(number)
        .body(ByteStream::from(body))
        .send()
        .await
        .unwrap();
    CompletedPart::builder().part_number(number).e_tag(sent.e_tag().unwrap()).build()
}

fn complete(
    store: &TestStore,
    key: &str,
    id: &str,
    parts: &[CompletedPart],
) -> aws_sdk_s3::operation::complete_multipart_upload::builders::CompleteMultipartUploadFluentBuilder
{
    store
        .client
        .complete_multipart_upload()
        .bucket("images")
        .key(key)
        .upload_id(id)
        .multipart_upload(
            CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build(),
        )
}

#[tokio::test]
async fn parts_become_one_object() {
    let store = start().await;
    let (one, two, three) = (bytes(MIN, 1), bytes(MIN + 1, 2), bytes(10, 3));
    let id = create(&store, "big").await;
    // Out of order, one twice.
    let last = part(&store, "big", &id, 9, three.clone()).await;
    let middle = part(&store, "big", &id, 4, two.clone()).await;
    part(&store, "big", &id, 1, bytes(77, 9)).await;
    let first = part(&store, "big", &id, 1, one.clone()).await;
    part(&store, "big", &id, 5, bytes(99, 9)).await;
    let named = [first, middle, last];

    let listed = store
        .client
        .list_parts()
        .bucket("images")
        .key("big")
        .upload_id(&id)
        .max_parts(2)
        .send()
        .await
        .unwrap();
    assert_eq!(listed.is_truncated(), Some(true));
    let sizes: Vec<_> = listed.parts().iter().map(|part| part.size().unwrap()).collect();
    assert_eq!(sizes, [MIN as i64, MIN as i64 + 1]);
    let rest = store
        .client
        .list_parts()
        .bucket("images")
        .key("big")
        .upload_id(&id)
        .part_number_marker(listed.next_part_number_marker().unwrap())
        .send()
        .await
        .unwrap();
    let numbers: Vec<_> = rest.parts().iter().map(|part| part.part_number().unwrap()).collect();
    assert_eq!(numbers, [5, 9]);
    assert_eq!(
        code(store.client.get_object().bucket("images").key("big").send().await),
        "NoSuchKey"
    );

    let done = complete(&store, "big", &id, &named).send().await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-3\""));
    let whole = [one, two.clone(), three].concat();
    assert_eq!(store.read("big").await, whole);
    let across = store
        .client
        .get_object()
        .bucket("images")
        .key("big")
        .range(format!("bytes={}-{}", MIN - 2, MIN + 1))
        .send()
        .await
        .unwrap();
    assert_eq!(across.body.collect().await.unwrap().to_vec(), whole[MIN - 2..MIN + 2]);
    let second =
        store.client.get_object().bucket("images").key("big").part_number(2).send().await.unwrap();
    assert_eq!(second.parts_count(), Some(3));
    assert_eq!(second.body.collect().await.unwrap().to_vec(), two);
    within(Duration::from_secs(5), "unused parts to go", async || store.content_files() == 3).await;

    assert_eq!(code(complete(&store, "big", &id, &named).send().await), "NoSuchUpload");
    store.client.delete_object().bucket("images").key("big").send().await.unwrap();
    within(Duration::from_secs(5), "all content to go", async || store.content_files() == 0).await;
}

#[tokio::test]
async fn wrong_completions_are_refused_and_change_nothing() {
    let store = start().await;
    let id = create(&store, "k").await;
    let one = part(&store, "k", &id, 1, bytes(MIN, 1)).await;
    let two = part(&store, "k", &id, 2, bytes(100, 2)).await;
    let three = part(&store, "k", &id, 3, bytes(100, 3)).await;
    let refused =
        async |parts: &[CompletedPart]| code(complete(&store, "k", &id, parts).send().await);
    let wrong = CompletedPart::builder().part_number(2).e_tag(one.e_tag().unwrap()).build();
    assert_eq!(refused(&[one.clone(), wrong]).await, "InvalidPart");
    let missing = CompletedPart::builder().part_number(7).e_tag(one.e_tag().unwrap()).build();
    assert_eq!(refused(&[one.clone(), missing]).await, "InvalidPart");
    assert_eq!(refused(&[two.clone(), one.clone()]).await, "InvalidPartOrder");
    assert_eq!(refused(&[one.clone(), two.clone(), three]).await, "EntityTooSmall");
    assert_eq!(refused(&[]).await, "MalformedXML");
    let elsewhere = complete(&store, "other", &id, std::slice::from_ref(&one)).send().await;
    assert_eq!(code(elsewhere), "NoSuchUpload");
    store.put("k", "old", "text/plain").await;
    let guarded =
        complete(&store, "k", &id, &[one.clone(), two.clone()]).if_none_match("*").send().await;
    assert_eq!(code(guarded), "PreconditionFailed");
    assert_eq!(store.read("k").await, b"old");
    complete(&store, "k", &id, &[one, two]).send().await.unwrap();
    assert_eq!(store.read("k").await.len(), MIN + 100);
}

#[tokio::test]
async fn an_aborted_upload_is_gone() {
    let store = start().await;
    let id = create(&store, "k").await;
    let one = part(&store, "k", &id, 1, bytes(100, 1)).await;
    let abort =
        || store.client.abort_multipart_upload().bucket("images").key("k").upload_id(&id).send();
    abort().await.unwrap();
    assert_eq!(code(abort().await), "NoSuchUpload");
    let parts = store.client.list_parts().bucket("images").key("k").upload_id(&id).send().await;
    assert_eq!(code(parts), "NoSuchUpload");
    assert_eq!(code(complete(&store, "k", &id, &[one]).send().await), "NoSuchUpload");
    let late = store
        .client
        .upload_part()
        .bucket("images")
        .key("k")
        .upload_id(&id)
        .part_number(1)
        .send()
        .await;
    assert_eq!(code(late), "NoSuchUpload");
    within(Duration::from_secs(5), "the parts to go", async || store.content_files() == 0).await;
}

#[tokio::test]
async fn uploads_in_progress_are_listed_by_page() {
    let store = start().await;
    let mut ids = Vec::new();
    for key in ["a/1", "a/1", "a/2", "b 1", "c"] {
        ids.push(create(&store, key).await);
    }
    let list = || store.client.list_multipart_uploads().bucket("images");
    let (mut seen, mut key, mut id) = (Vec::new(), None, None);
    loop {
        let page = list()
            .max_uploads(2)
            .set_key_marker(key)
            .set_upload_id_marker(id)
            .send()
            .await
            .unwrap();
        seen.extend(page.uploads().iter().map(|upload| upload.upload_id().unwrap().to_owned()));
        if page.is_truncated() != Some(true) {
            break;
        }
        key = page.next_key_marker().map(str::to_owned);
        id = page.next_upload_id_marker().map(str::to_owned);
    }
    seen.sort();
    let mut all = ids.clone();
    all.sort();
    assert_eq!(seen, all);
    let under = list().prefix("a/").send().await.unwrap();
    assert_eq!(under.uploads().len(), 3);
    let grouped = list().delimiter("/").send().await.unwrap();
    assert_eq!((grouped.uploads().len(), grouped.common_prefixes().len()), (2, 1));
}

#[tokio::test]
async fn parts_can_be_copied() {
    let store = start().await;
    let source = bytes(MIN + 1000, 5);
    store.put("source", source.clone(), "text/plain").await;
    let id = create(&store, "joined").await;
    let copy = |number: i32, range: Option<&str>| {
        store
            .client
            .upload_part_copy()
            .bucket("images")
            .key("joined")
            .upload_id(&id)
            .part_number(number)
            .copy_source("images/source")
            .set_copy_source_range(range.map(str::to_owned))
            .send()
    };
    let named =
        |number: i32, etag: &str| CompletedPart::builder().part_number(number).e_tag(etag).build();
    let whole = copy(1, None).await.unwrap();
    let some = copy(2, Some("bytes=10-1009")).await.unwrap();
    assert_eq!(code(copy(3, Some("bytes=10-99999999")).await), "InvalidArgument");
    let etag = |result: &aws_sdk_s3::operation::upload_part_copy::UploadPartCopyOutput| {
        result.copy_part_result().unwrap().e_tag().unwrap().to_owned()
    };
    // The same bytes sent the ordinary way have the same ETag.
    store.put("plain", source[10..=1009].to_vec(), "text/plain").await;
    let plain = store.client.head_object().bucket("images").key("plain").send().await.unwrap();
    assert_eq!(plain.e_tag(), Some(etag(&some).as_str()));
    complete(&store, "joined", &id, &[named(1, &etag(&whole)), named(2, &etag(&some))])
        .send()
        .await
        .unwrap();
    store.client.delete_object().bucket("images").key("source").send().await.unwrap();
    assert_eq!(store.read("joined").await, [&source[..], &source[10..=1009]].concat());
}

#[tokio::test]
async fn checksums_of_parts_join() {
    let store = start().await;
    for (algorithm, kind) in [
        (ChecksumAlgorithm::Crc64Nvme, ChecksumType::FullObject),
        (ChecksumAlgorithm::Crc32, ChecksumType::FullObject),
        (ChecksumAlgorithm::Sha256, ChecksumType::Composite),
    ] {
        let created = store
            .client
            .create_multipart_upload()
            .bucket("images")
            .key("sum")
            .checksum_algorithm(algorithm.clone())
            .checksum_type(kind.clone())
            .send()
            .await
            .unwrap();
        let id = created.upload_id().unwrap();
        let one = part(&store, "sum", id, 1, bytes(MIN, 1)).await;
        let two = part(&store, "sum", id, 2, bytes(20, 2)).await;
        complete(&store, "sum", id, &[one, two]).send().await.unwrap();
        let got = store
            .client
            .get_object()
            .bucket("images")
            .key("sum")
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await
            .unwrap();
        assert_eq!(got.checksum_type(), Some(&kind));
        if kind == ChecksumType::Composite {
            assert!(got.checksum_sha256().unwrap().ends_with("-2"));
        }
        // For a whole-object checksum the SDK compares while it reads.
        assert_eq!(got.body.collect().await.unwrap().to_vec().len(), MIN + 20);
    }
}
