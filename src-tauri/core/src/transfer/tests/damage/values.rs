//! What a damaged cell may hold.

use proptest::prelude::*;
use proptest::sample::Index;
use rusqlite::types::{ToSqlOutput, Value as Sql};

/// A value, some of them made of what was there or of what could do harm there.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Int(i64),
    Real(f64),
    /// One of the texts that mean something to somebody.
    Known(Index),
    Text(String),
    Blob(Vec<u8>),
    /// The beginning of what was there.
    Cut(Index),
    /// What was there with a byte changed.
    Flip(Index, u8),
}

pub(super) fn any() -> impl Strategy<Value = Value> {
    let numbers = prop::sample::select(vec![
        i64::MIN,
        i64::MIN + 1,
        -1,
        0,
        1,
        2,
        3,
        1000,
        1 << 20,
        8 << 20,
        9 << 20,
        16 << 20,
        5 << 30,
        1 << 32,
        1 << 62,
        i64::MAX,
    ]);
    prop_oneof![
        2 => Just(Value::Null),
        4 => numbers.prop_map(Value::Int),
        1 => proptest::num::i64::ANY.prop_map(Value::Int),
        1 => proptest::num::f64::ANY.prop_map(Value::Real),
        6 => proptest::arbitrary::any::<Index>().prop_map(Value::Known),
        1 => ".{0,12}".prop_map(Value::Text),
        1 => proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..20).prop_map(Value::Blob),
        2 => proptest::arbitrary::any::<Index>().prop_map(Value::Cut),
        3 => (proptest::arbitrary::any::<Index>(), 1..=255u8).prop_map(|(at, by)| Value::Flip(at, by)),
    ]
}

impl Value {
    /// What is written, and whether it is the bytes of a text.
    pub(super) fn of(&self, before: &[u8], known: &[String]) -> (ToSqlOutput<'static>, bool) {
        let (value, text) = match self {
            Value::Null => (Sql::Null, false),
            Value::Int(number) => (Sql::Integer(*number), false),
            Value::Real(number) => (Sql::Real(*number), false),
            Value::Known(which) => (Sql::Text(which.get(known).clone()), false),
            Value::Text(text) => (Sql::Text(text.clone()), false),
            Value::Blob(bytes) => (Sql::Blob(bytes.clone()), false),
            Value::Cut(at) => (Sql::Blob(before[..at.index(before.len() + 1)].to_vec()), true),
            Value::Flip(at, by) => {
                let mut bytes = before.to_vec();
                if !bytes.is_empty() {
                    *at.get_mut(&mut bytes) ^= by;
                }
                (Sql::Blob(bytes), true)
            }
        };
        (ToSqlOutput::Owned(value), text)
    }
}
