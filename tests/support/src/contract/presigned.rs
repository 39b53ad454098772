//! Presigned URLs, used by a client that knows nothing of stores.

use std::time::Duration;

use hoist_store::{Body, ErrorKind, PresignMethod, PresignRequest, Presigned, PutOptions};

use super::{Limit, Subject, keys};
use crate::{Answer, fetch, wait_until_async};

fn request(method: PresignMethod, key: &str) -> PresignRequest {
    PresignRequest {
        method,
        key: key.to_owned(),
        expires: Duration::from_secs(600),
        content_type: None,
        content_disposition: None,
        process: None,
    }
}

/// The URL, or the certainty that the store has none.
async fn sign(subject: &Subject, request: &PresignRequest) -> Option<Presigned> {
    let signed = subject.bucket.presign(request).await;
    if subject.has(Limit::NoPresign) {
        assert!(!subject.bucket.capabilities().presign);
        assert_eq!(signed.unwrap_err().kind(), ErrorKind::Unsupported);
        return None;
    }
    Some(signed.unwrap())
}

async fn send(signed: &Presigned, body: &'static [u8]) -> Answer {
    fetch(signed.method, &signed.url, &signed.headers, body).await
}

pub(super) async fn anyone_can_read_with_the_url(subject: &Subject) {
    let mut wrong = Vec::new();
    for (name, key) in keys::held(subject) {
        let bytes = subject.bytes_for(name, format!("signed {name}"));
        let options =
            PutOptions { content_type: Some("image/png".into()), ..PutOptions::default() };
        subject.bucket.put(&key, Body::from(bytes.clone()), &options).await.unwrap();
        let Some(signed) = sign(subject, &request(PresignMethod::Get, &key)).await else { return };
        let answer = send(&signed, b"").await;
        if answer.status != 200
            || answer.body != bytes
            || answer.header("content-type") != "image/png"
        {
            wrong.push(format!("{name}: {} {:?}", answer.status, answer.body));
        }
        let Some(signed) = sign(subject, &request(PresignMethod::Head, &key)).await else { return };
        let answer = send(&signed, b"").await;
        if answer.status != 200 || answer.header("content-length") != bytes.len().to_string() {
            wrong.push(format!("{name}: HEAD {} {:?}", answer.status, answer.headers));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n    "));

    let download = PresignRequest {
        content_disposition: Some("attachment; filename=\"a b.png\"".into()),
        ..request(PresignMethod::Get, "plain.png")
    };
    let Some(signed) = sign(subject, &download).await else { return };
    let answer = send(&signed, b"").await;
    let forced = subject.has(Limit::ForcesDownload);
    let wanted = if forced { "attachment" } else { "attachment; filename=\"a b.png\"" };
    assert_eq!(answer.header("content-disposition"), wanted);
    assert!(!format!("{signed:?}").contains("ignature"), "Debug shows the signature");
}

pub(super) async fn anyone_can_write_with_the_url(subject: &Subject) {
    for key in ["put/a b+图.png", "put/100%.png"] {
        let put = PresignRequest {
            content_type: Some("image/webp".into()),
            ..request(PresignMethod::Put, key)
        };
        let Some(signed) = sign(subject, &put).await else { return };
        assert!(signed.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")));
        let answer = send(&signed, b"from outside").await;
        assert_eq!(answer.status, 200, "{key}: {:?}", answer.body);
        assert_eq!(subject.read(key).await, b"from outside");
        assert_eq!(
            subject.bucket.head(key).await.unwrap().content_type.as_deref(),
            Some("image/webp")
        );

        let headers: Vec<_> = signed
            .headers
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
            .cloned()
            .chain([("content-type".to_owned(), "text/html".to_owned())])
            .collect();
        let answer = fetch(signed.method, &signed.url, &headers, b"other type" as &[u8]).await;
        if subject.has(Limit::PresignedTypeNotChecked) {
            assert_eq!(answer.status, 200);
        } else {
            assert_eq!(answer.status, 403, "{:?}", answer.body);
            assert_eq!(subject.read(key).await, b"from outside");
        }

        let Some(signed) = sign(subject, &request(PresignMethod::Delete, key)).await else {
            return;
        };
        let answer = send(&signed, b"").await;
        assert!(answer.status.is_success(), "{:?}", answer.body);
        subject.missing(key).await;
    }
}

pub(super) async fn a_url_ends_and_cannot_be_changed(subject: &Subject) {
    subject.put("mine", "x").await;
    subject.put("yours", "y").await;
    let get = request(PresignMethod::Get, "mine");
    let Some(signed) = sign(subject, &get).await else { return };
    let other = signed.url.replacen("mine", "yours", 1);
    assert_ne!(other, signed.url);
    assert_eq!(fetch("GET", &other, &signed.headers, b"" as &[u8]).await.status, 403);
    assert_eq!(fetch("DELETE", &signed.url, &signed.headers, b"" as &[u8]).await.status, 403);
    assert_eq!(subject.read("mine").await, b"x");

    let short = PresignRequest { expires: Duration::from_secs(1), ..get.clone() };
    let Some(signed) = sign(subject, &short).await else { return };
    wait_until_async("the URL expires", Duration::from_secs(20), || async {
        let answer = send(&signed, b"").await;
        assert!(matches!(answer.status.as_u16(), 200 | 400 | 401 | 403), "{answer:?}");
        answer.status != 200
    })
    .await;

    for seconds in [0, 7 * 24 * 3600 + 1] {
        let bad = PresignRequest { expires: Duration::from_secs(seconds), ..get.clone() };
        assert_eq!(subject.bucket.presign(&bad).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
}

pub(super) async fn damaged_bytes_are_refused(subject: &Subject) {
    let Some(signed) = sign(subject, &request(PresignMethod::Put, "damaged")).await else { return };
    let mut headers = signed.headers.clone();
    // The MD5 of "right".
    headers.push(("content-md5".to_owned(), "fE8pQHiTwzSmy3qHvwRcDQ==".to_owned()));
    let answer = fetch(signed.method, &signed.url, &headers, b"wrong" as &[u8]).await;
    if subject.has(Limit::IgnoresContentMd5) {
        assert_eq!(answer.status, 200);
        return;
    }
    if subject.has(Limit::SignsContentMd5) {
        assert_eq!(answer.status, 403, "{answer:?}");
    } else {
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{answer:?}");
    }
    subject.missing("damaged").await;
}
