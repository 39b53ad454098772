//! What there is to download: objects, and the places below a folder they get.

use std::path::Path;

use hoist_store::{Bucket, ErrorKind, ListPage, ListRequest, ObjectMeta};

use super::failure::Failure;
use super::ledger::{FileState, Found};
use super::names::{self, Rules};
use super::pages::Pages;
use super::receive::stamp;
use super::request::{Download, ObjectTo};
use super::retry::{RetryPolicy, Trouble, retrying};
use crate::problem::{Code, Problem, Result};

/// One page of a listing, tried again as often as it makes sense.
pub(super) async fn page(
    bucket: &dyn Bucket,
    retry: &RetryPolicy,
    request: &ListRequest,
) -> Result<ListPage> {
    let page = retrying(retry, || async { Ok(bucket.list(request).await?) }).await;
    page.map_err(|trouble| trouble.problem(bucket.name()))
}

/// Looks an object up; `None` when it is not there. With `sums`, every checksum that is kept of it.
pub(super) async fn look_up(
    bucket: &dyn Bucket,
    retry: &RetryPolicy,
    key: &str,
    sums: bool,
) -> Result<Option<ObjectMeta>> {
    let head = retrying(retry, || async {
        let looked = if sums { bucket.head_with_sums(key).await } else { bucket.head(key).await };
        match looked {
            Ok(meta) => Ok(Some(meta)),
            Err(error)
                if error.kind() == ErrorKind::NotFound
                    && error.provider_code() != Some("NoSuchBucket") =>
            {
                Ok(None)
            }
            Err(error) => Err(Trouble::Store(error)),
        }
    });
    head.await.map_err(|trouble| trouble.problem(bucket.name()))
}

/// Whether a key means all that begins with it.
pub(super) fn is_prefix(key: &str) -> bool {
    key.is_empty() || key.ends_with('/')
}

/// The last name in a key.
fn name_of(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// An object and its place. One that would lie outside of the folder is refused.
pub(super) fn found(request: &Download, relative: &str, meta: &ObjectMeta, rules: Rules) -> Found {
    let folder = relative.ends_with('/') && meta.size == 0;
    let relative = if folder { &relative[..relative.len() - 1] } else { relative };
    let below = names::below(relative, rules);
    let (path, refused) = match below {
        Ok(below) => (Path::new(&request.into).join(below).to_string_lossy().into_owned(), None),
        // Its key stands for it: no path of it may be looked at.
        Err(problem) => {
            (format!("\u{0}{}", meta.key), Some((FileState::Failed, Failure::from(&problem))))
        }
    };
    Found { path, key: meta.key.clone(), folder, size: meta.size, stamp: stamp(meta), refused }
}

/// An object that was looked up before the request was made.
fn looked_up(request: &Download, file: &ObjectTo) -> Found {
    let meta = ObjectMeta {
        key: file.key.clone(),
        size: file.size,
        etag: file.etag.clone(),
        ..ObjectMeta::default()
    };
    found(request, &file.name, &meta, Rules::HERE)
}

/// Finds what a request means and hands it over, page by page.
pub(super) async fn list<F: Future<Output = Result<()>>>(
    bucket: &dyn Bucket,
    retry: &RetryPolicy,
    request: &Download,
    mut hand_over: impl FnMut(Vec<Found>) -> F,
) -> Result<()> {
    if !request.files.is_empty() {
        hand_over(request.files.iter().map(|file| looked_up(request, file)).collect()).await?;
    }
    for key in &request.keys {
        if !is_prefix(key)
            && let Some(meta) = look_up(bucket, retry, key, false).await?
        {
            let name = request.exact_name.as_deref().unwrap_or(name_of(key));
            hand_over(vec![found(request, name, &meta, Rules::HERE)]).await?;
            continue;
        }
        let prefix = if is_prefix(key) { key.clone() } else { format!("{key}/") };
        let mut pages = Pages::with(bucket, *retry, &prefix);
        let mut any = false;
        while let Some(page) = pages.next().await? {
            let objects = page.objects.iter().filter(|object| object.key != prefix);
            let batch: Vec<Found> = objects
                .map(|object| found(request, &object.key[prefix.len()..], object, Rules::HERE))
                .collect();
            any |= !page.objects.is_empty();
            pages.during(hand_over(batch)).await?;
        }
        if !any {
            let problem = Problem::new(Code::ObjectNotFound, key);
            hand_over(vec![Found {
                path: format!("\u{0}{key}"),
                key: key.clone(),
                folder: false,
                size: 0,
                stamp: String::new(),
                refused: Some((FileState::Failed, Failure::from(&problem))),
            }])
            .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Download {
        Download { into: "/data".into(), ..Download::default() }
    }

    fn meta(key: &str, size: u64) -> ObjectMeta {
        ObjectMeta { key: key.into(), size, etag: Some("e".into()), ..ObjectMeta::default() }
    }

    #[cfg(unix)]
    #[test]
    fn an_object_lies_below_the_folder_or_is_refused() {
        let place = |relative: &str| {
            let found = found(&request(), relative, &meta("k", 1), Rules::Unix);
            found.refused.is_none().then_some(found.path)
        };
        assert_eq!(place("a/b.bin").as_deref(), Some("/data/a/b.bin"));
        for outside in ["../b", "/etc/passwd", "a//b", "a/../../b"] {
            assert_eq!(place(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_marker_is_a_folder_and_an_object_that_only_looks_like_one_is_refused() {
        let marker = found(&request(), "empty/", &meta("p/empty/", 0), Rules::Unix);
        assert!(marker.folder && marker.refused.is_none());
        let object = found(&request(), "odd/", &meta("p/odd/", 5), Rules::Unix);
        assert!(!object.folder && object.refused.is_some());
    }
}
