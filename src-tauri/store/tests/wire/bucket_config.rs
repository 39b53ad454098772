//! Bucket configuration over S3, as it goes over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hoist_store::s3::{S3Account, S3Dialect};
use hoist_store::{
    Account as _, BucketConfig, CannedAcl, CorsRule, CreateBucket, ErrorKind, LifecycleRule,
    Section, When,
};
use md5::{Digest as _, Md5};

use crate::script::{Asked, Reply, Script};

const CORS: &str = "<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
     <CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
     <Later x=\"1\">kept</Later></CORSRule><AfterRules/></CORSConfiguration>";

fn xml(body: &str) -> Reply {
    Reply::answer("200 OK", &[("content-type", "application/xml")], body)
}

fn done() -> Reply {
    Reply::answer("200 OK", &[], "")
}

fn config(script: &Script, dialect: S3Dialect) -> std::sync::Arc<dyn BucketConfig> {
    let mut config = script.config(dialect);
    config.max_attempts = 1;
    S3Account::new(config).unwrap().bucket_config("bucket").unwrap()
}

/// The MD5 is of the very bytes, and nothing that only AWS understands goes with them.
#[track_caller]
fn is_plain_xml(asked: &Asked) {
    let sent = asked.header("content-md5").map(|text| STANDARD.decode(text).unwrap());
    assert_eq!(sent, Some(Md5::digest(&asked.body).to_vec()));
    assert_eq!(asked.header("content-length"), Some(asked.body.len().to_string().as_str()));
    assert!(asked.headers.iter().all(|(name, _)| !name.to_lowercase().contains("checksum")));
}

#[tokio::test]
async fn a_rule_is_added_and_what_nobody_knows_stays() {
    for dialect in [S3Dialect::Aws, S3Dialect::R2, S3Dialect::Cos, S3Dialect::Generic] {
        let script = Script::new([xml(CORS), done()]).await;
        let config = config(&script, dialect);
        let mut cors = config.cors().await.unwrap().unwrap();
        cors.rules.push(CorsRule {
            origins: vec!["https://b.example".into()],
            methods: vec!["PUT".into()],
            ..CorsRule::default()
        });
        config.put_cors(&cors).await.unwrap();
        let asked = &script.asked()[1];
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("PUT", "/bucket/?cors"));
        is_plain_xml(asked);
        let body = String::from_utf8(asked.body.clone()).unwrap();
        let new = "<CORSRule><AllowedOrigin>https://b.example</AllowedOrigin>\
                   <AllowedMethod>PUT</AllowedMethod></CORSRule><AfterRules/>";
        let wanted = CORS.replace("<AfterRules/>", new);
        assert!(body.ends_with(&wanted), "{dialect:?}: {body}");
    }
}

#[tokio::test]
async fn a_retried_document_is_the_same_document() {
    let script = Script::new([Reply::error("500 Internal Server Error", "InternalError"), done()]);
    let script = script.await;
    let account = S3Account::new(script.config(S3Dialect::R2)).unwrap();
    let config = account.bucket_config("bucket").unwrap();
    config.put_document(Section::Cors, CORS).await.unwrap();
    let asked = script.asked();
    assert_eq!(asked.len(), 2);
    asked.iter().for_each(is_plain_xml);
    assert_eq!(asked[0].body, asked[1].body);
}

#[tokio::test]
async fn nothing_set_is_none_and_removing_it_is_no_error() {
    let nothing = |code| Reply::error("404 Not Found", code);
    let script = Script::new([
        nothing("NoSuchCORSConfiguration"),
        nothing("NoSuchLifecycleConfiguration"),
        nothing("NoSuchWebsiteConfiguration"),
        nothing("ServerSideEncryptionConfigurationNotFoundError"),
        nothing("NoSuchPublicAccessBlockConfiguration"),
        nothing("NoSuchCORSConfiguration"),
        nothing("NoSuchBucket"),
    ])
    .await;
    let config = config(&script, S3Dialect::Aws);
    assert_eq!(config.cors().await.unwrap(), None);
    assert_eq!(config.lifecycle().await.unwrap(), None);
    assert_eq!(config.website().await.unwrap(), None);
    assert_eq!(config.encryption().await.unwrap(), None);
    assert_eq!(config.public_access_block().await.unwrap(), None);
    config.delete_cors().await.unwrap();
    let error = config.cors().await.unwrap_err();
    assert_eq!((error.kind(), error.provider_code()), (ErrorKind::NotFound, Some("NoSuchBucket")));
}

#[tokio::test]
async fn a_document_the_sdk_cannot_read_is_still_shown() {
    let odd = "<Odd><CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule></Odd>";
    let script = Script::new([xml(odd), xml("this is a web page")]).await;
    let config = config(&script, S3Dialect::Generic);
    assert_eq!(config.cors().await.unwrap().unwrap().rules[0].origins, ["*"]);
    assert_eq!(config.cors().await.unwrap_err().kind(), ErrorKind::WrongEndpoint);
}

#[tokio::test]
async fn what_a_provider_lacks_is_refused_without_a_request() {
    let script = Script::new([]).await;
    let r2 = config(&script, S3Dialect::R2);
    for error in [
        r2.acl().await.map(drop).unwrap_err(),
        r2.put_acl(CannedAcl::PublicRead).await.unwrap_err(),
        r2.website().await.map(drop).unwrap_err(),
        r2.delete_logging().await.unwrap_err(),
        r2.referer().await.map(drop).unwrap_err(),
        r2.document(Section::Encryption).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains("does not have"), "{error}");
    }
    let account = S3Account::new(script.config(S3Dialect::Runpod)).unwrap();
    let error = account.create_bucket("new-bucket", &CreateBucket::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(!account.capabilities().create && account.capabilities().list);
    assert_eq!(script.asked().len(), 0);
}

#[tokio::test]
async fn logging_is_turned_off_by_an_empty_document() {
    let script = Script::new([done()]).await;
    config(&script, S3Dialect::Aws).delete_logging().await.unwrap();
    let asked = &script.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("PUT", "/bucket/?logging"));
    is_plain_xml(asked);
    assert!(
        asked.body.ends_with(b"/2006-03-01/\"/>"),
        "{:?}",
        String::from_utf8_lossy(&asked.body)
    );
}

#[tokio::test]
async fn a_canned_acl_is_a_header() {
    let script = Script::new([done()]).await;
    config(&script, S3Dialect::Aws).put_acl(CannedAcl::PublicRead).await.unwrap();
    let asked = &script.asked()[0];
    assert_eq!(asked.target, "/bucket/?acl");
    assert_eq!(asked.header("x-amz-acl"), Some("public-read"));
    assert!(asked.body.is_empty());
}

#[tokio::test]
async fn the_last_rule_gone_removes_the_document() {
    let rules = "<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix>x/</Prefix></Filter>\
                 <Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>\
                 </LifecycleConfiguration>";
    let gone = Reply::answer("204 No Content", &[], "");
    let script = Script::new([xml(rules), gone]).await;
    let config = config(&script, S3Dialect::R2);
    let mut lifecycle = config.lifecycle().await.unwrap().unwrap();
    let rule = LifecycleRule {
        id: Some("a".into()),
        prefix: "x/".into(),
        expire: Some(When::Days(1)),
        ..LifecycleRule::default()
    };
    assert_eq!(lifecycle.rules, [rule]);
    lifecycle.rules.clear();
    config.put_lifecycle(&lifecycle).await.unwrap();
    let asked = &script.asked()[1];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("DELETE", "/bucket/?lifecycle"));
}

#[tokio::test]
async fn a_list_of_buckets_is_read_to_its_end() {
    let page = |name: &str, next: &str| {
        xml(&format!(
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>{name}</Name>\
             <CreationDate>2026-01-02T03:04:05.000Z</CreationDate>\
             <BucketRegion>eu-west-1</BucketRegion></Bucket></Buckets>{next}\
             </ListAllMyBucketsResult>"
        ))
    };
    let script = Script::new([
        page("one", "<ContinuationToken>t1</ContinuationToken>"),
        page("two", ""),
        page("one", "<ContinuationToken>t1</ContinuationToken>"),
        page("one", "<ContinuationToken>t1</ContinuationToken>"),
        Reply::error("403 Forbidden", "AccessDenied"),
    ])
    .await;
    let mut config = script.config(S3Dialect::Aws);
    config.max_attempts = 1;
    let account = S3Account::new(config).unwrap();
    let buckets = account.list_buckets().await.unwrap();
    let names: Vec<&str> = buckets.iter().map(|bucket| bucket.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(buckets[0].region.as_deref(), Some("eu-west-1"));
    assert_eq!(buckets[0].created.unwrap().to_string(), "2026-01-02T03:04:05Z");
    assert_eq!(account.list_buckets().await.unwrap_err().kind(), ErrorKind::Other);
    let error = account.list_buckets().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(error.message().starts_with("cannot list the buckets at 127.0.0.1:"), "{error}");
}

#[tokio::test]
async fn a_bucket_is_made_where_and_as_asked() {
    let script = Script::new([
        done(),
        done(),
        Reply::error("409 Conflict", "BucketAlreadyExists"),
        Reply::error("409 Conflict", "BucketNotEmpty"),
    ])
    .await;
    let mut config = script.config(S3Dialect::Aws);
    config.max_attempts = 1;
    let account = S3Account::new(config).unwrap();
    account.create_bucket("first", &CreateBucket::default()).await.unwrap();
    let options = CreateBucket {
        region: Some("eu-west-1".into()),
        acl: Some(CannedAcl::PublicRead),
        storage_class: None,
    };
    account.create_bucket("second", &options).await.unwrap();
    let error = account.create_bucket("third", &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let error = account.delete_bucket("first").await.unwrap_err();
    assert_eq!(error.provider_code(), Some("BucketNotEmpty"));
    let error = account.create_bucket("No!", &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidKey);
    let asked = script.asked();
    assert_eq!(asked.len(), 4, "a bad name is not asked for");
    assert_eq!((asked[0].target.as_str(), asked[0].body.len()), ("/first/", 0));
    assert_eq!(asked[1].header("x-amz-acl"), Some("public-read"));
    let body = String::from_utf8(asked[1].body.clone()).unwrap();
    assert!(body.contains("<LocationConstraint>eu-west-1</LocationConstraint>"), "{body}");
    assert_eq!((asked[3].method.as_str(), asked[3].target.as_str()), ("DELETE", "/first/"));
}
