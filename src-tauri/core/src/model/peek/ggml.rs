//! The types of tensors in GGUF files: their number, what llama.cpp calls them, how many elements
//! make a block, and how many bytes a block has. From `ggml.h` and the `gguf` package.

/// One type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) name: &'static str,
    /// Elements of a block.
    pub(super) block: u64,
    /// Bytes of a block.
    pub(super) bytes: u64,
}

const fn of(name: &'static str, block: u64, bytes: u64) -> Type {
    Type { name, block, bytes }
}

/// The type of this number; `None` for one that is newer than this.
pub(super) fn ggml_type(number: u32) -> Option<Type> {
    Some(match number {
        0 => of("f32", 1, 4),
        1 => of("f16", 1, 2),
        2 => of("q4_0", 32, 18),
        3 => of("q4_1", 32, 20),
        // Gone from llama.cpp, but not from the files of 2023.
        4 => of("q4_2", 16, 10),
        5 => of("q4_3", 16, 12),
        6 => of("q5_0", 32, 22),
        7 => of("q5_1", 32, 24),
        8 => of("q8_0", 32, 34),
        9 => of("q8_1", 32, 40),
        10 => of("q2_K", 256, 84),
        11 => of("q3_K", 256, 110),
        12 => of("q4_K", 256, 144),
        13 => of("q5_K", 256, 176),
        14 => of("q6_K", 256, 210),
        15 => of("q8_K", 256, 292),
        16 => of("iq2_xxs", 256, 66),
        17 => of("iq2_xs", 256, 74),
        18 => of("iq3_xxs", 256, 98),
        19 => of("iq1_s", 256, 50),
        20 => of("iq4_nl", 32, 18),
        21 => of("iq3_s", 256, 110),
        22 => of("iq2_s", 256, 82),
        23 => of("iq4_xs", 256, 136),
        24 => of("i8", 1, 1),
        25 => of("i16", 1, 2),
        26 => of("i32", 1, 4),
        27 => of("i64", 1, 8),
        28 => of("f64", 1, 8),
        29 => of("iq1_m", 256, 56),
        30 => of("bf16", 1, 2),
        // Gone too: the same blocks in another order.
        31 => of("q4_0_4_4", 32, 18),
        32 => of("q4_0_4_8", 32, 18),
        33 => of("q4_0_8_8", 32, 18),
        34 => of("tq1_0", 256, 54),
        35 => of("tq2_0", 256, 66),
        36 => of("iq4_nl_4_4", 32, 18),
        37 => of("iq4_nl_4_8", 32, 18),
        38 => of("iq4_nl_8_8", 32, 18),
        39 => of("mxfp4", 32, 17),
        40 => of("nvfp4", 64, 36),
        41 => of("q1_0", 128, 18),
        _ => return None,
    })
}
