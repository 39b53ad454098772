//! MD5 of sections of a file, or of several pieces of memory, side by side.

use std::fs::File;
use std::io;
use std::path::Path;

use hoist_md5::{LANES, Md5, update_all};

/// How many sections are computed in about the time of one.
pub const SIDE_BY_SIDE: usize = LANES;

/// How much of each section is read at once.
const READ: usize = 64 * 1024;

/// The MD5 of each of these; those of the same length are quickest.
pub fn md5_of_each(pieces: &[&[u8]]) -> Vec<[u8; 16]> {
    let mut hashes = vec![Md5::default(); pieces.len()];
    update_all(&mut hashes, pieces);
    hashes.into_iter().map(Md5::finish).collect()
}

/// The MD5 of each section (first byte, length), in their order. Blocks: not for async threads.
///
/// # Errors
/// What the operating system says, and [`io::ErrorKind::UnexpectedEof`] when the file is shorter.
pub fn md5_of_sections(path: &Path, sections: &[(u64, u64)]) -> io::Result<Vec<[u8; 16]>> {
    let file = File::open(path)?;
    let mut digests = Vec::with_capacity(sections.len());
    let mut buffers = vec![vec![0; READ]; sections.len().min(LANES)];
    for sections in sections.chunks(LANES) {
        let mut hashes = vec![Md5::default(); sections.len()];
        let longest = sections.iter().map(|(_, len)| *len).max().unwrap_or(0);
        let mut done = 0;
        while done < longest {
            let mut pieces: Vec<&[u8]> = Vec::with_capacity(sections.len());
            for ((offset, len), buffer) in sections.iter().zip(&mut buffers) {
                let left = usize::try_from(len.saturating_sub(done)).unwrap_or(usize::MAX);
                let piece = &mut buffer[..left.min(READ)];
                read_at(&file, piece, offset + done)?;
                pieces.push(piece);
            }
            update_all(&mut hashes, &pieces);
            done += READ as u64;
        }
        digests.extend(hashes.into_iter().map(Md5::finish));
    }
    Ok(digests)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => {
                buffer = &mut buffer[n..];
                at += n as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use md5::{Digest as _, Md5};

    use super::*;

    #[test]
    fn sections_of_any_length_anywhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let bytes: Vec<u8> = (0..900_000u32).map(|n| (n % 1_000 * n % 253) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let mut sections: Vec<(u64, u64)> = (0..9).map(|n| (n * 100_000, 100_000)).collect();
        sections.extend([(0, 0), (5, 1), (0, 900_000), (899_999, 1), (100, 65_536)]);
        let digests = md5_of_sections(&path, &sections).unwrap();
        for ((offset, len), digest) in sections.iter().zip(digests) {
            let section = &bytes[*offset as usize..][..*len as usize];
            assert_eq!(digest, <[u8; 16]>::from(Md5::digest(section)), "{offset} {len}");
        }
        let pieces: Vec<&[u8]> = [0, 1, 20_000, 64, 0].map(|len| &bytes[..len]).to_vec();
        let each: Vec<[u8; 16]> = pieces.iter().map(|piece| Md5::digest(piece).into()).collect();
        assert_eq!(md5_of_each(&pieces), each);
        let short = md5_of_sections(&path, &[(899_999, 2)]).unwrap_err();
        assert_eq!(short.kind(), io::ErrorKind::UnexpectedEof);
    }
}
