//! Versions of objects, on those buckets that keep what is replaced and deleted.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::Result;

/// Versions on those Buckets whose provider has them. Whether one keeps any is a matter of how it is
/// set up: where it does not, an object has one version, its own.
///
/// One version is read with [`crate::GetOptions::version`], and becomes the current one again with a
/// copy over itself ([`crate::CopyOptions::version`]).
#[async_trait]
pub trait Versions: Send + Sync {
    /// One page of the versions of this key, the newest first; `page` is where the page before ended.
    async fn list_versions(&self, key: &str, page: Option<&str>) -> Result<VersionPage>;

    /// Deletes one version for good; deleting what is not there is no error. When it is the mark of a
    /// deletion, the version before is the current one again.
    async fn delete_version(&self, key: &str, version: &str) -> Result<()>;
}

/// One page of versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionPage {
    /// The newest first.
    pub versions: Vec<ObjectVersion>,
    /// Present when there are more.
    pub next: Option<String>,
}

/// A version of an object, or the mark of its deletion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectVersion {
    /// Its id; `null` for what was written while versions were not kept.
    pub version: String,
    /// Its size in bytes.
    pub size: u64,
    /// The ETag without quotes.
    pub etag: Option<String>,
    /// When it was written.
    pub modified: Option<Timestamp>,
    /// Storage class as the provider names it.
    pub storage_class: Option<String>,
    /// The one that is there now.
    pub latest: bool,
    /// The mark of a deletion: there are no bytes.
    pub deleted: bool,
}

/// Puts versions and marks of deletion, which some answers hold apart, in one order.
pub(crate) fn newest_first(versions: &mut [ObjectVersion]) {
    // Stable: what was written in the same second stays as it was listed.
    versions.sort_by_key(|version| (!version.latest, std::cmp::Reverse(version.modified)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_one_is_first_and_equal_times_keep_their_order() {
        let version = |id: &str, second, latest| ObjectVersion {
            version: id.to_owned(),
            modified: Timestamp::from_second(second).ok(),
            latest,
            ..ObjectVersion::default()
        };
        let mut all = [version("a", 3, false), version("b", 3, false), version("c", 9, false)];
        newest_first(&mut all);
        assert_eq!(all.each_ref().map(|v| v.version.as_str()), ["c", "a", "b"]);
        // A clock that was set back does not hide what is there now.
        let mut all = [version("old", 9, false), version("now", 3, true)];
        newest_first(&mut all);
        assert_eq!(all[0].version, "now");
    }
}
