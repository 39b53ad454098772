//! How each file of a push gets there: found, copied inside the bucket, or sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::FutureExt as _;

use super::{HASHED, Pushing};
use crate::history::blocking;
use crate::model::digest::{Evidence, Likeness, Sums, likeness};
use crate::model::folder::LocalFile;
use crate::model::manifest::{Manifest, ManifestFile};
use crate::model::registry::some_at_once;
use crate::problem::Result;
use crate::transfer::{FileTo, Request, look_up_sums, upload_part_size};

/// How a file gets there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    Send,
    /// From this version, from this key, as it was looked up.
    Copy {
        version: String,
        key: String,
        etag: Option<String>,
        class: Option<String>,
    },
    /// An earlier attempt brought it there, maybe by a copy from this version.
    Found {
        version: Option<String>,
    },
}

/// A file of the version to be.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) local: LocalFile,
    pub(super) key: String,
    pub(super) sums: Option<Sums>,
    /// The SHA-256 its object says of itself, which a job that was interrupted has chosen.
    pub(super) told: Option<String>,
    pub(super) way: Way,
}

/// Where the same bytes may lie: by size and SHA-256, the version and the entry of its manifest.
type Others<'a> = HashMap<(u64, String), (&'a str, &'a ManifestFile)>;

impl Pushing<'_> {
    /// Decides for every file how it gets there. Only files that may be there already are read.
    pub(super) async fn plan(
        &self,
        files: Vec<LocalFile>,
        known: &[Manifest],
        begun: bool,
        pending: Option<&(i64, Request)>,
    ) -> Result<Vec<Item>> {
        let (name, version) = (&self.request.name, self.version);
        let folder = self.registry.folder(name, version);
        let there = match begun {
            true => self.registry.objects(name, version).await?,
            false => BTreeMap::new(),
        };
        let mut others = Others::new();
        for manifest in known.iter().filter(|manifest| manifest.version != version) {
            for file in &manifest.files {
                let key = (file.size, file.sha256.to_ascii_lowercase());
                others.entry(key).or_insert((&manifest.version, file));
            }
        }
        let sizes: HashSet<u64> = others.keys().map(|(size, _)| *size).collect();
        // What a job that was interrupted was to send, it goes on with: it knows how far it was.
        let jobs: HashMap<&str, &FileTo> = match pending {
            Some((_, Request::Upload(upload))) => {
                upload.files.iter().map(|file| (file.key.as_str(), file)).collect()
            }
            _ => HashMap::new(),
        };
        let copies = self.registry.bucket.capabilities().copy;
        let (others, sizes, there, jobs) = (&others, &sizes, &there, &jobs);
        let decided = files.into_iter().map(|local| {
            let key = format!("{folder}{}", local.relative);
            async move {
                let mut item = Item { local, key, sums: None, told: None, way: Way::Send };
                let path = item.local.path.to_string_lossy();
                let begun = jobs.get(item.key.as_str()).filter(|begun| begun.path == *path);
                if let Some(begun) = begun {
                    item.told.clone_from(&begun.sha256);
                    return Ok(item);
                }
                let size = item.local.size();
                let found = there.get(&item.local.relative).filter(|meta| meta.size == size);
                let maybe_copied = copies && sizes.contains(&size);
                if size == 0 || (found.is_none() && !maybe_copied) {
                    return Ok(item);
                }
                self.decide(&mut item, found.is_some(), others).await?;
                Ok(item)
            }
            .boxed()
        });
        some_at_once(HASHED, decided.collect()).await
    }

    /// Reads the file and looks for its bytes: at its own place, then in other versions.
    async fn decide(&self, item: &mut Item, found: bool, others: &Others<'_>) -> Result<()> {
        let bucket = &*self.registry.bucket;
        let (path, size) = (item.local.path.clone(), item.local.size());
        let part = upload_part_size(size, bucket.capabilities());
        let evidence = blocking(move || {
            if !found {
                return Ok((Sums::of(&path)?, None));
            }
            let evidence = Evidence::of(&path, part)?;
            Ok((evidence.sums.clone(), Some(evidence)))
        });
        let (sums, evidence) = evidence.await?;
        let other = others.get(&(size, sums.sha256.clone())).copied();
        item.told = Some(sums.sha256.clone());
        item.sums = Some(sums);
        if let Some(evidence) = evidence
            && let Some(meta) = look_up_sums(bucket, &item.key).await?
            && meta.size == size
            && evidence.is_in(&meta)
        {
            item.way = Way::Found { version: other.map(|(version, _)| version.to_owned()) };
            return Ok(());
        }
        let Some((version, file)) = other.filter(|_| bucket.capabilities().copy) else {
            return Ok(());
        };
        let key = format!("{}{}", self.registry.folder(&self.request.name, version), file.path);
        // What is not as its manifest says is not spread.
        let meta = look_up_sums(bucket, &key).await?;
        if let Some(meta) = meta
            && meta.size == size
            && likeness(file, &meta) != Likeness::Other
        {
            let (etag, class) = (meta.etag, meta.storage_class);
            item.way = Way::Copy { version: version.to_owned(), key, etag, class };
        }
        Ok(())
    }
}
