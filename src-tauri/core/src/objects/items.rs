//! The objects a request means, each with the key it gets.

use hoist_store::{ListRequest, ObjectMeta};

use super::targets::{CopyRequest, is_prefix};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Remote, list_page, look_up_object};

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
        let mut page = ListRequest { prefix: key.to_owned(), ..ListRequest::default() };
        loop {
            let found = list_page(&*from.bucket, &page).await?;
            for item in items(key, &target, found.objects) {
                tell(&item.source.key, &item.target, item.source.size);
            }
            match found.next {
                Some(next) => page.page = Some(next),
                None => break,
            }
        }
    }
    Ok(())
}

/// An object, and the key it gets.
pub(super) struct Item {
    pub(super) source: ObjectMeta,
    pub(super) target: String,
}

/// The objects of a listed prefix. The marker of a folder that becomes the bucket itself has no key.
pub(super) fn items(prefix: &str, root: &str, objects: Vec<ObjectMeta>) -> Vec<Item> {
    let named = |source: ObjectMeta| {
        let target = format!("{root}{}", &source.key[prefix.len().min(source.key.len())..]);
        (!target.is_empty()).then_some(Item { source, target })
    };
    objects.into_iter().filter_map(named).collect()
}
