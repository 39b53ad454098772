//! Configuration, secrets and this computer.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::English, "Hoist");
    let (s, why, because) = (parts.subject, parts.why(": "), parts.because(": "));
    let field = parts.field.unwrap_or("a field");
    let or = |fact: &str, otherwise: &str| match parts.detail {
        Some(detail) => fact.replace("{}", detail),
        None => otherwise.to_owned(),
    };
    match problem.code {
        Code::ProfileNotFound => (
            "No profile",
            format!("There is no profile {s}."),
            "Choose another profile, or add it with hoist profile add.".into(),
        ),
        Code::ProfileExists => {
            ("Name taken", format!("There is a profile {s} already."), "Choose another name.".into())
        }
        Code::ProfileInvalid => (
            "Incomplete",
            format!("{field} of the profile {s} cannot be used{why}."),
            format!("Change {field}, then save again."),
        ),
        Code::ProfileBuiltIn => (
            "Built in",
            format!("The profile {s} belongs to the built-in store and keeps its name."),
            "Add a profile of your own, and make it the default.".into(),
        ),
        Code::ConfigUnreadable => (
            "Unreadable",
            format!("{s} cannot be read{why}."),
            "Give your user the permission to read it; it was not changed.".into(),
        ),
        Code::ConfigBroken => (
            "Mistake in file",
            format!("{s} has a mistake{why}."),
            "Correct it there; the file was not changed.".into(),
        ),
        Code::ConfigUnwritable => (
            "Not saved",
            format!("{s} cannot be written{why}."),
            "Give your user the permission to write the file and its folder.".into(),
        ),
        Code::HomeMissing => (
            "No home",
            "There is no home directory to keep settings in.".into(),
            "Set HOIST_HOME to a folder that your user can write.".into(),
        ),
        Code::SettingsInvalid => (
            "Not saved",
            format!("{field} cannot be saved{why}."),
            format!("Change {field}, then save again."),
        ),
        Code::PatternInvalid => (
            "Bad pattern",
            format!("The name pattern {s} cannot be used{why}."),
            "Use tokens such as {year}, {month}, {name}, {sha256:8}, {uuid} and {ext}.".into(),
        ),
        Code::TemplateInvalid => (
            "Bad format",
            format!("The link format {s} cannot be used{why}."),
            "Use {url} and, where wanted, {name}, {filename}, {ext}, {alt}, {width}, {height} and {size}."
                .into(),
        ),
        Code::TransformInvalid => (
            "Bad transform",
            format!("The transform {s} cannot be used{because}."),
            parts.remedy("Write it like w=1600,fit=limit,format=webp,q=82."),
        ),
        Code::PresetNotFound => (
            "No preset",
            format!("There is no preset {s}{}.", or(" (there are: {})", "")),
            "Choose one of the presets in the settings, or add it there.".into(),
        ),
        Code::SecretMissing => (
            "No keys",
            format!("The profile {s} has no keys{why}."),
            or(
                "Set the environment variable {}, or enter the keys in the profile.",
                "Enter Access key ID and Secret key in the profile.",
            ),
        ),
        Code::KeyringUnavailable => (
            "No keyring",
            format!("This system has no keyring that can hold the keys of {s}."),
            "Keep them in environment variables (--from-env), or in a file only your user can read \
             (--insecure-storage)."
                .into(),
        ),
        Code::KeyringLocked => (
            "Keyring locked",
            format!("The keyring is locked, so the keys of {s} cannot be reached."),
            "Unlock the keyring and retry, or keep the keys in environment variables (--from-env) \
             or in a file only your user can read (--insecure-storage)."
                .into(),
        ),
        Code::SecretTooLong => (
            "Too long",
            format!("The keys of {s} are longer than the {} of this keyring.", or("{} bytes", "limit")),
            "Leave Session token empty, or keep the keys in environment variables (--from-env) or in \
             a file only your user can read (--insecure-storage)."
                .into(),
        ),
        Code::SecretBroken => (
            "Keys damaged",
            format!("What is kept as the keys of {s} was not written by Hoist."),
            "Enter Access key ID and Secret key again.".into(),
        ),
        Code::SecretFile => (
            "Keys unreadable",
            format!("The file of keys {s} cannot be used{why}."),
            "Give your user the permission to read and write the file and its folder.".into(),
        ),
        Code::SecretFromEnvironment => (
            "From environment",
            format!("The keys of {s} come from environment variables{}.", or(" ({})", "")),
            "Change the variables, or choose another place for the keys in the profile.".into(),
        ),
        Code::DiskFull => (
            "Disk full",
            format!("There is no space left to write {s}."),
            "Free some space on the disk, then retry.".into(),
        ),
        Code::DataUnwritable => (
            "Not written",
            format!("{s} cannot be written{why}."),
            "Give your user the permission to write there, or set HOIST_HOME to another folder.".into(),
        ),
        Code::DataInUse => (
            "In use",
            format!("Another Hoist is working on the same data ({s})."),
            "Close the other one, then retry.".into(),
        ),
        Code::HistoryUnavailable => (
            "No history",
            format!("The history {s} cannot be opened or written{because}."),
            "Uploads still work; check the free space and permissions of the file.".into(),
        ),
        Code::HistoryTooNew => (
            "Newer history",
            format!("The history {s} was written by a newer Hoist."),
            "Update Hoist; the history was not changed.".into(),
        ),
        Code::HistoryDamaged => (
            "Damaged",
            format!("The history was damaged and is kept as {s}{}.", or("; a new one was begun with the {} uploads that could be read", "")),
            "Keep that file if uploads are missing; nothing in your buckets has changed.".into(),
        ),
        Code::HistoryRowNotFound => (
            "Not in history",
            "This upload is not in the history any more.".into(),
            "Search the history for it again.".into(),
        ),
        Code::UndoExpired => (
            "Too late",
            "This can no longer be undone.".into(),
            "Upload the files again.".into(),
        ),
        Code::PortTaken => (
            "Port taken",
            match parts.detail {
                Some(ports) => format!("Other programs use all the ports {ports} for the {s}."),
                None => format!("Another program uses port {s}."),
            },
            "Close that program, or choose another Store port in the settings."
                .into(),
        ),
        Code::BuiltInStoreUnavailable => (
            "Not started",
            format!("The built-in store could not be started{because}."),
            "Check the free space and permissions of the data folder, then retry.".into(),
        ),
        Code::Cancelled => {
            ("Cancelled", format!("{s} was cancelled."), "Retry when you want it after all.".into())
        }
        // The codes of input, store and doctor have their sentences in the module above.
        _ => (
            "Failed",
            format!("Something went wrong inside Hoist ({s})."),
            "Retry; when it happens again, report it with the log.".into(),
        ),
    }
}
