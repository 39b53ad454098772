//! The documents of a bucket's configuration: checked, kept, and given back as they came.

use http::StatusCode;

use super::owner;
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::state::{Acl, State};
use crate::oss::wire::error::Refusal;
use crate::oss::wire::xml::{Element, Writer, parse};
use crate::oss::wire::{Reply, document, empty};

/// One kind of document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// The parameter that means it.
    pub(crate) parameter: &'static str,
    root: &'static str,
    /// What a read says when there is none.
    absent: Absent,
    check: fn(&Element, &State) -> Result<(), Refusal>,
}

#[derive(Debug, Clone, Copy)]
enum Absent {
    /// 404 with this code.
    Missing(&'static str),
    /// A document that says it in its own words.
    Empty(&'static str),
}

/// All kinds.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        parameter: "cors",
        root: "CORSConfiguration",
        absent: Absent::Missing("NoSuchCORSConfiguration"),
        check: cors,
    },
    Kind {
        parameter: "lifecycle",
        root: "LifecycleConfiguration",
        absent: Absent::Missing("NoSuchLifecycle"),
        check: lifecycle,
    },
    Kind {
        parameter: "referer",
        root: "RefererConfiguration",
        absent: Absent::Empty(
            "<RefererConfiguration><AllowEmptyReferer>true</AllowEmptyReferer><RefererList/>\
             </RefererConfiguration>",
        ),
        check: referer,
    },
    Kind {
        parameter: "logging",
        root: "BucketLoggingStatus",
        absent: Absent::Empty("<BucketLoggingStatus></BucketLoggingStatus>"),
        check: logging,
    },
    Kind {
        parameter: "website",
        root: "WebsiteConfiguration",
        absent: Absent::Missing("NoSuchWebsiteConfiguration"),
        check: website,
    },
    Kind {
        parameter: "encryption",
        root: "ServerSideEncryptionRule",
        absent: Absent::Missing("NoSuchServerSideEncryptionRule"),
        check: encryption,
    },
    Kind {
        parameter: "publicAccessBlock",
        root: "PublicAccessBlockConfiguration",
        absent: Absent::Empty(
            "<PublicAccessBlockConfiguration><BlockPublicAccess>false</BlockPublicAccess>\
             </PublicAccessBlockConfiguration>",
        ),
        check: public_access_block,
    },
    Kind {
        parameter: "versioning",
        root: "VersioningConfiguration",
        absent: Absent::Empty("<VersioningConfiguration></VersioningConfiguration>"),
        check: versioning,
    },
];

/// The kind that a request is about.
pub(crate) fn kind(call: &Call) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| call.query.has(kind.parameter))
}

pub(crate) fn get(call: &Call, shared: &Shared, kind: &Kind) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    match (bucket.config.get(kind.parameter), kind.absent) {
        (Some(xml), _) => Ok(document(xml.clone())),
        (None, Absent::Empty(xml)) => {
            Ok(document(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}")))
        }
        (None, Absent::Missing(code)) => Err(Refusal::new(
            404,
            code,
            "0015-00000401",
            format!("The bucket has no {}.", kind.root),
        )
        .with("BucketName", call.bucket())),
    }
}

pub(crate) async fn put(call: &mut Call, shared: &Shared, kind: &'static Kind) -> Reply {
    call.owner_only()?;
    shared.state().bucket(call.bucket())?;
    let bytes = call.bytes(shared).await?;
    let root = parse(&bytes).map_err(Refusal::malformed)?;
    if root.name != kind.root {
        return Err(Refusal::malformed(format!("expected {}, found {}", kind.root, root.name)));
    }
    let mut state = shared.state();
    (kind.check)(&root, &state)?;
    let xml = String::from_utf8_lossy(&bytes).into_owned();
    state.bucket_mut(call.bucket())?.config.insert(kind.parameter, xml);
    Ok(empty(StatusCode::OK))
}

pub(crate) fn delete(call: &Call, shared: &Shared, kind: &Kind) -> Reply {
    call.owner_only()?;
    shared.state().bucket_mut(call.bucket())?.config.remove(kind.parameter);
    Ok(empty(StatusCode::NO_CONTENT))
}

/// GetBucketAcl.
pub(crate) fn get_acl(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let mut xml = Writer::new();
    xml.open("AccessControlPolicy");
    owner(&mut xml);
    xml.open("AccessControlList");
    xml.leaf("Grant", bucket.acl.name());
    xml.close("AccessControlList");
    xml.close("AccessControlPolicy");
    Ok(document(xml.end()))
}

/// PutBucketAcl: the ACL is in a header.
pub(crate) fn put_acl(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let value = call.header("x-oss-acl").unwrap_or_default();
    let acl = Acl::parse(&value)
        .ok_or_else(|| Refusal::argument("x-oss-acl", value, "no such bucket acl"))?;
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    if acl != Acl::Private && bucket.blocks_public_access() {
        return Err(Refusal::new(
            403,
            "AccessDenied",
            "0003-00000904",
            "Put public bucket acl is not allowed.",
        ));
    }
    bucket.acl = acl;
    Ok(empty(StatusCode::OK))
}

fn malformed<T>(message: &str) -> Result<T, Refusal> {
    Err(Refusal::malformed(message))
}

fn is_switch(text: Option<&str>) -> bool {
    matches!(text, Some("true" | "false"))
}

fn cors(root: &Element, _: &State) -> Result<(), Refusal> {
    let rules: Vec<_> = root.all("CORSRule").collect();
    if rules.is_empty() || rules.len() > 20 {
        return malformed("1 to 20 CORSRule");
    }
    for rule in rules {
        if rule.child("AllowedOrigin").is_none() || rule.child("AllowedMethod").is_none() {
            return malformed("a CORSRule needs AllowedOrigin and AllowedMethod");
        }
        let methods = ["GET", "PUT", "DELETE", "POST", "HEAD"];
        if !rule.all("AllowedMethod").all(|method| methods.contains(&method.text.as_str())) {
            return malformed("AllowedMethod is GET, PUT, DELETE, POST or HEAD");
        }
        let stars = |name| rule.all(name).any(|one| one.text.matches('*').count() > 1);
        if stars("AllowedOrigin") || stars("AllowedHeader") {
            return malformed("at most one * in AllowedOrigin and AllowedHeader");
        }
        if rule.all("ExposeHeader").any(|header| header.text.contains('*')) {
            return malformed("no * in ExposeHeader");
        }
        let age = rule.text_of("MaxAgeSeconds").map(|text| text.parse::<u32>());
        if age.is_some_and(|age| age.map_or(true, |age| age > 999_999_999)) {
            return malformed("MaxAgeSeconds is 0 to 999999999");
        }
    }
    match root.text_of("ResponseVary") {
        None => Ok(()),
        vary if is_switch(vary) => Ok(()),
        _ => malformed("ResponseVary is true or false"),
    }
}

fn lifecycle(root: &Element, _: &State) -> Result<(), Refusal> {
    let rules: Vec<_> = root.all("Rule").collect();
    if rules.is_empty() || rules.len() > 1000 {
        return malformed("1 to 1000 Rule");
    }
    let mut ids = std::collections::BTreeSet::new();
    for rule in rules {
        if !matches!(rule.text_of("Status"), Some("Enabled" | "Disabled")) {
            return malformed("Status is Enabled or Disabled");
        }
        if rule.child("Prefix").is_none() {
            return malformed("a Rule needs a Prefix");
        }
        let actions = [
            "Expiration",
            "Transition",
            "AbortMultipartUpload",
            "NoncurrentVersionExpiration",
            "NoncurrentVersionTransition",
        ];
        if !actions.iter().any(|action| rule.child(action).is_some()) {
            return malformed("a Rule needs an action");
        }
        for action in rule.children.iter().filter(|child| actions.contains(&child.name.as_str())) {
            let days = action.text_of("Days").map(|text| text.parse::<u32>());
            if days.is_some_and(|days| days.map_or(true, |days| days == 0)) {
                return Err(Refusal::argument("Days", "", "Days must be a positive integer"));
            }
        }
        if let Some(id) = rule.text_of("ID").filter(|id| !id.is_empty())
            && !ids.insert(id.to_owned())
        {
            return Err(Refusal::argument("ID", id, "Rule ID must be unique"));
        }
    }
    Ok(())
}

fn referer(root: &Element, _: &State) -> Result<(), Refusal> {
    if !is_switch(root.text_of("AllowEmptyReferer")) {
        return malformed("AllowEmptyReferer is true or false");
    }
    if root.child("RefererList").is_none() {
        return malformed("a RefererConfiguration needs a RefererList");
    }
    Ok(())
}

fn logging(root: &Element, state: &State) -> Result<(), Refusal> {
    let Some(enabled) = root.child("LoggingEnabled") else { return Ok(()) };
    let Some(target) = enabled.text_of("TargetBucket") else {
        return malformed("LoggingEnabled needs a TargetBucket");
    };
    if state.buckets.contains_key(target) {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "InvalidTargetBucketForLogging",
        "0015-00000501",
        "The target bucket for logging does not exist.",
    )
    .with("TargetBucket", target))
}

fn website(root: &Element, _: &State) -> Result<(), Refusal> {
    let suffix = root.child("IndexDocument").and_then(|index| index.text_of("Suffix"));
    match suffix {
        Some("") => return Err(Refusal::argument("Suffix", "", "The Suffix must not be empty")),
        None if root.child("RoutingRules").is_none() => {
            return malformed("a WebsiteConfiguration needs IndexDocument or RoutingRules");
        }
        _ => {}
    }
    match root.child("ErrorDocument") {
        Some(error) if error.text_of("Key").is_none_or(str::is_empty) => {
            malformed("an ErrorDocument needs a Key")
        }
        _ => Ok(()),
    }
}

fn encryption(root: &Element, _: &State) -> Result<(), Refusal> {
    let rule = root.child("ApplyServerSideEncryptionByDefault");
    match rule.and_then(|rule| rule.text_of("SSEAlgorithm")) {
        Some("AES256" | "KMS" | "SM4") => Ok(()),
        Some(other) => {
            Err(Refusal::argument("SSEAlgorithm", other, "no such encryption algorithm"))
        }
        None => malformed("a ServerSideEncryptionRule needs an SSEAlgorithm"),
    }
}

fn public_access_block(root: &Element, _: &State) -> Result<(), Refusal> {
    if is_switch(root.text_of("BlockPublicAccess")) {
        return Ok(());
    }
    malformed("BlockPublicAccess is true or false")
}

fn versioning(root: &Element, _: &State) -> Result<(), Refusal> {
    match root.text_of("Status") {
        Some("Enabled" | "Suspended") => Ok(()),
        _ => malformed("Status is Enabled or Suspended"),
    }
}
