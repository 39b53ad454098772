//! What the bytes of a file are, in the ways that a manifest and the stores tell of them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use hoist_store::ObjectMeta;
use hoist_store::oss::Crc64;
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::problem::{Code, Problem, Result};
use crate::transfer::SHA256 as METADATA;

/// SHA-256 of a file, in hex. Blocks.
pub(super) fn sha256_of(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    read(path, |bytes| hash.update(bytes))?;
    Ok(hex::encode(hash.finalize()))
}

/// The checksums of the whole of a file, read once: its SHA-256, and those that stores keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    /// In hex.
    pub(super) sha256: String,
    crc64: u64,
    crc64_nvme: u64,
}

impl Sums {
    /// Blocks.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let mut sums = Summing::default();
        read(path, |bytes| sums.add(bytes))?;
        Ok(sums.done())
    }

    /// Whether a store says that an object holds other bytes.
    pub(super) fn differ(&self, meta: &ObjectMeta) -> bool {
        let said = meta.metadata.get(METADATA).filter(|said| super::manifest::is_sha256(said));
        meta.crc64.is_some_and(|crc64| crc64 != self.crc64)
            || meta.crc64_nvme.is_some_and(|crc64| crc64 != self.crc64_nvme)
            || said.is_some_and(|said| !said.eq_ignore_ascii_case(&self.sha256))
    }
}

struct Summing {
    sha256: Sha256,
    crc64: Crc64,
    crc64_nvme: Crc64,
}

impl Default for Summing {
    fn default() -> Self {
        Self { sha256: Sha256::new(), crc64: Crc64::default(), crc64_nvme: Crc64::nvme() }
    }
}

impl Summing {
    fn add(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.crc64.add(bytes);
        self.crc64_nvme.add(bytes);
    }

    fn done(self) -> Sums {
        Sums {
            sha256: hex::encode(self.sha256.finalize()),
            crc64: self.crc64.value(),
            crc64_nvme: self.crc64_nvme.value(),
        }
    }
}

/// Everything a store may have said of the same bytes.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    pub(super) sums: Sums,
    md5: String,
    /// The ETag of an object made of parts, as S3 builds it.
    joined: String,
}

impl Evidence {
    /// Reads a file once, as if it were sent in parts of `part` bytes. Blocks.
    pub(super) fn of(path: &Path, part: u64) -> Result<Self> {
        let (mut sums, mut md5) = (Summing::default(), Md5::new());
        let (mut parts, mut of_part, mut left, mut count) =
            (Md5::new(), Md5::new(), part.max(1), 0u32);
        read(path, |mut bytes| {
            sums.add(bytes);
            md5.update(bytes);
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
            sums: sums.done(),
            md5: hex::encode(md5.finalize()),
            joined: format!("{}-{count}", hex::encode(parts.finalize())),
        })
    }

    /// Whether an object is known to hold these bytes. Where the store gives no proof, it is not.
    pub(super) fn is_in(&self, meta: &ObjectMeta) -> bool {
        if self.sums.differ(meta) {
            return false;
        }
        if meta.crc64.is_some() || meta.crc64_nvme.is_some() {
            return true;
        }
        let said = [meta.etag.as_deref(), meta.metadata.get(METADATA).map(String::as_str)];
        let ours = [&self.md5, &self.joined, &self.sums.sha256];
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
    let kept = [(&file.crc64, meta.crc64), (&file.crc64_nvme, meta.crc64_nvme)];
    for (recorded, kept) in kept {
        if let (Some(recorded), Some(crc64)) = (recorded, kept) {
            return verdict(*recorded == crc64.to_string());
        }
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
        assert_eq!(evidence.sums.sha256, sha256_of(&path).unwrap());
        assert_eq!(evidence.sums, Sums::of(&path).unwrap());
        let md5 = hex::encode(Md5::digest("hellofoo"));
        let mut parts = Md5::digest("hello").to_vec();
        parts.extend(Md5::digest("foo"));
        let joined = format!("{}-2", hex::encode(Md5::digest(parts)));
        for etag in [md5.to_uppercase(), joined] {
            assert!(evidence.is_in(&meta(&etag)), "{etag}");
        }
        assert!(!evidence.is_in(&meta("0123")) && !evidence.is_in(&ObjectMeta::default()));
        let with = |crc64, crc64_nvme, etag: &str| ObjectMeta { crc64, crc64_nvme, ..meta(etag) };
        let (xz, nvme) = (evidence.sums.crc64, evidence.sums.crc64_nvme);
        assert!(evidence.is_in(&with(Some(xz), None, "x")));
        assert!(evidence.is_in(&with(None, Some(nvme), "x")));
        assert!(!evidence.is_in(&with(Some(xz ^ 1), None, &md5)));
        assert!(!evidence.is_in(&with(None, Some(xz), &md5)));
        let mut said = meta(&md5);
        said.metadata.insert("sha256".into(), "b".repeat(64));
        assert!(!evidence.is_in(&said), "it says itself that it is another");
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
        let nvme = ManifestFile { crc64: None, crc64_nvme: Some("9".into()), ..file.clone() };
        let copied = |crc| ObjectMeta { crc64_nvme: Some(crc), ..meta("of another copy") };
        assert_eq!(likeness(&nvme, &copied(9)), Likeness::Same);
        assert_eq!(likeness(&nvme, &copied(8)), Likeness::Other);
        let foreign = ManifestFile { sha256: sha.clone(), ..ManifestFile::default() };
        assert_eq!(likeness(&foreign, &meta("e1")), Likeness::Unknown);
        said.metadata.insert("sha256".into(), sha.to_uppercase());
        assert_eq!(likeness(&foreign, &said), Likeness::Same);
    }
}
