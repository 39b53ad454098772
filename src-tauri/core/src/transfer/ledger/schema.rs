//! The tables of transfers.db, and how an older file becomes a newer one.

use rusqlite_migration::{M, Migrations};

/// All steps so far; a released one is never changed, only followed by another.
pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(INITIAL), M::up(SEALED)])
}

/// The version of the file these steps lead to (`user_version`).
pub(super) const VERSION: i64 = 2;

/// A job, its files, and the parts of those files that the other side has confirmed.
///
/// `wish` is what another process asks of the one in `runner`. `stamp` is what the source looked
/// like: size, time and number of a file, or the ETag of an object. `begun_at` is set before an
/// upload is created, so that one whose id never arrived can be found and given up.
const INITIAL: &str = "
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    signature  TEXT NOT NULL,
    request    TEXT NOT NULL,
    profile    TEXT NOT NULL,
    target     TEXT,
    priority   INTEGER NOT NULL,
    state      TEXT NOT NULL,
    wish       TEXT,
    runner     TEXT,
    problem    TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, priority);

CREATE TABLE files (
    id        INTEGER PRIMARY KEY,
    job       INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    path      TEXT NOT NULL,
    key       TEXT NOT NULL,
    folder    INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    stamp     TEXT NOT NULL,
    state     TEXT NOT NULL,
    part_size INTEGER,
    upload_id TEXT,
    begun_at  INTEGER,
    fingerprint TEXT,
    etag      TEXT,
    target    TEXT,
    problem   TEXT
) STRICT;
CREATE UNIQUE INDEX files_by_key ON files (job, key, path);
CREATE INDEX files_by_path ON files (job, path);
CREATE INDEX files_by_state ON files (job, state, id);
CREATE INDEX files_by_upload ON files (upload_id) WHERE upload_id IS NOT NULL;

CREATE TABLE parts (
    file   INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    size   INTEGER NOT NULL,
    etag   TEXT NOT NULL,
    PRIMARY KEY (file, number)
) STRICT, WITHOUT ROWID;
";

/// `seal` is a checksum of what a walk or listing found, so that a damaged row leads nowhere. Rows that
/// have none yet are found anew.
const SEALED: &str = "ALTER TABLE files ADD COLUMN seal INTEGER;";

/// The tables with all their columns: a damaged file may have lost one.
pub(super) const TABLES: [(&str, &str); 3] = [
    (
        "jobs",
        "id, signature, request, profile, target, priority, state, wish, runner, problem, created_at, \
         changed_at",
    ),
    (
        "files",
        "id, job, path, key, folder, size, stamp, state, part_size, upload_id, begun_at, fingerprint, \
         etag, target, problem, seal",
    ),
    ("parts", "file, number, size, etag"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_steps_are_valid_and_lead_to_the_version() {
        super::migrations().validate().unwrap();
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        super::migrations().to_latest(&mut connection).unwrap();
        let version: i64 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, super::VERSION);
    }
}
