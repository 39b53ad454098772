//! `--xml`: a section as the provider's own document, out and in.

use std::io::Read;
use std::path::Path;

use hoist_core::buckets::BucketSetup;
use hoist_core::problem::{Code, Problem, Reason, Result};
use hoist_store::Section;

use super::Done;
use super::confirm::confirm;
use crate::args::bucket::SectionArgs;
use crate::exit::Outcome;
use crate::out::Out;
use crate::say::Say;

/// A document is not longer, in bytes; a mistaken file must not fill the memory.
const LONGEST: u64 = 4 << 20;

/// Does what `--xml` asks for; `None` when it was not given.
pub(super) async fn xml(
    setup: &BucketSetup,
    section: Section,
    args: &SectionArgs,
    say: Say,
) -> Result<Option<Outcome>> {
    match &args.xml {
        None => Ok(None),
        Some(None) => show(setup, section, say).await.map(Some),
        Some(Some(path)) => put(setup, section, path, args.yes, say).await.map(Some),
    }
}

async fn show(setup: &BucketSetup, section: Section, say: Say) -> Done {
    let mut out = Out::new();
    match setup.told(section, setup.config().document(section).await)? {
        Some(text) => out.write(text.as_bytes()),
        None => nothing(say),
    }
    Ok(out.finish(say))
}

async fn put(setup: &BucketSetup, section: Section, path: &Path, yes: bool, say: Say) -> Done {
    let text = read(path)?;
    // What such a document lets in is for its reader to judge, not for a guess here.
    if matches!(section, Section::Acl | Section::PublicAccessBlock) {
        let question = format!(
            "{} {}",
            say.pick("Replace who may read and write the bucket", "替换以下存储桶的访问权限："),
            setup.name()
        );
        if let Err(outcome) = confirm(&question, yes, say) {
            return Ok(outcome);
        }
    }
    setup.told(section, setup.config().put_document(section, &text).await)?;
    changed(setup, say);
    Ok(Outcome::Done)
}

fn read(path: &Path) -> Result<String> {
    let shown = if path == Path::new("-") { "-".to_owned() } else { path.display().to_string() };
    let mut text = String::new();
    let done = if shown == "-" {
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text))
    };
    match done {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Problem::new(Code::FileNotFound, shown))
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Problem::new(Code::FileUnreadable, shown).with_reason(Reason::NotUtf8))
        }
        Err(error) => Err(Problem::from_io(Code::FileUnreadable, shown, &error)),
    }
}

/// Says that a section is not set; standard output stays empty.
pub(super) fn nothing(say: Say) {
    say.note(say.pick("nothing is set", "未设置"));
}

/// Says that something was changed.
pub(super) fn changed(setup: &BucketSetup, say: Say) {
    say.done(format!("{} {}", say.pick("Changed bucket", "已修改存储桶"), setup.name()));
}
