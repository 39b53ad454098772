//! CRC-64/XZ, which OSS calls CRC-64 of ECMA-182, in unsigned decimal.

use crc_fast::{CrcAlgorithm, Digest, checksum_combine};

use crate::receiving::Inspect;
use crate::sending::Hash;

/// The header that carries it.
pub(crate) const HEADER: &str = "x-oss-hash-crc64ecma";

/// A checksum that grows with the bytes.
#[derive(Clone)]
pub struct Crc64(Digest);

impl Crc64 {
    /// The other CRC-64: NVME's, which S3 keeps.
    pub fn nvme() -> Self {
        Self(Digest::new(CrcAlgorithm::Crc64Nvme))
    }

    /// Takes in the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum of all of them.
    pub fn value(&self) -> u64 {
        self.0.finalize()
    }
}

impl std::fmt::Debug for Crc64 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crc64({})", self.value())
    }
}

impl Default for Crc64 {
    fn default() -> Self {
        Self(Digest::new(CrcAlgorithm::Crc64Xz))
    }
}

impl Hash for Crc64 {
    type Out = u64;

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> u64 {
        self.0.finalize()
    }
}

/// CRC-64/XZ of all that `from` holds, as [`crate::ObjectMeta::crc64`] has it. Blocks.
pub fn crc64(mut from: impl std::io::Read) -> std::io::Result<u64> {
    let mut sum = Crc64::default();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(sum.finish()),
            n => sum.update(&buffer[..n]),
        }
    }
}

/// The checksum of `a` followed by `b`, of which `b_len` bytes.
pub(crate) fn combine(a: u64, b: u64, b_len: u64) -> u64 {
    checksum_combine(CrcAlgorithm::Crc64Xz, a, b, b_len)
}

/// Compares a download with what OSS says its checksum is, where it says so.
pub(crate) struct Expected {
    pub(crate) crc: Option<u64>,
    pub(crate) seen: Crc64,
}

impl Inspect for Expected {
    fn see(&mut self, bytes: &[u8]) {
        if self.crc.is_some() {
            self.seen.update(bytes);
        }
    }

    fn verdict(self) -> Result<(), String> {
        let Some(expected) = self.crc else { return Ok(()) };
        let came = self.seen.finish();
        if came == expected {
            return Ok(());
        }
        Err(format!("the object has CRC-64 {expected}, but {came} came; get it again"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(bytes: &[u8]) -> u64 {
        let mut crc = Crc64::default();
        crc.update(bytes);
        crc.finish()
    }

    #[test]
    fn it_is_the_one_that_oss_uses() {
        assert_eq!(of(b"123456789"), 11051210869376104954);
        assert_eq!(of(b"hello world"), 5981764153023615706);
        assert_eq!(of(b"hello "), 1796661072844795914);
        assert_eq!(of(b"world"), 4472352582074980600);
        assert_eq!(combine(1796661072844795914, 4472352582074980600, 5), 5981764153023615706);
        assert_eq!(of(b""), 0);
    }

    /// The check value of its definition.
    #[test]
    fn that_of_s3_is_another() {
        let mut crc = Crc64::nvme();
        crc.add(b"123456789");
        assert_eq!(crc.value(), 0xae8b_1486_0a79_9888);
    }

    proptest! {
        #[test]
        fn parts_combine_to_the_whole(a: Vec<u8>, b: Vec<u8>) {
            let whole = of(&[a.as_slice(), &b].concat());
            prop_assert_eq!(combine(of(&a), of(&b), b.len() as u64), whole);
        }
    }
}
