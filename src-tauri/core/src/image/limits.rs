//! How much one image may ask for.

/// Bounds on bytes, pixels, sides and memory. The header is held against them before anything is
/// allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: u64,
    /// Width times height.
    pub max_pixels: u64,
    /// Either side.
    pub max_side: u32,
    /// Memory a decoder may take.
    pub max_alloc: u64,
    /// Width times height of a result.
    pub max_output_pixels: u64,
    /// Either side of a result.
    pub max_output_side: u32,
}

impl Default for Limits {
    /// Wide enough for 200-megapixel phone cameras and long screenshots.
    fn default() -> Self {
        Self {
            max_bytes: 100 * 1024 * 1024,
            max_pixels: 210_000_000,
            max_side: 65_535,
            max_alloc: 1024 * 1024 * 1024,
            max_output_pixels: 210_000_000,
            max_output_side: 65_535,
        }
    }
}
