//! A file of the first release.

use rusqlite::{Connection, params};

use super::*;
use crate::history::schema;

/// Made by the first schema, with rows as that release wrote them.
fn first_version(path: &Path, rows: i64) {
    let mut connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    schema::first_version().to_latest(&mut connection).unwrap();
    for n in 1..=rows {
        connection
            .execute(
                "INSERT INTO uploads (uploaded_at, month, name, profile, target, key, url, content_type,
                     size, width, height, sha256, source_sha256, recipe, etag, thumb)
                 VALUES (?1, 24323, ?2, 'main', 't', ?3, ?4, 'image/png', 100, 3, 2, ?5, ?5, 'r', NULL, NULL)",
                params![
                    at(2026, 12, n),
                    format!("猫 {n}.png"),
                    format!("2026/12/cat-{n}.png"),
                    format!("https://img.example.com/2026/12/cat-{n}.png"),
                    format!("{n:064x}"),
                ],
            )
            .unwrap();
    }
    connection.execute("UPDATE counters SET value = 41", []).unwrap();
}

fn version(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_file_of_the_first_version_is_migrated_with_all_it_holds() {
    let dir = Dir::new();
    first_version(&dir.db(), 3);
    assert_eq!(version(&dir.db()), 1);
    let history = dir.history();
    assert_eq!(version(&dir.db()), schema::VERSION);
    assert_eq!(history.revision(), 41);
    assert_eq!(names(&history, &text("猫")).await, ["猫 3.png", "猫 2.png", "猫 1.png"]);
    let outline = history.outline(&text("")).await.unwrap();
    assert_eq!((outline.total, outline.bytes), (3, 300.0));
    let rows = history.rows(&text(""), 0, 10).await.unwrap();
    assert!(rows.iter().all(|row| row.process.is_none()));

    let process = "?x-oss-process=image/resize,w_800";
    history.set_process(rows[0].id, Some(process)).await.unwrap();
    let new = NewUpload { process: Some(process.into()), ..upload(9, at(2026, 12, 9)) };
    let id = history.add(new).await.unwrap();
    drop(history);
    let again = dir.history().by_ids(&[id, rows[0].id, rows[1].id]).await.unwrap();
    let processes: Vec<_> = again.iter().map(|row| row.process.as_deref()).collect();
    assert_eq!(processes, [Some(process), Some(process), None]);
}

#[test]
fn what_can_be_read_of_a_file_damaged_before_its_migration_is_taken_over() {
    let dir = Dir::new();
    let old = dir.dir.path().join("history-damaged.db");
    first_version(&old, 3);
    let mut new = Connection::open(dir.db()).unwrap();
    schema::migrations().to_latest(&mut new).unwrap();
    assert_eq!(crate::history::salvage::take_over(&old, &mut new), 3);
    let processes: i64 = new
        .query_row("SELECT count(*) FROM uploads WHERE process IS NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(processes, 3);
}

#[test]
fn two_that_migrate_at_once_both_find_it_migrated() {
    let dir = Dir::new();
    first_version(&dir.db(), 200);
    std::thread::scope(|scope| {
        let openers: Vec<_> = (0..4).map(|_| scope.spawn(|| dir.history().revision())).collect();
        for opener in openers {
            assert_eq!(opener.join().unwrap(), 41);
        }
    });
    assert_eq!(version(&dir.db()), schema::VERSION);
}
