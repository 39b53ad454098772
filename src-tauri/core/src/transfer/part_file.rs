//! A download that is not complete: the file beside its target, of full length from the start.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use md5::{Digest as _, Md5};

use crate::problem::{Code, Problem, Result};

/// Ends the name of a file that is not complete.
pub(crate) const SUFFIX: &str = ".hoist-part";

/// How often, and after what pause, it is tried to have a file that somebody else has open.
const LOOKS: u32 = 40;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// Longest file name that every file system here takes, in bytes.
const LONGEST: usize = 255;

/// The file that becomes `target`. No other transfer writes to it as long as it is open. Blocks:
/// not for async threads.
#[derive(Debug)]
pub(super) struct PartFile {
    path: PathBuf,
    target: PathBuf,
    file: File,
    /// Writers wait for each other in the kernel in any case, where those that wait burn a processor.
    turn: Mutex<()>,
}

/// `a/cat.png` -> `a/cat.png.hoist-part`; a very long name is replaced by its digest.
pub(super) fn part_path(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut part = format!("{name}{SUFFIX}");
    if part.len() > LONGEST {
        part = format!(".{}{SUFFIX}", hex::encode(Md5::digest(name.as_bytes())));
    }
    target.with_file_name(part)
}

impl PartFile {
    /// Opens it. `resume` keeps what is in it, when it is there and of this length; the second value
    /// tells whether it was.
    pub(super) fn open(target: &Path, len: u64, resume: bool) -> Result<(Arc<Self>, bool)> {
        let path = part_path(target);
        let wrong = |error: &std::io::Error| unwritable(&path, error);
        let (file, made) =
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => (file, true),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    // A link in its place could lead anywhere.
                    let metadata = path.symlink_metadata().map_err(|error| wrong(&error))?;
                    if !metadata.is_file() {
                        return Err(Problem::new(Code::NotAFile, path.display().to_string()));
                    }
                    let file = OpenOptions::new().read(true).write(true).open(&path);
                    (file.map_err(|error| wrong(&error))?, false)
                }
                Err(error) => return Err(wrong(&error)),
            };
        if file.try_lock().is_err() {
            return Err(Problem::new(Code::DataInUse, path.display().to_string()));
        }
        let kept = resume && !made && file.metadata().is_ok_and(|metadata| metadata.len() == len);
        if !kept {
            let allocated = file.set_len(0).and_then(|()| allocate(&file, len));
            if let Err(error) = allocated {
                let _ = std::fs::remove_file(&path);
                return Err(wrong(&error));
            }
        }
        let turn = Mutex::default();
        Ok((Arc::new(Self { path, target: target.to_owned(), file, turn }), kept))
    }

    /// Writes pieces one after the other, the first at `at`.
    pub(super) fn write(&self, pieces: &[Bytes], mut at: u64) -> Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in pieces {
            write_at(&self.file, piece, at).map_err(|error| unwritable(&self.path, &error))?;
            at += piece.len() as u64;
        }
        Ok(())
    }

    /// Waits until what was written is on the disk.
    pub(super) fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|error| unwritable(&self.path, &error))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of its content, in hex.
    pub(super) fn sha256(&self) -> Result<String> {
        super::send::digest_of::<sha2::Sha256>(&self.path)
            .map_err(|error| unwritable(&self.path, &error))
    }

    /// Puts it in the place of its target, with the time of the object.
    pub(super) fn finish(&self, modified: Option<jiff::Timestamp>, target: &Path) -> Result<()> {
        let wrong = |error: &std::io::Error| unwritable(target, error);
        if let Some(modified) = modified {
            // A file system that keeps no such time is no reason to fail.
            let _ = self.file.set_modified(std::time::SystemTime::from(modified));
        }
        self.file.sync_all().map_err(|error| wrong(&error))?;
        if target.is_dir() {
            return Err(Problem::new(Code::NotAFile, target.display().to_string()));
        }
        std::fs::rename(&self.path, target).map_err(|error| wrong(&error))?;
        sync_folder(target);
        Ok(())
    }

    /// Where it will go.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Takes it away.
    pub(super) fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes away what is left of an incomplete `target`, unless somebody works on it.
pub(super) fn discard(target: &Path) {
    let path = part_path(target);
    // Something else in its place is not ours, and a pipe would never open.
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
        return;
    }
    let Ok(file) = File::open(&path) else { return };
    // The last write of a job that has just been stopped may still be under way.
    for _ in 0..LOOKS {
        if file.try_lock().is_ok() {
            let _ = std::fs::remove_file(path);
            return;
        }
        std::thread::sleep(PAUSE);
    }
}

/// Gives `take` the bytes of a section, piece by piece; `false` when the file is shorter. Blocks.
pub(super) fn read_section(
    path: &Path,
    start: u64,
    len: u64,
    mut take: impl FnMut(&[u8]),
) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut rest = file.take(len);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(rest.limit() == 0),
            n => take(&buffer[..n]),
        }
    }
}

/// What the operating system said of a file that was to be written.
pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::from_io(Code::FileUnwritable, path.display().to_string(), error)
}

/// Reserves the space, so that a disk that is too small says so at the start.
#[cfg(target_os = "linux")]
fn allocate(file: &File, len: u64) -> std::io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    if len > 0 {
        match fallocate(file, FallocateFlags::empty(), 0, len) {
            // File systems without it: the length alone.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    file.set_len(len)
}

#[cfg(not(target_os = "linux"))]
fn allocate(file: &File, len: u64) -> std::io::Result<()> {
    file.set_len(len)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, at)? {
            0 => return Err(std::io::ErrorKind::WriteZero.into()),
            n => {
                bytes = &bytes[n..];
                at += n as u64;
            }
        }
    }
    Ok(())
}

/// Makes the new name survive a power cut, where folders can be synced.
fn sync_folder(path: &Path) {
    #[cfg(unix)]
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_becomes_its_target_and_is_written_by_one_only() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("cat.png");
        let (part, kept) = PartFile::open(&target, 10, true).unwrap();
        assert!(!kept, "nothing was there to be kept");
        assert_eq!(part_path(&target).metadata().unwrap().len(), 10);
        assert_eq!(PartFile::open(&target, 10, true).unwrap_err().code, Code::DataInUse);
        part.write(&[Bytes::from_static(b"56"), Bytes::from_static(b"789")], 5).unwrap();
        drop(part);
        let (part, kept) = PartFile::open(&target, 10, true).unwrap();
        assert!(kept);
        part.write(&[Bytes::from_static(b"01234")], 0).unwrap();
        assert_eq!(std::fs::read(part.path()).unwrap(), b"0123456789");
        let modified = jiff::Timestamp::from_second(1_700_000_000).unwrap();
        part.finish(Some(modified), &target).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"0123456789");
        assert_eq!(
            target.metadata().unwrap().modified().unwrap(),
            std::time::SystemTime::from(modified)
        );
        assert!(!part_path(&target).exists());
    }

    #[test]
    fn one_of_another_length_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("a");
        std::fs::write(part_path(&target), "left over").unwrap();
        for resume in [true, false] {
            let (_part, kept) = PartFile::open(&target, 3, resume).unwrap();
            assert!(!kept);
            assert_eq!(std::fs::read(part_path(&target)).unwrap(), [0, 0, 0]);
            std::fs::write(part_path(&target), "abc").unwrap_or_default();
            if resume {
                std::fs::write(part_path(&target), "abcd").unwrap();
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (target, outside) = (dir.path().join("a"), dir.path().join("outside"));
        std::fs::write(&outside, "mine").unwrap();
        std::os::unix::fs::symlink(&outside, part_path(&target)).unwrap();
        assert_eq!(PartFile::open(&target, 3, false).unwrap_err().code, Code::NotAFile);
        assert_eq!(std::fs::read(&outside).unwrap(), b"mine");
    }

    #[test]
    fn a_name_of_full_length_still_has_a_part() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("n".repeat(255));
        let (part, _) = PartFile::open(&target, 1, false).unwrap();
        part.finish(None, &target).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
