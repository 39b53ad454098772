//! `hoist put`: files and folders of any size to a bucket.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use hoist_core::problem::{Code, Problem, Reason, Result};
use hoist_core::transfer::{Request, Upload};

use crate::args::PutArgs;
use crate::exit::Outcome;
use crate::jobs;
use crate::ls::opened;
use crate::remote::RemoteArg;
use crate::say::Say;

pub(crate) async fn run(args: PutArgs, say: Say) -> Outcome {
    let Some((remote, sources)) =
        args.items.split_last().and_then(|(last, sources)| Some((RemoteArg::of(last)?, sources)))
    else {
        say.error(
            say.pick(
                "the last argument must be PROFILE:PREFIX",
                "最后一个参数必须是 PROFILE:PREFIX",
            ),
            "hoist put SRC... PROFILE:PREFIX",
        );
        return Outcome::Usage;
    };
    opened(say, async |app| {
        let sources = sources.iter().map(|source| absolute(source)).collect::<Result<Vec<_>>>()?;
        let request = request(&remote, remote.full_key(app)?, sources, &args);
        let transfers = app.transfers().await?;
        let priority = args.common.priority.into();
        let id = transfers.add(&remote.profile, Request::Upload(request), priority).await?;
        Ok(jobs::run(transfers, &[id], args.common.show, say).await)
    })
    .await
}

pub(crate) fn fail(problem: &Problem, say: Say) -> Outcome {
    say.problem(problem);
    Outcome::of(problem)
}

/// One file may be given another name; everything else goes below a folder.
fn request(remote: &RemoteArg, key: String, sources: Vec<String>, args: &PutArgs) -> Upload {
    let named = !remote.is_folder() && sources.len() == 1 && !Path::new(&sources[0]).is_dir();
    let exact_key = named.then(|| key.clone());
    let prefix = if remote.is_folder() { key } else { format!("{key}/") };
    Upload {
        sources,
        prefix,
        exact_key,
        include_parent: args.include_parent_dir,
        if_changed: args.if_changed,
        ..Upload::default()
    }
}

/// A path that means the same after this process.
pub(crate) fn absolute(path: &OsStr) -> Result<String> {
    let path = PathBuf::from(path);
    let shown = path.display().to_string();
    let whole = if path.file_name().is_some() || path == Path::new(".") {
        std::path::absolute(&path)
    } else {
        // `..` has no name of its own.
        path.canonicalize()
    };
    let whole = whole.map_err(|error| Problem::from_io(Code::FileUnreadable, &shown, &error))?;
    whole
        .to_str()
        .map(str::to_owned)
        .ok_or_else(|| Problem::new(Code::UnsafeName, shown).with_reason(Reason::NotUtf8))
}
