//! As much of EXIF (which is a TIFF without pixels) as Hoist needs.

const ORIENTATION: u16 = 0x0112;

/// Reads the values of a TIFF's first directory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    directory: usize,
}

impl<'a> Tiff<'a> {
    /// `None` when `bytes` do not start as a TIFF does.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        // Some writers put JPEG's prefix into PNG and WebP as well.
        let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
        let big_endian = match bytes.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let mut tiff = Self { bytes, big_endian, directory: 0 };
        tiff.directory = tiff.long(4)? as usize;
        Some(tiff)
    }

    fn short(&self, at: usize) -> Option<u16> {
        let pair = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let four = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    fn entries(&self) -> impl Iterator<Item = usize> {
        let count = self.short(self.directory).unwrap_or(0);
        let first = self.directory + 2;
        (0..usize::from(count)).map(move |entry| first + entry * 12)
    }

    /// Whether the first directory has `tag`.
    pub(super) fn has(&self, tag: u16) -> bool {
        self.entries().any(|at| self.short(at) == Some(tag))
    }

    /// A whole number of the first directory.
    pub(super) fn number(&self, tag: u16) -> Option<u32> {
        let at = self.entries().find(|&at| self.short(at) == Some(tag))?;
        match self.short(at + 2)? {
            3 => self.short(at + 8).map(u32::from),
            4 => self.long(at + 8),
            _ => None,
        }
    }
}

/// How pixels are turned before they are shown, 1 (not at all) to 8.
pub(super) fn orientation(exif: &[u8]) -> u8 {
    match Tiff::new(exif).and_then(|tiff| tiff.number(ORIENTATION)) {
        Some(turned @ 2..=8) => turned as u8,
        _ => 1,
    }
}

/// Whether there is anything beside the orientation.
pub(super) fn says_more_than_orientation(exif: &[u8]) -> bool {
    exif.strip_prefix(b"Exif\0\0").unwrap_or(exif) != only_orientation(orientation(exif))
}

/// An EXIF block that holds the orientation and nothing else.
pub(super) fn only_orientation(orientation: u8) -> [u8; 26] {
    let mut block = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    block[19] = orientation;
    block
}

/// An EXIF block as it goes with pixels that have been turned upright.
pub(super) fn upright(mut exif: Vec<u8>) -> Vec<u8> {
    let _ = ::image::metadata::Orientation::remove_from_exif_chunk(&mut exif);
    exif
}
