//! The official clients against the OSS test server.
//!
//! What they all do as their makers meant it, the server does as OSS does it. Each script prints a
//! line for each check, and every line is asserted here.

#![allow(clippy::unwrap_used)]

mod clients;

use clients::{Node, Python, run};

const OSS2: &[&str] = &[
    "put and get",
    "get ranges",
    "wrong content md5",
    "forbid overwrite",
    "multipart",
    "multipart with a small part",
    "complete all",
    "append",
    "list odd keys",
    "list with a delimiter",
    "copy",
    "upload part copy",
    "delete many",
    "presigned urls",
    "head of a missing key",
    "wrong secret",
    "missing bucket",
    "by custom domain",
    "by the endpoints of a region",
    "wrong endpoint",
    "object acl",
    "buckets",
    "temporary keys",
    "process",
];

const OSS_V2: &[&str] = &[
    "put and get",
    "get ranges",
    "conditions",
    "forbid overwrite",
    "multipart",
    "list uploads",
    "uploader",
    "copier",
    "append",
    "list odd keys",
    "copy",
    "delete many",
    "presigned urls",
    "head of a missing key",
    "wrong secret",
    "missing bucket",
    "by custom domain",
    "by the endpoints of a region",
    "buckets",
];

/// What `alibabacloud-oss-v2` cannot sign with V1.
const OSS_V2_BY_V4: &[&str] = &[
    "process",
    "save the result",
    "watermark",
    "styles",
    "cors",
    "bucket configuration",
    "acl and public access",
];

const ALI_OSS: &[&str] = &[
    "put and get",
    "multipart",
    "list parts and uploads",
    "append",
    "list odd keys",
    "copy",
    "copy in parts",
    "delete many",
    "presigned urls",
    "by custom domain",
    "object acl",
    "head of a missing key",
    "wrong secret",
    "missing bucket",
    "buckets",
    "process",
];

#[test]
fn oss2_with_v4() {
    run(&Python::installed().script("oss2_client.py"), "v4", OSS2);
}

#[test]
fn oss2_with_v1() {
    run(&Python::installed().script("oss2_client.py"), "v1", OSS2);
}

#[test]
fn alibabacloud_oss_v2_with_v4() {
    run(&Python::installed().script("oss_v2_client.py"), "v4", &[OSS_V2, OSS_V2_BY_V4].concat());
}

#[test]
fn alibabacloud_oss_v2_with_v1() {
    run(&Python::installed().script("oss_v2_client.py"), "v1", OSS_V2);
}

#[test]
fn ali_oss_with_v4() {
    run(&Node::installed().script("ali_oss_client.mjs"), "v4", ALI_OSS);
}

#[test]
fn ali_oss_with_v1() {
    run(&Node::installed().script("ali_oss_client.mjs"), "v1", ALI_OSS);
}
