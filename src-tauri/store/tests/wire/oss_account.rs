//! Accounts and bucket configuration on OSS, as they go over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hoist_store::oss::{OssAccount, OssConfig, OssCredentials, OssEndpoint};
use hoist_store::{
    Account as _, CannedAcl, CreateBucket, ErrorKind, LifecycleRule, Logging, PublicAccessBlock,
    Referer, Section, Versioning, When,
};
use md5::{Digest as _, Md5};

use crate::script::{Asked, Reply, Script};

fn xml(body: &str) -> Reply {
    Reply::answer("200 OK", &[("content-type", "application/xml")], body)
}

fn done() -> Reply {
    Reply::answer("200 OK", &[], "")
}

fn account(script: &Script) -> OssAccount {
    let keys = OssCredentials::new("LTAISCRIPT", "the/secret+key", None);
    let url = OssEndpoint::Url(format!("http://127.0.0.1:{}", script.port));
    let mut config = OssConfig::new("cn-hangzhou", "bucket", keys).endpoint(url);
    config.max_attempts = 1;
    OssAccount::new(config).unwrap()
}

#[track_caller]
fn put(asked: &Asked, target: &str) -> String {
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("PUT", target));
    let md5 = STANDARD.encode(Md5::digest(&asked.body));
    assert_eq!(asked.header("content-md5"), Some(md5.as_str()));
    String::from_utf8(asked.body.clone()).unwrap()
}

#[tokio::test]
async fn buckets_of_every_region_are_listed_page_by_page() {
    let page = |name: &str, rest: &str| {
        xml(&format!(
            "<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets><Bucket>\
             <CreationDate>2026-01-02T03:04:05.000Z</CreationDate>\
             <ExtranetEndpoint>oss-cn-beijing.aliyuncs.com</ExtranetEndpoint>\
             <Location>oss-cn-beijing</Location><Name>{name}</Name><StorageClass>IA</StorageClass>\
             </Bucket></Buckets>{rest}</ListAllMyBucketsResult>"
        ))
    };
    let more = "<IsTruncated>true</IsTruncated><NextMarker>one</NextMarker>";
    let script =
        Script::new([page("one", more), page("two", ""), page("x", more), page("x", more)]);
    let script = script.await;
    let account = account(&script);
    let buckets = account.list_buckets().await.unwrap();
    let names: Vec<&str> = buckets.iter().map(|bucket| bucket.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(buckets[0].region.as_deref(), Some("cn-beijing"));
    assert_eq!(buckets[0].storage_class.as_deref(), Some("IA"));
    assert_eq!(buckets[0].created.unwrap().to_string(), "2026-01-02T03:04:05Z");
    let asked = script.asked();
    assert_eq!(asked[0].target, "/?max-keys=1000");
    assert_eq!(asked[1].target, "/?max-keys=1000&marker=one");
    assert_eq!(account.list_buckets().await.unwrap_err().kind(), ErrorKind::Other);
}

#[tokio::test]
async fn a_bucket_is_made_as_asked_looked_at_and_removed() {
    let info = "<BucketInfo><Bucket><Name>new-one</Name><Location>oss-cn-hangzhou</Location>\
        <CreationDate>2026-01-02T03:04:05.000Z</CreationDate>\
        <IntranetEndpoint>oss-cn-hangzhou-internal.aliyuncs.com</IntranetEndpoint>\
        <StorageClass>Standard</StorageClass><Owner><ID>27183473</ID></Owner>\
        <AccessControlList><Grant>public-read</Grant></AccessControlList>\
        <DataRedundancyType>ZRS</DataRedundancyType><BlockPublicAccess>false</BlockPublicAccess>\
        <ServerSideEncryptionRule><SSEAlgorithm>None</SSEAlgorithm></ServerSideEncryptionRule>\
        </Bucket></BucketInfo>";
    let not_empty = Reply::error("409 Conflict", "BucketNotEmpty");
    let taken = Reply::error("409 Conflict", "BucketAlreadyExists");
    let script = Script::new([done(), taken, xml(info), not_empty, xml("<Html/>")]).await;
    let account = account(&script);
    let options = CreateBucket {
        acl: Some(CannedAcl::PublicRead),
        storage_class: Some("IA".into()),
        region: None,
    };
    account.create_bucket("new-one", &options).await.unwrap();
    let taken = account.create_bucket("new-one", &CreateBucket::default()).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    let info = account.bucket_info("new-one").await.unwrap();
    assert_eq!(info.acl, Some(CannedAcl::PublicRead));
    assert_eq!(
        (info.owner.as_deref(), info.redundancy.as_deref()),
        (Some("27183473"), Some("ZRS"))
    );
    assert_eq!((info.encryption, info.public_access_blocked), (None, Some(false)));
    let error = account.delete_bucket("new-one").await.unwrap_err();
    assert_eq!(error.provider_code(), Some("BucketNotEmpty"));
    assert_eq!(account.bucket_info("new-one").await.unwrap_err().kind(), ErrorKind::WrongEndpoint);
    let error = account.create_bucket("No_Name", &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidKey);

    let asked = script.asked();
    assert_eq!(asked.len(), 5, "a bad name is not asked for");
    let body = put(&asked[0], "/new-one/");
    assert_eq!(asked[0].header("x-oss-acl"), Some("public-read"));
    assert!(body.ends_with(
        "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>"
    ));
    assert!(asked[1].body.is_empty());
    assert_eq!(asked[2].target, "/new-one/?bucketInfo");
    assert_eq!((asked[3].method.as_str(), asked[3].target.as_str()), ("DELETE", "/new-one/"));
}

#[tokio::test]
async fn a_lifecycle_rule_is_added_and_the_others_stay() {
    let rules = "<LifecycleConfiguration><Rule><ID>old</ID><Prefix>logs/</Prefix>\
        <Status>Enabled</Status><AtimeBase>1631698332</AtimeBase><Transition><Days>30</Days>\
        <StorageClass>IA</StorageClass><IsAccessTime>true</IsAccessTime></Transition></Rule>";
    let document = format!("{rules}</LifecycleConfiguration>");
    let script = Script::new([xml(&document), done()]).await;
    let config = account(&script).bucket_config("bucket").unwrap();
    let mut lifecycle = config.lifecycle().await.unwrap().unwrap();
    lifecycle.rules.push(LifecycleRule {
        prefix: "tmp/".into(),
        expire: Some(When::Days(7)),
        abort_uploads: Some(3),
        ..LifecycleRule::default()
    });
    config.put_lifecycle(&lifecycle).await.unwrap();
    let body = put(&script.asked()[1], "/bucket/?lifecycle");
    let wanted = format!(
        "{rules}<Rule><Prefix>tmp/</Prefix><Status>Enabled</Status><Expiration><Days>7</Days>\
         </Expiration><AbortMultipartUpload><Days>3</Days></AbortMultipartUpload></Rule>\
         </LifecycleConfiguration>"
    );
    assert!(body.ends_with(&wanted), "{body}");
}

#[tokio::test]
async fn every_section_has_its_subresource() {
    let replies = (0..8).map(|_| done()).chain([
        Reply::answer("204 No Content", &[], ""),
        Reply::error("404 Not Found", "NoSuchServerSideEncryptionRule"),
        Reply::error("404 Not Found", "NoSuchLifecycle"),
    ]);
    let script = Script::new(replies).await;
    let config = account(&script).bucket_config("bucket").unwrap();
    config.put_acl(CannedAcl::Private).await.unwrap();
    let referer = Referer { allow: vec!["https://*.example".into()], ..Referer::default() };
    config.put_referer(&referer).await.unwrap();
    config.delete_referer().await.unwrap();
    let logging = Logging { bucket: "logs".into(), ..Logging::default() };
    config.put_logging(&logging).await.unwrap();
    config.put_versioning(Versioning::Enabled).await.unwrap();
    config.put_public_access_block(&PublicAccessBlock::all(true)).await.unwrap();
    let cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>\
                <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
    config.put_document(Section::Cors, cors).await.unwrap();
    config.delete_logging().await.unwrap();
    config.delete_website().await.unwrap();
    config.delete_encryption().await.unwrap();
    assert_eq!(config.lifecycle().await.unwrap(), None);

    let asked = script.asked();
    assert_eq!(asked[0].target, "/bucket/?acl");
    assert_eq!(asked[0].header("x-oss-acl"), Some("private"));
    assert!(put(&asked[1], "/bucket/?referer").contains(
        "<AllowEmptyReferer>false</AllowEmptyReferer><RefererList>\
         <Referer>https://*.example</Referer></RefererList>"
    ));
    assert!(
        put(&asked[2], "/bucket/?referer")
            .contains("<AllowEmptyReferer>true</AllowEmptyReferer><RefererList/>")
    );
    assert!(put(&asked[3], "/bucket/?logging").contains("<TargetBucket>logs</TargetBucket>"));
    assert!(put(&asked[4], "/bucket/?versioning").contains("<Status>Enabled</Status>"));
    assert!(put(&asked[5], "/bucket/?publicAccessBlock").contains(">true</BlockPublicAccess>"));
    assert!(put(&asked[6], "/bucket/?cors").ends_with(cors));
    let rest: Vec<(&str, &str)> =
        asked[7..].iter().map(|it| (it.method.as_str(), it.target.as_str())).collect();
    assert_eq!(
        rest,
        [
            ("DELETE", "/bucket/?logging"),
            ("DELETE", "/bucket/?website"),
            ("DELETE", "/bucket/?encryption"),
            ("GET", "/bucket/?lifecycle"),
        ]
    );
}

#[tokio::test]
async fn what_oss_cannot_hold_is_refused_without_a_request() {
    let script = Script::new([]).await;
    let config = account(&script).bucket_config("bucket").unwrap();
    for error in [
        config.put_acl(CannedAcl::AuthenticatedRead).await.unwrap_err(),
        config.put_versioning(Versioning::Off).await.unwrap_err(),
        config.put_document(Section::Acl, "<AccessControlPolicy/>").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    for bad in ["<CORSConfiguration>", "<LifecycleConfiguration/>", "no xml"] {
        let error = config.put_document(Section::Cors, bad).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{bad}");
    }
    assert_eq!(script.asked().len(), 0);
}
