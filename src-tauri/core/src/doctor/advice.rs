//! The command line that repairs what a check found.

use jiff::SignedDuration;

use crate::problem::{Code, FieldName, Problem};
use crate::profile::{Profile, Provider, SecretRef};

/// A command that repairs it, where there is one. Words in capitals are for the person to replace.
pub(super) fn command(profile: &Profile, problem: &Problem) -> Option<String> {
    let set = |option: &str| Some(format!("hoist profile set {} {option}", profile.name));
    match problem.code {
        Code::WrongRegion => set(&format!("--region {}", safe(problem).unwrap_or("REGION"))),
        Code::WrongEndpoint => set(&format!("--endpoint {}", safe(problem).unwrap_or("URL"))),
        Code::CredentialsRejected | Code::SecretMissing | Code::SecretBroken => {
            match &profile.secret {
                SecretRef::Env { access_key, secret_key, .. } => {
                    Some(format!("export {access_key}=KEY_ID {secret_key}=SECRET"))
                }
                _ => set("--secret"),
            }
        }
        Code::KeyringUnavailable => set("--insecure-storage"),
        Code::BucketNotFound => set("--bucket BUCKET"),
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
