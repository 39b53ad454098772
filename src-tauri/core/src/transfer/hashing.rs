//! The MD5s of a download, computed of the parts that are there while others are still coming.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use hoist_store::{SIDE_BY_SIDE, md5_of_sections};
use md5::{Digest as _, Md5};
use tokio::task::JoinHandle;

use super::part_file::{read_section, unwritable};
use super::parts::{count, section};
use super::send::is_md5;
use super::whole::joined;
use crate::problem::{Code, Problem, Result};

/// The MD5s of parts, by number.
pub(super) type Digests = BTreeMap<u32, [u8; 16]>;

/// What is known so far.
pub(super) enum Sums {
    /// Of each part that is there, in any order.
    Parts(Digests),
    /// Of the bytes before this part.
    Front(Md5, u32),
}

impl Sums {
    /// The MD5 of the whole file, in hex, once all of its `parts` are in it.
    pub(super) fn whole(&self, parts: u32) -> Option<String> {
        match self {
            Self::Front(md5, next) if *next > parts => Some(hex::encode(md5.clone().finalize())),
            _ => None,
        }
    }
}

/// One file whose parts are being hashed.
pub(super) struct Hashing {
    path: PathBuf,
    len: u64,
    part_size: u64,
    waiting: BTreeSet<u32>,
    /// `None` while they are being added to.
    sums: Option<Sums>,
    adding: Option<JoinHandle<Result<Sums>>>,
}

impl Hashing {
    /// `None` when the ETag says nothing of parts of this size, nor of the whole.
    pub(super) fn new(path: &Path, len: u64, part_size: u64, etag: &str) -> Option<Self> {
        let parts = count(len, part_size);
        let sums = match joined(etag) {
            Some((_, n)) if n == parts => Sums::Parts(Digests::new()),
            None if is_md5(etag) && parts > 1 => Sums::Front(Md5::new(), 1),
            _ => return None,
        };
        let path = path.to_owned();
        let (waiting, sums) = (BTreeSet::new(), Some(sums));
        Some(Self { path, len, part_size, waiting, sums, adding: None })
    }

    /// A part is there.
    pub(super) async fn add(&mut self, number: u32) -> Result<()> {
        self.waiting.insert(number);
        if self.adding.as_ref().is_some_and(JoinHandle::is_finished) {
            self.settle().await?;
        }
        self.go_on(SIDE_BY_SIDE);
        Ok(())
    }

    /// All that can be known of the parts that are there.
    pub(super) async fn finish(mut self) -> Result<Sums> {
        loop {
            self.settle().await?;
            self.go_on(1);
            if self.adding.is_none() {
                let gone = || Problem::new(Code::Internal, self.path.display().to_string());
                return self.sums.ok_or_else(gone);
            }
        }
    }

    async fn settle(&mut self) -> Result<()> {
        let Some(adding) = self.adding.take() else { return Ok(()) };
        let sums = adding.await.map_err(|error| {
            Problem::new(Code::Internal, self.path.display().to_string()).with_detail(error)
        })?;
        self.sums = Some(sums?);
        Ok(())
    }

    /// Begins with those that are next, unless it is at work; of parts by themselves no fewer than
    /// `least`, because several cost little more than one.
    fn go_on(&mut self, least: usize) {
        let Some(sums) = self.sums.take() else { return };
        let next: Vec<u32> = match &sums {
            Sums::Parts(_) if self.waiting.len() < least => Vec::new(),
            Sums::Parts(_) => self.waiting.iter().copied().take(SIDE_BY_SIDE).collect(),
            Sums::Front(_, front) => {
                (*front..).take(SIDE_BY_SIDE).take_while(|n| self.waiting.contains(n)).collect()
            }
        };
        if next.is_empty() {
            self.sums = Some(sums);
            return;
        }
        self.waiting.retain(|number| !next.contains(number));
        let (path, len, size) = (self.path.clone(), self.len, self.part_size);
        self.adding = Some(tokio::task::spawn_blocking(move || {
            add(sums, &path, &next, len, size).map_err(|error| unwritable(&path, &error))
        }));
    }
}

fn add(sums: Sums, path: &Path, numbers: &[u32], len: u64, size: u64) -> io::Result<Sums> {
    let sections: Vec<_> = numbers.iter().map(|number| section(*number, len, size)).collect();
    Ok(match sums {
        Sums::Parts(mut digests) => {
            digests.extend(numbers.iter().copied().zip(md5_of_sections(path, &sections)?));
            Sums::Parts(digests)
        }
        Sums::Front(mut md5, mut next) => {
            for (start, len) in sections {
                read_section(path, start, len, |bytes| md5.update(bytes))?;
                next += 1;
            }
            Sums::Front(md5, next)
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// In whatever order parts come, and whichever never do.
        #[test]
        fn sums_are_of_what_is_there(
            len in 1u64..9_000,
            order in Just((1u32..=12).collect::<Vec<_>>()).prop_shuffle(),
            gone in proptest::option::of(1u32..12),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("f");
            let bytes: Vec<u8> = (0..len).map(|n| (n * 31 % 251) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let size = len.div_ceil(12);
            let parts = count(len, size);
            let etags = [format!("{:032x}-{parts}", 7), format!("{:032x}", 7)];
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            for etag in etags {
                let Some(mut hashing) = Hashing::new(&path, len, size, &etag) else {
                    prop_assert!(parts == 1);
                    continue;
                };
                let there = |n: &&u32| **n <= parts && Some(**n) != gone;
                let sums = runtime.block_on(async {
                    for number in order.iter().filter(there) {
                        hashing.add(*number).await.unwrap();
                    }
                    hashing.finish().await.unwrap()
                });
                let all = gone.is_none_or(|gone| gone > parts);
                let md5 = all.then(|| hex::encode(Md5::digest(&bytes)));
                match &sums {
                    Sums::Parts(digests) => {
                        prop_assert_eq!(sums.whole(parts), None);
                        let mut numbers: Vec<u32> = order.iter().filter(there).copied().collect();
                        numbers.sort_unstable();
                        prop_assert_eq!(digests.keys().copied().collect::<Vec<_>>(), numbers);
                        for (number, digest) in digests {
                            let (start, len) = section(*number, len, size);
                            let part = &bytes[start as usize..][..len as usize];
                            prop_assert_eq!(*digest, <[u8; 16]>::from(Md5::digest(part)));
                        }
                    }
                    Sums::Front(..) => prop_assert_eq!(sums.whole(parts), md5),
                }
            }
        }
    }

    #[test]
    fn an_etag_of_other_parts_says_nothing() {
        let path = Path::new("f");
        let md5 = "9e107d9d372bb6826bd81d3542a419d6";
        assert!(Hashing::new(path, 100, 10, &format!("{md5}-11")).is_none());
        assert!(Hashing::new(path, 100, 10, "v7").is_none());
        assert!(Hashing::new(path, 100, 100, md5).is_none(), "one part is hashed as it comes");
    }
}
