//! Buffers that files are read into, used again and again: fresh memory costs a page fault for each
//! 4 KiB, as much time as sending them.

use std::io::{ErrorKind, Read, Result};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// How much one holds.
pub(crate) const SIZE: usize = 256 * 1024;

/// How many are kept for the next: as many as there are bodies on their way.
const KEPT: usize = 8;

static FREE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// One that is given back when dropped, also when it has become [`Bytes`] meanwhile.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

/// One that is empty.
pub(crate) fn take() -> Buffer {
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    Buffer { bytes: free.unwrap_or_else(|| vec![0; SIZE]), filled: 0 }
}

impl Buffer {
    /// Reads up to `most` bytes in place of what it held; fewer only at the end of the source.
    pub(crate) fn fill(&mut self, source: &mut impl Read, most: usize) -> Result<usize> {
        let most = most.min(SIZE);
        self.filled = 0;
        while self.filled < most {
            match source.read(&mut self.bytes[self.filled..most]) {
                Ok(0) => break,
                Ok(n) => self.filled += n,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.filled)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl From<Buffer> for Bytes {
    fn from(buffer: Buffer) -> Self {
        Bytes::from_owner(buffer)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_stays_as_it_is_while_others_are_read() {
        let source: Vec<u8> = (0..2 * SIZE as u32).map(|n| (n % 251) as u8).collect();
        let mut left = source.as_slice();
        let mut pieces = Vec::new();
        for most in [10, SIZE, 7, 2 * SIZE, SIZE] {
            let mut buffer = take();
            let n = buffer.fill(&mut left, most).unwrap();
            assert!(n <= SIZE.min(most));
            pieces.push(Bytes::from(buffer));
        }
        assert_eq!(pieces.concat(), source);
        let mut again = take();
        assert_eq!(again.fill(&mut &b"abc"[..], SIZE).unwrap(), 3);
        assert_eq!(again.as_ref(), b"abc");
    }
}
