//! The checksums of parts that this process has sent, so that the whole can be compared.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::crc::combine;
use super::super::sign::Pairs;
use crate::CompletedPart;

/// Uploads that are remembered; an older one is as if another process had begun it.
const MOST_UPLOADS: usize = 64;

#[derive(Default)]
struct Upload {
    id: String,
    /// What only the end of the upload can say of the object.
    at_end: Pairs,
    /// ETag, CRC-64 and length by number.
    parts: BTreeMap<u32, (String, u64, u64)>,
}

/// What is known of uploads in progress. An upload that another process began is unknown here: its
/// whole is compared with what OSS lists of its parts, and it ends with the ACL of the bucket.
#[derive(Default)]
pub(in super::super) struct Sums(Mutex<VecDeque<Upload>>);

impl Sums {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn start(&self, id: &str, at_end: Pairs) {
        let mut uploads = self.lock();
        if uploads.len() == MOST_UPLOADS {
            uploads.pop_front();
        }
        uploads.push_back(Upload { id: id.to_owned(), at_end, ..Upload::default() });
    }

    pub(super) fn part(&self, id: &str, number: u32, etag: &str, crc: u64, len: u64) {
        if let Some(upload) = self.lock().iter_mut().find(|upload| upload.id == id) {
            upload.parts.insert(number, (etag.to_owned(), crc, len));
        }
    }

    pub(super) fn forget(&self, id: &str) {
        self.lock().retain(|upload| upload.id != id);
    }

    /// The headers that the upload was started with for its end.
    pub(super) fn at_end(&self, id: &str) -> Pairs {
        let uploads = self.lock();
        let upload = uploads.iter().find(|upload| upload.id == id);
        upload.map(|upload| upload.at_end.clone()).unwrap_or_default()
    }

    /// The upload ends with the ACL of its bucket.
    pub(in super::super) fn without_acl(&self, id: &str) {
        if let Some(upload) = self.lock().iter_mut().find(|upload| upload.id == id) {
            upload.at_end.retain(|(name, _)| name != "x-oss-object-acl");
        }
    }

    /// The checksum of these parts together, if all of them are known.
    pub(super) fn whole(&self, id: &str, parts: &[CompletedPart]) -> Option<u64> {
        let uploads = self.lock();
        let upload = uploads.iter().find(|upload| upload.id == id)?;
        parts.iter().try_fold(0, |whole, part| {
            let (etag, crc, len) = upload.parts.get(&part.number)?;
            (*etag == part.etag).then(|| combine(whole, *crc, *len))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u32, etag: &str) -> CompletedPart {
        CompletedPart { number, etag: etag.to_owned() }
    }

    #[test]
    fn the_whole_is_known_when_every_part_is() {
        let sums = Sums::default();
        sums.start("u", Pairs::new());
        sums.part("u", 2, "b", 4472352582074980600, 5);
        assert_eq!(sums.whole("u", &[part(1, "a"), part(2, "b")]), None);
        sums.part("u", 1, "old", 7, 6);
        sums.part("u", 1, "a", 1796661072844795914, 6);
        assert_eq!(sums.whole("u", &[part(1, "a"), part(2, "b")]), Some(5981764153023615706));
        assert_eq!(sums.whole("u", &[part(1, "old"), part(2, "b")]), None);
        assert_eq!(sums.whole("other", &[]), None);
        sums.forget("u");
        assert_eq!(sums.whole("u", &[part(1, "a")]), None);
    }

    #[test]
    fn old_uploads_are_forgotten() {
        let sums = Sums::default();
        for n in 0..=MOST_UPLOADS {
            sums.start(&n.to_string(), vec![("a".to_owned(), "b".to_owned())]);
        }
        assert!(sums.at_end("0").is_empty());
        assert_eq!(sums.at_end("1"), sums.at_end(&MOST_UPLOADS.to_string()));
        assert_eq!(sums.at_end("1").len(), 1);
    }
}
