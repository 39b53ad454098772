use std::time::Duration;

use super::*;
use crate::Retry;

const ASKER: Asker<'_> = Asker {
    bucket: "pics",
    host: "oss-cn-hangzhou.aliyuncs.com",
    region: "cn-hangzhou",
    access_key: "LTAI5tExample",
};

fn body(code: &str, message: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>{code}</Code>\n  <Message>{message}</Message>\n  <RequestId>6554AB</RequestId>\n  {more}\n</Error>\n"
    )
}

fn error(status: u16, body: &str) -> StoreError {
    answered(ASKER, Asked::read("get", "a.png"), status, &HeaderMap::new(), body)
}

#[test]
fn every_documented_answer_has_its_kind() {
    use ErrorKind as K;
    for (status, code, kind) in [
        (403, "AccessDenied", K::AccessDenied),
        (403, "InvalidAccessKeyId", K::AccessDenied),
        (403, "SignatureDoesNotMatch", K::AccessDenied),
        (403, "InvalidSecurityToken", K::AccessDenied),
        (403, "SecurityTokenExpired", K::AccessDenied),
        (403, "AccessKeyIdAndSecurityTokenNotMatch", K::AccessDenied),
        (403, "UserDisable", K::AccessDenied),
        (403, "CnameDenied", K::AccessDenied),
        (403, "RequestTimeTooSkewed", K::ClockSkew),
        (400, "PublicEndpointForbidden", K::WrongEndpoint),
        (403, "SecondLevelDomainForbidden", K::WrongEndpoint),
        (404, "NoSuchBucket", K::NotFound),
        (404, "NoSuchKey", K::NotFound),
        (404, "NoSuchUpload", K::NotFound),
        (404, "NoSuchCORSConfiguration", K::NotFound),
        (409, "FileAlreadyExists", K::Precondition),
        (409, "PositionNotEqualToLength", K::Precondition),
        (409, "BucketAlreadyExists", K::AlreadyExists),
        (400, "InvalidObjectName", K::InvalidKey),
        (400, "InvalidDigest", K::Integrity),
        (400, "EntityTooSmall", K::Unsupported),
        (403, "InvalidObjectState", K::Other),
        (503, "ServiceUnavailable", K::Throttled),
        (500, "InternalError", K::Other),
        (400, "InvalidArgument", K::Other),
    ] {
        let error = error(status, &body(code, "said so", ""));
        assert_eq!((error.kind(), error.provider_code()), (kind, Some(code)));
        assert_eq!(error.request_id(), Some("6554AB"));
    }
}

#[test]
fn the_finer_code_is_shown_beside_the_code() {
    let error = error(403, &body("AccessDenied", "no", "<EC>0003-00000001</EC>"));
    assert_eq!(error.shown_code().as_deref(), Some("AccessDenied EC 0003-00000001"));
    let said = error.to_string();
    assert!(said.ends_with("no (AccessDenied EC 0003-00000001 403)"), "{said}");
    assert!(said.starts_with("cannot get `a.png` in bucket `pics`"), "{said}");
}

#[test]
fn the_right_endpoint_and_region_are_hints() {
    let wrong = body(
        "AccessDenied",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
        "<Endpoint>oss-cn-shanghai.aliyuncs.com</Endpoint>",
    );
    let wrong = error(403, &wrong);
    assert_eq!(wrong.kind(), ErrorKind::WrongEndpoint);
    assert_eq!(wrong.hint(), Some("oss-cn-shanghai.aliyuncs.com"));

    let text = "Invalid signing region in Authorization header.";
    for (host, hint) in [
        ("pics.oss-cn-beijing.aliyuncs.com", Some("cn-beijing")),
        ("pics.oss-cn-beijing-internal.aliyuncs.com", Some("cn-beijing")),
        ("pics.oss-cn-hangzhou.aliyuncs.com", None),
        ("pics.oss-accelerate.aliyuncs.com", None),
        ("img.example.com", None),
    ] {
        let more = format!("<EC>0002-00000226</EC><HostId>{host}</HostId>");
        let error = error(400, &body("InvalidArgument", text, &more));
        assert_eq!((error.kind(), error.hint()), (ErrorKind::WrongRegion, hint), "{host}");
    }
}

#[test]
fn an_answer_to_head_is_read_out_of_its_header() {
    let mut headers = HeaderMap::new();
    let hidden = STANDARD.encode(body("NoSuchBucket", "gone", ""));
    headers.insert("x-oss-err", hidden.parse().unwrap());
    headers.insert("x-oss-ec", "0015-00000101".parse().unwrap());
    let error = answered(ASKER, Asked::read("look up", "k"), 404, &headers, "");
    assert_eq!(error.shown_code().as_deref(), Some("NoSuchBucket EC 0015-00000101"));
    assert_eq!(error.kind(), ErrorKind::NotFound);
    // A header that is no base64 or no XML is as good as none.
    headers.insert("x-oss-err", "***".parse().unwrap());
    let error = answered(ASKER, Asked::read("look up", "k"), 404, &headers, "");
    assert_eq!((error.kind(), error.provider_code()), (ErrorKind::NotFound, None));
}

#[test]
fn the_access_key_is_not_repeated() {
    let body = body("InvalidAccessKeyId", "LTAI5tExample does not exist", "");
    assert!(!format!("{0} {0:?}", error(403, &body)).contains("LTAI5tExample"));
}

#[test]
fn busy_answers_say_when_to_come_back() {
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", "7".parse().unwrap());
    let asked = Asked::bucket("list");
    let error = answered(ASKER, asked, 503, &headers, "");
    assert_eq!(
        (error.kind(), error.retry()),
        (ErrorKind::Throttled, Retry::After(Duration::from_secs(7)))
    );
    assert_eq!(answered(ASKER, asked, 500, &HeaderMap::new(), "").retry(), Retry::Now);
    assert_eq!(answered(ASKER, asked, 400, &HeaderMap::new(), "").retry(), Retry::Never);
}

#[test]
fn a_web_page_is_no_answer_of_oss() {
    let error = error(302, "<html><body>log in</body></html>");
    assert_eq!(error.kind(), ErrorKind::WrongEndpoint);
    assert!(error.to_string().contains("check the endpoint"), "{error}");
}
