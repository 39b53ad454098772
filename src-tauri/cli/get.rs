//! `hoist get`: objects and folders of a bucket to this computer.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use hoist_core::app::App;
use hoist_core::problem::{Code, Result};
use hoist_core::transfer::{Download, Request};

use crate::args::GetArgs;
use crate::exit::Outcome;
use crate::jobs;
use crate::ls::opened;
use crate::put::absolute;
use crate::remote::RemoteArg;
use crate::say::Say;

pub(crate) async fn run(args: GetArgs, say: Say) -> Outcome {
    let Some((remotes, to)) = parse(&args.items) else {
        say.error(
            say.pick(
                "the arguments must be keys of one profile, then at most one path",
                "参数应为同一配置的若干对象键，最后最多一个路径",
            ),
            "hoist get PROFILE:KEY... [DIR|FILE]",
        );
        return Outcome::Usage;
    };
    opened(say, async |app| {
        let request = request(app, &remotes, to.as_deref(), &args).await?;
        let transfers = app.transfers().await?;
        let priority = args.common.priority.into();
        let profile = &remotes[0].profile;
        let id = transfers.add(profile, Request::Download(request), priority).await?;
        Ok(jobs::run(transfers, &[id], args.common.show, say).await)
    })
    .await
}

/// Keys of one profile, and where they go.
fn parse(items: &[OsString]) -> Option<(Vec<RemoteArg>, Option<OsString>)> {
    let (mut remotes, mut to) = (Vec::new(), None);
    for (n, item) in items.iter().enumerate() {
        match RemoteArg::of(item) {
            Some(remote) => remotes.push(remote),
            None if n > 0 && n + 1 == items.len() => to = Some(item.clone()),
            None => return None,
        }
    }
    let one = remotes.windows(2).all(|pair| pair[0].profile == pair[1].profile);
    (one && !remotes.is_empty()).then_some((remotes, to))
}

/// A path that does not end in a slash and is no folder names the file, when one object is meant.
async fn request(
    app: &App,
    remotes: &[RemoteArg],
    to: Option<&OsStr>,
    args: &GetArgs,
) -> Result<Download> {
    let keys =
        remotes.iter().map(|remote| remote.full_key(app)).collect::<Result<Vec<String>>>()?;
    let path = PathBuf::from(to.unwrap_or(OsStr::new(".")));
    let is_folder =
        path.is_dir() || path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    let mut exact_name = None;
    let mut into = path.clone();
    if !is_folder
        && let ([remote], [key]) = (remotes, keys.as_slice())
        && !remote.is_folder()
        && is_object(app, &remote.profile, key).await?
        && let Some(name) = path.file_name().and_then(OsStr::to_str)
    {
        exact_name = Some(name.to_owned());
        into =
            path.parent().filter(|dir| *dir != Path::new("")).unwrap_or(Path::new(".")).to_owned();
    }
    Ok(Download {
        keys,
        into: absolute(into.as_os_str())?,
        exact_name,
        existing: args.existing.into(),
        ..Download::default()
    })
}

async fn is_object(app: &App, profile: &str, key: &str) -> Result<bool> {
    match app.object(profile, key).await {
        Ok(_) => Ok(true),
        Err(problem) if problem.code == Code::ObjectNotFound => Ok(false),
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(items: &[&str]) -> Option<(usize, Option<String>)> {
        let items: Vec<OsString> = items.iter().map(OsString::from).collect();
        parse(&items).map(|(remotes, to)| (remotes.len(), to.map(|to| to.into_string().unwrap())))
    }

    #[test]
    fn only_the_last_may_be_a_path_and_all_are_of_one_profile() {
        assert_eq!(parsed(&["a:x"]), Some((1, None)));
        assert_eq!(parsed(&["a:x", "a:y", "out"]), Some((2, Some("out".into()))));
        assert_eq!(parsed(&["a:x", "./b:c"]), Some((1, Some("./b:c".into()))));
        for wrong in [&["out"][..], &["out", "a:x"], &["a:x", "b:y"], &["a:x", "out", "a:y"]] {
            assert_eq!(parsed(wrong), None, "{wrong:?}");
        }
    }
}
