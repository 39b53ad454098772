//! Everything that can be wrong: the right kind, what to do about it, and no wrong object.

use std::time::{Duration, SystemTime};

use hoist_store::oss::{OssBucket, OssConfig, OssCredentials, OssEndpoint, OssSignature};
use hoist_store::{
    Body, Bucket as _, ErrorKind, GetOptions, ListRequest, MultipartUpload as _, PresignMethod,
    PresignRequest, PutOptions, StoreError,
};
use hoist_testkit::fetch;
use hoist_testkit::oss::{Acl, Fault, OssServer, TemporaryKeys};
use jiff::SignedDuration;

use super::{config, open};

async fn put(bucket: &OssBucket) -> Result<(), StoreError> {
    bucket.put("k", Body::from(b"x" as &[u8]), &PutOptions::default()).await.map(drop)
}

/// The error of a put and of a HEAD, which has no body to say why.
async fn refused(config: OssConfig) -> [StoreError; 2] {
    let bucket = OssBucket::new(config).unwrap();
    [put(&bucket).await.unwrap_err(), bucket.head("k").await.unwrap_err()]
}

fn temporary(server: &OssServer, keys: &TemporaryKeys) -> OssConfig {
    let mut config = config(server);
    config.credentials =
        OssCredentials::new(&keys.access_key, &keys.secret_key, Some(keys.token.clone()));
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_keys_work_until_they_end() {
    let server = OssServer::start().await;
    let good = server.temporary_keys(600);
    for signature in [OssSignature::V4, OssSignature::V1] {
        let bucket = OssBucket::new(temporary(&server, &good).signature(signature)).unwrap();
        put(&bucket).await.unwrap();
        let request = PresignRequest {
            method: PresignMethod::Get,
            key: "k".into(),
            expires: Duration::from_secs(60),
            content_type: None,
            content_disposition: None,
            process: None,
        };
        let signed = bucket.presign(&request).await.unwrap();
        let answer = fetch("GET", &signed.url, &signed.headers, b"" as &[u8]).await;
        assert_eq!(answer.status, 200, "{signature:?} {answer:?}");
    }
    let ended = server.temporary_keys(-60);
    for error in refused(temporary(&server, &ended)).await {
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");
        assert_eq!(error.provider_code(), Some("SecurityTokenExpired"), "{error:?}");
        assert!(error.sub_code().is_some(), "{error:?}");
        assert!(!format!("{error} {error:?}").contains(&ended.token));
    }
    let stolen = TemporaryKeys { token: "CAISnobody".into(), ..good };
    for error in refused(temporary(&server, &stolen)).await {
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");
        assert!(error.provider_code().is_some(), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_told_from_an_unknown_key() {
    let server = OssServer::start().await;
    for (id, code) in
        [(server.access_key(), "SignatureDoesNotMatch"), ("LTAINOBODY", "InvalidAccessKeyId")]
    {
        for signature in [OssSignature::V4, OssSignature::V1] {
            let mut config = config(&server).signature(signature);
            config.credentials = OssCredentials::new(id, "not/the+secret", None);
            for error in refused(config).await {
                assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");
                assert_eq!(error.provider_code(), Some(code), "{error:?}");
                let shown = error.shown_code().unwrap();
                assert!(shown.starts_with(&format!("{code} EC 0002-")), "{shown}");
                assert!(!format!("{error} {error:?}").contains("not/the+secret"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_by_an_hour_does_no_harm() {
    let server = OssServer::start().await;
    for hours in [-1, 1] {
        server.faults().set_clock(hours * 3600);
        for signature in [OssSignature::V4, OssSignature::V1] {
            let bucket = OssBucket::new(config(&server).signature(signature)).unwrap();
            put(&bucket).await.unwrap();
            let offset = bucket.clock_offset().unwrap();
            let off = offset - SignedDuration::from_hours(hours);
            assert!(off.abs() < SignedDuration::from_mins(1), "{offset:?}");
            let before = server.faults().seen().len();
            assert_eq!(bucket.head("k").await.unwrap().size, 1);
            assert_eq!(server.faults().seen().len(), before + 1, "refused a second time");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_of_an_hour_is_the_limit() {
    fn behind() -> SystemTime {
        SystemTime::now() - Duration::from_secs(14 * 60)
    }
    let server = OssServer::start().await;
    let mut config = config(&server);
    config.clock = Some(behind);
    let bucket = OssBucket::new(config).unwrap();
    put(&bucket).await.unwrap();
    assert_eq!(server.faults().seen().len(), 1, "it was refused though it is within the limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_endpoint_names_the_right_one() {
    let server = OssServer::start().await;
    server.create_bucket_in("far-away", Acl::Private, "cn-shanghai");
    let mut config = config(&server);
    config.bucket = "far-away".to_owned();
    for error in refused(config).await {
        assert_eq!(error.kind(), ErrorKind::WrongEndpoint, "{error:?}");
        assert_eq!(error.hint(), Some("oss-cn-shanghai.aliyuncs.com"), "{error:?}");
        let shown = error.shown_code();
        assert_eq!(shown.as_deref(), Some("AccessDenied EC 0003-00001403"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_region_is_told_and_found_out() {
    let server = OssServer::start().await;
    server.bind_cname("img.example.com", server.bucket());
    // The host says which region it is.
    let host = OssEndpoint::Url("http://oss-cn-hangzhou.aliyuncs.com".into());
    // A custom domain does not: the bucket's own region is asked for.
    let domain = OssEndpoint::Cname("http://img.example.com".into());
    let fast = OssEndpoint::Url("http://oss-accelerate.aliyuncs.com".into());
    for endpoint in [host, domain, fast] {
        let mut config = config(&server).endpoint(endpoint.clone());
        config.region = "cn-shanghai".to_owned();
        config.proxy = Some(server.url());
        for error in refused(config).await {
            assert_eq!(error.kind(), ErrorKind::WrongRegion, "{endpoint:?} {error:?}");
            assert_eq!(error.hint(), Some("cn-hangzhou"), "{endpoint:?} {error:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_public_endpoint_is_told_with_its_code() {
    let server = OssServer::start().await;
    server.faults().forbid_public_endpoint(true);
    let mut config =
        config(&server).endpoint(OssEndpoint::Url("http://oss-cn-hangzhou.aliyuncs.com".into()));
    config.proxy = Some(server.url());
    for error in refused(config).await {
        assert_eq!(error.kind(), ErrorKind::WrongEndpoint, "{error:?}");
        let shown = error.shown_code();
        assert_eq!(shown.as_deref(), Some("PublicEndpointForbidden EC 0048-00000401"));
    }
    // A custom domain is the way out.
    let cname = super::config(&server).endpoint(OssEndpoint::Cname(server.cname_url()));
    put(&OssBucket::new(cname).unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_told_from_a_missing_key() {
    let server = OssServer::start().await;
    let mut config = config(&server);
    config.bucket = "nobody-has-this".to_owned();
    for error in refused(config).await {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
        assert_eq!(error.provider_code(), Some("NoSuchBucket"), "{error:?}");
    }
    let error = open(&server).head("none").await.unwrap_err();
    assert_eq!(error.provider_code(), Some("NoSuchKey"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_change_on_the_way_up_leave_nothing_wrong() {
    let server = OssServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    std::fs::write(&path, vec![7; 300_000]).unwrap();
    for hash_first in [0, 1 << 20] {
        let mut config = config(&server);
        config.hash_first = hash_first;
        let bucket = OssBucket::new(config).unwrap();
        server.faults().next_like("PUT /", 1, Fault::CorruptStored);
        let body = Body::File { path: path.clone(), offset: 0, len: 300_000 };
        let error = bucket.put("k", body, &PutOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
        assert!(server.object(server.bucket(), "k").await.is_none(), "it is still there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_change_in_a_part_are_sent_again() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    let id = bucket.create("k", &PutOptions::default()).await.unwrap();
    let part = || bucket.put_part("k", &id, 1, Body::from(vec![7; 200_000]), None);
    server.faults().next_like("partNumber=1", 1, Fault::CorruptStored);
    assert_eq!(part().await.unwrap_err().kind(), ErrorKind::Integrity);
    let good = part().await.unwrap();
    bucket.complete("k", &id, &[good]).await.unwrap();
    assert_eq!(server.object(server.bucket(), "k").await.unwrap().bytes, vec![7; 200_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_change_on_the_way_down_end_with_an_error() {
    let server = OssServer::start().await;
    let mut config = config(&server);
    config.max_attempts = 1;
    let bucket = OssBucket::new(config).unwrap();
    let bytes = vec![7; 200_000];
    bucket.put("k", Body::from(bytes.clone()), &PutOptions::default()).await.unwrap();
    let read = async || {
        let object = bucket.get("k", &GetOptions::default()).await?;
        object.bytes(1 << 20).await
    };
    for (fault, kinds) in [
        (Fault::CorruptAnswer, &[ErrorKind::Integrity][..]),
        (Fault::CutAnswer(1000), &[ErrorKind::Network, ErrorKind::Integrity]),
    ] {
        server.faults().next_like("GET /", 1, fault.clone());
        let error = read().await.err().unwrap_or_else(|| panic!("taken for whole: {fault:?}"));
        assert!(kinds.contains(&error.kind()), "{error:?}");
    }
    assert!(read().await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_that_passes_is_waited_out() {
    let server = OssServer::start().await;
    let bucket = open(&server);
    server.faults().unavailable(2, None);
    put(&bucket).await.unwrap();
    server.faults().next(1, Fault::Reset);
    put(&bucket).await.unwrap();
    server.faults().next(1, Fault::LoseAnswer);
    put(&bucket).await.unwrap();
    server.faults().next(1, Fault::LoseAnswer);
    assert_eq!(bucket.list(&ListRequest::default()).await.unwrap().objects.len(), 1);

    let options = PutOptions { if_absent: true, ..PutOptions::default() };
    server.faults().next_like("PUT /", 1, Fault::LoseAnswer);
    bucket.put("once", Body::from(b"x" as &[u8]), &options).await.unwrap();
    let id = bucket.create("parts", &options).await.unwrap();
    let part = bucket.put_part("parts", &id, 1, Body::from(b"x" as &[u8]), None).await.unwrap();
    server.faults().next_like("uploadId=", 1, Fault::LoseAnswer);
    bucket.complete("parts", &id, &[part]).await.unwrap();
    assert_eq!(server.faults().left(), 0);
}
