//! How a large object is cut: parts of one size, as few as the limits allow.

use hoist_store::Capabilities;

/// The smallest part, and the size up to which a file goes in one request.
pub const SMALLEST: u64 = 8 << 20;

/// Part sizes are whole multiples of this.
const STEP: u64 = 1 << 20;

/// No store takes larger parts: 5 GiB.
const MOST: u64 = 5 << 30;

/// S3 and those that follow it take no more parts than this.
const MOST_PARTS: u64 = 10_000;

/// The part size for `len` bytes: `max(8 MiB, len / 10,000)` rounded up to a whole MiB. All parts
/// but the last have it, because R2 refuses others.
pub fn part_size(len: u64, most_parts: u64, smallest: u64) -> u64 {
    let most = most_parts.clamp(1, MOST_PARTS);
    len.div_ceil(most).div_ceil(STEP).saturating_mul(STEP).max(SMALLEST).max(smallest)
}

/// Whether [`part_size`] can have chosen this: what a damaged row says would cut a file into millions.
pub(super) fn is_part_size(size: u64) -> bool {
    (SMALLEST..=MOST).contains(&size) && size.is_multiple_of(STEP)
}

/// The part size for an upload of `len` bytes to a bucket with these limits.
pub(crate) fn upload_part_size(len: u64, has: &Capabilities) -> u64 {
    part_size(len, u64::from(has.max_parts), has.min_part)
}

/// How many parts of `size` make `len` bytes; one for an empty file.
pub(super) fn count(len: u64, size: u64) -> u32 {
    u32::try_from(len.div_ceil(size.max(1)).max(1)).unwrap_or(u32::MAX)
}

/// First byte and length of part `number` (from 1).
pub(super) fn section(number: u32, len: u64, size: u64) -> (u64, u64) {
    let offset = u64::from(number.saturating_sub(1)).saturating_mul(size).min(len);
    (offset, size.min(len - offset))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_are_the_whole(len in 1u64..(5 << 40)) {
            let size = part_size(len, 10_000, 5 << 20);
            let count = count(len, size);
            prop_assert!(count <= 10_000);
            prop_assert!(size >= SMALLEST && size.is_multiple_of(STEP));
            // Edges and a few in between: all but the last have the size, none is empty.
            let mut numbers = vec![1, count, count / 2 + 1];
            numbers.dedup();
            for number in numbers {
                let (offset, part) = section(number, len, size);
                prop_assert_eq!(offset, u64::from(number - 1) * size);
                if number < count {
                    prop_assert_eq!(part, size);
                    prop_assert_eq!(section(number + 1, len, size).0, offset + part);
                } else {
                    prop_assert!(part > 0);
                    prop_assert_eq!(offset + part, len);
                }
            }
        }
    }

    #[test]
    fn the_sizes_are_those_of_the_design() {
        const MIB: u64 = 1 << 20;
        for (len, expected) in [
            (0, 8 * MIB),
            (80_000 * MIB, 8 * MIB),
            (80_000 * MIB + 1, 9 * MIB),
            (5 << 40, 525 * MIB),
        ] {
            assert_eq!(part_size(len, 10_000, 5 * MIB), expected, "{len}");
        }
        assert_eq!(part_size(100 * MIB, 5, 5 * MIB), 20 * MIB);
        assert_eq!(part_size(1, 10_000, 100 * MIB), 100 * MIB);
        assert_eq!((count(0, 8), count(16, 8), count(17, 8)), (1, 2, 3));
    }
}
