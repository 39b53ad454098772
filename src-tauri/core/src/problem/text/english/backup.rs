//! Backup rules.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::English, "the backup");
    let (s, why, because) = (parts.subject, parts.why(": "), parts.because(": "));
    let field = parts.field.unwrap_or("a field");
    match problem.code {
        Code::BackupNotFound => (
            "No backup",
            format!("There is no backup {s}."),
            "hoist backup list shows those there are.".into(),
        ),
        Code::BackupExists => {
            ("Name taken", format!("There is a backup {s} already."), "Choose another name.".into())
        }
        Code::BackupInvalid => (
            "Incomplete",
            format!("{field} of the backup {s} cannot be used{why}."),
            format!("Change {field}, then save again."),
        ),
        Code::BackupFolderMissing => (
            "No folder",
            format!("The folder {s} is not there, so nothing was backed up."),
            "Connect its disk, or choose another folder; what is in the bucket stays.".into(),
        ),
        Code::BackupPaused => (
            "Paused",
            format!("The transfer of the backup {s} is paused."),
            "Run the backup by hand, or resume the transfer.".into(),
        ),
        Code::BackupsTooNew => (
            "Newer record",
            format!("The record of backups {s} was written by a newer Hoist."),
            "Update Hoist; the record was not changed.".into(),
        ),
        Code::BackupsDamaged => (
            "Damaged",
            format!("The record of backups was damaged and is kept as {s}; a new one was begun."),
            "The next run looks in the bucket and sends only what is not there.".into(),
        ),
        _ => (
            "No record",
            format!("The record of backups {s} cannot be opened or written{because}."),
            "Check the free space and permissions of the file and retry.".into(),
        ),
    }
}
