//! `hoist du`: how much there is below a prefix.

use std::collections::BTreeMap;

use hoist_core::app::App;
use hoist_core::problem::Result;
use hoist_store::ListRequest;
use serde::Serialize;

use crate::args::DuArgs;
use crate::exit::Outcome;
use crate::figures;
use crate::ls::opened;
use crate::out::{Out, columns};
use crate::say::Say;

/// A folder as `--json` prints it.
#[derive(Debug, Serialize)]
struct SizeJson<'a> {
    key: &'a str,
    objects: u64,
    bytes: u64,
}

/// Objects and bytes.
type Sum = (u64, u64);

pub(crate) async fn run(args: DuArgs, say: Say) -> Outcome {
    opened(say, async |app| {
        let folders = sums(app, &args).await?;
        let mut out = Out::new();
        for (key, (objects, bytes)) in &folders {
            match (args.json, args.bytes) {
                (true, _) => out.json(&SizeJson { key, objects: *objects, bytes: *bytes }),
                (_, true) => {
                    out.line(columns([&bytes.to_string(), &objects.to_string(), key]));
                }
                _ => out.line(columns([&figures::bytes(*bytes), &objects.to_string(), key])),
            }
        }
        Ok(out.finish(say))
    })
    .await
}

/// Each folder down to the depth asked for, and last all of it.
async fn sums(app: &App, args: &DuArgs) -> Result<Vec<(String, Sum)>> {
    let base = app.key_prefix(&args.remote.profile)?;
    let mut request =
        ListRequest { prefix: format!("{base}{}", args.remote.key), ..ListRequest::default() };
    let (mut folders, mut all) = (BTreeMap::new(), (0, 0));
    loop {
        let page = app.list_objects(&args.remote.profile, &request).await?;
        for object in page.objects {
            let key = object.key.strip_prefix(base.as_str()).unwrap_or(&object.key);
            add(&mut all, object.size);
            for folder in folders_of(key, &args.remote.key, args.depth) {
                add(folders.entry(folder.to_owned()).or_default(), object.size);
            }
        }
        match page.next {
            Some(next) => request.page = Some(next),
            None => break,
        }
    }
    Ok(folders.into_iter().chain([(args.remote.key.clone(), all)]).collect())
}

fn add((objects, bytes): &mut Sum, size: u64) {
    (*objects, *bytes) = (*objects + 1, *bytes + size);
}

/// The folders a key lies in, below the one that `prefix` begins in.
fn folders_of<'a>(key: &'a str, prefix: &str, depth: usize) -> impl Iterator<Item = &'a str> {
    let start = prefix.rfind('/').map_or(0, |at| at + 1);
    let rest = &key[start.min(key.len())..];
    rest.match_indices('/').take(depth).map(move |(at, _)| &key[..start + at + 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_counted_from_the_one_asked_for() {
        let folders = |key, prefix, depth| folders_of(key, prefix, depth).collect::<Vec<_>>();
        assert_eq!(folders("a/b/c/d", "", 0), Vec::<&str>::new());
        assert_eq!(folders("a/b/c/d", "", 2), ["a/", "a/b/"]);
        assert_eq!(folders("a/b/c/d", "a/", 9), ["a/b/", "a/b/c/"]);
        assert_eq!(folders("a/b/c/d", "a/b", 1), ["a/b/"]);
        assert_eq!(folders("top", "", 3), Vec::<&str>::new());
    }
}
