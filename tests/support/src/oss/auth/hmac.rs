//! HMAC over the two digests of the signatures.

use md5::Digest;
use md5::digest::Output;

/// Both SHA-1 and SHA-256 work in blocks of 64 bytes.
const BLOCK: usize = 64;

/// HMAC (RFC 2104) over SHA-1 or SHA-256.
pub(super) fn hmac<D: Digest>(key: &[u8], message: &[u8]) -> Output<D> {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        let short = D::digest(key);
        block[..short.len()].copy_from_slice(&short);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = block.map(|byte| byte ^ 0x36);
    let outer = block.map(|byte| byte ^ 0x5c);
    let inner = D::new().chain_update(inner).chain_update(message).finalize();
    D::new().chain_update(outer).chain_update(inner).finalize()
}

/// Compares without telling by the time it takes where the difference is.
pub(super) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use sha1::Sha1;
    use sha2::Sha256;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_2202_and_4231() {
        let key = b"Jefe";
        let message = b"what do ya want for nothing?";
        assert_eq!(
            hex::encode(hmac::<Sha1>(key, message)),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hex::encode(hmac::<Sha256>(key, message)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex::encode(hmac::<Sha256>(
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First"
            )),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
