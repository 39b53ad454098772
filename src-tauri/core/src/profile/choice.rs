//! What a profile chooses among; config.toml, `--option` and the window write the same words.

use serde::{Deserialize, Serialize};

/// Which of a provider's addresses requests go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum EndpointKind {
    /// From anywhere, `oss-cn-hangzhou.aliyuncs.com`.
    Public,
    /// From Aliyun's own network in the same region, free of traffic cost.
    Internal,
    /// IPv4 and IPv6, `cn-hangzhou.oss.aliyuncs.com`.
    DualStack,
    /// From far away, once transfer acceleration is on for the bucket.
    Accelerate,
    /// The same for clients outside the Chinese mainland.
    AccelerateOverseas,
}

/// How requests to OSS are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Signature {
    /// OSS4-HMAC-SHA256: every account takes it.
    V4,
    /// For private clouds that know nothing else; closed to accounts of 2025 and later.
    V1,
}

/// Who transforms pictures when a link asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Images {
    /// OSS, by `?x-oss-process=`.
    Oss,
    /// Cloudflare in front of the public URL, by `/cdn-cgi/image/`.
    Cloudflare,
    /// Nobody.
    None,
}

impl EndpointKind {
    /// Every one, as it is written.
    pub const ALL: [(&'static str, Self); 5] = [
        ("public", Self::Public),
        ("internal", Self::Internal),
        ("dual-stack", Self::DualStack),
        ("accelerate", Self::Accelerate),
        ("accelerate-overseas", Self::AccelerateOverseas),
    ];

    /// As it is written.
    pub fn id(self) -> &'static str {
        id(&Self::ALL, self)
    }
}

impl Signature {
    /// Every one, as it is written.
    pub const ALL: [(&'static str, Self); 2] = [("v4", Self::V4), ("v1", Self::V1)];

    /// As it is written.
    pub fn id(self) -> &'static str {
        id(&Self::ALL, self)
    }
}

impl Images {
    /// Every one, as it is written.
    pub const ALL: [(&'static str, Self); 3] =
        [("oss", Self::Oss), ("cloudflare", Self::Cloudflare), ("none", Self::None)];

    /// As it is written.
    pub fn id(self) -> &'static str {
        id(&Self::ALL, self)
    }
}

fn id<T: Copy + PartialEq, const N: usize>(all: &[(&'static str, T); N], value: T) -> &'static str {
    all.iter().find(|(_, other)| *other == value).map_or("", |(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_config_write_the_same_words() {
        for (id, kind) in EndpointKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), id);
            assert_eq!(kind.id(), id);
        }
        for (id, signature) in Signature::ALL {
            assert_eq!(serde_json::to_value(signature).unwrap(), id);
            assert_eq!(signature.id(), id);
        }
        for (id, images) in Images::ALL {
            assert_eq!(serde_json::to_value(images).unwrap(), id);
            assert_eq!(images.id(), id);
        }
    }
}
