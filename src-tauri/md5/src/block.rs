//! One block of each stream: RFC 1321, section 3.4, with every word as many words side by side.

use super::BLOCK;

/// Left rotations of the four rounds, each repeated.
const ROTATIONS: [[u32; 4]; 4] =
    [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// `floor(2^32 * abs(sin(n + 1)))`.
const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

/// Takes one block into each state: that of stream `n` is `block_of(n)`.
///
/// All of one stream, then all of the next: a loop whose turns are alike and do not wait for each
/// other, which the compiler turns into one over vectors. Counted, because iterators stay calls in
/// code for other registers.
#[inline(always)]
pub(super) fn compress<'a, const N: usize>(
    state: &mut [[u32; N]; 4],
    block_of: impl Fn(usize) -> &'a [u8; BLOCK],
) {
    let mut message = [[0; N]; 16];
    for n in 0..N {
        let words = block_of(n).as_chunks::<4>().0;
        for w in 0..message.len() {
            message[w][n] = u32::from_le_bytes(words[w]);
        }
    }
    for n in 0..N {
        let [mut a, mut b, mut c, mut d] = [state[0][n], state[1][n], state[2][n], state[3][n]];
        // Spelled out, so that rotations and places in the message are constants.
        macro_rules! steps {
            ($round:literal, $mix:expr, $place:expr, $($step:literal)*) => {$(
                let word = message[$place($step) % 16][n].wrapping_add(SINES[$round * 16 + $step]);
                let sum = a.wrapping_add($mix(b, c, d)).wrapping_add(word);
                (a, d, c) = (d, c, b);
                b = b.wrapping_add(sum.rotate_left(ROTATIONS[$round][$step % 4]));
            )*};
        }
        macro_rules! round {
            ($round:literal, $mix:expr, $place:expr) => {
                steps!($round, $mix, $place, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
            };
        }
        round!(0, |b: u32, c: u32, d: u32| (b & c) | (!b & d), |n: usize| n);
        round!(1, |b: u32, c: u32, d: u32| (b & d) | (c & !d), |n: usize| 5 * n + 1);
        round!(2, |b: u32, c: u32, d: u32| b ^ c ^ d, |n: usize| 3 * n + 5);
        round!(3, |b: u32, c: u32, d: u32| c ^ (b | !d), |n: usize| 7 * n);
        let add = [a, b, c, d];
        for w in 0..add.len() {
            state[w][n] = state[w][n].wrapping_add(add[w]);
        }
    }
}
