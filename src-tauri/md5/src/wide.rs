//! Eight streams at once, in registers of 256 bits, where the processor has them.

use crate::{Blocks, LANES, State};

/// Whether it does.
pub(crate) fn is_here() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// [`narrow`](crate::narrow) for eight streams.
pub(crate) fn all(state: &mut State<LANES>, blocks: Blocks<'_, LANES>) {
    #[cfg(target_arch = "x86_64")]
    if is_here() {
        #[expect(unsafe_code, reason = "what a processor can do is not known to the compiler")]
        // SAFETY: the processor has just been asked.
        return unsafe { with_avx2(state, blocks) };
    }
    crate::narrow(state, blocks);
}

/// The same code, compiled for the wider registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(state: &mut State<LANES>, blocks: Blocks<'_, LANES>) {
    crate::narrow(state, blocks);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_narrow_agree() {
        let bytes: Vec<u8> = (0..64 * 8 * 5u32).map(|n| (n * 31 % 253) as u8).collect();
        let blocks: Blocks<'_, LANES> =
            std::array::from_fn(|n| &bytes.as_chunks().0[n * 5..(n + 1) * 5]);
        let mut one = std::array::from_fn(|word| std::array::from_fn(|n| (word * 8 + n) as u32));
        let mut other = one;
        all(&mut one, blocks);
        crate::narrow(&mut other, blocks);
        assert_eq!(one, other);
    }
}
