//! A hundred thousand rows, and sums that stay true.

use std::time::Instant;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

fn plan_of(connection: &Connection, sql: &str, args: &[&dyn rusqlite::ToSql]) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let lines = statement.query_map(args, |row| row.get::<_, String>(3)).unwrap();
    lines.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n")
}

#[tokio::test]
async fn a_hundred_thousand_rows_open_and_search_without_a_sort_or_a_scan_of_the_rows() {
    const ROWS: i64 = 100_000;
    let dir = Dir::new();
    let history = dir.history();
    // Ten years, a month of 834 rows each.
    let month =
        |n: i64| at(2016 + (n / 10_000) as i16, 1 + (n % 10_000 * 12 / 10_000) as i8, n % 10_000);
    let rows = (0..ROWS).map(|n| upload(n, month(n))).collect();
    history.add_all(rows).await.unwrap();

    let connection = open::open_reader(&dir.db()).unwrap();
    for (sql, profile) in [(read::PAGE_OF_ALL, None), (read::PAGE_OF_PROFILE, Some("main"))] {
        let (month, limit, offset) = (24_311, 60, 700);
        let mut args: Vec<&dyn rusqlite::ToSql> = vec![&month, &limit, &offset];
        if let Some(profile) = &profile {
            args.push(profile);
        }
        let plan = plan_of(&connection, sql, &args);
        assert!(plan.contains("COVERING INDEX visible"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
    for (sql, args, index) in [
        (search::SPINE_OF_ALL, &[][..], "COVERING INDEX visible"),
        (
            search::SPINE_OF_PROFILE,
            &[&"main" as &dyn rusqlite::ToSql][..],
            "COVERING INDEX visible",
        ),
        (&search::short_words(1), &[&"%a%" as &dyn rusqlite::ToSql][..], "COVERING INDEX by_words"),
        (search::LONG_WORDS, &[&"\"cat\"" as &dyn rusqlite::ToSql][..], "VIRTUAL TABLE INDEX"),
    ] {
        let plan = plan_of(&connection, sql, args);
        assert!(plan.contains(index), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }

    // Far under what anyone would notice, and far over what it takes: a scan of the rows or a sort
    // of all of them for each page would show.
    let started = Instant::now();
    let outline = history.outline(&text("")).await.unwrap();
    assert_eq!((outline.total, outline.months.len()), (100_000, 120));
    for offset in [0, 50_000, 99_940] {
        let page = history.rows(&text(""), offset, 60).await.unwrap();
        assert_eq!(page.len(), 60);
        assert_eq!(page[0].name, format!("cat {}.png", 99_999 - i64::from(offset)));
    }
    assert!(history.rows(&text(""), 100_000, 60).await.unwrap().is_empty());
    let pages = started.elapsed();
    for (query, count) in
        [("cat", 100_000), ("cat-99999", 1), ("99 cat-9999", 11), ("zzz", 0), ("ca", 100_000)]
    {
        let outline = history.outline(&text(query)).await.unwrap();
        assert_eq!(outline.total, count, "{query}");
        for _ in 0..20 {
            history.rows(&text(query), outline.total / 2, 60).await.unwrap();
        }
    }
    let searches = started.elapsed() - pages;
    assert!(pages.as_millis() < 2_000, "{pages:?}");
    assert!(searches.as_millis() < 8_000, "{searches:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The sums the triggers keep are those of the rows, whatever happens to these.
    #[test]
    fn sums_are_true(steps in proptest::collection::vec((0_u8..6, 1_i64..12, 0_i8..3), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = Dir::new();
            let history = dir.history();
            for (step, n, month) in steps {
                match step {
                    0 | 1 => {
                        let mut one = upload(n, at(2026, 3 + month, n));
                        one.profile = format!("p{month}");
                        history.add(one).await.unwrap();
                    }
                    2 => drop(history.hide(&[n, n + 1], "d", i64::MAX).await.unwrap()),
                    3 => drop(history.unhide("d").await.unwrap()),
                    4 => drop(history.remove("d", &[n]).await.unwrap()),
                    _ => history.rename_profile("p0", "p1").await.unwrap(),
                }
            }
            let kept = history.outline(&text("")).await.unwrap();
            let (rows, sums): (i64, i64) = history.inner.connections.with_writer(|connection| {
                let rows = connection
                    .query_row("SELECT count(*) FROM uploads WHERE hidden IS NULL", [], |r| r.get(0))
                    .unwrap();
                let sums = connection
                    .query_row(
                        "SELECT count(*) FROM (
                            SELECT month, profile, count(*), sum(size) FROM uploads WHERE hidden IS NULL
                                GROUP BY 1, 2
                            EXCEPT SELECT month, profile, count, bytes FROM months)",
                        [],
                        |r| r.get(0),
                    )
                    .unwrap();
                connection
                    .execute("INSERT INTO uploads_text (uploads_text) VALUES ('integrity-check')", [])
                    .unwrap();
                (rows, sums)
            });
            assert_eq!(i64::from(kept.total), rows);
            assert_eq!(sums, 0);
        });
    }

    /// A search finds exactly what a reader would.
    #[test]
    fn a_search_misses_nothing_and_invents_nothing(
        names in proptest::collection::vec(words(), 1..12),
        queries in proptest::collection::vec(words(), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = Dir::new();
            let history = dir.history();
            let rows = names.iter().enumerate().map(|(n, name)| {
                let mut one = upload(n as i64, at(2026, 11, n as i64));
                one.name.clone_from(name);
                one.key = format!("k{n}");
                one.url = format!("https://h/k{n}");
                one
            });
            history.add_all(rows.collect()).await.unwrap();
            for query in &queries {
                let holds = |name: &String| {
                    query.split_whitespace().all(|word| {
                        name.to_ascii_lowercase().contains(&word.to_ascii_lowercase())
                    })
                };
                let mut expected: Vec<String> = names.iter().filter(|n| holds(n)).cloned().collect();
                expected.reverse();
                let found = super::names(&history, &text(query)).await;
                assert_eq!(found, expected, "{query:?}");
            }
        });
    }
}

/// Names and queries of few letters, so that they meet, and of what a query language would stumble
/// over.
fn words() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[abA图截屏%_\"'*(\\\\. ]{0,9}").unwrap()
}
