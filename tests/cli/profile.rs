//! `hoist profile`: the configuration as other people edit it, and no secret anywhere in it.

use crate::harness::Dir;

const ID: &str = "AKIATESTPROFILE00001";
const SECRET: &str = "wJalrXUtnFEMI-profile-secret-0001";

fn add_with_file(dir: &Dir, name: &str, more: &[&str]) -> crate::harness::Run {
    let mut arguments = vec![
        "profile",
        "add",
        name,
        "--provider",
        "minio",
        "--endpoint",
        "http://127.0.0.1:9",
        "--bucket",
        "images",
        "--public-url",
        "https://img.example.com",
        "--secret-stdin",
        "--insecure-storage",
    ];
    arguments.extend(more);
    dir.hoist(arguments).stdin(format!("{ID}\n{SECRET}\n")).run()
}

#[test]
fn add_list_show_default_set_remove() {
    let dir = Dir::new();
    add_with_file(&dir, "blog", &["--prefix", "posts/"]).exits(0).says("blog").says("doctor");

    let list = dir.hoist(["profile", "list"]).run().exits(0);
    assert_eq!(list.lines().len(), 2, "{}", list.stdout);
    assert!(list.lines().iter().any(|line| line.starts_with("*\tlocal\t")), "{}", list.stdout);
    assert!(
        list.lines()
            .iter()
            .any(|line| line.starts_with(" \tblog\tminio\timages\thttps://img.example.com")),
        "{}",
        list.stdout
    );

    dir.hoist(["profile", "default", "blog"]).run().exits(0);
    assert_eq!(dir.hoist(["profile", "default"]).run().exits(0).stdout, "blog\n");

    dir.hoist([
        "profile", "set", "blog", "--bucket", "pictures", "--prefix", "", "--rename", "notes",
    ])
    .run()
    .exits(0);
    let show = &dir.hoist(["profile", "show", "notes", "--json"]).run().exits(0).json()[0];
    assert_eq!(show["bucket"], "pictures");
    assert_eq!(show["prefix"], "");
    assert_eq!(show["secretSet"], true, "the secret moves along with the name: {show}");
    assert_eq!(show["default"], true, "the default moves along with the name");

    dir.hoist(["profile", "remove", "notes"]).run().exits(0);
    assert_eq!(dir.hoist(["profile", "list"]).run().exits(0).lines().len(), 1);
    assert_eq!(dir.hoist(["profile", "default"]).run().exits(0).stdout, "local\n");
    dir.hoist(["profile", "remove", "notes"]).run().exits(3).says("notes");
    dir.hoist(["profile", "remove", "local"]).run().exits(3).says("local");
}

#[test]
fn the_secret_is_in_its_file_and_nowhere_else() {
    let dir = Dir::new();
    let add = add_with_file(&dir, "blog", &[]).exits(0);
    add.says("warning: ");
    let show = dir.hoist(["profile", "show", "blog"]).env("HOIST_LOG", "trace").run().exits(0);
    let upload = dir.hoist(["upload", "-p", "blog", "x.png"]).env("HOIST_LOG", "trace").run();
    for text in [&show.stdout, &show.stderr, &upload.stdout, &upload.stderr] {
        assert!(!text.contains(SECRET), "{text}");
    }
    let holding: Vec<_> = dir
        .all_files()
        .into_iter()
        .filter(|path| {
            std::fs::read(path)
                .is_ok_and(|bytes| bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()))
        })
        .collect();
    assert_eq!(holding.len(), 1, "{holding:?}");
    assert!(holding[0].starts_with(dir.home().join("data/secrets")), "{holding:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(holding[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    dir.hoist(["profile", "remove", "blog"]).run().exits(0);
    assert!(std::fs::read_dir(dir.home().join("data/secrets")).unwrap().all(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        !bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes())
    }));
}

#[test]
fn no_flag_takes_a_secret() {
    let dir = Dir::new();
    let help = dir.hoist(["profile", "add", "--help"]).run().exits(0);
    assert!(
        !help.stdout.contains("--secret-key") && !help.stdout.contains("--access-key"),
        "{}",
        help.stdout
    );
    dir.hoist(["profile", "add", "x", "--provider", "minio", "--secret-access-key", SECRET])
        .run()
        .exits(2);
    // A secret flag takes no value either.
    dir.hoist(["profile", "add", "x", "--provider", "minio", &format!("--secret-stdin={SECRET}")])
        .run()
        .exits(2);
}

#[test]
fn names_of_variables_are_kept_and_read_at_each_use() {
    let dir = Dir::new();
    dir.hoist([
        "profile",
        "add",
        "env",
        "--provider",
        "minio",
        "--endpoint",
        "http://127.0.0.1:9",
        "--bucket",
        "b",
        "--public-url",
        "https://i.example.com",
        "--from-env=MY_ID,MY_SECRET",
    ])
    .run()
    .exits(0)
    .says("MY_ID");
    assert!(dir.config().contains("MY_ID") && dir.config().contains("MY_SECRET"));
    let show = |dir: &Dir, set: bool| {
        let mut command = dir.hoist(["profile", "show", "env", "--json"]);
        if set {
            command = command.env("MY_ID", ID).env("MY_SECRET", SECRET);
        }
        let run = command.run().exits(0);
        assert!(!run.stdout.contains(SECRET));
        run.json()[0]["secretSet"].clone()
    };
    assert_eq!(show(&dir, true), true);
    assert_eq!(show(&dir, false), false);
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "--json", "-p", "env", "cat.png"]).run().exits(3);
    assert_eq!(run.json()[0]["error"]["code"], "secretMissing", "{}", run.stdout);
    run.says("MY_ID");
    for bad in ["--from-env=ONE", "--from-env=A,B,C,D", "--from-env=A B,C"] {
        dir.hoist([
            "profile",
            "add",
            "x",
            "--provider",
            "minio",
            "--endpoint",
            "http://127.0.0.1:9",
            "--bucket",
            "b",
            bad,
        ])
        .run()
        .exits(2);
    }
}

#[test]
fn without_a_terminal_and_a_source_the_secret_is_not_asked_for() {
    let dir = Dir::new();
    let run = dir
        .hoist([
            "profile",
            "add",
            "x",
            "--provider",
            "minio",
            "--endpoint",
            "http://127.0.0.1:9",
            "--bucket",
            "b",
        ])
        .run()
        .exits(2);
    run.says("--secret-stdin").says("--from-env");
    assert!(!dir.config().contains("minio"), "nothing is half added");
}

#[test]
fn fields_that_are_missing_or_wrong_are_named() {
    let dir = Dir::new();
    for (arguments, word) in [
        (vec!["--provider", "r2", "--bucket", "b"], "ccount"),
        (vec!["--provider", "minio", "--bucket", "b"], "ndpoint"),
        (vec!["--provider", "s3", "--bucket", "b"], "egion"),
        (vec!["--provider", "s3", "--region", "eu-central-1"], "ucket"),
        (vec!["--provider", "minio", "--bucket", "b", "--endpoint", "not a url"], "ndpoint"),
    ] {
        let mut all = vec!["profile", "add", "x"];
        all.extend(&arguments);
        all.push("--from-env");
        let run = dir.hoist(all).run().exits(3);
        assert!(run.stderr.contains(word), "{arguments:?}: {}", run.stderr);
    }
    dir.hoist(["profile", "add", "a/b", "--provider", "local"]).run().exits(3).says("a/b");
}

#[test]
fn the_built_in_store_takes_no_bucket_of_another_name() {
    let dir = Dir::new();
    for option in ["--bucket", "--endpoint", "--region"] {
        let set = ["profile", "set", "local", option, "x"];
        dir.hoist(set).run().exits(2).says(option).says("leave it out");
    }
}

#[test]
fn comments_of_the_configuration_survive() {
    let dir = Dir::new();
    dir.write_config(&format!(
        "# my notes\n[settings]\nstore_port = {} # near the others\n",
        dir.port()
    ));
    add_with_file(&dir, "blog", &["--default"]).exits(0);
    dir.hoist(["profile", "set", "blog", "--prefix", "p/"]).run().exits(0);
    dir.hoist(["profile", "remove", "blog"]).run().exits(0);
    let config = dir.config();
    assert!(config.contains("# my notes") && config.contains("# near the others"), "{config}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = dir.home().join("config.toml").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn an_existing_profile_is_not_overwritten() {
    let dir = Dir::new();
    add_with_file(&dir, "blog", &[]).exits(0);
    let before = dir.config();
    add_with_file(&dir, "blog", &["--prefix", "other/"]).exits(3).says("blog");
    assert_eq!(dir.config(), before);
}

#[test]
fn the_doctor_of_the_built_in_store_is_well() {
    let dir = Dir::new();
    let run = dir.hoist(["profile", "doctor", "local", "--json"]).run().exits(0);
    let checks = run.json();
    assert_eq!(checks.len(), 12, "{}", run.stdout);
    assert!(
        checks.iter().all(|check| check["state"] == "ok" || check["state"] == "notNeeded"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let dir = Dir::new();
    add_with_file(&dir, "blog", &[]).exits(0);
    let run = dir.hoist(["profile", "doctor", "blog"]).run().exits(3);
    assert!(run.stdout.contains("failed\tendpoint"), "{}", run.stdout);
    assert!(run.stdout.contains("skipped"), "{}", run.stdout);
    run.says("error: ").says("hint: ");
}
