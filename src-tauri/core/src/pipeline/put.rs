//! Putting one object where nothing else is, and making sure it arrived.

use bytes::Bytes;
use hoist_store::{
    Body, Bucket, ErrorKind, ObjectMeta, Progress, PutOptions, PutResult, StoreError,
};

use super::digest::Digests;
use super::locks::{NameLocks, object_lock};
use super::place::Place;
use crate::problem::{Code, Problem, Result};

/// Names tried before giving up.
const ATTEMPTS: u32 = 100;

/// A year, the most that caches honour. Sent only when the key changes with the content.
pub(super) const FOREVER: &str = "public, max-age=31536000, immutable";

/// User metadata that tells what is stored, where ETags do not.
const SHA256: &str = "sha256";

/// What is put.
pub(super) struct Parcel<'a> {
    pub(super) bytes: Bytes,
    pub(super) content_type: String,
    pub(super) digests: &'a Digests,
    pub(super) progress: Progress,
    /// The same content under the same key needs no second upload.
    pub(super) reuse: bool,
}

/// How it ended.
pub(super) struct Placed {
    pub(super) key: String,
    pub(super) etag: Option<String>,
    /// It was there already.
    pub(super) found: bool,
}

/// Puts the parcel under the first name that is free. Another object is never replaced: the next
/// name is taken (`cat-2.png`). `name` makes the key of an attempt, from 1.
pub(super) async fn put(
    place: &Place,
    locks: &NameLocks,
    parcel: &Parcel<'_>,
    name: impl Fn(u32) -> String + Send,
    mut named: impl FnMut(&str) + Send,
) -> Result<Placed> {
    let first = name(1);
    for attempt in 1..=ATTEMPTS {
        let key = match attempt {
            1 => first.clone(),
            _ => {
                // Patterns with something random in them find a free name by themselves.
                let again = name(attempt);
                if again == first { numbered(&first, attempt) } else { again }
            }
        };
        named(&key);
        let _held = locks.lock(object_lock(&place.target, &key)).await;
        match put_if_free(place, parcel, &key).await {
            Ok(Outcome::Stored(result)) => {
                return Ok(Placed { key, etag: result.etag, found: false });
            }
            Ok(Outcome::Found { etag }) => return Ok(Placed { key, etag, found: true }),
            Ok(Outcome::Taken) => {}
            Err(error) => return Err(Problem::from_store(&error, subject(place, &key, &error))),
        }
    }
    Err(Problem::new(Code::AlreadyExists, first))
}

enum Outcome {
    Stored(PutResult),
    Found { etag: Option<String> },
    Taken,
}

async fn put_if_free(place: &Place, parcel: &Parcel<'_>, key: &str) -> Result<Outcome, StoreError> {
    let bucket = &*place.bucket;
    if bucket.capabilities().put_if_absent {
        match bucket.put(key, body(parcel), &options(bucket, parcel, key, true)).await {
            Ok(result) => return Ok(Outcome::Stored(result)),
            Err(error)
                if matches!(error.kind(), ErrorKind::Precondition | ErrorKind::AlreadyExists) =>
            {
                return taken(bucket, parcel, key).await;
            }
            // It says it has conditions, but this endpoint does not.
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => return Err(error),
        }
    }
    match bucket.head(key).await {
        Ok(meta) => return decide(bucket, parcel, key, meta).await,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        // Keys that may only write are told nothing of what is there.
        Err(error) if error.kind() == ErrorKind::AccessDenied => {}
        Err(error) => return Err(error),
    }
    write(bucket, parcel, key).await
}

async fn taken(bucket: &dyn Bucket, parcel: &Parcel<'_>, key: &str) -> Result<Outcome, StoreError> {
    match bucket.head(key).await {
        Ok(meta) => decide(bucket, parcel, key, meta).await,
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::NotFound) => {
            Ok(Outcome::Taken)
        }
        Err(error) => Err(error),
    }
}

async fn decide(
    bucket: &dyn Bucket,
    parcel: &Parcel<'_>,
    key: &str,
    meta: ObjectMeta,
) -> Result<Outcome, StoreError> {
    if !is_same(&meta, parcel) {
        Ok(Outcome::Taken)
    } else if parcel.reuse {
        Ok(Outcome::Found { etag: meta.etag })
    } else {
        write(bucket, parcel, key).await
    }
}

async fn write(bucket: &dyn Bucket, parcel: &Parcel<'_>, key: &str) -> Result<Outcome, StoreError> {
    bucket.put(key, body(parcel), &options(bucket, parcel, key, false)).await.map(Outcome::Stored)
}

/// Whether the object holds the same bytes. An ETag that is no MD5 (encryption by key, parts)
/// proves nothing, which is why the digest is kept as metadata too.
fn is_same(meta: &ObjectMeta, parcel: &Parcel<'_>) -> bool {
    let digests = parcel.digests;
    meta.size == parcel.bytes.len() as u64
        && (meta.metadata.get(SHA256).is_some_and(|sha256| *sha256 == digests.sha256)
            || meta.etag.as_deref().is_some_and(|etag| etag.eq_ignore_ascii_case(&digests.md5)))
}

fn body(parcel: &Parcel<'_>) -> Body {
    Body::Bytes(parcel.bytes.clone())
}

fn options(bucket: &dyn Bucket, parcel: &Parcel<'_>, key: &str, if_absent: bool) -> PutOptions {
    let mut options = PutOptions {
        content_type: Some(parcel.content_type.clone()),
        cache_control: parcel.digests.are_in(key).then(|| FOREVER.to_owned()),
        if_absent,
        progress: Some(parcel.progress.clone()),
        ..PutOptions::default()
    };
    if bucket.capabilities().metadata {
        options.metadata.insert(SHA256.into(), parcel.digests.sha256.clone());
    }
    options
}

/// Asks the store what it holds, unless its ETag has said so already.
pub(super) async fn verify(place: &Place, parcel: &Parcel<'_>, placed: &Placed) -> Result<()> {
    if placed.found
        || placed.etag.as_deref().is_some_and(|etag| etag.eq_ignore_ascii_case(&parcel.digests.md5))
    {
        return Ok(());
    }
    let expected = parcel.bytes.len() as u64;
    match place.bucket.head(&placed.key).await {
        Ok(meta) if meta.size == expected => Ok(()),
        Ok(meta) => Err(Problem::new(Code::Integrity, &placed.key)
            .with_detail(format!("{} of {expected} bytes", meta.size))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Problem::new(Code::Integrity, &placed.key)
                .with_detail(format!("0 of {expected} bytes")))
        }
        // The store has taken it; that it cannot be asked now does not undo that.
        Err(error) => {
            tracing::warn!(key = placed.key, %error, "stored, but not looked at again");
            Ok(())
        }
    }
}

/// What a failure is about: the bucket when the bucket is at fault, else the key.
pub(super) fn subject(place: &Place, key: &str, error: &StoreError) -> String {
    match error.kind() {
        ErrorKind::InvalidKey | ErrorKind::Integrity => key.to_owned(),
        _ => place.bucket.name().to_owned(),
    }
}

/// `a/cat.png` -> `a/cat-2.png`, kept within the length of a key.
fn numbered(key: &str, n: u32) -> String {
    let name_at = key.rfind('/').map_or(0, |slash| slash + 1);
    // A leading dot begins a name, not an extension.
    let dot = key[name_at..].rfind('.').filter(|dot| *dot > 0).map(|dot| name_at + dot);
    let (stem, ext) = key.split_at(dot.unwrap_or(key.len()));
    let suffix = format!("-{n}");
    let mut keep = stem.len();
    let over = (stem.len() + suffix.len() + ext.len()).saturating_sub(crate::naming::MAX_KEY);
    if over > 0 {
        keep = keep.saturating_sub(over).max(name_at);
        while !stem.is_char_boundary(keep) {
            keep -= 1;
        }
    }
    format!("{}{suffix}{ext}", &stem[..keep])
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn the_number_stands_before_the_extension() {
        for (key, expected) in [
            ("a/cat.png", "a/cat-2.png"),
            ("cat", "cat-2"),
            ("a.b/cat", "a.b/cat-2"),
            (".hidden", ".hidden-2"),
            ("图.tar.gz", "图.tar-2.gz"),
        ] {
            assert_eq!(numbered(key, 2), expected);
        }
    }

    #[test]
    fn a_long_key_gives_way_on_a_character_border() {
        let long = format!("{}.png", "图".repeat(340));
        assert_eq!(long.len(), 1024);
        let next = numbered(&long, 12);
        assert!(next.len() <= 1024 && next.ends_with("图-12.png"), "{next}");
    }
}
