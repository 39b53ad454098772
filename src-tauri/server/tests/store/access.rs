use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use hoist_server::store::Keys;

use crate::support::{bytes, client, code, start};

#[tokio::test]
async fn presigned_urls_work_for_any_client_until_they_expire() {
    let store = start().await;
    store.put("a b/图.png", "abc", "image/png").await;
    store.client.create_bucket().bucket("private").send().await.unwrap();
    let presign = |seconds| PresigningConfig::expires_in(Duration::from_secs(seconds)).unwrap();
    let get = store.client.get_object().bucket("images").key("a b/图.png");
    let url = get.response_content_type("x/y").presigned(presign(60)).await.unwrap();
    let target = url.uri().split_once(&store.running.port().to_string()).unwrap().1.to_owned();
    let answer = store.get(&target).await;
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"abc"[..]));
    assert_eq!(answer.header("content-type"), Some("x/y"));
    let tampered = store.get(&target.replace("x%2Fy", "x%2Fz")).await;
    assert_eq!(tampered.status, 403, "{}", tampered.text());
    let url =
        store.client.put_object().bucket("private").key("p").presigned(presign(1)).await.unwrap();
    let target = url.uri().split_once(&store.running.port().to_string()).unwrap().1.to_owned();
    let put = store.raw("PUT", &target, &[("content-length", "0")]).await;
    assert_eq!(put.status, 200, "{}", put.text());
    crate::support::within(Duration::from_secs(10), "the URL to expire", async || {
        store.raw("PUT", &target, &[("content-length", "0")]).await.status == 403
    })
    .await;
}

#[tokio::test]
async fn other_keys_are_refused_even_in_the_middle_of_a_large_body() {
    let store = start().await;
    let wrong = Keys { secret_key: "wrong".to_owned(), ..store.running.keys().clone() };
    let put = |keys: &Keys, len| {
        client(&store.running, keys)
            .put_object()
            .bucket("images")
            .key("k")
            .body(ByteStream::from(bytes(len, 1)))
            .send()
    };
    assert_eq!(code(put(&wrong, 20_000_000).await), "SignatureDoesNotMatch");
    assert_eq!(code(put(&Keys::random(), 10).await), "InvalidAccessKeyId");
    let unsigned = store.raw("PUT", "/images/k", &[("content-length", "0")]).await;
    assert_eq!(unsigned.status, 403);
    assert_eq!(store.content_files() + store.temporary_files(), 0);
}
