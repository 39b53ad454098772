//! The tables of backups.db.

use rusqlite_migration::{M, Migrations};

use crate::database::{self, Schema};

/// A lane is one way: a folder of this computer to a prefix of a bucket. `sent` is what went it.
/// `pending` is what a transfer was given, by whole path, with what it looked like then. `rules` has the transfer
/// of each rule that has not been taken into `sent` yet, and how its last run ended.
const INITIAL: &str = "
CREATE TABLE lanes (
    id     INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    folder TEXT NOT NULL,
    prefix TEXT NOT NULL,
    keep   INTEGER NOT NULL,
    UNIQUE (target, folder, prefix, keep)
) STRICT;

CREATE TABLE sent (
    lane     INTEGER NOT NULL REFERENCES lanes (id) ON DELETE CASCADE,
    path     TEXT NOT NULL,
    key      TEXT NOT NULL,
    size     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    file     INTEGER NOT NULL,
    hash     TEXT NOT NULL,
    PRIMARY KEY (lane, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_by_key ON sent (lane, key);

CREATE TABLE pending (
    job      INTEGER NOT NULL,
    source   TEXT NOT NULL,
    path     TEXT NOT NULL,
    key      TEXT NOT NULL,
    size     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    file     INTEGER NOT NULL,
    PRIMARY KEY (job, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE rules (
    name   TEXT PRIMARY KEY,
    job    INTEGER,
    lane   INTEGER,
    report TEXT
) STRICT, WITHOUT ROWID;
";

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(INITIAL)])
}

pub(super) const SCHEMA: Schema = Schema {
    name: "backups",
    version: 1,
    migrations,
    check: |connection| database::readable(connection, &["lanes", "sent", "pending", "rules"]),
    mend: |_| Ok(()),
    // A row that may be wrong would keep a file from being sent; the bucket is asked instead.
    salvage: |_, _| 0,
};
