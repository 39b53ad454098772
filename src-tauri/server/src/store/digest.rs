//! Checksums: which ones a client asks for, computing them, and joining those of parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use md5::{Digest as _, Md5};
use s3s::S3ErrorCode;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::Checksum as _;
use s3s::dto;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::error::{Result, refuse};

/// The checksum algorithms of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Algorithm; 5] =
        [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// As `x-amz-checksum-algorithm` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// From its name.
    pub(crate) fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                refuse(S3ErrorCode::InvalidRequest, format!("Unknown checksum algorithm: {name}"))
            })
    }

    /// The kind S3 takes when the client names none.
    pub(crate) fn default_kind(self) -> Kind {
        match self {
            Self::Crc64Nvme => Kind::FullObject,
            _ => Kind::Composite,
        }
    }
}

/// Over the whole object, or over the checksums of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    FullObject,
    Composite,
}

impl Kind {
    /// As `x-amz-checksum-type` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FullObject => dto::ChecksumType::FULL_OBJECT,
            Self::Composite => dto::ChecksumType::COMPOSITE,
        }
    }
}

/// A checksum as stored and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) algorithm: Algorithm,
    /// Base64, with `-N` after it when composite.
    pub(crate) value: String,
    pub(crate) kind: Kind,
}

/// Puts a [`Sum`] into the fields S3 has for it.
macro_rules! set_sum {
    ($target:expr, $sum:expr) => {
        if let Some(sum) = &$sum {
            let value = Some(sum.value.clone());
            match sum.algorithm {
                $crate::store::digest::Algorithm::Crc32 => $target.checksum_crc32 = value,
                $crate::store::digest::Algorithm::Crc32c => $target.checksum_crc32c = value,
                $crate::store::digest::Algorithm::Crc64Nvme => $target.checksum_crc64nvme = value,
                $crate::store::digest::Algorithm::Sha1 => $target.checksum_sha1 = value,
                $crate::store::digest::Algorithm::Sha256 => $target.checksum_sha256 = value,
            }
        }
    };
}
pub(crate) use set_sum;

/// The checksum values of a request, from the fields S3 has for them.
macro_rules! claimed_sums {
    ($source:expr) => {
        [
            ($crate::store::digest::Algorithm::Crc32, $source.checksum_crc32.clone()),
            ($crate::store::digest::Algorithm::Crc32c, $source.checksum_crc32c.clone()),
            ($crate::store::digest::Algorithm::Crc64Nvme, $source.checksum_crc64nvme.clone()),
            ($crate::store::digest::Algorithm::Sha1, $source.checksum_sha1.clone()),
            ($crate::store::digest::Algorithm::Sha256, $source.checksum_sha256.clone()),
        ]
        .into_iter()
        .filter_map(|(algorithm, value)| value.map(|value| (algorithm, value)))
        .collect::<Vec<_>>()
    };
}
pub(crate) use claimed_sums;

/// What the client says the body is, to be compared when it has arrived.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    pub(crate) md5: Option<String>,
    pub(crate) length: Option<u64>,
    pub(crate) sums: Vec<(Algorithm, String)>,
    /// Computed although no value was sent (yet): trailers, or the algorithm of the upload.
    pub(crate) compute: Vec<Algorithm>,
    pub(crate) trailers: Option<s3s::TrailingHeaders>,
}

impl Expected {
    /// Adds the algorithms announced as trailers (`x-amz-trailer`).
    pub(crate) fn announce(&mut self, headers: &HeaderMap) {
        for value in headers.get_all("x-amz-trailer") {
            let Ok(names) = value.to_str() else { continue };
            for name in names.split(',').map(str::trim) {
                let found =
                    Algorithm::ALL.into_iter().find(|a| a.header().eq_ignore_ascii_case(name));
                self.compute.extend(found);
            }
        }
    }

    /// The hashers for one pass over the body.
    pub(crate) fn hashers(&self) -> Hashers {
        let mut extra = ChecksumHasher::default();
        for algorithm in
            self.sums.iter().map(|(algorithm, _)| *algorithm).chain(self.compute.iter().copied())
        {
            match algorithm {
                Algorithm::Crc32 => extra.crc32 = Some(s3s::crypto::Crc32::new()),
                Algorithm::Crc32c => extra.crc32c = Some(s3s::crypto::Crc32c::new()),
                Algorithm::Crc64Nvme => extra.crc64nvme = Some(s3s::crypto::Crc64Nvme::new()),
                Algorithm::Sha1 => extra.sha1 = Some(s3s::crypto::Sha1::new()),
                Algorithm::Sha256 => extra.sha256 = Some(s3s::crypto::Sha256::new()),
            }
        }
        Hashers { md5: Md5::new(), extra }
    }

    /// Compares what arrived; returns the checksum to keep.
    pub(crate) fn verify(&self, size: u64, digests: &Digests) -> Result<Option<Sum>> {
        if self.length.is_some_and(|length| length != size) {
            return Err(refuse(
                S3ErrorCode::IncompleteBody,
                "The body is shorter than its Content-Length.",
            ));
        }
        if let Some(claimed) = &self.md5 {
            let claimed =
                STANDARD.decode(claimed).ok().filter(|bytes| bytes.len() == 16).ok_or_else(
                    || {
                        refuse(
                            S3ErrorCode::InvalidDigest,
                            "The Content-MD5 is not the Base64 of 16 bytes.",
                        )
                    },
                )?;
            if claimed != digests.md5 {
                return Err(refuse(
                    S3ErrorCode::BadDigest,
                    "The Content-MD5 differs from what arrived.",
                ));
            }
        }
        let mut claims = self.sums.clone();
        if let Some(trailers) = self.trailers.as_ref().and_then(s3s::TrailingHeaders::take) {
            for algorithm in Algorithm::ALL {
                if let Some(value) = trailers.get(algorithm.header()).and_then(|v| v.to_str().ok())
                {
                    claims.push((algorithm, value.to_owned()));
                }
            }
        }
        for (algorithm, claimed) in &claims {
            let found = digests.get(*algorithm);
            if found.is_some_and(|found| found != claimed) {
                return Err(refuse(
                    S3ErrorCode::BadDigest,
                    format!("The {} sent differs from that of what arrived.", algorithm.name()),
                ));
            }
        }
        let keep =
            claims.first().map(|(algorithm, _)| *algorithm).or(self.compute.first().copied());
        Ok(keep.and_then(|algorithm| {
            digests.get(algorithm).map(|value| Sum {
                algorithm,
                value: value.to_owned(),
                kind: Kind::FullObject,
            })
        }))
    }
}

/// Everything computed in one pass.
pub(crate) struct Hashers {
    md5: Md5,
    extra: ChecksumHasher,
}

impl Hashers {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.extra.update(bytes);
    }

    pub(crate) fn finish(self) -> Digests {
        Digests { md5: self.md5.finalize().into(), extra: self.extra.finalize() }
    }
}

/// The digests of a body.
#[derive(Debug)]
pub(crate) struct Digests {
    pub(crate) md5: [u8; 16],
    extra: dto::Checksum,
}

impl Digests {
    fn get(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => self.extra.checksum_crc32.as_deref(),
            Algorithm::Crc32c => self.extra.checksum_crc32c.as_deref(),
            Algorithm::Crc64Nvme => self.extra.checksum_crc64nvme.as_deref(),
            Algorithm::Sha1 => self.extra.checksum_sha1.as_deref(),
            Algorithm::Sha256 => self.extra.checksum_sha256.as_deref(),
        }
    }
}

/// The ETag of a multipart object: the MD5 of its parts' MD5s, and how many there are.
pub(crate) fn multipart_etag<'a>(etags: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Md5::new();
    let mut count = 0_usize;
    for etag in etags {
        // Part ETags are our own, always the hex of an MD5.
        hasher.update(hex::decode(etag).unwrap_or_default());
        count += 1;
    }
    format!("{}-{count}", hex::encode(hasher.finalize()))
}

/// The checksum of a multipart object from those of its parts with their sizes; `None` when a
/// part has none of that algorithm.
pub(crate) fn join_sums(
    algorithm: Algorithm,
    kind: Kind,
    parts: &[(Option<Sum>, u64)],
) -> Option<Sum> {
    let decoded: Vec<(Vec<u8>, u64)> = parts
        .iter()
        .map(|(sum, size)| {
            let sum = sum.as_ref().filter(|sum| sum.algorithm == algorithm)?;
            Some((STANDARD.decode(&sum.value).ok()?, *size))
        })
        .collect::<Option<_>>()?;
    let value = match kind {
        Kind::Composite => {
            let all: Vec<u8> =
                decoded.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
            let digest = match algorithm {
                Algorithm::Crc32 => s3s::crypto::Crc32::checksum(&all).to_vec(),
                Algorithm::Crc32c => s3s::crypto::Crc32c::checksum(&all).to_vec(),
                Algorithm::Crc64Nvme => s3s::crypto::Crc64Nvme::checksum(&all).to_vec(),
                Algorithm::Sha1 => s3s::crypto::Sha1::checksum(&all).as_ref().to_vec(),
                Algorithm::Sha256 => Sha256::digest(&all).to_vec(),
            };
            format!("{}-{}", STANDARD.encode(digest), decoded.len())
        }
        Kind::FullObject => {
            let (crc, width) = match algorithm {
                Algorithm::Crc32 => (crc_fast::CrcAlgorithm::Crc32IsoHdlc, 4),
                Algorithm::Crc32c => (crc_fast::CrcAlgorithm::Crc32Iscsi, 4),
                Algorithm::Crc64Nvme => (crc_fast::CrcAlgorithm::Crc64Nvme, 8),
                Algorithm::Sha1 | Algorithm::Sha256 => return None,
            };
            let mut joined: Option<u64> = None;
            for (bytes, size) in &decoded {
                let next = bytes.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
                joined = Some(match joined {
                    None => next,
                    Some(before) => crc_fast::checksum_combine(crc, before, next, *size),
                });
            }
            let all = joined?.to_be_bytes();
            STANDARD.encode(&all[8 - width..])
        }
    };
    Some(Sum { algorithm, value, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(algorithm: Algorithm, bytes: &[u8]) -> (Option<Sum>, u64) {
        let expected = Expected { compute: vec![algorithm], ..Expected::default() };
        let mut hashers = expected.hashers();
        hashers.update(bytes);
        let digests = hashers.finish();
        let sum = expected.verify(bytes.len() as u64, &digests).unwrap();
        (sum, bytes.len() as u64)
    }

    #[test]
    fn crcs_of_parts_join_to_the_crc_of_the_whole() {
        for algorithm in [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme] {
            let parts = [sum(algorithm, b"hello "), sum(algorithm, b"wor"), sum(algorithm, b"ld")];
            let whole = sum(algorithm, b"hello world").0.unwrap();
            let joined = join_sums(algorithm, Kind::FullObject, &parts).unwrap();
            assert_eq!(joined.value, whole.value, "{}", algorithm.name());
        }
        assert!(
            join_sums(Algorithm::Sha1, Kind::FullObject, &[sum(Algorithm::Sha1, b"x")]).is_none()
        );
    }

    #[test]
    fn a_wrong_digest_or_length_is_refused() {
        let mut hashers = Expected::default().hashers();
        hashers.update(b"abc");
        let digests = hashers.finish();
        let expect = |expected: Expected| expected.verify(3, &digests);
        let md5 = STANDARD.encode(Md5::digest(b"abc"));
        assert!(
            expect(Expected { md5: Some(md5), length: Some(3), ..Expected::default() }).is_ok()
        );
        let wrong = STANDARD.encode(Md5::digest(b"abd"));
        assert!(expect(Expected { md5: Some(wrong), ..Expected::default() }).is_err());
        assert!(expect(Expected { md5: Some("!!".to_owned()), ..Expected::default() }).is_err());
        assert!(expect(Expected { length: Some(4), ..Expected::default() }).is_err());
    }
}
