//! The tables, and how an older file becomes a newer one.

use rusqlite_migration::{M, Migrations};

/// All steps so far; a released one is never changed, only followed by another.
pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(INITIAL), M::up(PROCESS)])
}

/// The version of the file these steps lead to (`user_version`).
pub(super) const VERSION: i64 = 2;

/// `month` is year * 12 + month - 1 where the upload was made, so that it groups as it was seen.
///
/// `months` keeps the sums the gallery lays itself out with; triggers keep it true. The indexes
/// `visible*` hold all a page of ids or a search needs, so that a far offset touches no row.
const INITIAL: &str = "
CREATE TABLE uploads (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uploaded_at   INTEGER NOT NULL,
    month         INTEGER NOT NULL,
    name          TEXT NOT NULL,
    profile       TEXT NOT NULL,
    target        TEXT NOT NULL,
    key           TEXT NOT NULL,
    url           TEXT NOT NULL,
    content_type  TEXT NOT NULL,
    size          INTEGER NOT NULL,
    width         INTEGER,
    height        INTEGER,
    sha256        TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    recipe        TEXT NOT NULL,
    etag          TEXT,
    thumb         TEXT,
    missing       INTEGER NOT NULL DEFAULT 0,
    hidden        TEXT,
    hidden_until  INTEGER
) STRICT;

CREATE INDEX visible ON uploads (month, uploaded_at, id, size, hidden) WHERE hidden IS NULL;
CREATE INDEX visible_of_profile ON uploads (profile, month, uploaded_at, id, size, hidden)
    WHERE hidden IS NULL;
CREATE INDEX by_words ON uploads (name, key, hidden) WHERE hidden IS NULL;
CREATE INDEX by_content ON uploads (source_sha256, recipe);
CREATE INDEX by_object ON uploads (target, key);
CREATE INDEX by_thumb ON uploads (thumb) WHERE thumb IS NOT NULL;
CREATE INDEX being_deleted ON uploads (hidden, hidden_until) WHERE hidden IS NOT NULL;

CREATE TABLE months (
    month   INTEGER NOT NULL,
    profile TEXT NOT NULL,
    count   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (month, profile)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('revision', 1);

CREATE VIRTUAL TABLE uploads_text USING fts5 (
    name, key, url, content = 'uploads', content_rowid = 'id', tokenize = 'trigram'
);

CREATE TRIGGER uploads_added AFTER INSERT ON uploads BEGIN
    INSERT INTO uploads_text (rowid, name, key, url) VALUES (new.id, new.name, new.key, new.url);
END;
CREATE TRIGGER uploads_removed AFTER DELETE ON uploads BEGIN
    INSERT INTO uploads_text (uploads_text, rowid, name, key, url)
        VALUES ('delete', old.id, old.name, old.key, old.url);
END;
CREATE TRIGGER uploads_text_changed AFTER UPDATE OF name, key, url ON uploads BEGIN
    INSERT INTO uploads_text (uploads_text, rowid, name, key, url)
        VALUES ('delete', old.id, old.name, old.key, old.url);
    INSERT INTO uploads_text (rowid, name, key, url) VALUES (new.id, new.name, new.key, new.url);
END;

CREATE TRIGGER months_added AFTER INSERT ON uploads WHEN new.hidden IS NULL BEGIN
    INSERT INTO months (month, profile, count, bytes) VALUES (new.month, new.profile, 1, new.size)
        ON CONFLICT (month, profile) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER months_removed AFTER DELETE ON uploads WHEN old.hidden IS NULL BEGIN
    UPDATE months SET count = count - 1, bytes = bytes - old.size
        WHERE month = old.month AND profile = old.profile;
    DELETE FROM months WHERE month = old.month AND profile = old.profile AND count <= 0;
END;
CREATE TRIGGER months_changed AFTER UPDATE OF month, profile, size, hidden ON uploads BEGIN
    UPDATE months SET count = count - 1, bytes = bytes - old.size
        WHERE old.hidden IS NULL AND month = old.month AND profile = old.profile;
    INSERT INTO months (month, profile, count, bytes)
        SELECT new.month, new.profile, 1, new.size WHERE new.hidden IS NULL
        ON CONFLICT (month, profile) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
    DELETE FROM months WHERE month = old.month AND profile = old.profile AND count <= 0;
END;
";

/// What the link of an upload asks the host to make of the stored image. `url` stays the address of
/// the image itself, so that both can change apart.
const PROCESS: &str = "ALTER TABLE uploads ADD COLUMN process TEXT;";

/// The file as the first release made it, for tests.
#[cfg(test)]
pub(super) fn first_version() -> Migrations<'static> {
    Migrations::new(vec![M::up(INITIAL)])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_steps_are_valid() {
        super::migrations().validate().unwrap();
    }

    #[test]
    fn the_version_counts_the_steps() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        super::migrations().to_latest(&mut connection).unwrap();
        let version: i64 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, super::VERSION);
    }
}
