use super::*;

mod damage;
mod migration;
mod scale;

struct Dir {
    dir: tempfile::TempDir,
}

impl Dir {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn db(&self) -> PathBuf {
        self.dir.path().join("history.db")
    }

    fn open(&self) -> Result<(History, Option<SetAside>)> {
        History::open_at(&self.db(), &self.dir.path().join("lock"))
    }

    fn history(&self) -> History {
        let (history, set_aside) = self.open().unwrap();
        assert_eq!(set_aside, None);
        history
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// Noon of the first of a month, so that no time zone moves it into another.
fn at(year: i16, month: i8, second: i64) -> i64 {
    jiff::civil::date(year, month, 10)
        .at(12, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
        .as_millisecond()
        + second * 1_000
}

fn upload(n: i64, uploaded_at: i64) -> NewUpload {
    NewUpload {
        uploaded_at,
        name: format!("cat {n}.png"),
        profile: "main".into(),
        target: "t".into(),
        key: format!("2026/11/cat-{n}.png"),
        url: format!("https://img.example.com/2026/11/cat-{n}.png"),
        content_type: "image/png".into(),
        size: 100,
        width: Some(3),
        height: Some(2),
        sha256: format!("{n:064x}"),
        source_sha256: format!("{n:064x}"),
        recipe: "r".into(),
        etag: None,
        thumb: None,
        process: None,
        if_known: IfKnown::Add,
    }
}

fn text(text: &str) -> HistoryQuery {
    HistoryQuery { text: text.into(), profile: None }
}

async fn names(history: &History, query: &HistoryQuery) -> Vec<String> {
    history.rows(query, 0, 1_000).await.unwrap().into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn rows_come_back_newest_first_by_month_and_profile() {
    let dir = Dir::new();
    let history = dir.history();
    let mut all =
        vec![upload(1, at(2026, 9, 0)), upload(2, at(2026, 11, 0)), upload(3, at(2026, 11, 5))];
    all[2].profile = "other".into();
    let ids = history.add_all(all).await.unwrap();
    assert_eq!(names(&history, &text("")).await, ["cat 3.png", "cat 2.png", "cat 1.png"]);
    let outline = history.outline(&text("")).await.unwrap();
    assert_eq!((outline.total, outline.bytes), (3, 300.0));
    let months: Vec<_> = outline.months.iter().map(|m| (m.year, m.month, m.count)).collect();
    assert_eq!(months, [(2026, 11, 2), (2026, 9, 1)]);

    let main = HistoryQuery { text: String::new(), profile: Some("main".into()) };
    assert_eq!(names(&history, &main).await, ["cat 2.png", "cat 1.png"]);
    assert_eq!(history.outline(&main).await.unwrap().total, 2);
    let one = history.by_ids(&[ids[2], 999, ids[0]]).await.unwrap();
    assert_eq!(one.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[2], ids[0]]);

    history.rename_profile("main", "renamed").await.unwrap();
    assert_eq!(history.outline(&main).await.unwrap().total, 0);
    let renamed = HistoryQuery { profile: Some("renamed".into()), ..text("cat") };
    assert_eq!(names(&history, &renamed).await, ["cat 2.png", "cat 1.png"]);
}

#[tokio::test]
async fn words_are_found_in_any_language_and_nothing_in_them_is_an_operator() {
    let dir = Dir::new();
    let history = dir.history();
    for (n, name) in
        ["屏幕截图 2026.png", "100%_sure.png", "a\"b OR c.png", "Äpfel.png", "x' --.png"]
            .into_iter()
            .enumerate()
    {
        let mut one = upload(n as i64, at(2026, 11, n as i64));
        one.name = name.into();
        one.key = format!("k{n}");
        one.url = format!("https://img.example.com/k{n}");
        history.add(one).await.unwrap();
    }
    for (query, expected) in [
        ("屏幕截图", vec!["屏幕截图 2026.png"]),
        ("截图", vec!["屏幕截图 2026.png"]),
        ("图", vec!["屏幕截图 2026.png"]),
        ("截图 2026", vec!["屏幕截图 2026.png"]),
        ("截图 2027", vec![]),
        ("%", vec!["100%_sure.png"]),
        ("0%_", vec!["100%_sure.png"]),
        ("_", vec!["100%_sure.png"]),
        ("\"b", vec!["a\"b OR c.png"]),
        ("a\"b", vec!["a\"b OR c.png"]),
        ("SURE", vec!["100%_sure.png"]),
        ("äpfel", vec!["Äpfel.png"]),
        ("' --", vec!["x' --.png"]),
        ("nothing*", vec![]),
        ("example.com/k3", vec!["Äpfel.png"]),
        ("k3", vec!["Äpfel.png"]),
    ] {
        assert_eq!(names(&history, &text(query)).await, expected, "{query}");
        let outline = history.outline(&text(query)).await.unwrap();
        assert_eq!(outline.total as usize, expected.len(), "{query}");
    }
}

#[tokio::test]
async fn a_search_sees_what_was_added_since() {
    let dir = Dir::new();
    let history = dir.history();
    history.add(upload(1, at(2026, 11, 1))).await.unwrap();
    assert_eq!(history.outline(&text("cat")).await.unwrap().total, 1);
    // Another process, as far as SQLite can tell.
    let other = dir.history();
    other.add(upload(2, at(2026, 11, 2))).await.unwrap();
    assert!(history.has_changed().await.unwrap());
    assert!(!history.has_changed().await.unwrap());
    assert_eq!(names(&history, &text("cat")).await, ["cat 2.png", "cat 1.png"]);
    let (a, b) =
        (history.outline(&text("")).await.unwrap(), other.outline(&text("")).await.unwrap());
    assert_eq!(a, b);
}

#[tokio::test]
async fn hidden_rows_are_in_no_list_and_come_back_whole() {
    let dir = Dir::new();
    let history = dir.history();
    let ids = history.add_all((1..=3).map(|n| upload(n, at(2026, 11, n))).collect()).await.unwrap();
    let before = history.outline(&text("")).await.unwrap();
    let hidden = history.hide(&ids[..2], "d1", i64::MAX).await.unwrap();
    assert_eq!(hidden.len(), 2);
    assert_eq!(names(&history, &text("")).await, ["cat 3.png"]);
    assert_eq!(names(&history, &text("cat")).await, ["cat 3.png"]);
    assert_eq!(history.outline(&text("")).await.unwrap().total, 1);
    assert!(history.by_ids(&ids[..2]).await.unwrap().is_empty());
    let again = history.same_content("main", "t", &upload(1, 0).source_sha256, "r").await.unwrap();
    assert_eq!(again, None);
    assert!(history.hide(&ids[..2], "d2", i64::MAX).await.unwrap().is_empty());
    assert_eq!(history.unhide("d1").await.unwrap(), 2);
    let after = history.outline(&text("")).await.unwrap();
    assert_eq!((after.total, &after.months), (before.total, &before.months));
    assert_eq!(names(&history, &text("")).await.len(), 3);
}

#[tokio::test]
async fn what_a_dead_process_hid_comes_back_and_what_a_living_one_hid_does_not() {
    let dir = Dir::new();
    let history = dir.history();
    let ids = history.add_all((1..=2).map(|n| upload(n, at(2026, 11, n))).collect()).await.unwrap();
    history.hide(&ids[..1], "dead", 1_000).await.unwrap();
    history.hide(&ids[1..], "alive", 5_000).await.unwrap();
    assert_eq!(history.recover(999).await.unwrap(), (0, Some(1_000)));
    assert_eq!(history.recover(1_000).await.unwrap(), (1, Some(5_000)));
    assert_eq!(names(&history, &text("")).await, ["cat 1.png"]);
    history.extend("alive", 9_000).await.unwrap();
    assert_eq!(history.recover(5_000).await.unwrap(), (0, Some(9_000)));
    assert_eq!(history.recover(9_000).await.unwrap(), (1, None));
    // Its rows are its own no more.
    history.remove("alive", &ids).await.unwrap();
    assert_eq!(names(&history, &text("")).await.len(), 2);
}

#[tokio::test]
async fn an_object_another_row_needs_is_shared() {
    let dir = Dir::new();
    let history = dir.history();
    let mut twin = upload(1, at(2026, 11, 2));
    twin.name = "twin".into();
    let all = vec![upload(1, at(2026, 11, 1)), twin, upload(2, at(2026, 11, 3))];
    let ids = history.add_all(all).await.unwrap();
    let rows = history.hide(&[ids[0], ids[2]], "d", i64::MAX).await.unwrap();
    assert_eq!(history.unshared("d", &rows).await.unwrap(), [ids[2]]);
    let rows = [rows, history.hide(&[ids[1]], "d", i64::MAX).await.unwrap()].concat();
    assert_eq!(history.unshared("d", &rows).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_thumbnail_is_given_back_when_its_last_row_goes() {
    let dir = Dir::new();
    let history = dir.history();
    let mut all =
        vec![upload(1, at(2026, 11, 1)), upload(2, at(2026, 11, 2)), upload(3, at(2026, 11, 3))];
    for one in &mut all[..2] {
        one.thumb = Some("ab/x.webp".into());
    }
    let ids = history.add_all(all).await.unwrap();
    history.hide(&ids, "d", i64::MAX).await.unwrap();
    assert!(history.remove("d", &[ids[0], ids[2]]).await.unwrap().is_empty());
    assert_eq!(history.remove("d", &[ids[1]]).await.unwrap(), ["ab/x.webp"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_open_and_write_at_once() {
    let dir = Arc::new(Dir::new());
    let mut tasks = Vec::new();
    for writer in 0..4 {
        let dir = Arc::clone(&dir);
        tasks.push(tokio::spawn(async move {
            let opened = dir.clone();
            let history = tokio::task::spawn_blocking(move || opened.history()).await.unwrap();
            for n in 0..25 {
                history.add(upload(writer * 100 + n, at(2026, 11, n))).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(dir.history().outline(&text("")).await.unwrap().total, 100);
}
