//! What the bytes of a file are, in the ways that a manifest and the stores tell of them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use hoist_store::ObjectMeta;
use hoist_store::oss::Crc64;
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::problem::{Code, Problem, Result};

/// The user metadata other programs keep a SHA-256 in.
const METADATA: &str = "sha256";

/// SHA-256 of a file, in hex. Blocks.
pub(super) fn sha256_of(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    read(path, |bytes| hash.update(bytes))?;
    Ok(hex::encode(hash.finalize()))
}

/// Everything a store may have said of the same bytes.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    /// In hex.
    pub(super) sha256: String,
    md5: String,
    /// The ETag of an object made of parts, as S3 builds it.
    joined: String,
    crc64: u64,
}

impl Evidence {
    /// Reads a file once, as if it were sent in parts of `part` bytes. Blocks.
    pub(super) fn of(path: &Path, part: u64) -> Result<Self> {
        let (mut sha256, mut md5, mut crc) = (Sha256::new(), Md5::new(), Crc64::default());
        let (mut parts, mut of_part, mut left, mut count) =
            (Md5::new(), Md5::new(), part.max(1), 0u32);
        read(path, |mut bytes| {
            sha256.update(bytes);
            md5.update(bytes);
            crc.add(bytes);
            while !bytes.is_empty() {
                let n = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                of_part.update(&bytes[..n]);
                bytes = &bytes[n..];
                left -= n as u64;
                if left == 0 {
                    parts.update(of_part.finalize_reset());
                    (left, count) = (part.max(1), count + 1);
                }
            }
        })?;
        if left != part.max(1) {
            parts.update(of_part.finalize());
            count += 1;
        }
        Ok(Self {
            sha256: hex::encode(sha256.finalize()),
            md5: hex::encode(md5.finalize()),
            joined: format!("{}-{count}", hex::encode(parts.finalize())),
            crc64: crc.value(),
        })
    }

    /// Whether an object is known to hold these bytes. Where the store gives no proof, it is not.
    pub(super) fn is_in(&self, meta: &ObjectMeta) -> bool {
        if let Some(crc64) = meta.crc64 {
            return crc64 == self.crc64;
        }
        let said = [meta.etag.as_deref(), meta.metadata.get(METADATA).map(String::as_str)];
        let ours = [&self.md5, &self.joined, &self.sha256];
        said.into_iter().flatten().any(|said| ours.iter().any(|our| our.eq_ignore_ascii_case(said)))
    }
}

fn read(path: &Path, mut see: impl FnMut(&[u8])) -> Result<()> {
    let wrong = |error: &std::io::Error| {
        Problem::from_io(Code::FileUnreadable, path.display().to_string(), error)
    };
    let mut file = File::open(path).map_err(|error| wrong(&error))?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(|error| wrong(&error))? {
            0 => return Ok(()),
            n => see(&buffer[..n]),
        }
    }
}

/// What is known of an object's bytes without reading them, beside what a manifest says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// A checksum says they are the same.
    Same,
    /// A checksum says they are not, or the object is another one than was pushed.
    Other,
    /// Nothing can be compared but the size.
    Unknown,
}

/// Compares an object of the right size with its entry in a manifest.
pub(super) fn likeness(file: &super::ManifestFile, meta: &ObjectMeta) -> Likeness {
    let verdict = |same| if same { Likeness::Same } else { Likeness::Other };
    if let (Some(recorded), Some(crc64)) = (&file.crc64, meta.crc64) {
        return verdict(*recorded == crc64.to_string());
    }
    let said = meta.metadata.get(METADATA).filter(|said| super::manifest::is_sha256(said));
    if said.is_some_and(|said| !said.eq_ignore_ascii_case(&file.sha256)) {
        return Likeness::Other;
    }
    if let (Some(recorded), Some(etag)) = (&file.etag, &meta.etag) {
        return verdict(recorded.eq_ignore_ascii_case(etag));
    }
    if said.is_some() { Likeness::Same } else { Likeness::Unknown }
}

#[cfg(test)]
mod tests {
    use super::super::ManifestFile;
    use super::*;

    fn meta(etag: &str) -> ObjectMeta {
        ObjectMeta { etag: Some(etag.into()), ..ObjectMeta::default() }
    }

    /// Figures from `md5sum`, and from the ETag AWS gives two parts of 5 bytes and 3.
    #[test]
    fn evidence_is_what_stores_say() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "hellofoo").unwrap();
        let evidence = Evidence::of(&path, 5).unwrap();
        assert_eq!(evidence.sha256, sha256_of(&path).unwrap());
        let md5 = hex::encode(Md5::digest("hellofoo"));
        let mut parts = Md5::digest("hello").to_vec();
        parts.extend(Md5::digest("foo"));
        let joined = format!("{}-2", hex::encode(Md5::digest(parts)));
        for etag in [md5.to_uppercase(), joined] {
            assert!(evidence.is_in(&meta(&etag)), "{etag}");
        }
        assert!(!evidence.is_in(&meta("0123")) && !evidence.is_in(&ObjectMeta::default()));
        assert!(evidence.is_in(&ObjectMeta { crc64: Some(evidence.crc64), ..meta("x") }));
        assert!(!evidence.is_in(&ObjectMeta { crc64: Some(evidence.crc64 ^ 1), ..meta(&md5) }));
        // A file that ends with a part has no empty one after it.
        let whole = Evidence::of(&path, 4).unwrap();
        assert!(whole.joined.ends_with("-2"));
    }

    #[test]
    fn the_surest_of_what_both_sides_say_decides() {
        let sha = "a".repeat(64);
        let file = ManifestFile {
            sha256: sha.clone(),
            etag: Some("E1".into()),
            crc64: Some("7".into()),
            ..ManifestFile::default()
        };
        let with_crc = |crc, etag| ObjectMeta { crc64: Some(crc), ..meta(etag) };
        assert_eq!(likeness(&file, &with_crc(7, "other")), Likeness::Same);
        assert_eq!(likeness(&file, &with_crc(8, "e1")), Likeness::Other);
        assert_eq!(likeness(&file, &meta("e1")), Likeness::Same);
        assert_eq!(likeness(&file, &meta("e2")), Likeness::Other);
        let mut said = meta("e1");
        said.metadata.insert("sha256".into(), "b".repeat(64));
        assert_eq!(likeness(&file, &said), Likeness::Other);
        let foreign = ManifestFile { sha256: sha.clone(), ..ManifestFile::default() };
        assert_eq!(likeness(&foreign, &meta("e1")), Likeness::Unknown);
        said.metadata.insert("sha256".into(), sha.to_uppercase());
        assert_eq!(likeness(&foreign, &said), Likeness::Same);
    }
}
