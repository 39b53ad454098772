//! Documents as providers send them, read and written again.

mod models;
mod samples;

use super::document::{Document, write};
use super::*;
use crate::xml::Element;
use crate::{ErrorKind, Result};

fn tree(text: &str) -> Element {
    Element::parse(text).unwrap()
}

fn read<D: Document>(text: &str, syntax: Syntax) -> Result<Option<D>> {
    D::read(&Element::parse(text)?, syntax)
}

fn view<D: Document>(text: &str, syntax: Syntax) -> D {
    read(text, syntax).unwrap().unwrap()
}

/// Reads, writes, and compares the whole tree.
#[track_caller]
fn same_again<D: Document>(text: &str, syntax: Syntax) -> D {
    let value: D = view(text, syntax);
    assert_eq!(write(&value, syntax).unwrap(), tree(text));
    value
}

#[test]
fn cors_of_oss() {
    let cors: Cors = same_again(samples::OSS_CORS, Syntax::Oss);
    assert_eq!(cors.rules.len(), 2);
    assert_eq!(cors.rules[0].origins, ["*"]);
    assert_eq!(cors.rules[1].origins, ["http://example.com", "http://example.net"]);
    assert_eq!(cors.rules[1].methods, ["GET"]);
    assert_eq!(cors.rules[1].max_age, Some(100));
    assert_eq!(cors.vary, Some(false));
}

#[test]
fn a_new_cors_rule_stands_with_the_others_and_before_what_follows_them() {
    let mut cors: Cors = view(samples::OSS_CORS, Syntax::Oss);
    cors.rules.push(CorsRule {
        origins: vec!["https://a.example".into()],
        methods: vec!["GET".into(), "HEAD".into()],
        ..CorsRule::default()
    });
    let after = write(&cors, Syntax::Oss).unwrap();
    let names: Vec<&str> = after.elements().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["CORSRule", "CORSRule", "CORSRule", "ResponseVary", "x:Unknown"]);
    let before = tree(samples::OSS_CORS);
    assert!(after.elements().take(2).eq(before.elements().take(2)));
    assert_eq!(read::<Cors>(&after.to_xml().unwrap(), Syntax::Oss).unwrap().unwrap(), cors);
}

#[test]
fn a_removed_cors_rule_takes_only_itself() {
    let mut cors: Cors = view(samples::OSS_CORS, Syntax::Oss);
    cors.rules.remove(0);
    let after = write(&cors, Syntax::Oss).unwrap();
    let kept = tree(samples::OSS_CORS);
    assert!(after.elements().eq(kept.elements().skip(1)));
}

#[test]
fn a_changed_rule_keeps_what_has_no_name_here() {
    let mut cors: Cors = view(samples::S3_CORS, Syntax::S3);
    cors.rules[0].max_age = Some(60);
    cors.rules[0].headers.clear();
    let after = write(&cors, Syntax::S3).unwrap();
    let rule = after.child("CORSRule").unwrap();
    assert_eq!(rule.text_of("MaxAgeSeconds").as_deref(), Some("60"));
    assert_eq!(rule.text_of("FutureElement").as_deref(), Some("kept"));
    assert!(rule.child("AllowedHeader").is_none());
    assert_eq!(after.attributes, tree(samples::S3_CORS).attributes);
}

#[test]
fn lifecycle_of_oss() {
    let lifecycle: Lifecycle = same_again(samples::OSS_LIFECYCLE, Syntax::Oss);
    let [logs, old, moved] = lifecycle.rules.as_slice() else { panic!("{lifecycle:?}") };
    assert_eq!((logs.prefix.as_str(), &logs.expire), ("logs/", &Some(When::Days(10))));
    assert!(logs.tags.is_empty(), "tags of a `Not` are no condition of the rule");
    assert!(!old.enabled);
    assert_eq!(old.expire, Some(When::Date("2017-12-31T00:00:00.000Z".into())));
    assert_eq!(moved.tags, [Tag { key: "xx".into(), value: "1".into() }]);
    assert_eq!(moved.transitions[0].storage_class, "IA");
    assert_eq!(moved.transitions[1].when, Some(When::Days(180)));
    assert_eq!((moved.abort_uploads, moved.expire_versions), (Some(3), Some(30)));
}

#[test]
fn lifecycle_of_s3() {
    let lifecycle: Lifecycle = same_again(samples::S3_LIFECYCLE, Syntax::S3);
    let [both, all, sized] = lifecycle.rules.as_slice() else { panic!("{lifecycle:?}") };
    assert_eq!(both.prefix, "tmp/");
    assert_eq!(both.tags.len(), 2);
    assert_eq!((all.prefix.as_str(), all.abort_uploads), ("", Some(7)));
    assert_eq!(sized.prefix, "big/");
    assert_eq!(sized.transitions[0].storage_class, "GLACIER");
}

#[test]
fn adding_a_lifecycle_rule_keeps_every_other() {
    for (text, syntax) in
        [(samples::OSS_LIFECYCLE, Syntax::Oss), (samples::S3_LIFECYCLE, Syntax::S3)]
    {
        let mut lifecycle: Lifecycle = view(text, syntax);
        lifecycle.rules.push(LifecycleRule {
            prefix: "tmp/".into(),
            expire: Some(When::Days(7)),
            abort_uploads: Some(3),
            ..LifecycleRule::default()
        });
        let after = write(&lifecycle, syntax).unwrap();
        let before = tree(text);
        assert_eq!(after.all("Rule").count(), 4);
        assert!(after.all("Rule").take(3).eq(before.all("Rule")), "{syntax:?}");
        let again: Lifecycle = view(&after.to_xml().unwrap(), syntax);
        assert_eq!(again, lifecycle);
    }
}

#[test]
fn a_moved_rule_keeps_the_conditions_that_have_no_name_here() {
    let mut lifecycle: Lifecycle = view(samples::S3_LIFECYCLE, Syntax::S3);
    lifecycle.rules[2].prefix = "huge/".into();
    let after = write(&lifecycle, Syntax::S3).unwrap();
    let and = after.all("Rule").nth(2).unwrap().child("Filter").unwrap().child("And").unwrap();
    assert_eq!(and.text_of("Prefix").as_deref(), Some("huge/"));
    assert_eq!(and.text_of("ObjectSizeGreaterThan").as_deref(), Some("1048576"));
}

/// S3 refuses a document that has prefixes in filters and prefixes outside of them.
#[test]
fn a_new_rule_says_its_prefix_as_the_others_do() {
    let old = "<LifecycleConfiguration><Rule><ID>a</ID><Prefix>a/</Prefix>\
               <Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>\
               </LifecycleConfiguration>";
    let new = LifecycleRule { prefix: "b/".into(), ..LifecycleRule::default() };
    let mut lifecycle: Lifecycle = same_again(old, Syntax::S3);
    lifecycle.rules.push(new.clone());
    let after = write(&lifecycle, Syntax::S3).unwrap();
    let rule = after.all("Rule").nth(1).unwrap();
    assert_eq!(rule.text_of("Prefix").as_deref(), Some("b/"));
    assert!(rule.child("Filter").is_none());

    let alone = Lifecycle { rules: vec![new], ..Lifecycle::default() };
    let rule = write(&alone, Syntax::S3).unwrap().child("Rule").unwrap().clone();
    assert!(rule.child("Prefix").is_none());
    assert_eq!(rule.child("Filter").unwrap().text_of("Prefix").as_deref(), Some("b/"));
}

#[test]
fn an_action_that_is_taken_out_leaves_no_empty_element() {
    let mut lifecycle: Lifecycle = view(samples::OSS_LIFECYCLE, Syntax::Oss);
    lifecycle.rules[0].expire = None;
    lifecycle.rules[2].expire_versions = None;
    let after = write(&lifecycle, Syntax::Oss).unwrap();
    assert!(after.all("Rule").next().unwrap().child("Expiration").is_none());
    let moved = after.all("Rule").nth(2).unwrap();
    assert!(moved.child("NoncurrentVersionExpiration").is_none());
    assert_eq!(moved.child("Transition").unwrap().text_of("IsAccessTime").as_deref(), Some("true"));
}

#[test]
fn referer_of_oss() {
    let mut referer: Referer = same_again(samples::OSS_REFERER, Syntax::Oss);
    assert!(!referer.allow_empty);
    assert_eq!(referer.allow, ["http://www.aliyun.com", "https://www.*.com"]);
    assert_eq!(referer.deny, ["http://bad.example"]);
    assert_eq!(referer.ignore_query, Some(true));
    referer.allow.clear();
    let after = write(&referer, Syntax::Oss).unwrap();
    assert!(after.child("RefererList").unwrap().children.is_empty());
    assert_eq!(after.text_of("TruncatePath").as_deref(), Some("true"));
}

#[test]
fn an_open_referer_list_is_none() {
    let open = "<RefererConfiguration><AllowEmptyReferer>true</AllowEmptyReferer><RefererList/>\
                </RefererConfiguration>";
    assert_eq!(read::<Referer>(open, Syntax::Oss).unwrap(), None);
}

#[test]
fn logging_of_both() {
    let logging: Logging = same_again(samples::OSS_LOGGING, Syntax::Oss);
    assert_eq!((logging.bucket.as_str(), logging.prefix.as_str()), ("examplebucket-logs", "log/"));
    let logging: Logging = same_again(samples::S3_LOGGING, Syntax::S3);
    assert_eq!(logging.bucket, "logs");
    let mut moved = logging.clone();
    moved.bucket = "other".into();
    let after = write(&moved, Syntax::S3).unwrap();
    assert!(after.child("LoggingEnabled").unwrap().child("TargetGrants").is_some());
    assert_eq!(read::<Logging>("<BucketLoggingStatus/>", Syntax::Oss).unwrap(), None);
}

#[test]
fn website_of_both() {
    let mut website: Website = same_again(samples::OSS_WEBSITE, Syntax::Oss);
    assert_eq!(website.index.as_deref(), Some("index.html"));
    assert_eq!(website.error.as_deref(), Some("error.html"));
    assert_eq!((website.folder_index, website.routing_rules), (Some(true), 1));
    website.error = None;
    let after = write(&website, Syntax::Oss).unwrap();
    assert!(after.child("ErrorDocument").is_none());
    assert_eq!(after.child("IndexDocument").unwrap().text_of("Type").as_deref(), Some("0"));
    assert_eq!(after.child("RoutingRules"), tree(samples::OSS_WEBSITE).child("RoutingRules"));

    let website: Website = same_again(samples::S3_REDIRECT, Syntax::S3);
    assert_eq!(website.redirect_all.as_deref(), Some("https://example.com"));
}

#[test]
fn encryption_of_both() {
    let mut encryption: Encryption = same_again(samples::OSS_ENCRYPTION, Syntax::Oss);
    assert_eq!(encryption.algorithm, "KMS");
    assert_eq!(encryption.kms_key.as_deref(), Some("9468da86-3509-4f8d-a61e-6eab1eac****"));
    encryption.algorithm = "AES256".into();
    encryption.kms_key = None;
    let after = write(&encryption, Syntax::Oss).unwrap();
    let default = after.elements().next().unwrap();
    assert_eq!(default.elements().count(), 1, "nothing of the key service is left: {default:?}");

    let encryption: Encryption = same_again(samples::S3_ENCRYPTION, Syntax::S3);
    assert_eq!(encryption.algorithm, "aws:kms");
    let after =
        write(&Encryption { algorithm: "AES256".into(), ..encryption }, Syntax::S3).unwrap();
    assert_eq!(after.child("Rule").unwrap().text_of("BucketKeyEnabled").as_deref(), Some("true"));
}

#[test]
fn versioning_of_both() {
    let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    assert_eq!(view::<Versioning>(on, Syntax::Oss), Versioning::Enabled);
    assert_eq!(view::<Versioning>("<VersioningConfiguration/>", Syntax::S3), Versioning::Off);
    let sent = write(&Versioning::Suspended, Syntax::Oss).unwrap();
    assert_eq!(sent, tree(&on.replace("Enabled", "Suspended")));
}

#[test]
fn the_public_access_block_of_oss_is_one_switch() {
    let on = "<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess>\
              </PublicAccessBlockConfiguration>";
    let block: PublicAccessBlock = same_again(on, Syntax::Oss);
    assert_eq!(block, PublicAccessBlock::all(true));
    assert!(block.blocks_acls());
    let part = PublicAccessBlock { restrict: false, ..block };
    assert_eq!(write(&part, Syntax::Oss).unwrap_err().kind(), ErrorKind::Unsupported);
    let block: PublicAccessBlock = same_again(samples::S3_PUBLIC_ACCESS, Syntax::S3);
    assert!(block.block_acls && !block.restrict);
    let shouted = samples::S3_PUBLIC_ACCESS.replace(">true<", ">TRUE<");
    assert_eq!(view::<PublicAccessBlock>(&shouted, Syntax::S3), block);
}

#[test]
fn acls_of_both() {
    let acl: Acl = view(samples::OSS_ACL, Syntax::Oss);
    assert_eq!(acl.canned, Some(CannedAcl::PublicRead));
    assert_eq!(acl.owner.as_deref(), Some("0022012****"));
    let acl: Acl = view(samples::S3_ACL, Syntax::S3);
    assert_eq!(acl.canned, Some(CannedAcl::PublicRead));
    assert_eq!(acl.grants.len(), 2);
    let more = samples::S3_ACL.replace(">READ<", ">WRITE_ACP<");
    assert_eq!(view::<Acl>(&more, Syntax::S3).canned, None);
    let alone = "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList><Grant>\
                 <Grantee><ID>me</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>\
                 </AccessControlList></AccessControlPolicy>";
    assert_eq!(view::<Acl>(alone, Syntax::S3).canned, Some(CannedAcl::Private));
}

#[test]
fn sets_of_sections() {
    let r2 = Sections::of(&[Section::Cors, Section::Lifecycle]);
    assert!(r2.has(Section::Cors) && !r2.has(Section::Acl));
    let most = Sections::all_but(&[Section::Referer]);
    let has: Vec<_> = Section::ALL.into_iter().filter(|it| most.has(*it)).collect();
    assert_eq!(has.len(), 8);
    assert!(!most.has(Section::Referer));
    assert!(Section::ALL.iter().all(|it| !Sections::NONE.has(*it)));
}

#[test]
fn only_what_is_about_the_section_says_that_nothing_is_set() {
    for code in [
        "NoSuchCORSConfiguration",
        "NoSuchLifecycle",
        "NoSuchServerSideEncryptionRule",
        "NoSuchLifecycleConfiguration",
        "NoSuchWebsiteConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    ] {
        assert!(says_nothing(code), "{code}");
    }
    for code in ["NoSuchBucket", "NoSuchKey", "AccessDenied", "NotFound", "NotImplemented"] {
        assert!(!says_nothing(code), "{code}");
    }
}
