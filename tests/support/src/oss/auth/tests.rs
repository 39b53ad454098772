//! The vectors that three official clients agree on.

use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::oss::wire::query::encode;

const ID: &str = "AKIDEXAMPLE0001";
const SECRET: &str = "SKexample/0123456789+abcdEFGH";
const TOKEN: &str = "STS.token/with+special==";
const REGION: &str = "cn-hangzhou";

/// A request of the vectors, signed at 2026-01-02T03:04:05Z.
struct Request {
    method: &'static str,
    bucket: Option<&'static str>,
    key: Option<&'static str>,
    query: String,
    headers: HeaderMap,
}

impl Request {
    fn new(method: &'static str, bucket: Option<&'static str>, key: Option<&'static str>) -> Self {
        Self { method, bucket, key, query: String::new(), headers: HeaderMap::new() }
    }

    fn query(mut self, query: &str) -> Self {
        self.query = query.to_owned();
        self
    }

    fn headers(mut self, headers: &[(&'static str, &str)]) -> Self {
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// With the headers of V4.
    fn v4(self, signature: &str, additional: &str) -> Self {
        let additional = if additional.is_empty() {
            String::new()
        } else {
            format!("AdditionalHeaders={additional},")
        };
        let authorization = format!(
            "OSS4-HMAC-SHA256 Credential={ID}/20260102/{REGION}/oss/aliyun_v4_request,\
             {additional}Signature={signature}"
        );
        self.headers(&[
            ("authorization", &authorization),
            ("x-oss-date", "20260102T030405Z"),
            ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ])
    }

    /// With the parameters of a V4 URL.
    fn v4_url(self, more: &str, expires: u32, signature: &str) -> Self {
        let credential = encode(&format!("{ID}/20260102/{REGION}/oss/aliyun_v4_request"));
        self.query(&format!(
            "{more}x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-date=20260102T030405Z\
             &x-oss-expires={expires}&x-oss-credential={credential}&x-oss-signature={signature}"
        ))
    }

    fn caller(&self, after: i64) -> Result<Caller, &'static str> {
        self.caller_of(after, None)
    }

    /// Who it is, so many seconds after it was signed.
    fn caller_of(&self, after: i64, ends: Option<u64>) -> Result<Caller, &'static str> {
        let query = Query::parse(&self.query).unwrap();
        let signed = self.signed(&query);
        let has_token =
            self.headers.contains_key("x-oss-security-token") || self.query.contains("-token=");
        let signed_at = time::from_basic("20260102T030405Z").unwrap();
        let token = has_token
            .then(|| (TOKEN.to_owned(), signed_at + Duration::from_secs(ends.unwrap_or(86_400))));
        let keys = Keys::from([(ID.to_owned(), Key { secret: SECRET.to_owned(), token })]);
        let now = if after < 0 {
            signed_at - Duration::from_secs(after.unsigned_abs())
        } else {
            signed_at + Duration::from_secs(after.unsigned_abs())
        };
        caller(&signed, &keys, now).map_err(|refusal| refusal.code())
    }

    fn signed<'a>(&'a self, query: &'a Query) -> Signed<'a> {
        Signed {
            method: self.method,
            bucket: self.bucket,
            key: self.key,
            query,
            headers: &self.headers,
            region: REGION,
        }
    }
}

const BUCKET: Option<&str> = Some("examplebucket");

fn a() -> Request {
    Request::new("GET", None, None)
        .v4("c029a3fe07065e679f9e22e9aadda06d7b3a37c84f577d25e760c5f304983d34", "")
}

fn b() -> Request {
    Request::new("PUT", BUCKET, Some("dir a/图+~1.png"))
        .headers(&[
            ("content-type", "image/png"),
            ("content-md5", "eB5eJF1ptWaXm4bijSPyxw=="),
            ("x-oss-meta-name", "v1"),
            ("x-oss-object-acl", "public-read"),
        ])
        .v4("b7718bde0c818ce7de5ecc195293f469f9d57c310f24d7d1f7370543bb5705a6", "")
}

fn d() -> Request {
    Request::new("GET", BUCKET, Some("dir/a.txt"))
        .headers(&[
            ("x-oss-security-token", TOKEN),
            ("range", "bytes=0-99"),
            ("host", "examplebucket.oss-cn-hangzhou.aliyuncs.com"),
        ])
        .v4("04aa98487149b2839098882de34b7a56caa39f306f6902864c798a0cfcdfaf5b", "host;range")
}

fn e() -> Request {
    let process = format!("x-oss-process={}&", encode("image/resize,w_100/format,webp"));
    Request::new("GET", BUCKET, Some("dir a/图.png")).v4_url(
        &process,
        3600,
        "9a825f86fad73faa34b721c1ff9211f0697f9f5b2614f7783c75b95abcb6168e",
    )
}

fn j() -> Request {
    let process = encode("image/resize,w_100/format,webp");
    let signature = encode("iR+9pkO/8u3Mlk9rQNzuMbLlwm0=");
    Request::new("GET", BUCKET, Some("dir a/图.png")).query(&format!(
        "x-oss-process={process}&OSSAccessKeyId={ID}&Expires=1767326645&Signature={signature}"
    ))
}

#[test]
fn every_vector_is_accepted() {
    let bucket =
        |query, signature| Request::new("GET", BUCKET, None).query(query).v4(signature, "");
    let c = bucket(
        "list-type=2&prefix=a%20b%2F&delimiter=%2F&max-keys=100&encoding-type=url",
        "10a22376ca4f06aab093422a4232c57187f52b71c87702742a151fce7883c998",
    );
    let token = format!("x-oss-security-token={}&", encode(TOKEN));
    let f = Request::new("PUT", BUCKET, Some("k.bin"))
        .headers(&[("content-type", "application/octet-stream")])
        .v4_url(&token, 900, "b7ea041ee44ef282d0fde908f18e648463ac193062559f440ef99554eea4bcec");
    let g = bucket("acl", "02645dca8af4d382510f75e09c2adfcb004236d6022adffe9e86fa46f71eaa61");
    let i = Request::new("PUT", BUCKET, Some("dir a/图+~1.png")).headers(&[
        ("content-type", "image/png"),
        ("content-md5", "eB5eJF1ptWaXm4bijSPyxw=="),
        ("x-oss-object-acl", "public-read"),
        ("date", "Fri, 02 Jan 2026 03:04:05 GMT"),
        ("authorization", &format!("OSS {ID}:qDW5vbSYRh8bkXTAaTTyO4XrdoU=")),
    ]);
    let all = [a(), b(), c, d(), e(), f, g, i, j()];
    for (name, request) in "ABCDEFGIJ".chars().zip(all) {
        assert_eq!(request.caller(1), Ok(Caller::Owner), "{name}");
    }
}

#[test]
fn the_canonical_request_of_vector_b_has_its_digest() {
    let query = Query::default();
    let request = b();
    let canonical = v4::canonical_request(&request.signed(&query), "");
    assert_eq!(
        hex::encode(Sha256::digest(canonical)),
        "7e5b031a3d0dc276db4b717870d082ef40233560388b6bc7c9fec604ca128cc5"
    );
}

#[test]
fn a_change_to_anything_signed_is_noticed() {
    let mismatch = Err("SignatureDoesNotMatch");
    assert_eq!(Request { method: "POST", ..b() }.caller(0), mismatch);
    assert_eq!(Request { key: Some("dir a/图 ~1.png"), ..b() }.caller(0), mismatch);
    assert_eq!(Request { bucket: Some("other"), ..b() }.caller(0), mismatch);
    assert_eq!(b().query("acl").caller(0), mismatch);
    assert_eq!(b().headers(&[("content-type", "image/gif")]).caller(0), mismatch);
    assert_eq!(b().headers(&[("x-oss-meta-more", "1")]).caller(0), mismatch);
    assert_eq!(d().headers(&[("range", "bytes=0-98")]).caller(0), mismatch);
    assert_eq!(Request { method: "PUT", ..j() }.caller(0), mismatch);
    // What is not signed may change: a proxy adds such headers.
    assert_eq!(b().headers(&[("user-agent", "any")]).caller(0), Ok(Caller::Owner));
}

#[test]
fn a_clock_may_be_off_by_fifteen_minutes() {
    for after in [-900, 900] {
        assert_eq!(a().caller(after), Ok(Caller::Owner));
    }
    for after in [-901, 901] {
        assert_eq!(a().caller(after), Err("RequestTimeTooSkewed"));
    }
}

#[test]
fn a_url_ends_when_it_says() {
    for request in [e(), j()] {
        assert_eq!(request.caller(3600), Ok(Caller::Owner));
        assert_eq!(request.caller(3601), Err("AccessDenied"));
    }
}

#[test]
fn a_token_must_be_the_one_of_the_key_and_in_time() {
    assert_eq!(d().caller_of(60, Some(60)), Ok(Caller::Owner));
    assert_eq!(d().caller_of(61, Some(60)), Err("SecurityTokenExpired"));
    let other = d().headers(&[("x-oss-security-token", "another")]);
    assert_eq!(other.caller(0), Err("InvalidSecurityToken"));
}

#[test]
fn what_is_no_signature_says_so() {
    let with = |value: &str| {
        let headers = [("authorization", value), ("x-oss-content-sha256", "UNSIGNED-PAYLOAD")];
        Request::new("GET", None, None).headers(&headers).caller(0)
    };
    for bad in [
        "Basic eDp5".to_owned(),
        "OSS4-HMAC-SHA256 Credential=a,Signature=b".to_owned(),
        format!("OSS4-HMAC-SHA256 Credential={ID}/20260102/{REGION}/oss/aliyun_v4_request"),
        format!(
            "OSS4-HMAC-SHA256 Credential={ID}/20260102/{REGION}/oss/aliyun_v4_request,\
             AdditionalHeaders=,Signature=b"
        ),
        format!("OSS {ID}"),
    ] {
        assert_eq!(with(&bad), Err("InvalidArgument"), "{bad}");
    }
    assert_eq!(Request::new("GET", None, None).caller(0), Ok(Caller::Anonymous));
}

#[test]
fn another_region_and_an_unknown_key_are_refused() {
    let request = a();
    let query = Query::default();
    let signed = Signed { region: "cn-beijing", ..request.signed(&query) };
    let keys = Keys::from([(ID.to_owned(), Key { secret: SECRET.to_owned(), token: None })]);
    let now = time::from_basic("20260102T030405Z").unwrap();
    assert_eq!(caller(&signed, &keys, now).map_err(|r| r.code()), Err("InvalidArgument"));
    let nobody = caller(&request.signed(&query), &Keys::new(), now).map_err(|r| r.code());
    assert_eq!(nobody, Err("InvalidAccessKeyId"));
}
