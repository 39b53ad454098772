//! Buckets: made, removed, set up.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::English, "the bucket");
    let (s, because) = (parts.subject, parts.because(": "));
    match problem.code {
        Code::BucketTaken => (
            "Name taken",
            format!("There is a bucket called {s} already."),
            "Choose another name: all customers of a provider share them. `hoist bucket list` shows \
             which are yours."
                .into(),
        ),
        Code::BucketNotEmpty => (
            "Not empty",
            format!("{s} still holds objects, old versions or unfinished uploads."),
            "Delete those first, then the bucket.".into(),
        ),
        Code::BucketNameInvalid => (
            "Bad name",
            format!("{s} cannot be the name of a bucket."),
            "Use 3 to 63 of a-z, 0-9 and -, with a letter or digit at both ends.".into(),
        ),
        Code::BucketAdminDenied => (
            "Refused",
            format!("The provider does not let this key manage {s}."),
            "Give the key the permission to manage buckets (R2: Admin Read & Write; OSS: \
             AliyunOSSFullAccess), or use the provider's console."
                .into(),
        ),
        Code::PublicAclBlocked => (
            "Public blocked",
            format!("Public access to {s} is blocked, so its ACL cannot be made public."),
            match parts.detail {
                Some(place) => format!(
                    "Lift the block with `hoist bucket public-access {place} --set open`, then set \
                     the ACL again."
                ),
                None => "Lift Block Public Access of the bucket, then set the ACL again.".into(),
            },
        ),
        // What is left is `BucketSettingRefused`.
        _ => (
            "Not accepted",
            format!("What was set for {s} is not accepted{because}."),
            "Correct it, then set it again; --xml shows the document as it is now.".into(),
        ),
    }
}
