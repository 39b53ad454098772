//! Whether the bytes of a complete download are those of the object, as far as its ETag tells.

use std::path::Path;

use hoist_store::oss::Crc64;
use hoist_store::{ErrorKind, MultipartUpload, md5_of_sections};
use md5::{Digest as _, Md5};

use super::hashing::{Digests, Sums};
use super::ledger::Part;
use super::part_file::{read_section, unwritable};
use super::parts::{count, section, upload_part_size};
use super::retry::{Trouble, retrying};
use super::send::{is_md5, md5_of};
use super::work::Work;
use crate::history::blocking;
use crate::problem::Result;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Every byte is right, or nothing is known that says otherwise.
    Sound,
    Damaged,
    /// They have this digest, which may be another because the object was cut in another way.
    Unsure(String),
}

/// The MD5 and the number in an ETag of the form `MD5-N`, that of an object made of parts.
pub(super) fn joined(etag: &str) -> Option<(&str, u32)> {
    let (md5, n) = etag.split_once('-')?;
    let n = n.parse().ok().filter(|n| (1..=10_000).contains(n))?;
    is_md5(md5).then_some((md5, n))
}

/// Whether an ETag has a form that says something of the bytes.
pub(super) fn tells(etag: &str) -> bool {
    is_md5(etag) || joined(etag).is_some()
}

/// A checksum of a part that is there, for objects whose ETag will not tell of it.
pub(super) async fn sum_of_part(path: &Path, start: u64, len: u64) -> Result<String> {
    let path = path.to_owned();
    blocking(move || {
        let sum = sum_of(&path, start, len).map_err(|error| unwritable(&path, &error))?;
        Ok(sum.unwrap_or_default())
    })
    .await
}

/// CRC-64/NVME in hex: against damage on this disk it is enough, and no processor feels it. `None`
/// when the file is shorter.
fn sum_of(path: &Path, start: u64, len: u64) -> std::io::Result<Option<String>> {
    let mut sum = Crc64::nvme();
    let whole = read_section(path, start, len, |bytes| sum.add(bytes))?;
    Ok(whole.then(|| format!("{:016x}", sum.value())))
}

/// Of the parts of an earlier attempt those that are still what they were, as far as a checksum of
/// their own tells.
pub(super) async fn intact(
    path: &Path,
    len: u64,
    part_size: u64,
    known: Vec<Part>,
) -> Result<Vec<Part>> {
    let path = path.to_owned();
    blocking(move || {
        let mut intact = Vec::with_capacity(known.len());
        for part in
            known.into_iter().filter(|part| (1..=count(len, part_size)).contains(&part.number))
        {
            let (start, len) = section(part.number, len, part_size);
            let same = part.etag.is_empty()
                || sum_of(&path, start, len)
                    .map_err(|error| unwritable(&path, &error))?
                    .is_some_and(|sum| sum == part.etag);
            if same {
                intact.push(part);
            }
        }
        Ok(intact)
    })
    .await
}

/// A download that is complete, and what is known of it.
pub(super) struct Complete<'a> {
    pub(super) path: &'a Path,
    pub(super) key: &'a str,
    pub(super) len: u64,
    pub(super) part_size: u64,
    /// Of the parts it came in.
    pub(super) sums: Option<Sums>,
}

/// Compares its bytes with an ETag. What has not been hashed on the way is read.
pub(super) async fn look(work: &Work, file: &Complete<'_>, etag: &str) -> Result<Verdict> {
    let (path, len) = (file.path, file.len);
    if is_md5(etag) {
        let md5 = file.sums.as_ref().and_then(|sums| sums.whole(count(len, file.part_size)));
        let md5 = match md5 {
            Some(md5) => md5,
            None => {
                let of = path.to_owned();
                blocking(move || md5_of(&of).map_err(|error| unwritable(&of, &error))).await?
            }
        };
        return Ok(if md5.eq_ignore_ascii_case(etag) { Verdict::Sound } else { Verdict::Damaged });
    }
    let Some((wanted, parts)) = joined(etag) else { return Ok(Verdict::Sound) };
    let is_wanted = |digest: &str| digest.eq_ignore_ascii_case(wanted);
    let mut digest = String::new();
    // In the parts it came in; most are cut as we cut them.
    let came = file.part_size;
    let ours = upload_part_size(len, work.bucket.capabilities());
    if count(len, came) == parts {
        digest = digest_of_parts(file).await?;
    }
    if count(len, ours) == parts && ours != came && !is_wanted(&digest) {
        digest = digest_of(path, evenly(len, ours)).await?;
    }
    if is_wanted(&digest) {
        return Ok(Verdict::Sound);
    }
    let (store, key) = (work.bucket.multipart(), file.key);
    let Some(store) = store else { return Ok(Verdict::Unsure(digest)) };
    let Some(first) = part(work, store, key, etag, 1).await?.filter(|size| *size > 0) else {
        return Ok(Verdict::Unsure(digest));
    };
    if count(len, first) == parts && first != ours && first != came {
        digest = digest_of(path, evenly(len, first)).await?;
        if is_wanted(&digest) {
            return Ok(Verdict::Sound);
        }
    }
    // Parts need not be of one size.
    let (mut sections, mut at) = (Vec::new(), 0);
    for number in 1..=parts {
        let Some(size) = part(work, store, key, etag, number).await? else {
            return Ok(Verdict::Unsure(digest));
        };
        sections.push((at, size));
        at += size;
    }
    if at != len {
        return Ok(Verdict::Unsure(digest));
    }
    let digest = digest_of(path, sections).await?;
    Ok(if is_wanted(&digest) { Verdict::Sound } else { Verdict::Damaged })
}

fn evenly(len: u64, size: u64) -> Vec<(u64, u64)> {
    (1..=count(len, size)).map(|number| section(number, len, size)).collect()
}

/// The MD5 of the MD5s of the parts a file came in.
async fn digest_of_parts(file: &Complete<'_>) -> Result<String> {
    let none = Digests::new();
    let known = match &file.sums {
        Some(Sums::Parts(digests)) => digests,
        _ => &none,
    };
    let parts = 1..=count(file.len, file.part_size);
    let missing: Vec<u32> = parts.filter(|number| !known.contains_key(number)).collect();
    let of = |number: &u32| section(*number, file.len, file.part_size);
    let read = digests_of(file.path, missing.iter().map(of).collect()).await?;
    let all: Digests =
        known.iter().map(|(n, md5)| (*n, *md5)).chain(missing.into_iter().zip(read)).collect();
    Ok(hex::encode(Md5::digest(all.into_values().collect::<Vec<_>>().concat())))
}

/// The MD5 of the MD5s of these sections.
async fn digest_of(path: &Path, sections: Vec<(u64, u64)>) -> Result<String> {
    Ok(hex::encode(Md5::digest(digests_of(path, sections).await?.concat())))
}

async fn digests_of(path: &Path, sections: Vec<(u64, u64)>) -> Result<Vec<[u8; 16]>> {
    let path = path.to_owned();
    blocking(move || md5_of_sections(&path, &sections).map_err(|error| unwritable(&path, &error)))
        .await
}

async fn part(
    work: &Work,
    store: &dyn MultipartUpload,
    key: &str,
    etag: &str,
    number: u32,
) -> Result<Option<u64>> {
    let size = retrying(&work.limits.retry, || async {
        let _permit = work.permit().await;
        match store.stored_part(key, etag, number).await {
            Ok(size) => Ok(size),
            // A key that may read but not look up, or a store that does not know the question.
            Err(error)
                if matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::Unsupported) =>
            {
                Ok(None)
            }
            Err(error) => Err(Trouble::Store(error)),
        }
    });
    size.await.map_err(|trouble| work.problem(trouble, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_etags_of_the_usual_forms_say_something() {
        let md5 = "9e107d9d372bb6826bd81d3542a419d6";
        assert_eq!(joined(&format!("{md5}-3")), Some((md5, 3)));
        for other in
            [md5, "x-3", "-3", &format!("{md5}-0"), &format!("{md5}-x"), &format!("{md5}-10001")]
        {
            assert_eq!(joined(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn what_was_hashed_on_the_way_and_what_was_not_make_one_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let bytes: Vec<u8> = (0..47_u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let all: Vec<[u8; 16]> = bytes.chunks(10).map(|part| Md5::digest(part).into()).collect();
        let wanted = hex::encode(Md5::digest(all.concat()));
        for known in [vec![], vec![2, 5], vec![1, 2, 3, 4, 5]] {
            let sums =
                Some(Sums::Parts(known.into_iter().map(|n| (n, all[n as usize - 1])).collect()));
            let file = Complete { path: &path, key: "f", len: 47, part_size: 10, sums };
            assert_eq!(digest_of_parts(&file).await.unwrap(), wanted);
        }
        // What is known is believed, not read again.
        let sums = Some(Sums::Parts([(2, [7; 16])].into()));
        let file = Complete { path: &path, key: "f", len: 47, part_size: 10, sums };
        assert_ne!(digest_of_parts(&file).await.unwrap(), wanted);
    }
}
