//! Whether a file holds what was sent, when its size is the same and something else is not.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::record::Sent;
use super::walk::Look;
use crate::transfer::edges;

/// Files up to this many bytes are hashed whole. Reading every checkpoint of 100 GB twice would cost
/// more than the few that are sent although only their time has changed.
const WHOLE: u64 = 64 * 1024 * 1024;

/// SHA-256 of all of a file, or of both ends of a large one. Blocks.
pub(super) fn hash(path: &Path, size: u64) -> std::io::Result<String> {
    if size > WHOLE {
        return Ok(format!("edges:{}", edges(path, size)?));
    }
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(format!("sha256:{}", hex::encode(hash.finalize()))),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// How a file stands to what was sent of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// It looks as it did.
    Same,
    /// It looks otherwise and holds the same bytes.
    Touched,
    Changed,
}

/// Compares; reads the file only on doubt. Blocks.
///
/// A file that looks the same in size, time, number and time of change is the same: the last cannot
/// be set by anybody. Where one of these differs and the size does not, the content decides, but for
/// a large file with another time, which is sent: its ends do not vouch for its middle.
pub(super) fn compare(path: &Path, now: Look, sent: &Sent) -> Stands {
    let before = sent.look;
    if now == before {
        return Stands::Same;
    }
    if now.size != before.size || (now.size > WHOLE && now.modified != before.modified) {
        return Stands::Changed;
    }
    match hash(path, now.size) {
        Ok(hash) if hash == sent.hash => Stands::Touched,
        // What cannot be read fails when it is sent, and is said there.
        _ => Stands::Changed,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn sent(path: &Path) -> Sent {
        let look = Look::read(path).unwrap();
        let hash = hash(path, look.size).unwrap();
        Sent { path: "a".into(), key: "a".into(), look, hash }
    }

    #[test]
    fn touched_is_not_changed_and_changed_is_found_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "one").unwrap();
        let before = sent(&path);
        let stands = || compare(&path, Look::read(&path).unwrap(), &before);
        assert_eq!(stands(), Stands::Same);
        let file = File::options().append(true).open(&path).unwrap();
        let time = std::time::SystemTime::now() - std::time::Duration::from_secs(99_999);
        file.set_modified(time).unwrap();
        assert_eq!(stands(), Stands::Touched);
        fs::write(&path, "two").unwrap();
        assert_eq!(stands(), Stands::Changed);
        fs::write(&path, "three").unwrap();
        assert_eq!(stands(), Stands::Changed);
    }

    /// As `touch -r` does it: size and time are what they were.
    #[cfg(unix)]
    #[test]
    fn a_time_that_was_set_back_hides_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "one").unwrap();
        let before = sent(&path);
        let time = path.metadata().unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&path, "two").unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
        let now = Look::read(&path).unwrap();
        assert_eq!((now.size, now.modified), (before.look.size, before.look.modified));
        assert_eq!(compare(&path, now, &before), Stands::Changed);
    }
}
