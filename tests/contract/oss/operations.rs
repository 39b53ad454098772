//! What OSS has beside the contract.

use std::collections::BTreeMap;
use std::time::Duration;

use hoist_store::oss::{AppendPosition, OssAccount, OssBucket, OssEndpoint, OssSignature};
use hoist_store::{
    Account as _, Body, Bucket as _, CopyOptions, ErrorKind, GetOptions, ListRequest, Lost,
    MultipartUpload as _, PresignMethod, PresignRequest, PublicAccessBlock, PutOptions,
};
use hoist_testkit::fetch;
use hoist_testkit::oss::{Acl, OssServer};

use super::{config, open};

fn body(bytes: &'static [u8]) -> Body {
    Body::from(bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_grow_an_object_and_are_checked_as_a_whole() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    let options = PutOptions { content_type: Some("text/plain".into()), ..PutOptions::default() };
    let end = bucket.append("log", AppendPosition::start(), body(b"hello "), &options).await;
    let end = bucket.append("log", end.unwrap(), body(b"world"), &options).await.unwrap();
    assert_eq!((end.position, end.crc), (11, Some(5981764153023615706)));
    let object = bucket.get("log", &GetOptions::default()).await.unwrap();
    assert_eq!(object.meta.content_type.as_deref(), Some("text/plain"));
    assert_eq!(&object.bytes(100).await.unwrap()[..], b"hello world");

    let elsewhere = AppendPosition::at(3);
    let error = bucket.append("log", elsewhere, body(b"!"), &options).await.unwrap_err();
    assert_eq!((error.kind(), error.hint()), (ErrorKind::Precondition, Some("11")), "{error:?}");
    bucket.put("plain", body(b"x"), &PutOptions::default()).await.unwrap();
    let error = bucket.append("plain", AppendPosition::at(1), body(b"!"), &options).await;
    let error = error.unwrap_err();
    assert_eq!(error.provider_code(), Some("ObjectNotAppendable"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_has_an_acl_of_its_own() {
    let server = OssServer::start().await;
    server.create_bucket("private-one", Acl::Private);
    let mut config = config(&server);
    config.bucket = "private-one".to_owned();
    let bucket = OssBucket::new(config).unwrap();
    let options = PutOptions { acl: Some("public-read".into()), ..PutOptions::default() };
    bucket.put("a b", body(b"x"), &options).await.unwrap();
    assert_eq!(bucket.acl("a b").await.unwrap(), "public-read");
    let url = format!("{}/private-one/a%20b", server.url());
    assert_eq!(fetch("GET", &url, &[], b"" as &[u8]).await.status, 200);
    bucket.set_acl("a b", "private").await.unwrap();
    assert_eq!(bucket.acl("a b").await.unwrap(), "private");
    assert_eq!(fetch("GET", &url, &[], b"" as &[u8]).await.status, 403);
    bucket.set_acl("a b", "default").await.unwrap();
    assert_eq!(bucket.acl("a b").await.unwrap(), "default");
    let id = bucket.create("in parts", &options).await.unwrap();
    let part = bucket.put_part("in parts", &id, 1, body(b"x"), None).await.unwrap();
    bucket.complete("in parts", &id, &[part]).await.unwrap();
    assert_eq!(bucket.acl("in parts").await.unwrap(), "public-read");
    let error = bucket.set_acl("a b", "everyone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    assert_eq!(bucket.acl("none").await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// The tags of an object as they are stored.
async fn tags(server: &OssServer, key: &str) -> String {
    let object = server.object(server.bucket(), key).await.unwrap();
    object.headers["x-oss-tagging"].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn large_objects_are_copied_in_parts_with_all_they_have() {
    let server = OssServer::start().await;
    let mut config = config(&server);
    config.copy_in_parts_above = 300_000;
    config.copy_part = 128 * 1024;
    let bucket = OssBucket::new(config).unwrap();
    let bytes: Vec<u8> = (0..400_000u32).map(|n| (n % 251) as u8).collect();
    let options = PutOptions {
        content_type: Some("image/png".into()),
        cache_control: Some("no-cache".into()),
        content_encoding: Some("br".into()),
        content_language: Some("zh".into()),
        metadata: BTreeMap::from([("width".to_owned(), "1".to_owned())]),
        acl: Some("public-read".into()),
        storage_class: Some("IA".into()),
        tags: Some("who=me%20%26%20you".into()),
        ..PutOptions::default()
    };
    bucket.put("from+ 图", Body::from(bytes.clone()), &options).await.unwrap();
    let keep = CopyOptions { keep_acl: true, ..CopyOptions::default() };
    assert_eq!(bucket.copy("from+ 图", "to", &keep).await.unwrap(), []);
    assert_eq!(bucket.acl("to").await.unwrap(), "public-read");
    let object = bucket.get("to", &GetOptions::default()).await.unwrap();
    assert_eq!(object.meta.content_encoding, options.content_encoding);
    assert_eq!(object.meta.content_language, options.content_language);
    assert_eq!(object.meta.storage_class, options.storage_class);
    assert_eq!(tags(&server, "to").await, "who=me%20%26%20you");
    assert_eq!(object.meta.content_type, options.content_type);
    assert_eq!(object.meta.cache_control, options.cache_control);
    assert_eq!(object.meta.metadata, options.metadata);
    assert!(object.bytes(1 << 20).await.unwrap() == bytes, "other bytes came back");

    let replace = PutOptions { content_type: Some("image/webp".into()), ..PutOptions::default() };
    let replaced = CopyOptions { replace: Some(replace), ..CopyOptions::default() };
    bucket.copy("from+ 图", "to", &replaced).await.unwrap();
    let meta = bucket.head("to").await.unwrap();
    assert_eq!((meta.content_type.as_deref(), meta.size), (Some("image/webp"), 400_000));
    assert!(meta.metadata.is_empty());
    let lines = server.faults().seen().iter().map(|seen| seen.line()).collect::<Vec<_>>();
    let parts = lines.iter().filter(|line| line.starts_with("PUT") && line.contains("partNumber="));
    assert_eq!(parts.count(), 8, "{lines:#?}");
    assert_eq!(server.open_uploads(server.bucket()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_keeps_class_tags_and_if_asked_the_acl() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    let options = PutOptions {
        acl: Some("public-read".into()),
        storage_class: Some("IA".into()),
        tags: Some("a=1".into()),
        ..PutOptions::default()
    };
    bucket.put("from", body(b"x"), &options).await.unwrap();
    let keep = CopyOptions { keep_acl: true, ..CopyOptions::default() };
    let edit = PutOptions { content_type: Some("text/css".into()), ..PutOptions::default() };
    let edit = CopyOptions { replace: Some(edit), ..keep.clone() };
    for (to, options, acl) in [
        ("plain", &CopyOptions::default(), "default"),
        ("kept", &keep, "public-read"),
        ("from", &edit, "public-read"),
    ] {
        assert_eq!(bucket.copy("from", to, options).await.unwrap(), [], "{to}");
        assert_eq!(bucket.acl(to).await.unwrap(), acl, "{to}");
        assert_eq!(bucket.head(to).await.unwrap().storage_class.as_deref(), Some("IA"), "{to}");
        assert_eq!(tags(&server, to).await, "a=1", "{to}");
    }
    // Where public ACLs are blocked the copy is made all the same, in one request or in parts.
    let settings =
        OssAccount::new(config(&server)).unwrap().bucket_config(server.bucket()).unwrap();
    settings.put_public_access_block(&PublicAccessBlock::all(true)).await.unwrap();
    assert_eq!(bucket.copy("from", "to", &keep).await.unwrap(), [Lost::Acl]);
    assert_eq!(bucket.acl("to").await.unwrap(), "default");
    let mut config = config(&server);
    config.copy_in_parts_above = 0;
    let in_parts = OssBucket::new(config).unwrap();
    assert_eq!(in_parts.copy("from", "to", &keep).await.unwrap(), [Lost::Acl]);
    assert_eq!(bucket.acl("to").await.unwrap(), "default");
    assert_eq!(server.open_uploads(server.bucket()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_parts_that_fails_leaves_nothing() {
    let server = OssServer::start().await;
    let mut config = config(&server);
    config.copy_in_parts_above = 300_000;
    config.copy_part = 128 * 1024;
    config.max_attempts = 1;
    let bucket = OssBucket::new(config).unwrap();
    bucket.put("from", Body::from(vec![7; 400_000]), &PutOptions::default()).await.unwrap();
    server.faults().next_like("partNumber=2", 1, hoist_testkit::oss::Fault::Reset);
    let error = bucket.copy("from", "to", &CopyOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
    assert_eq!(server.open_uploads(server.bucket()), 0);
    assert_eq!(server.keys(server.bucket()), ["from"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_must_replace_nothing_is_refused_at_its_end_too() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    let options = PutOptions { if_absent: true, ..PutOptions::default() };
    let id = bucket.create("k", &options).await.unwrap();
    let part = bucket.put_part("k", &id, 1, body(b"second"), None).await.unwrap();
    bucket.put("k", body(b"first"), &options).await.unwrap();
    let error = bucket.complete("k", &id, &[part]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error:?}");
    assert_eq!(server.object(server.bucket(), "k").await.unwrap().bytes, "first");
}

#[tokio::test(flavor = "multi_thread")]
async fn encryption_is_asked_for_and_kept() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    let options = PutOptions { encryption: Some("AES256".into()), ..PutOptions::default() };
    bucket.put("k", body(b"x"), &options).await.unwrap();
    assert!(bucket.head("k").await.is_ok());
    let odd = PutOptions { encryption: Some("ROT13".into()), ..PutOptions::default() };
    assert!(bucket.put("odd", body(b"x"), &odd).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_is_reached_under_its_own_name() {
    let server = OssServer::start().await;
    server.bind_cname("img.example.com", server.bucket());
    for host in [
        "oss-cn-hangzhou.aliyuncs.com",
        "oss-cn-hangzhou-internal.aliyuncs.com",
        "cn-hangzhou.oss.aliyuncs.com",
        "oss-accelerate.aliyuncs.com",
        "oss-accelerate-overseas.aliyuncs.com",
    ] {
        let mut config = config(&server).endpoint(OssEndpoint::Url(format!("http://{host}")));
        // The server plays the part of the whole domain.
        config.proxy = Some(server.url());
        let bucket = OssBucket::new(config).unwrap();
        bucket.put("by name", body(b"x"), &PutOptions::default()).await.unwrap();
        assert_eq!(bucket.list(&ListRequest::default()).await.unwrap().objects.len(), 1, "{host}");
    }
    let cname = OssEndpoint::Cname("http://img.example.com".into());
    let mut config = config(&server).endpoint(cname);
    config.proxy = Some(server.url());
    assert_eq!(OssBucket::new(config).unwrap().head("by name").await.unwrap().size, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_signed_for_one_download_name_gives_no_other() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    bucket.put("k", body(b"x"), &PutOptions::default()).await.unwrap();
    let request = PresignRequest {
        method: PresignMethod::Get,
        key: "k".into(),
        expires: Duration::from_secs(600),
        content_type: None,
        content_disposition: Some("attachment".into()),
        process: None,
    };
    let signed = bucket.presign(&request).await.unwrap();
    let answer = fetch("GET", &signed.url, &signed.headers, b"" as &[u8]).await;
    assert_eq!(answer.header("content-disposition"), "attachment");
    let other = signed.url.replace("attachment", "inline");
    assert_eq!(fetch("GET", &other, &signed.headers, b"" as &[u8]).await.status, 403);
}

/// Width and height of a picture, and its format.
fn seen(bytes: &[u8]) -> (u32, u32, image::ImageFormat) {
    let format = image::guess_format(bytes).unwrap();
    let picture = image::load_from_memory(bytes).unwrap();
    (picture.width(), picture.height(), format)
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_processed_on_the_way_in_a_url_and_into_another_object() {
    let server = OssServer::start().await;
    server.create_bucket("private-one", Acl::Private);
    let mut config = config(&server);
    config.bucket = "private-one".to_owned();
    let bucket = OssBucket::new(config).unwrap();
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(40, 20).write_to(&mut png, image::ImageFormat::Png).unwrap();
    bucket.put("a b.png", Body::from(png.into_inner()), &PutOptions::default()).await.unwrap();

    let small = "image/resize,w_10/format,webp";
    let options = GetOptions { process: Some(small.into()), ..GetOptions::default() };
    let object = bucket.get("a b.png", &options).await.unwrap();
    let bytes = object.bytes(1 << 20).await.unwrap();
    assert_eq!(seen(&bytes), (10, 5, image::ImageFormat::WebP));

    let request = PresignRequest {
        method: PresignMethod::Get,
        key: "a b.png".into(),
        expires: Duration::from_secs(600),
        content_type: None,
        content_disposition: None,
        process: Some(small.into()),
    };
    for signature in [OssSignature::V4, OssSignature::V1] {
        let mut config = super::config(&server).signature(signature);
        config.bucket = "private-one".to_owned();
        let signed = OssBucket::new(config).unwrap().presign(&request).await.unwrap();
        let answer = fetch("GET", &signed.url, &signed.headers, b"" as &[u8]).await;
        assert_eq!(answer.status, 200, "{signature:?} {answer:?}");
        assert_eq!(seen(&answer.body), (10, 5, image::ImageFormat::WebP));
        let larger = signed.url.replace("w_10", "w_20");
        assert_eq!(fetch("GET", &larger, &signed.headers, b"" as &[u8]).await.status, 403);
    }

    bucket.save_as("a b.png", "image/resize,w_20", "大/b.png", None).await.unwrap();
    let kept = bucket.get("大/b.png", &GetOptions::default()).await.unwrap();
    assert_eq!(seen(&kept.bytes(1 << 20).await.unwrap()), (20, 10, image::ImageFormat::Png));
    bucket.save_as("a b.png", small, "b.webp", Some(server.bucket())).await.unwrap();
    assert!(server.object(server.bucket(), "b.webp").await.is_some());
    let error = bucket.save_as("none", small, "x", None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    let odd = GetOptions { process: Some("image/resize,w_0".into()), ..GetOptions::default() };
    let error = bucket.get("a b.png", &odd).await.unwrap_err();
    assert!(error.provider_code().is_some() && error.status() == Some(400), "{error:?}");
}
