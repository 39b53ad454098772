//! Transfers of files and folders.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::English, "the transfer");
    let (s, because) = (parts.subject, parts.because(": "));
    match problem.code {
        Code::SourceChanged => (
            "Changed",
            format!("{s} changed while it was read, so it was not uploaded."),
            "Wait until the program that writes it is done, then run the same command again."
                .into(),
        ),
        Code::RemoteChanged => (
            "Changed",
            format!("{s} was replaced in the bucket while it was downloaded."),
            "Run the same command again; it starts over with the new object.".into(),
        ),
        Code::LinkSkipped => (
            "Link",
            format!("{s} is a symbolic link and was skipped."),
            "Name the link itself as a source to upload what it points to.".into(),
        ),
        Code::NotAFile => (
            "No file",
            format!("{s} is no regular file."),
            "Choose a file, or move what is in its place.".into(),
        ),
        Code::UnsafeName => (
            "Bad name",
            format!("The name {s} cannot be used on the other side{because}."),
            "Rename it, or transfer it alone under another name.".into(),
        ),
        Code::SameNameTwice => (
            "Name twice",
            format!("{s} has the same destination as another file of this transfer."),
            "Transfer it to another folder, or use --include-parent-dir.".into(),
        ),
        Code::CopyIntoItself => (
            "Into itself",
            format!("{s} cannot be copied or moved onto itself or into itself."),
            "Choose another folder or another name.".into(),
        ),
        Code::ContentDiffers => (
            "Bytes differ",
            format!("{s} came with other bytes than its SHA-256 says."),
            "Run the same command again; when it fails again, hoist model verify --deep shows what \
             is wrong in the bucket."
                .into(),
        ),
        Code::FileUnwritable => (
            "Not written",
            format!("The file {s} cannot be written{because}."),
            "Choose another folder, or give your user the permission to write there.".into(),
        ),
        Code::TransferNotFound => (
            "No transfer",
            format!("There is no transfer {s}."),
            "hoist transfers lists those there are.".into(),
        ),
        Code::TransferOver => (
            "Nothing to do",
            format!("Transfer {s} has ended or stands still already."),
            "hoist transfers shows how it stands.".into(),
        ),
        Code::TransferElsewhere => (
            "Other bucket",
            format!(
                "The profile {s} leads to another bucket than when transfer {} began.",
                parts.detail.unwrap_or("0")
            ),
            "Point the profile back to that bucket, or cancel the transfer and begin it again."
                .into(),
        ),
        Code::UploadLeftOver => (
            "Left over",
            format!("What was sent of {s} could not be deleted from the bucket."),
            "Run hoist transfers clean once the bucket can be reached.".into(),
        ),
        Code::AclNotKept => (
            "ACL not kept",
            format!("{s}{} was copied without its access permissions (ACL).", more(&parts)),
            "Set it again where others have to read the copy: the bucket may have ACLs turned off \
             or public ones blocked, or the key may not read and set them."
                .into(),
        ),
        Code::StorageClassNotKept => (
            "Class not kept",
            format!("{s}{} was copied into the default storage class.", more(&parts)),
            "The provider does not take this class for a copy; a lifecycle rule can move it there."
                .into(),
        ),
        Code::TagsNotKept => (
            "Tags not kept",
            format!("{s}{} was copied without its tags.", more(&parts)),
            "Set them again if it has any: the key may not read or set tags.".into(),
        ),
        Code::TransferUnreadable => (
            "Unreadable",
            format!("What the list of transfers says of {s} is damaged, so it was left alone."),
            "Cancel the transfer and run its command again.".into(),
        ),
        Code::TransfersTooNew => (
            "Newer list",
            format!("The list of transfers {s} was written by a newer Hoist."),
            "Update Hoist; the list was not changed.".into(),
        ),
        Code::TransfersDamaged => (
            "Damaged",
            format!("The list of transfers was damaged and is kept as {s}; a new one was begun."),
            "Run the commands of unfinished transfers again, and hoist transfers clean.".into(),
        ),
        _ => (
            "No list",
            format!("The list of transfers {s} cannot be opened or written{because}."),
            "Check the free space and permissions of the file, then retry.".into(),
        ),
    }
}

/// How many others the same is true of.
fn more(parts: &Parts<'_>) -> String {
    parts.detail.map(|count| format!(" (and {count} more)")).unwrap_or_default()
}
