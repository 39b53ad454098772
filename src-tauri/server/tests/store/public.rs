use crate::support::{bytes, start};

#[tokio::test]
async fn an_image_is_served_to_anyone_with_its_headers() {
    let store = start().await;
    let body = bytes(600_000, 1);
    store.put("2026/图 1+.png", body.clone(), "image/png").await;
    let target = "/images/2026/%E5%9B%BE%201%2B.png";
    let answer = store.get(target).await;
    assert_eq!((answer.status, answer.body.len()), (200, body.len()));
    assert_eq!(answer.body, body);
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(answer.header("content-length"), Some("600000"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    assert_eq!(answer.header("content-security-policy"), None);
    assert!(answer.header("x-amz-request-id").is_some());
    let (etag, modified) = (
        answer.header("etag").unwrap().to_owned(),
        answer.header("last-modified").unwrap().to_owned(),
    );

    let head = store.raw("HEAD", target, &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("600000"));

    for (name, value, status) in [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "\"x\", *", 304),
        ("if-none-match", "\"x\"", 200),
        ("if-modified-since", modified.as_str(), 304),
        ("if-match", "\"x\"", 412),
        ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 412),
    ] {
        let answer = store.raw("GET", target, &[(name, value)]).await;
        assert_eq!(answer.status, status, "{name}: {value}");
        if status == 304 {
            assert_eq!(answer.header("etag"), Some(etag.as_str()));
            assert!(answer.body.is_empty());
        }
    }
    let part = store.raw("GET", target, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &body[10..20]));
    assert_eq!(part.header("content-range"), Some("bytes 10-19/600000"));
    let beyond = store.raw("GET", target, &[("range", "bytes=600000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */600000")));
    let several = store.raw("GET", target, &[("range", "bytes=0-1,3-4")]).await;
    assert_eq!(several.status, 200);
    let stale = store.raw("GET", target, &[("range", "bytes=0-1"), ("if-range", "\"x\"")]).await;
    assert_eq!(stale.status, 200);
    let fresh = store.raw("GET", target, &[("range", "bytes=0-1"), ("if-range", &etag)]).await;
    assert_eq!(fresh.status, 206);
}

#[tokio::test]
async fn keys_are_never_paths() {
    let store = start().await;
    for key in ["a/../b", "..", "//x", "/y", "a/./b"] {
        store.put(key, key, "text/plain").await;
    }
    for (target, key) in [
        ("/images/a/../b", "a/../b"),
        ("/images/a/%2e%2e/b", "a/../b"),
        ("/images/..", ".."),
        ("/images///x", "//x"),
        ("/images//y", "/y"),
        ("/images/a/./b", "a/./b"),
    ] {
        let answer = store.get(target).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, key), "{target}");
    }
    for target in
        ["/images/../store/index.db", "/images/../../../../etc/passwd", "/images/b", "/images/%ff"]
    {
        let answer = store.get(target).await;
        assert!([400, 404].contains(&answer.status), "{target}: {}", answer.status);
        assert!(answer.text().contains("<Code>"), "{target}");
    }
}

#[tokio::test]
async fn only_images_are_public_and_nothing_is_listed() {
    let store = start().await;
    store.client.create_bucket().bucket("private").send().await.unwrap();
    store.client.put_object().bucket("private").key("k").send().await.unwrap();
    store.put("k", "x", "image/png").await;
    for target in [
        "/",
        "/images",
        "/images/",
        "/images?list-type=2",
        "/images/?prefix=k",
        "/private/k",
        "/private?list-type=2",
    ] {
        let answer = store.get(target).await;
        assert_eq!(answer.status, 403, "{target}: {}", answer.text());
        assert!(answer.text().contains("AccessDenied"), "{target}");
    }
    for (method, target) in [
        ("PUT", "/images/new"),
        ("DELETE", "/images/k"),
        ("POST", "/images/k?uploads"),
        ("POST", "/images?delete"),
    ] {
        let answer = store.raw(method, target, &[("content-length", "0")]).await;
        assert_eq!(answer.status, 403, "{method} {target}: {}", answer.text());
    }
    assert_eq!(store.get("/images/k").await.status, 200);
    let missing = store.get("/images/none").await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("NoSuchKey"));
    assert_eq!(missing.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn a_form_of_some_page_is_refused_before_it_is_read() {
    let store = start().await;
    // A body that never comes: an answer at once shows that nobody waits for it.
    for content_type in ["multipart/form-data; boundary=x", "Multipart/Form-Data; boundary=\"x\""] {
        let headers = [("content-type", content_type), ("content-length", "5000000000")];
        let answer = store.raw("POST", "/images", &headers).await;
        assert_eq!(answer.status, 501, "{}", answer.text());
    }
}

#[tokio::test]
async fn documents_cannot_run() {
    let store = start().await;
    for (key, content_type) in [
        ("a.svg", "image/svg+xml"),
        ("a.html", "text/html; charset=utf-8"),
        ("a.xml", "application/xml"),
    ] {
        store.put(key, "<svg xmlns='http://www.w3.org/2000/svg'/>", content_type).await;
        let answer = store.get(&format!("/images/{key}")).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("sandbox;") && policy.contains("default-src 'none'"),
            "{key}: {policy}"
        );
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn other_names_for_this_address_are_refused() {
    let store = start().await;
    store.put("k", "x", "image/png").await;
    let port = store.running.port();
    for host in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"] {
        let answer = store.raw("GET", "/images/k", &[("host", &format!("{host}:{port}"))]).await;
        assert_eq!(answer.status, 200, "{host}");
    }
    for host in [
        format!("rebound.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1.evil.example:{port}"),
        String::new(),
    ] {
        for target in ["/images/k", "/-/hoist", "/"] {
            let answer = store.raw("GET", target, &[("host", &host)]).await;
            assert_eq!(answer.status, 403, "{host:?} {target}");
        }
    }
    let absolute = format!("http://rebound.example:{port}/images/k");
    assert_eq!(store.get(&absolute).await.status, 403);
}

#[tokio::test]
async fn a_page_elsewhere_may_read_but_is_asked_first() {
    let store = start().await;
    let preflight = store
        .raw(
            "OPTIONS",
            "/images/k",
            &[
                ("origin", "https://notes.example"),
                ("access-control-request-method", "GET"),
                ("access-control-request-headers", "range"),
            ],
        )
        .await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, HEAD"));
    assert_eq!(preflight.header("access-control-allow-headers"), Some("range"));
    let elsewhere =
        store.raw("OPTIONS", "/private/k", &[("origin", "https://notes.example")]).await;
    assert_eq!(elsewhere.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn it_says_who_it_is() {
    let store = start().await;
    let hello = store.get("/-/hoist").await;
    assert_eq!(hello.header("content-type"), Some("application/json"));
    assert_eq!(hello.header("access-control-allow-origin"), None);
    let text = hello.text();
    assert!(text.contains("\"app\":\"hoist\""), "{text}");
    assert!(text.contains(store.running.store_id()), "{text}");
}
