//! MD5 of several streams at once, side by side in the lanes of vector registers.
//!
//! MD5 is what S3 knows a part by, and each of its steps waits for the one before: one stream leaves
//! most of a processor idle. Parts are independent of each other, so four of them, or eight where
//! registers are wide, are computed in little more than the time of one. Nothing here depends on MD5
//! being hard to forge: it finds damage.

mod block;
mod wide;

use block::compress;

/// Bytes MD5 takes in at a time.
const BLOCK: usize = 64;

/// Most streams that are computed side by side; more are no faster.
pub const LANES: usize = 8;

/// Streams that registers of 128 bits take, which every processor has.
const NARROW: usize = LANES / 2;

/// The MD5 of one stream, as far as it has come.
#[derive(Debug, Clone)]
pub struct Md5 {
    state: [u32; 4],
    /// The bytes after the last whole block.
    stash: [u8; BLOCK],
    stashed: usize,
    len: u64,
}

impl Default for Md5 {
    fn default() -> Self {
        Self {
            state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476],
            stash: [0; BLOCK],
            stashed: 0,
            len: 0,
        }
    }
}

impl Md5 {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        update_all(std::slice::from_mut(self), &[bytes]);
    }

    /// The digest of all bytes.
    pub fn finish(mut self) -> [u8; 16] {
        let bits = self.len.wrapping_mul(8).to_le_bytes();
        self.stash[self.stashed] = 0x80;
        self.stash[self.stashed + 1..].fill(0);
        if self.stashed + 1 > BLOCK - bits.len() {
            self.take_stash();
            self.stash.fill(0);
        }
        self.stash[BLOCK - bits.len()..].copy_from_slice(&bits);
        self.take_stash();
        let mut digest = [0; 16];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }

    fn take_stash(&mut self) {
        let mut state = self.state.map(|word| [word]);
        compress(&mut state, |_| &self.stash);
        self.state = state.map(|[word]| word);
        self.stashed = 0;
    }

    /// Completes a block that was begun; what remains begins at the next one.
    fn fill_up<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        self.len = self.len.wrapping_add(bytes.len() as u64);
        if self.stashed == 0 {
            return bytes;
        }
        let n = bytes.len().min(BLOCK - self.stashed);
        let (now, rest) = bytes.split_at(n);
        self.stash[self.stashed..self.stashed + n].copy_from_slice(now);
        self.stashed += n;
        if self.stashed == BLOCK {
            self.take_stash();
        }
        rest
    }

    /// Keeps what is no whole block for the next time.
    fn keep(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.stash[..bytes.len()].copy_from_slice(bytes);
            self.stashed = bytes.len();
        }
    }
}

/// Each stream takes in the bytes of the same number. Streams of the same length are quickest.
///
/// # Panics
/// When there are not as many pieces as streams.
pub fn update_all(streams: &mut [Md5], pieces: &[&[u8]]) {
    assert_eq!(streams.len(), pieces.len(), "a piece for every stream");
    for (streams, pieces) in streams.chunks_mut(LANES).zip(pieces.chunks(LANES)) {
        let mut rests = [&[] as &[u8]; LANES];
        for ((stream, piece), rest) in streams.iter_mut().zip(pieces).zip(&mut rests) {
            *rest = stream.fill_up(piece);
        }
        loop {
            let mut lanes = [0; LANES];
            let (mut active, mut blocks) = (0, usize::MAX);
            for (n, rest) in rests.iter().enumerate().take(streams.len()) {
                if rest.len() >= BLOCK {
                    lanes[active] = n;
                    active += 1;
                    blocks = blocks.min(rest.len() / BLOCK);
                }
            }
            match active {
                0 => break,
                1 => run::<1>(streams, &mut rests, &lanes[..1], blocks, narrow),
                n if n > NARROW && wide::is_here() => {
                    run::<LANES>(streams, &mut rests, &lanes[..n], blocks, wide::all);
                }
                // Those that find no lane are next.
                n => {
                    run::<NARROW>(streams, &mut rests, &lanes[..n.min(NARROW)], blocks, narrow);
                }
            }
        }
        for (stream, rest) in streams.iter_mut().zip(rests) {
            stream.keep(rest);
        }
    }
}

/// Some blocks of each stream.
type Blocks<'a, const N: usize> = [&'a [[u8; BLOCK]]; N];

/// The state of each stream: of every word, that of each.
type State<const N: usize> = [[u32; N]; 4];

/// Takes all blocks into the states; all streams have as many.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "the same block of each stream")]
fn narrow<const N: usize>(state: &mut State<N>, blocks: Blocks<'_, N>) {
    for n in 0..blocks[0].len() {
        compress(state, |stream| &blocks[stream][n]);
    }
}

/// Takes so many blocks into these streams. Lanes nobody needs repeat the first one's work.
fn run<const N: usize>(
    streams: &mut [Md5],
    rests: &mut [&[u8]; LANES],
    lanes: &[usize],
    blocks: usize,
    take: impl FnOnce(&mut State<N>, Blocks<'_, N>),
) {
    let of: [usize; N] = std::array::from_fn(|n| lanes[if n < lanes.len() { n } else { 0 }]);
    let mut state: State<N> =
        std::array::from_fn(|word| of.map(|stream| streams[stream].state[word]));
    take(&mut state, of.map(|stream| &rests[stream].as_chunks().0[..blocks]));
    for (n, stream) in lanes.iter().enumerate() {
        streams[*stream].state = state.map(|word| word[n]);
        rests[*stream] = &rests[*stream][blocks * BLOCK..];
    }
}

#[cfg(test)]
mod tests {
    use md5::Digest as _;
    use proptest::prelude::*;

    use super::*;

    fn reference(bytes: &[u8]) -> [u8; 16] {
        md5::Md5::digest(bytes).into()
    }

    #[test]
    fn every_length_around_a_block_is_right() {
        let bytes: Vec<u8> = (0..400u32).map(|n| (n * 7 % 251) as u8).collect();
        for len in 0..bytes.len() {
            let mut hash = Md5::default();
            hash.update(&bytes[..len]);
            assert_eq!(hash.finish(), reference(&bytes[..len]), "{len}");
        }
    }

    proptest! {
        /// However many streams, and however they are cut: each has its own digest.
        #[test]
        fn streams_side_by_side_do_not_touch_each_other(
            streams in proptest::collection::vec(
                proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..5),
                1..20,
            ),
        ) {
            let mut hashes = vec![Md5::default(); streams.len()];
            for turn in 0..5 {
                let pieces: Vec<&[u8]> =
                    streams.iter().map(|pieces| pieces.get(turn).map_or(&[][..], Vec::as_slice)).collect();
                update_all(&mut hashes, &pieces);
            }
            for (hash, pieces) in hashes.into_iter().zip(&streams) {
                prop_assert_eq!(hash.finish(), reference(&pieces.concat()));
            }
        }
    }
}
