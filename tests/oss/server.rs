//! The OSS test server where no official client looks: bare requests, domains, and faults.

#![allow(clippy::unwrap_used)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hoist_testkit::oss::{Acl, Fault, OssOptions, OssServer};
use hoist_testkit::{Answer, fetch};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const OPEN: &str = "open";

/// A server with a bucket that anyone may write to.
fn server() -> OssServer {
    let server = OssServer::with(OssOptions::default());
    server.create_bucket(OPEN, Acl::PublicReadWrite);
    server.bind_cname("open.example.com", OPEN);
    server
}

async fn send(server: &OssServer, method: &str, path: &str, body: &'static str) -> Answer {
    fetch(method, &format!("{}{path}", server.url()), &[], body).await
}

/// A request as a proxy or a browser makes it for that host.
async fn get_from(server: &OssServer, host: &str, path: &str) -> Answer {
    let headers = [("host".to_owned(), host.to_owned())];
    fetch("GET", &format!("{}{path}", server.url()), &headers, "").await
}

async fn put_image(server: &OssServer, key: &str) {
    let headers = [("content-type".to_owned(), "image/png".to_owned())];
    let put = fetch("PUT", &format!("{}/{OPEN}/{key}", server.url()), &headers, "bytes").await;
    assert_eq!(put.status, 200);
}

fn code(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let inner = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    inner.map(|(code, _)| code.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn every_answer_says_whose_it_is() {
    let server = server();
    put_image(&server, "a.png").await;
    for path in ["/open/a.png", "/open/none", "/nobody/x", "/"] {
        let answer = send(&server, "GET", path, "").await;
        assert_eq!(answer.header("server"), "AliyunOSS", "{path}");
        assert_eq!(answer.header("x-oss-request-id").len(), 24, "{path}");
        assert!(!answer.header("date").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_error_to_head_is_in_a_header() {
    let server = server();
    let answer = send(&server, "HEAD", "/open/none", "").await;
    assert_eq!((answer.status.as_u16(), answer.header("x-oss-ec")), (404, "0026-00000001"));
    let error = STANDARD.decode(answer.header("x-oss-err")).unwrap();
    assert!(String::from_utf8(error).unwrap().contains("<Code>NoSuchKey</Code>"));
}

#[tokio::test]
async fn nobody_reads_what_is_private_or_lists_what_is_public() {
    let server = server();
    server.create_bucket("closed", Acl::Private);
    assert_eq!(code(&send(&server, "GET", "/closed/x", "").await), "AccessDenied");
    assert_eq!(code(&send(&server, "PUT", "/images/x", "").await), "AccessDenied");
    assert_eq!(code(&send(&server, "GET", "/open?list-type=2", "").await), "AccessDenied");
    assert_eq!(code(&send(&server, "GET", "/", "").await), "AccessDenied");
}

#[tokio::test]
async fn only_a_custom_domain_shows_images() {
    let server = server();
    put_image(&server, "a.png").await;
    for (host, path) in
        [("127.0.0.1", "/open/a.png"), ("open.oss-cn-hangzhou.aliyuncs.com", "/a.png")]
    {
        let answer = get_from(&server, host, path).await;
        assert_eq!(answer.header("x-oss-force-download"), "true", "{host}");
        assert_eq!(answer.header("content-disposition"), "attachment", "{host}");
    }
    let answer = get_from(&server, "open.example.com", "/a.png").await;
    assert_eq!(answer.body, "bytes");
    assert_eq!(answer.header("x-oss-force-download"), "");
    assert_eq!(answer.header("content-disposition"), "");
}

#[tokio::test]
async fn hosts_are_kept_apart() {
    let server = server();
    server.create_bucket_in("west", Acl::PublicRead, "us-west-1");
    let path_style = get_from(&server, "oss-cn-hangzhou.aliyuncs.com", "/open/a").await;
    assert_eq!(code(&path_style), "SecondLevelDomainForbidden");
    let elsewhere = get_from(&server, "west.oss-cn-hangzhou.aliyuncs.com", "/a").await;
    assert_eq!((elsewhere.status.as_u16(), code(&elsewhere).as_str()), (403, "AccessDenied"));
    let text = String::from_utf8_lossy(&elsewhere.body).into_owned();
    assert!(text.contains("<Endpoint>oss-us-west-1.aliyuncs.com</Endpoint>"), "{text}");
    let there = get_from(&server, "west.oss-us-west-1.aliyuncs.com", "/a").await;
    assert_eq!(code(&there), "NoSuchKey");
    assert_eq!(code(&get_from(&server, "unbound.example.com", "/a").await), "NoSuchBucket");
}

#[tokio::test]
async fn new_accounts_reach_their_data_by_custom_domains_only() {
    let server = server();
    put_image(&server, "a.png").await;
    server.faults().forbid_public_endpoint(true);
    let answer = send(&server, "GET", "/open/a.png", "").await;
    assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (400, "PublicEndpointForbidden"));
    assert_eq!(answer.header("x-oss-ec"), "0048-00000401");
    assert_eq!(get_from(&server, "open.example.com", "/a.png").await.status, 200);
    let internal = "open.oss-cn-hangzhou-internal.aliyuncs.com";
    assert_eq!(get_from(&server, internal, "/a.png").await.status, 200);
}

#[tokio::test]
async fn keys_and_buckets_have_names() {
    let server = server();
    assert_eq!(code(&send(&server, "PUT", "/open//a", "x").await), "InvalidObjectName");
    let long = format!("/open/{}", "k".repeat(1024));
    assert_eq!(code(&send(&server, "PUT", &long, "x").await), "InvalidObjectName");
    assert_eq!(send(&server, "PUT", &long[..long.len() - 1], "x").await.status, 200);
    assert_eq!(code(&send(&server, "PUT", "/Open/a", "x").await), "InvalidBucketName");
}

#[tokio::test]
async fn metadata_and_size_have_limits() {
    let mut options = OssOptions::default();
    options.max_put = 10;
    let server = OssServer::with(options);
    server.create_bucket(OPEN, Acl::PublicReadWrite);
    assert_eq!(code(&send(&server, "PUT", "/open/a", "eleven byte").await), "EntityTooLarge");
    let put = async |name: &str, length: usize| {
        let headers = [(format!("x-oss-meta-{name}"), "v".repeat(length))];
        code(&fetch("PUT", &format!("{}/{OPEN}/a", server.url()), &headers, "x").await)
    };
    assert_eq!(put("a", 8191).await, "");
    assert_eq!(put("a", 8192).await, "MetadataTooLarge");
    assert_eq!(put("a_b", 1).await, "InvalidArgument");
    assert!(server.object(OPEN, "a").await.unwrap().headers.contains_key("x-oss-meta-a"));
}

#[tokio::test]
async fn trouble_comes_as_often_as_it_was_asked_for() {
    let server = server();
    put_image(&server, "a.png").await;
    server.faults().unavailable(2, Some(3));
    for _ in 0..2 {
        let answer = send(&server, "GET", "/open/a.png", "").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "3"));
        assert_eq!(code(&answer), "ServiceUnavailable");
    }
    assert_eq!(send(&server, "GET", "/open/a.png", "").await.body, "bytes");
    assert_eq!(server.faults().left(), 0);
    assert_eq!(server.faults().seen().last().unwrap().line(), "GET /open/a.png");
}

#[tokio::test]
async fn bytes_are_changed_on_the_way_out_and_in() {
    let server = server();
    put_image(&server, "a.png").await;
    server.faults().next_like("GET /open/a", 1, Fault::CorruptAnswer);
    let spoiled = send(&server, "GET", "/open/a.png", "").await;
    let whole = send(&server, "GET", "/open/a.png", "").await;
    assert_eq!((spoiled.body.len(), &spoiled.body[1..]), (5, &whole.body[1..]));
    assert_ne!(spoiled.body, whole.body);
    let crc = |answer: &Answer| answer.header("x-oss-hash-crc64ecma").to_owned();
    assert_eq!(crc(&spoiled), crc(&whole));

    server.faults().next_like("PUT", 1, Fault::CorruptStored);
    let put = send(&server, "PUT", "/open/b", "bytes").await;
    assert_ne!(crc(&put), crc(&whole));
    assert_ne!(server.object(OPEN, "b").await.unwrap().bytes, "bytes");
}

/// All that a server says to one request before it closes the connection.
async fn said(server: &OssServer, method: &str, path: &str, body: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    said
}

#[tokio::test]
async fn connections_end_without_an_answer() {
    let server = server();
    server.faults().next(1, Fault::Reset);
    assert_eq!(said(&server, "PUT", "/open/c", "lost").await, b"");
    assert!(server.object(OPEN, "c").await.is_none());
    server.faults().next(1, Fault::LoseAnswer);
    assert_eq!(said(&server, "PUT", "/open/c", "kept").await, b"");
    assert_eq!(server.object(OPEN, "c").await.unwrap().bytes, "kept");
    server.faults().next(1, Fault::CutAnswer(2));
    let cut = String::from_utf8(said(&server, "GET", "/open/c", "").await).unwrap();
    assert!(cut.contains("content-length: 4") && cut.ends_with("\r\n\r\nke"), "{cut}");
}
