//! Rows that say something else than what was written.

use proptest::prelude::*;
use proptest::sample::Index;
use rusqlite::{Connection, params};

use super::values::{self, Value};
use super::world::World;

static JOBS: [&str; 11] = [
    "signature",
    "request",
    "profile",
    "target",
    "priority",
    "state",
    "wish",
    "runner",
    "problem",
    "created_at",
    "changed_at",
];

static FILES: [&str; 16] = [
    "id",
    "job",
    "path",
    "key",
    "folder",
    "size",
    "stamp",
    "state",
    "part_size",
    "upload_id",
    "begun_at",
    "fingerprint",
    "etag",
    "target",
    "problem",
    "seal",
];

static PARTS: [&str; 3] = ["number", "size", "etag"];

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(super) enum Damage {
    Job(&'static str, Value),
    /// Of this file.
    File(Index, &'static str, Value),
    /// Another row for this file, with one cell changed.
    Twin(Index, &'static str, Value),
    Part(&'static str, Value),
    /// One more part of this file.
    Made(Index, Value, Value, Value),
    /// The row of this file is gone.
    Gone(Index),
}

pub(super) fn any() -> impl Strategy<Value = Damage> {
    let file =
        || (proptest::arbitrary::any::<Index>(), prop::sample::select(&FILES[..]), values::any());
    prop_oneof![
        3 => (prop::sample::select(&JOBS[..]), values::any()).prop_map(|(c, v)| Damage::Job(c, v)),
        8 => file().prop_map(|(row, column, value)| Damage::File(row, column, value)),
        2 => file().prop_map(|(row, column, value)| Damage::Twin(row, column, value)),
        2 => (prop::sample::select(&PARTS[..]), values::any()).prop_map(|(c, v)| Damage::Part(c, v)),
        2 => (proptest::arbitrary::any::<Index>(), values::any(), values::any(), values::any())
            .prop_map(|(row, number, size, etag)| Damage::Made(row, number, size, etag)),
        1 => proptest::arbitrary::any::<Index>().prop_map(Damage::Gone),
    ]
}

/// Tables that take anything, as a damaged file does.
fn loosen(connection: &Connection) {
    connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql =
                replace(replace(replace(sql, 'STRICT, ', ''), ' STRICT', ''), ' NOT NULL', '')
                WHERE type = 'table' AND name IN ('jobs', 'files', 'parts');",
        )
        .unwrap();
    let version: i64 =
        connection.pragma_query_value(None, "schema_version", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "schema_version", version + 1).unwrap();
}

/// Does the damage to a job. Whether a job that calls itself done then is to be believed.
pub(super) fn damage(world: &World, victim: usize, damage: &Damage) -> bool {
    let path = world.work().join("transfers.db");
    loosen(&Connection::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    let (id, known) = (world.jobs[victim], world.known());
    let files: Vec<i64> = connection
        .prepare("SELECT id FROM files WHERE job = ? ORDER BY id")
        .unwrap()
        .query_map([id], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    let file = |row: &Index| if files.is_empty() { 0 } else { *row.get(&files) };
    let change = |table: &str, column: &str, value: &Value, which: String| {
        let before = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {which}");
        let before: Vec<u8> =
            connection.query_row(&before, [], |row| row.get(0)).unwrap_or_default();
        let (value, text) = value.of(&before, &known);
        let value_sql = if text { "CAST(? AS TEXT)" } else { "?" };
        let sql = format!("UPDATE OR IGNORE {table} SET {column} = {value_sql} WHERE {which}");
        // What even such a table does not take is no damage.
        let _ = connection.execute(&sql, [value]);
    };
    match damage {
        Damage::Job(column, value) => {
            change("jobs", column, value, format!("id = {id}"));
        }
        Damage::File(row, column, value) => {
            let row = file(row);
            change("files", column, value, format!("id = {row}"));
            // No file of the job beside it.
            let spare = world.jobs[1 - victim];
            let _ = connection
                .execute("UPDATE files SET job = 77 WHERE id = ? AND job = ?", params![row, spare]);
            // A row that says that its file is over, or is no row of the job, is believed.
            return !matches!(*column, "state" | "job");
        }
        Damage::Twin(row, column, value) => {
            let row = file(row);
            let columns = FILES[2..].join(", ");
            let copied = connection.execute(
                &format!(
                    "INSERT OR IGNORE INTO files (job, {columns})
                     SELECT job + 1000, {columns} FROM files WHERE id = ?"
                ),
                [row],
            );
            if copied.is_ok_and(|n| n == 1) {
                let twin = connection.last_insert_rowid();
                change("files", column, value, format!("id = {twin}"));
                let _ = connection
                    .execute("UPDATE OR IGNORE files SET job = ? WHERE id = ?", params![id, twin]);
            }
            return *column != "state";
        }
        Damage::Part(column, value) => {
            let parts = format!("file IN (SELECT id FROM files WHERE job = {id})");
            change("parts", column, value, parts);
        }
        Damage::Made(row, number, size, etag) => {
            let values = [number, size, etag].map(|value| value.of(b"", &known).0);
            let [number, size, etag] = values;
            let _ = connection.execute(
                "INSERT OR REPLACE INTO parts (file, number, size, etag) VALUES (?, ?, ?, ?)",
                params![file(row), number, size, etag],
            );
        }
        Damage::Gone(row) => {
            connection.execute("DELETE FROM files WHERE id = ?", [file(row)]).unwrap();
            return false;
        }
    }
    true
}
