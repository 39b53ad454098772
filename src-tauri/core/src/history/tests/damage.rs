//! Databases that are too new, damaged, or no databases.

use rusqlite::Connection;

use super::*;

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let dir = Dir::new();
    drop(dir.history());
    let connection = Connection::open(dir.db()).unwrap();
    connection.pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
    drop(connection);
    let before = std::fs::read(dir.db()).unwrap();
    assert_eq!(dir.open().unwrap_err().code, Code::HistoryTooNew);
    assert_eq!(std::fs::read(dir.db()).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_set_aside_and_said() {
    let dir = Dir::new();
    std::fs::write(dir.db(), "this was a history once").unwrap();
    let (history, set_aside) = dir.open().unwrap();
    let set_aside = set_aside.unwrap();
    assert_eq!(std::fs::read(&set_aside.path).unwrap(), b"this was a history once");
    let name = set_aside.path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("history-damaged-") && name.ends_with(".db"), "{name}");
    assert!(set_aside.problem().to_string().contains(name), "{}", set_aside.problem());
    history.add(upload(1, at(2026, 11, 1))).await.unwrap();
    drop(history);
    assert_eq!(dir.open().unwrap().1, None, "set aside once");
}

/// Both ends of the table were whole.
async fn saved_some((history, set_aside): (History, Option<SetAside>)) {
    let set_aside = set_aside.unwrap();
    assert!((100..2_000).contains(&set_aside.saved), "{set_aside:?}");
    let rows = history.rows(&text("cat"), 0, 5_000).await.unwrap();
    assert_eq!(rows.len(), set_aside.saved);
    assert_eq!(rows[0].name, "cat 1999.png");
    assert_eq!(rows[rows.len() - 1].name, "cat 0.png");
}

#[tokio::test]
async fn damage_met_later_is_set_aside_at_the_next_start() {
    let dir = Dir::new();
    let history = dir.history();
    history.add_all((0..2_000).map(|n| upload(n, at(2026, 11, n))).collect()).await.unwrap();
    drop(history);
    // The schema and both ends stay readable; the middle does not.
    let mut bytes = std::fs::read(dir.db()).unwrap();
    let middle = bytes.len() / 2;
    for page in bytes[middle / 2..middle + middle / 2].chunks_mut(4096) {
        page.fill(0xAA);
    }
    std::fs::write(dir.db(), &bytes).unwrap();
    match dir.open().unwrap() {
        (history, None) => {
            let problem = history.rows(&text("cat"), 0, 2_000).await.unwrap_err();
            assert_eq!(problem.code, Code::HistoryUnavailable);
            drop(history);
            saved_some(dir.open().unwrap()).await;
        }
        opened => saved_some(opened).await,
    }
    assert!(
        dir.names().iter().any(|name| name.starts_with("history-damaged-")),
        "{:?}",
        dir.names()
    );
}

#[tokio::test]
async fn an_unmarked_whole_database_stays() {
    let dir = Dir::new();
    dir.history().add(upload(1, at(2026, 11, 1))).await.unwrap();
    open::mark_damaged(&dir.db());
    assert_eq!(names(&dir.history(), &text("cat")).await, ["cat 1.png"]);
    assert!(!dir.names().iter().any(|name| name.contains("check")), "{:?}", dir.names());
}
