//! What the SDK sends: bodies that can be sent again, and the MD5 of what they sent.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use aws_sdk_s3::primitives::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;

use crate::sending::{Running, Sending, hash_body, try_open};
use crate::{Body, Progress, Result};

/// Up to here a file is hashed before it is sent, so that the store itself refuses damaged bytes;
/// above, reading it twice costs more than it gains, and the ETag tells afterwards.
const HASH_FIRST: u64 = 64 << 20;

/// A body ready to be sent, and the MD5 it has or will have.
pub(super) struct Prepared {
    pub(super) body: SdkBody,
    pub(super) md5: Md5State,
    /// How often it has been sent.
    pub(super) attempts: Arc<AtomicU32>,
}

/// The MD5 of a body.
pub(super) enum Md5State {
    /// Known before it is sent.
    Known([u8; 16]),
    /// Known once all of it has been sent.
    Running(Running<Md5>),
}

impl Md5State {
    /// The value of `Content-MD5`, if it is known before the body is sent.
    pub(super) fn header(&self) -> Option<String> {
        match self {
            Md5State::Known(digest) => Some(STANDARD.encode(digest)),
            Md5State::Running(_) => None,
        }
    }

    /// The digest, if all of the body has been read.
    pub(super) fn hex(&self) -> Option<String> {
        match self {
            Md5State::Known(digest) => Some(hex::encode(digest)),
            Md5State::Running(running) => running.done().map(hex::encode),
        }
    }
}

/// Makes a body that the SDK can send as often as it has to.
pub(super) async fn prepare(body: Body, progress: Option<Progress>) -> Result<Prepared> {
    let md5 = match &body {
        Body::File { path, offset, len } if *len > HASH_FIRST => {
            try_open(path, *offset).await?;
            Md5State::Running(Running::default())
        }
        Body::Hashed { md5, .. } | Body::Known(_, md5) => Md5State::Known(*md5),
        body => Md5State::Known(hash_body::<Md5>(body).await?),
    };
    let attempts = Arc::new(AtomicU32::new(0));
    if body.is_empty() {
        if let Some(progress) = progress {
            progress.report(0);
        }
        return Ok(Prepared { body: SdkBody::from(""), md5, attempts });
    }
    let running = match &md5 {
        Md5State::Running(running) => Some(running.clone()),
        Md5State::Known(_) => None,
    };
    let sending = Sending::<Md5> { body, progress, running, attempts: Arc::clone(&attempts) };
    let body = SdkBody::retryable(move || SdkBody::from_body_1_x(sending.attempt()));
    Ok(Prepared { body, md5, attempts })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use http_body_util::BodyExt as _;
    use md5::Digest as _;

    use super::*;
    use crate::StoreError;
    use crate::sending::FRAME;

    async fn send(prepared: &Prepared) -> Vec<u8> {
        let body = prepared.another();
        body.collect().await.unwrap().to_bytes().to_vec()
    }

    impl Prepared {
        fn another(&self) -> SdkBody {
            self.body.try_clone().unwrap()
        }
    }

    #[tokio::test]
    async fn a_section_of_a_file_is_sent_twice_alike_and_counted_from_zero() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let all: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &all).unwrap();
        let reports = Arc::new(Mutex::new(Vec::new()));
        let progress = Progress::new({
            let reports = Arc::clone(&reports);
            move |n| reports.lock().unwrap().push(n)
        });
        let body = Body::File { path, offset: 100, len: 600_000 };
        let prepared = prepare(body, Some(progress)).await.unwrap();
        for _ in 0..2 {
            reports.lock().unwrap().clear();
            assert_eq!(send(&prepared).await, all[100..600_100]);
            let seen = reports.lock().unwrap().clone();
            assert!(seen.is_sorted() && seen[0] <= FRAME as u64 && seen.last() == Some(&600_000));
        }
        assert_eq!(prepared.md5.hex().unwrap(), hex::encode(Md5::digest(&all[100..600_100])));
    }

    #[tokio::test]
    async fn a_file_that_shrinks_is_an_integrity_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, vec![7; 1000]).unwrap();
        let body = Body::File { path: path.clone(), offset: 0, len: 2000 };
        let error = prepare(body, None).await.err().unwrap();
        assert_eq!(error.kind(), crate::ErrorKind::Integrity);

        let prepared =
            prepare(Body::File { path: path.clone(), offset: 0, len: 1000 }, None).await.unwrap();
        std::fs::write(&path, vec![7; 10]).unwrap();
        let sent = prepared.another().collect().await;
        let error = sent.err().unwrap();
        assert_eq!(error.downcast_ref::<StoreError>().unwrap().kind(), crate::ErrorKind::Integrity);
    }

    #[tokio::test]
    async fn a_missing_file_is_named_before_anything_is_sent() {
        for len in [10, HASH_FIRST + 1] {
            let body = Body::File { path: "/nowhere/at all.png".into(), offset: 0, len };
            let error = prepare(body, None).await.err().unwrap();
            assert!(error.to_string().contains("/nowhere/at all.png"), "{error}");
        }
    }
}
