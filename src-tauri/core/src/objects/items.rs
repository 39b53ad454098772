//! The objects a request means, each with the key it gets.

use hoist_store::ObjectMeta;

use super::targets::{CopyRequest, is_prefix};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Pages, Remote, look_up_object};

/// Tells of what a copy would do, and changes nothing: source, target, size.
pub(crate) async fn preview(
    from: &Remote,
    to: &Remote,
    request: &CopyRequest,
    mut tell: impl FnMut(&str, &str, u64) + Send,
) -> Result<()> {
    request.check(from.target == to.target)?;
    for key in request.sources() {
        let target = request.target(key);
        if !is_prefix(key) {
            match look_up_object(&*from.bucket, key).await? {
                Some(meta) => tell(key, &target, meta.size),
                None => return Err(Problem::new(Code::ObjectNotFound, key)),
            }
            continue;
        }
        let mut pages = Pages::below(&*from.bucket, key);
        while let Some(page) = pages.next().await? {
            for item in items(key, &target, page.objects) {
                tell(&item.source.key, &item.target, item.source.size);
            }
        }
    }
    Ok(())
}

/// An object, and the key it gets.
pub(super) struct Item {
    pub(super) source: ObjectMeta,
    pub(super) target: String,
    /// Worth a request more for its ACL: it was named, not found below a prefix.
    pub(super) keep_acl: bool,
}

/// The objects of a listed prefix. The marker of a folder that becomes the bucket itself has no key.
pub(super) fn items(prefix: &str, root: &str, objects: Vec<ObjectMeta>) -> Vec<Item> {
    let named = |source: ObjectMeta| {
        let target = format!("{root}{}", &source.key[prefix.len().min(source.key.len())..]);
        (!target.is_empty()).then_some(Item { source, target, keep_acl: false })
    };
    objects.into_iter().filter_map(named).collect()
}
