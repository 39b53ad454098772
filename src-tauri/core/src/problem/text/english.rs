//! The sentences in English: what a person gave, the store, the doctor.

mod backup;
mod buckets;
mod doctor;
mod local;
mod model;
mod transfer;

use super::super::{Code, Language, Problem};
use super::{Parts, Sentences};

pub(super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::English, "the upload");
    let (s, why, because) = (parts.subject, parts.why(": "), parts.because(": "));
    let bracketed = |fact: Option<&str>| fact.map(|f| format!(" ({f})")).unwrap_or_default();
    let detail = parts.detail;
    let or = |fact: &str, otherwise: &str| match detail {
        Some(detail) => fact.replace("{}", detail),
        None => otherwise.to_owned(),
    };
    match problem.code {
        Code::FileNotFound => (
            "Not found",
            format!("{s} does not exist."),
            "Check the path, or choose the file again.".into(),
        ),
        Code::FileUnreadable => (
            "Unreadable",
            format!("{s} cannot be read{because}."),
            "Give your user the permission to read it.".into(),
        ),
        Code::IsDirectory => {
            ("Folder", format!("{s} is a folder."), "Choose the images inside it.".into())
        }
        Code::EmptyFile => {
            ("Empty", format!("{s} has 0 bytes."), "Save the image again, then upload it.".into())
        }
        Code::NotAnImage => (
            "No image",
            format!("The content of {s} is not that of an image, whatever its name says."),
            "Choose a PNG, JPEG, GIF, WebP, AVIF, SVG, BMP, TIFF or ICO file.".into(),
        ),
        Code::BrokenImage => (
            "Damaged",
            format!("{s} is damaged and cannot be decoded."),
            "Save it again in an image editor, then upload it.".into(),
        ),
        Code::ImageTooLarge => (
            "Too large",
            match parts.reason {
                Some(_) => format!("{s} is too large{because}."),
                None => format!("{s} is too large to decode{}.", bracketed(parts.figure())),
            },
            parts.remedy("Scale it down in an image editor, then upload it."),
        ),
        Code::TooManyBytes => (
            "Too large",
            format!("{s} is larger than {}.", or("{}", "Hoist takes")),
            "Make the file smaller, then upload it.".into(),
        ),
        Code::FormatUnsupported => (
            "Unsupported",
            format!("{s} cannot be converted{}.", bracketed(parts.media_type())),
            "Choose jpeg, png, webp or avif as the format of the transform.".into(),
        ),
        Code::ClipboardEmpty => (
            "Nothing to paste",
            "The clipboard holds no image, no image file and no image URL.".into(),
            "Copy an image, then paste again.".into(),
        ),
        Code::ClipboardUnavailable => (
            "No clipboard",
            "The clipboard does not answer.".into(),
            "Choose the file instead, or copy again and retry.".into(),
        ),
        Code::UrlInvalid => (
            "Not a URL",
            format!("{s} is not a URL that starts with https:// or http://."),
            "Copy the image's address again.".into(),
        ),
        Code::UrlUnreachable => (
            "No answer",
            format!("{s} cannot be downloaded{}{because}.", status(problem)),
            "Open the address in a browser to see whether it still works.".into(),
        ),
        Code::AccessDenied => (
            "Refused",
            format!("The provider refuses this key access to {s}."),
            "Give the key the permissions to read, write, list and delete objects of the bucket \
             (R2: Object Read & Write)."
                .into(),
        ),
        Code::CredentialsRejected => (
            "Key rejected",
            format!("The provider does not accept the keys for {s}{because}."),
            "Enter Access key ID and Secret key again, and check that the key has not expired."
                .into(),
        ),
        Code::BucketNotFound => (
            "No bucket",
            format!("There is no bucket for {s} at this endpoint."),
            "Check Bucket, Region and Endpoint in the profile.".into(),
        ),
        Code::ObjectNotFound => (
            "Gone",
            format!("{s} is not in the bucket."),
            "Check the name. If it was deleted, upload it again or remove it from the history.".into(),
        ),
        Code::AlreadyExists => (
            "Exists",
            format!("{s} is there already and is not replaced."),
            "Add {sha256:8} or {uuid} to the name pattern, or rename the file.".into(),
        ),
        Code::ClockSkew => (
            "Clock wrong",
            format!("The clock of this computer is wrong{}, so {s} was refused.", or(" by {}", "")),
            "Turn on automatic time in the system settings, then retry.".into(),
        ),
        Code::WrongEndpoint => (
            "Wrong endpoint",
            format!("The bucket for {s} is not behind this endpoint."),
            or("Set Endpoint to {}.", "Copy Endpoint from the bucket's page in the provider's console."),
        ),
        Code::WrongRegion => (
            "Wrong region",
            format!("The bucket for {s} is in another region."),
            or("Set Region to {}.", "Copy Region from the bucket's page in the provider's console."),
        ),
        Code::InvalidKey => (
            "Bad name",
            format!("The provider cannot store the name {s}{why}."),
            "Change the name pattern, or rename the file.".into(),
        ),
        Code::Throttled => (
            "Slow down",
            format!("The provider takes no more requests for {s} at the moment."),
            "Wait a minute, then retry.".into(),
        ),
        Code::Timeout => (
            "Timed out",
            format!("The provider did not answer in time for {s}."),
            "Check the connection, then retry.".into(),
        ),
        Code::Network => (
            "No connection",
            format!("The connection for {s} failed{why}."),
            "Check the network, the proxy and Endpoint in the profile, then retry.".into(),
        ),
        Code::Unsupported => (
            "Unsupported",
            format!("The provider cannot do this with {s}{why}."),
            "Use a profile at another provider for it.".into(),
        ),
        Code::Integrity => (
            "Bytes differ",
            format!("What the provider received for {s} is not what was sent."),
            "Retry; when it happens again, check memory and disk of this computer.".into(),
        ),
        Code::StoreOther => (
            "Failed",
            format!("The provider could not handle {s}{}{why}.", status(problem)),
            "Run the doctor of the profile, then retry.".into(),
        ),
        Code::PublicUrlUnreachable => (
            "No answer",
            format!("{s} does not answer{why}."),
            "Check Public address and the DNS record and certificate of the domain.".into(),
        ),
        Code::PublicUrlPrivate => (
            "Private",
            format!("{s} does not let everybody read{}.", status(problem)),
            "Connect a custom domain to the bucket or allow public reads, then set Public address to it."
                .into(),
        ),
        Code::PublicUrlNotFound => (
            "Elsewhere",
            format!("{s} leads to another place than the bucket{}.", status(problem)),
            "Set Public address to the address of the bucket's root, without bucket name or folder \
             unless the domain needs it."
                .into(),
        ),
        Code::PublicUrlDiffers => (
            "Other content",
            format!("{s} answers, but not with the object that was stored."),
            "Check which bucket the domain of Public address is connected to.".into(),
        ),
        code if code.is_transfer() => transfer::sentences(problem),
        code if code.is_model() => model::sentences(problem),
        code if code.is_backup() => backup::sentences(problem),
        Code::BucketTaken
        | Code::BucketNotEmpty
        | Code::BucketNameInvalid
        | Code::BucketAdminDenied
        | Code::PublicAclBlocked
        | Code::BucketSettingRefused => buckets::sentences(problem),
        _ => doctor::sentences(problem).unwrap_or_else(|| local::sentences(problem)),
    }
}

/// The answer's number in brackets, when there was one.
fn status(problem: &Problem) -> String {
    problem.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default()
}
