//! Signatures that three official clients agree on: oss2 2.19.1 and alibabacloud-oss-v2 1.4.1 of
//! PyPI, ali-oss 6.23.0 of npm.

use std::time::Duration;

use super::*;

const KEYS: Keys<'_> =
    Keys { id: "AKIDEXAMPLE0001", secret: "SKexample/0123456789+abcdEFGH", token: None };
const TOKEN_KEYS: Keys<'_> = Keys { token: Some("STS.token/with+special=="), ..KEYS };
const HOUR: Duration = Duration::from_secs(3600);

fn scope<'a>(additional: &'a [&'a str]) -> v4::Scope<'a> {
    v4::Scope { region: "cn-hangzhou", time: time(), additional }
}

fn time() -> jiff::Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn unsigned<'a>(method: &'a str, key: Option<&'a str>) -> Unsigned<'a> {
    Unsigned { method, bucket: Some("examplebucket"), key, query: &[], headers: &[] }
}

fn put_headers(meta: bool) -> Pairs {
    let mut headers = pairs(&[
        ("content-type", "image/png"),
        ("content-md5", "eB5eJF1ptWaXm4bijSPyxw=="),
        ("x-oss-object-acl", "public-read"),
    ]);
    if meta {
        headers.push(("x-oss-meta-name".to_owned(), "v1".to_owned()));
    }
    headers
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// The signature out of an Authorization header.
fn signed(headers: &Pairs) -> &str {
    value(headers, "authorization").rsplit_once("Signature=").unwrap().1
}

#[test]
fn a_the_service() {
    let what = Unsigned { bucket: None, ..unsigned("GET", None) };
    let headers = v4::authorize(what, KEYS, scope(&[]));
    assert_eq!(
        signed(&headers),
        "c029a3fe07065e679f9e22e9aadda06d7b3a37c84f577d25e760c5f304983d34"
    );
    assert_eq!(value(&headers, "x-oss-date"), "20260102T030405Z");
    assert!(
        value(&headers, "authorization").starts_with(
            "OSS4-HMAC-SHA256 Credential=AKIDEXAMPLE0001/20260102/cn-hangzhou/oss/aliyun_v4_request,Signature="
        ),
        "an empty AdditionalHeaders is refused"
    );
}

#[test]
fn b_a_put_with_headers() {
    let headers = put_headers(true);
    let what = Unsigned { headers: &headers, ..unsigned("PUT", Some("dir a/图+~1.png")) };
    assert_eq!(
        v4::canonical_hash(what, KEYS, scope(&[])),
        "7e5b031a3d0dc276db4b717870d082ef40233560388b6bc7c9fec604ca128cc5"
    );
    assert_eq!(
        signed(&v4::authorize(what, KEYS, scope(&[]))),
        "b7718bde0c818ce7de5ecc195293f469f9d57c310f24d7d1f7370543bb5705a6"
    );
}

#[test]
fn c_a_listing() {
    let query = pairs(&[
        ("list-type", "2"),
        ("prefix", "a b/"),
        ("delimiter", "/"),
        ("max-keys", "100"),
        ("encoding-type", "url"),
    ]);
    let what = Unsigned { query: &query, ..unsigned("GET", None) };
    assert_eq!(
        signed(&v4::authorize(what, KEYS, scope(&[]))),
        "10a22376ca4f06aab093422a4232c57187f52b71c87702742a151fce7883c998"
    );
}

#[test]
fn d_a_token_and_additional_headers() {
    let headers =
        pairs(&[("host", "examplebucket.oss-cn-hangzhou.aliyuncs.com"), ("range", "bytes=0-99")]);
    let what = Unsigned { headers: &headers, ..unsigned("GET", Some("dir/a.txt")) };
    let headers = v4::authorize(what, TOKEN_KEYS, scope(&["host", "range"]));
    assert_eq!(
        signed(&headers),
        "04aa98487149b2839098882de34b7a56caa39f306f6902864c798a0cfcdfaf5b"
    );
    assert!(value(&headers, "authorization").contains(",AdditionalHeaders=host;range,Signature="));
}

#[test]
fn e_a_url_with_a_transform() {
    let query = pairs(&[("x-oss-process", "image/resize,w_100/format,webp")]);
    let what = Unsigned { query: &query, ..unsigned("GET", Some("dir a/图.png")) };
    assert_eq!(
        value(&v4::presign(what, KEYS, scope(&[]), HOUR), "x-oss-signature"),
        "9a825f86fad73faa34b721c1ff9211f0697f9f5b2614f7783c75b95abcb6168e"
    );
}

#[test]
fn f_a_url_to_put_with_a_token() {
    let headers = pairs(&[("content-type", "application/octet-stream")]);
    let what = Unsigned { headers: &headers, ..unsigned("PUT", Some("k.bin")) };
    let quarter = Duration::from_secs(900);
    assert_eq!(
        value(&v4::presign(what, TOKEN_KEYS, scope(&[]), quarter), "x-oss-signature"),
        "b7ea041ee44ef282d0fde908f18e648463ac193062559f440ef99554eea4bcec"
    );
}

#[test]
fn g_a_parameter_without_a_value() {
    let query = pairs(&[("acl", "")]);
    let what = Unsigned { query: &query, ..unsigned("GET", None) };
    assert_eq!(
        signed(&v4::authorize(what, KEYS, scope(&[]))),
        "02645dca8af4d382510f75e09c2adfcb004236d6022adffe9e86fa46f71eaa61"
    );
}

#[test]
fn i_version_1_in_a_header() {
    let headers = put_headers(false);
    let what = Unsigned { headers: &headers, ..unsigned("PUT", Some("dir a/图+~1.png")) };
    let headers = v1::authorize(what, KEYS, time());
    assert_eq!(value(&headers, "date"), "Fri, 02 Jan 2026 03:04:05 GMT");
    assert_eq!(
        value(&headers, "authorization"),
        "OSS AKIDEXAMPLE0001:qDW5vbSYRh8bkXTAaTTyO4XrdoU="
    );
}

#[test]
fn j_version_1_in_a_url() {
    let query = pairs(&[("x-oss-process", "image/resize,w_100/format,webp")]);
    let what = Unsigned { query: &query, ..unsigned("GET", Some("dir a/图.png")) };
    let parameters =
        v1::presign(what, KEYS, time(), Duration::from_secs(1_767_326_645 - 1_767_323_045));
    assert_eq!(value(&parameters, "Expires"), "1767326645");
    assert_eq!(value(&parameters, "Signature"), "iR+9pkO/8u3Mlk9rQNzuMbLlwm0=");
}

#[test]
fn version_1_names_the_token_as_the_server_expects_it() {
    let what = unsigned("GET", Some("k"));
    let token = "STS.token/with+special==";
    assert_eq!(value(&v1::authorize(what, TOKEN_KEYS, time()), TOKEN), token);
    assert_eq!(value(&v1::presign(what, TOKEN_KEYS, time(), HOUR), "security-token"), token);
}

#[test]
fn headers_are_sorted_by_their_names() {
    let headers = pairs(&[
        ("x-oss-copy-source-range", "bytes=0-9"),
        ("x-oss-copy-source", "/b/k"),
        ("range", "bytes=0-1"),
        ("x-oss-copy-source-if-match", " \"E\" "),
    ]);
    assert_eq!(
        header_lines(headers.iter(), |name| name.starts_with("x-oss-")),
        "x-oss-copy-source:/b/k\nx-oss-copy-source-if-match:\"E\"\nx-oss-copy-source-range:bytes=0-9\n"
    );
}
