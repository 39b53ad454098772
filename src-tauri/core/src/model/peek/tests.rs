use std::sync::Arc;

use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::memory::MemoryBucket;
use hoist_store::{Body, ErrorKind, PutOptions};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ggml::ggml_type;
use super::*;

const SAFETENSORS: &[u8] = include_bytes!("fixtures/small.safetensors");
const LITTLE: &[u8] = include_bytes!("fixtures/little.gguf");
const BIG: &[u8] = include_bytes!("fixtures/big.gguf");
const EXPECTED: &str = include_str!("fixtures/expected.json");

async fn peeked_from(bucket: &dyn Bucket) -> Result<Peek> {
    peek(bucket, "m").await
}

async fn stored(bytes: Vec<u8>) -> MemoryBucket {
    let bucket = MemoryBucket::new("m");
    bucket.put("m", Body::from(bytes), &PutOptions::default()).await.unwrap();
    bucket
}

/// Peeks at these bytes, in an object of their own.
fn peeked(bytes: &[u8]) -> Result<Peek> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { peeked_from(&stored(bytes.to_vec()).await).await })
}

/// What is wrong with these bytes.
fn flaw(bytes: &[u8]) -> Flaw {
    let problem = peeked(bytes).unwrap_err();
    assert_eq!(problem.code, Code::ModelFileBroken, "{problem}");
    match *problem.reason.unwrap() {
        Reason::Header(flaw) => flaw,
        other => panic!("{other:?}"),
    }
}

fn expected(file: &str) -> Value {
    serde_json::from_str::<Value>(EXPECTED).unwrap()[file].clone()
}

#[test]
fn safetensors_are_read_as_their_own_library_reads_them() {
    let peek = peeked(SAFETENSORS).unwrap();
    let expected = expected("small.safetensors");
    assert_eq!(json!(peek.metadata), expected["metadata"]);
    let tensors: serde_json::Map<String, Value> = peek
        .tensors
        .iter()
        .map(|tensor| (tensor.name.clone(), json!([tensor.dtype, tensor.shape])))
        .collect();
    assert_eq!(Value::from(tensors), expected["tensors"]);
    assert_eq!((peek.format, peek.parameters), (PeekFormat::Safetensors, 40 + 16 + 1 + 6 + 3));
    assert_eq!(peek.dtypes[0], ("F32".to_owned(), 40));
}

#[test]
fn gguf_is_read_as_its_own_library_reads_it_in_either_byte_order() {
    for (file, bytes) in [("little.gguf", LITTLE), ("big.gguf", BIG)] {
        let peek = peeked(bytes).unwrap();
        let expected = expected(file);
        assert_eq!(json!(peek.parameters), expected["parameters"], "{file}");
        let tensors: serde_json::Map<String, Value> = peek
            .tensors
            .iter()
            .map(|tensor| {
                let dtype = tensor.dtype.to_uppercase();
                (tensor.name.clone(), json!([dtype, tensor.shape, tensor.bytes]))
            })
            .collect();
        assert_eq!(Value::from(tensors), expected["tensors"], "{file}");
        let said = |name: &str| peek.metadata.get(name).map_or("", String::as_str);
        for (name, value) in [
            ("general.architecture", "llama"),
            ("llama.block_count", "2"),
            ("llama.rope.freq_base", "10000"),
            ("general.flag", "true"),
            ("general.small", "-5"),
            ("general.large", "-1099511627776"),
            ("general.count", "1152921504606846976"),
            ("general.ratio", "0.1"),
            ("general.tags", "[text-generation, en, zh]"),
            ("general.sizes", "[1, 2, 3]"),
            ("tokenizer.ggml.tokens", "[string; 500]"),
            ("tokenizer.ggml.scores", "[float32; 500]"),
        ] {
            assert_eq!(said(name), value, "{file} {name}");
        }
        assert!(said("tokenizer.chat_template").ends_with("{% endfor %}"));
    }
}

/// The table of the `gguf` package, by number, block and bytes.
#[test]
fn types_are_those_of_ggml() {
    for (number, name, block, bytes) in
        [(0, "f32", 1, 4), (8, "q8_0", 32, 34), (12, "q4_K", 256, 144), (39, "mxfp4", 32, 17)]
    {
        let found = ggml_type(number).unwrap();
        assert_eq!((found.name, found.block, found.bytes), (name, block, bytes));
    }
    assert_eq!(ggml_type(42), None);
    let names: std::collections::HashSet<&str> =
        (0..42).filter_map(ggml_type).map(|kind| kind.name).collect();
    assert_eq!(names.len(), 42);
}

/// A large file, of which the first pieces are fetched.
#[tokio::test]
async fn only_the_header_is_fetched_and_a_broken_connection_is_tried_again() {
    let mut bytes = safetensors(&[("a", "U8", &[40_000_000], 0, 40_000_000)]);
    bytes.resize(bytes.len() + 40_000_000, 0);
    let bucket = FaultyBucket::wrap(Arc::new(stored(bytes).await)).on(
        Operation::Get,
        When::Nth(1),
        Fault::Fail(ErrorKind::Network),
    );
    let peek = peeked_from(&bucket).await.unwrap();
    assert_eq!((peek.parameters, peek.read), (40_000_000, 16 << 10));
}

#[tokio::test]
async fn an_object_that_is_not_there_is_said() {
    let problem = peeked_from(&MemoryBucket::new("m")).await.unwrap_err();
    assert_eq!(problem.code, Code::ObjectNotFound);
}

/// The header of a safetensors file with these tensors, without their bytes.
fn safetensors(tensors: &[(&str, &str, &[u64], u64, u64)]) -> Vec<u8> {
    let map: serde_json::Map<String, Value> = tensors
        .iter()
        .map(|(name, dtype, shape, from, to)| {
            (
                (*name).to_owned(),
                json!({"dtype": dtype, "shape": shape, "data_offsets": [from, to]}),
            )
        })
        .collect();
    with_header(&Value::from(map).to_string())
}

fn with_header(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn with_body(mut header: Vec<u8>, body: usize) -> Vec<u8> {
    header.resize(header.len() + body, 0);
    header
}

#[test]
fn safetensors_that_the_reference_refuses_are_refused() {
    let good = safetensors(&[("a", "F32", &[2], 0, 8), ("b", "BF16", &[], 8, 10)]);
    assert_eq!(peeked(&with_body(good.clone(), 10)).unwrap().parameters, 3);
    for cut in [9, good.len() - 1, good.len() + 9] {
        let bytes = &with_body(good.clone(), 10)[..cut];
        assert!(matches!(flaw(bytes), Flaw::Truncated { .. }), "{cut}: {:?}", flaw(bytes));
    }
    assert_eq!(flaw(&with_body(good, 11)), Flaw::Odd(Part::Offsets));
    for (name, bytes, wrong) in [
        ("a gap", with_body(safetensors(&[("a", "U8", &[1], 1, 2)]), 2), Flaw::Odd(Part::Offsets)),
        (
            "an overlap",
            with_body(safetensors(&[("a", "U8", &[2], 0, 2), ("b", "U8", &[2], 1, 3)]), 3),
            Flaw::Odd(Part::Offsets),
        ),
        (
            "backwards",
            safetensors(&[("a", "U8", &[0], 0, 0), ("b", "U8", &[1], 2, 1)]),
            Flaw::Odd(Part::Offsets),
        ),
        ("a shape", with_body(safetensors(&[("a", "F32", &[3], 0, 8)]), 8), Flaw::Odd(Part::Shape)),
        (
            "an overflow",
            with_body(safetensors(&[("a", "F32", &[u64::MAX, 3], 0, 8)]), 8),
            Flaw::Odd(Part::Shape),
        ),
        ("no JSON", with_header("{\"a\": }"), Flaw::Odd(Part::Header)),
        ("no map", with_header("{\"a\":3}"), Flaw::Odd(Part::Header)),
        (
            "a name twice",
            with_header(
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            ),
            Flaw::Odd(Part::Header),
        ),
    ] {
        assert_eq!(flaw(&bytes), wrong, "{name}");
    }
    let mut long = 100_000_001u64.to_le_bytes().to_vec();
    long.extend_from_slice(b"{}");
    assert!(matches!(flaw(&long), Flaw::TooMuch { part: Part::Header, .. }));
    let deep = format!("{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{}1]}}}}", "1,".repeat(40));
    assert_eq!(flaw(&with_header(&deep)), Flaw::Odd(Part::Header));
    for neither in [&b""[..], b"short", b"PK\x03\x04 a zip file", b"\x02\0\0\0\0\0\0\0[]"] {
        assert_eq!(flaw(neither), Flaw::Neither, "{neither:?}");
    }
}

/// A GGUF file of version 3, little-endian, with `entries` of metadata and `tensors` as they are.
fn gguf_with(tensors: u64, entries: u64, rest: &[u8]) -> Vec<u8> {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend_from_slice(&tensors.to_le_bytes());
    bytes.extend_from_slice(&entries.to_le_bytes());
    bytes.extend_from_slice(rest);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn tensor(name: &str, kind: u32, shape: &[u64], offset: u64) -> Vec<u8> {
    let mut bytes = text(name);
    bytes.extend_from_slice(&u32::try_from(shape.len()).unwrap().to_le_bytes());
    shape.iter().for_each(|n| bytes.extend_from_slice(&n.to_le_bytes()));
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes
}

#[test]
fn the_first_version_has_short_counts() {
    let mut bytes = b"GGUF\x01\0\0\0".to_vec();
    bytes.extend_from_slice(&1u32.to_le_bytes());
    bytes.extend_from_slice(&1u32.to_le_bytes());
    let short = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    };
    short(&mut bytes, "general.name");
    bytes.extend_from_slice(&8u32.to_le_bytes());
    short(&mut bytes, "old");
    short(&mut bytes, "w");
    bytes.extend_from_slice(&1u32.to_le_bytes());
    bytes.extend_from_slice(&4u32.to_le_bytes());
    bytes.extend_from_slice(&0u32.to_le_bytes());
    bytes.extend_from_slice(&0u64.to_le_bytes());
    let start = bytes.len().next_multiple_of(32);
    bytes.resize(start + 16, 0);
    let peek = peeked(&bytes).unwrap();
    assert_eq!((peek.parameters, peek.tensors[0].bytes), (4, 16));
    assert_eq!(peek.metadata["general.name"], "old");
}

#[test]
fn gguf_that_makes_no_sense_is_refused() {
    let whole = |mut bytes: Vec<u8>, body: usize| {
        bytes.resize(bytes.len().next_multiple_of(32) + body, 0);
        bytes
    };
    let one = |rest: Vec<u8>| gguf_with(1, 0, &rest);
    assert_eq!(peeked(&whole(one(tensor("w", 0, &[2], 0)), 8)).unwrap().parameters, 2);
    // A type that is newer than this has the bytes up to the next tensor.
    let newer = peeked(&whole(one(tensor("w", 77, &[2], 0)), 64)).unwrap();
    assert_eq!((newer.tensors[0].dtype.as_str(), newer.tensors[0].bytes), ("type 77", 64));
    for (name, bytes, wrong) in [
        ("version", b"GGUF\x09\0\0\0\0\0\0\0".to_vec(), Flaw::Version(9)),
        ("no version", b"GGUF\0\0\0\0\0\0\0\0".to_vec(), Flaw::Version(0)),
        ("blocks", whole(one(tensor("w", 12, &[100], 0)), 512), Flaw::Odd(Part::Shape)),
        ("overflow", whole(one(tensor("w", 0, &[u64::MAX, 2], 0)), 64), Flaw::Odd(Part::Shape)),
        ("bytes", whole(one(tensor("w", 28, &[u64::MAX / 4], 0)), 64), Flaw::Odd(Part::Shape)),
        ("offset", whole(one(tensor("w", 0, &[2], 7)), 64), Flaw::Odd(Part::Offsets)),
        ("dimensions", whole(one(tensor("w", 0, &[1; 9], 0)), 64), Flaw::Odd(Part::Shape)),
        (
            "overlap",
            whole(
                gguf_with(2, 0, &[tensor("a", 0, &[99], 0), tensor("b", 0, &[1], 32)].concat()),
                999,
            ),
            Flaw::Odd(Part::Offsets),
        ),
    ] {
        assert_eq!(flaw(&bytes), wrong, "{name}");
    }
    let cut = whole(one(tensor("w", 0, &[999], 0)), 8);
    assert!(matches!(flaw(&cut), Flaw::Truncated { .. }));
    // Counts and lengths that no memory would hold are refused before any is asked for.
    for bytes in [
        gguf_with(u64::MAX, 0, &[0; 64]),
        gguf_with(0, u64::MAX, &[0; 64]),
        one(u64::MAX.to_le_bytes().to_vec()),
        gguf_with(0, 1, &[text("k"), vec![8, 0, 0, 0], vec![0xFF; 8]].concat()),
        gguf_with(0, 1, &[text("k"), vec![9, 0, 0, 0, 8, 0, 0, 0], vec![0xFF; 8]].concat()),
        gguf_with(0, 1, &[text("k"), vec![9, 0, 0, 0, 4, 0, 0, 0], vec![0xFF; 8]].concat()),
    ] {
        assert!(matches!(flaw(&bytes), Flaw::TooMuch { .. } | Flaw::Truncated { .. }));
    }
    assert_eq!(
        flaw(&gguf_with(0, 1, &[text("k"), vec![9, 0, 0, 0], nested(9)].concat())),
        Flaw::Odd(Part::Metadata)
    );
    assert_eq!(
        flaw(&gguf_with(0, 1, &[text("k"), vec![13, 0, 0, 0], vec![0; 16]].concat())),
        Flaw::Odd(Part::Type)
    );
}

/// Lists of one list each.
fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..depth {
        bytes.extend_from_slice(&9u32.to_le_bytes());
        bytes.extend_from_slice(&1u64.to_le_bytes());
    }
    bytes.extend_from_slice(&[0; 64]);
    bytes
}

/// Every beginning of a real file is refused, and none makes trouble.
#[test]
fn a_file_that_was_cut_is_never_taken_for_a_whole_one() {
    for file in [SAFETENSORS, LITTLE, BIG] {
        let step = (file.len() / 300).max(1);
        for len in (0..file.len()).step_by(step) {
            assert_eq!(peeked(&file[..len]).unwrap_err().code, Code::ModelFileBroken, "{len}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_bytes_it_ends_and_does_not_panic(
        which in 0usize..3,
        changes in proptest::collection::vec((0usize..4_000, any::<u8>()), 1..8),
    ) {
        let mut bytes = [SAFETENSORS, LITTLE, BIG][which].to_vec();
        for (at, byte) in changes {
            let len = bytes.len();
            bytes[at % len] = byte;
        }
        if let Ok(peek) = peeked(&bytes) {
            let sum: u64 = peek.dtypes.iter().map(|(_, n)| n).sum();
            prop_assert_eq!(sum, peek.parameters);
            prop_assert!(peek.tensors.iter().all(|tensor| tensor.bytes <= bytes.len() as u64));
        }
    }

    #[test]
    fn noise_after_a_beginning_ends_too(noise in proptest::collection::vec(any::<u8>(), 0..200), version in 1u8..4) {
        let mut gguf = b"GGUF".to_vec();
        gguf.extend_from_slice(&[version, 0, 0, 0]);
        gguf.extend_from_slice(&noise);
        let _ = peeked(&gguf);
        let mut tensors = (noise.len() as u64 + 1).to_le_bytes().to_vec();
        tensors.push(b'{');
        tensors.extend_from_slice(&noise);
        let _ = peeked(&tensors);
    }
}
