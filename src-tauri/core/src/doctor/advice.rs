//! The command line that repairs what a check found.

use jiff::SignedDuration;

use crate::problem::{Code, FieldName, Problem};
use crate::profile::{Profile, Provider, SecretRef, provider};

/// A command that repairs it, where there is one. Words in capitals are for the person to replace.
pub(super) fn command(profile: &Profile, problem: &Problem) -> Option<String> {
    let set = |option: &str| Some(format!("hoist profile set {} {option}", profile.name));
    match problem.code {
        // OSS says an address, from which region and kind follow.
        Code::WrongRegion | Code::WrongEndpoint if address_of_oss(profile, problem).is_some() => {
            set(&format!("--endpoint {}", address_of_oss(profile, problem)?))
        }
        Code::WrongRegion => set(&format!("--region {}", safe(problem).unwrap_or("REGION"))),
        Code::WrongEndpoint => set(&format!("--endpoint {}", safe(problem).unwrap_or("URL"))),
        Code::CredentialsRejected
        | Code::CredentialsExpired
        | Code::SecretMissing
        | Code::SecretBroken => match &profile.secret {
            SecretRef::Env { access_key, secret_key, session_token } => {
                let token = session_token.as_ref().filter(|_| is_about_token(problem));
                let token = token.map(|name| format!(" {name}=TOKEN")).unwrap_or_default();
                Some(format!("export {access_key}=KEY_ID {secret_key}=SECRET{token}"))
            }
            // The prompt asks for no token.
            _ if is_about_token(problem) => set("--secret-stdin"),
            _ => set("--secret"),
        },
        Code::PublicEndpointForbidden => set("--public-url https://YOUR.DOMAIN --cname"),
        Code::DomainNotBound if profile.cname => set("--cname=false"),
        Code::ForcedDownload => set("--public-url https://YOUR.DOMAIN"),
        Code::ImagesUnchanged | Code::ImagesRefused | Code::CloudflareImagesOff => {
            set("--images none")
        }
        Code::KeyringUnavailable => set("--insecure-storage"),
        Code::BucketNotFound => set("--bucket BUCKET"),
        // OSS buckets have an ACL; others are made public at the provider, by a domain.
        Code::PublicUrlPrivate if profile.provider == Provider::Oss => {
            Some(format!("hoist bucket acl {}: --set public-read", profile.name))
        }
        Code::CorsClosed => Some(format!(
            "hoist bucket cors {}: --add --origin https://YOUR.SITE --method GET --method HEAD",
            profile.name
        )),
        Code::PublicUrlPrivate | Code::PublicUrlNotFound | Code::PublicUrlDiffers
            if profile.provider != Provider::Local =>
        {
            set("--public-url https://YOUR.DOMAIN")
        }
        Code::ProfileInvalid => match problem.field? {
            FieldName::Region => set("--region REGION"),
            FieldName::Endpoint => set("--endpoint URL"),
            FieldName::Bucket => set("--bucket BUCKET"),
            FieldName::AccountId => set("--account-id ID"),
            FieldName::PublicUrl => set("--public-url https://YOUR.DOMAIN"),
            FieldName::Prefix => set("--prefix PREFIX"),
            _ => None,
        },
        Code::ClockSkew => Some(set_clock().to_owned()),
        _ => None,
    }
}

fn address_of_oss<'a>(profile: &Profile, problem: &'a Problem) -> Option<&'a str> {
    let said = safe(problem).filter(|_| profile.provider == Provider::Oss)?;
    provider::oss::read(said).map(|_| said)
}

fn is_about_token(problem: &Problem) -> bool {
    problem.code == Code::CredentialsExpired
        || problem.reason.as_deref() == Some(&crate::problem::Reason::TokenWrong)
}

/// What the provider said is right, if it cannot do harm on a command line.
fn safe(problem: &Problem) -> Option<&str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
    problem.detail.as_deref().filter(|detail| {
        !detail.is_empty() && !detail.starts_with('-') && detail.chars().all(allowed)
    })
}

fn set_clock() -> &'static str {
    if cfg!(windows) {
        "w32tm /resync"
    } else if cfg!(target_os = "macos") {
        "sudo sntp -sS time.apple.com"
    } else {
        "sudo timedatectl set-ntp true"
    }
}

/// "17 min 3 s", whichever way it is off.
pub(super) fn spoken(offset: SignedDuration) -> String {
    let seconds = offset.unsigned_abs().as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}
