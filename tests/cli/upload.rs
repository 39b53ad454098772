//! `hoist upload`: one line per input, in input order.

use crate::harness::{Dir, get, png};

const MARK: &str = "[PicGo ERROR]:";

#[test]
fn one_file_gives_one_url_and_nothing_else() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "cat.png"]).run().exits(0);
    assert_eq!(run.lines().len(), 1, "{}", run.stdout);
    assert!(run.stdout.ends_with('\n'));
    let start = format!("http://127.0.0.1:{}/images/", dir.port());
    assert!(run.stdout.starts_with(&start), "{}", run.stdout);
    assert!(run.stdout.contains("/cat-"), "{}", run.stdout);
    // Said to the person, since the store ends with the program.
    run.says("hoist store");
}

#[test]
fn many_files_keep_their_order_and_one_failure_stops_no_other() {
    let dir = Dir::new();
    dir.png("一 猫.png", 1);
    dir.file("notes.png", "this is text");
    dir.png("b+c&d #1.png", 2);
    dir.png("last.png", 3);
    let run = dir
        .hoist(["upload", "一 猫.png", "notes.png", "b+c&d #1.png", "missing.png", "last.png"])
        .run()
        .exits(1);
    let lines = run.lines();
    assert_eq!(lines.len(), 5, "{}", run.stdout);
    assert!(lines[0].starts_with("http://") && lines[0].contains("%E4%B8%80"), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{MARK} notes.png: ")), "{}", lines[1]);
    assert!(lines[2].starts_with("http://") && !lines[2].contains('#'), "{}", lines[2]);
    assert!(lines[3].starts_with(&format!("{MARK} missing.png: ")), "{}", lines[3]);
    assert!(lines[4].starts_with("http://") && lines[4].contains("last"), "{}", lines[4]);
    run.says("notes.png").says("missing.png").says("error: ").says("hint: ");
}

#[test]
fn formats() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let url = dir.hoist(["upload", "cat.png"]).run().exits(0).stdout.trim().to_owned();
    for (format, line) in [
        ("url", url.clone()),
        ("markdown", format!("![cat]({url})")),
        ("html", format!("<img src=\"{url}\" alt=\"cat\" width=\"64\" height=\"48\">")),
        ("bbcode", format!("[img]{url}[/img]")),
    ] {
        let run = dir.hoist(["upload", "-f", format, "cat.png"]).run().exits(0);
        assert_eq!(run.stdout, format!("{line}\n"));
    }
}

#[test]
fn a_format_of_the_settings() {
    let dir = Dir::new();
    let config = format!(
        "[settings]\nstore_port = {}\n\n[settings.formats]\norg = \"[[{{url}}][{{name}}]]\"\n",
        dir.port()
    );
    dir.write_config(&config);
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "-f", "org", "cat.png"]).run().exits(0);
    assert!(
        run.stdout.starts_with("[[http://") && run.stdout.ends_with("][cat]]\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn unknown_flags_of_the_command_line_are_usage_and_nothing_is_sent() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    for arguments in [
        ["upload", "cat.png", "--format=nosuch"],
        ["upload", "cat.png", "--name={nosuch}"],
        ["upload", "cat.png", "--transform=w=-1"],
        ["upload", "cat.png", "--transform=preset:nosuch"],
        ["upload", "cat.png", "--nosuch"],
        ["upload", "-", "-"],
    ] {
        let run = dir.hoist(arguments).run().exits(2);
        assert!(!run.stdout.contains("http://"), "{arguments:?}: {}", run.stdout);
        run.says("error: ");
    }
    let history = dir.hoist(["history"]).run().exits(0);
    assert_eq!(history.stdout, "");
}

#[test]
fn json_says_everything_about_each_input() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "--json", "cat.png", "missing.png", "cat.png"]).run().exits(1);
    let lines = run.json();
    assert_eq!(lines.len(), 3);
    let cat = &lines[0];
    assert_eq!(cat["ok"], true);
    assert_eq!(cat["input"], "cat.png");
    assert_eq!(cat["name"], "cat.png");
    assert_eq!(cat["profile"], "local");
    assert_eq!(cat["contentType"], "image/png");
    assert_eq!(cat["size"], png(1).len());
    assert_eq!((&cat["width"], &cat["height"]), (&64.into(), &48.into()));
    let url = cat["url"].as_str().unwrap();
    assert!(url.ends_with(cat["key"].as_str().unwrap()), "{cat}");
    assert_eq!(cat["markdown"], format!("![cat]({url})"));
    assert!(cat["historyId"].as_i64().is_some());
    assert!(cat["notes"].as_array().unwrap().contains(&"localOnly".into()));

    let missing = &lines[1];
    assert_eq!(missing["ok"], false);
    assert_eq!(missing["input"], "missing.png");
    assert_eq!(missing["error"]["code"], "fileNotFound");
    assert_eq!(missing["error"]["retryable"], false);
    assert!(missing["error"]["what"].as_str().unwrap().contains("missing.png"));
    assert!(!missing["error"]["fix"].as_str().unwrap().is_empty());

    assert_eq!(lines[2]["url"], cat["url"]);
}

#[test]
fn the_same_picture_again_gives_the_same_link_without_a_second_upload() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let first = &dir.hoist(["upload", "--json", "cat.png"]).run().exits(0).json()[0];
    dir.png("other name.png", 1);
    let again = &dir.hoist(["upload", "--json", "other name.png"]).run().exits(0).json()[0];
    assert_eq!(first["alreadyStored"], false);
    assert_eq!(again["alreadyStored"], true);
    assert_eq!(first["url"], again["url"]);
}

#[test]
fn standard_input() {
    let dir = Dir::new();
    let run = dir.hoist(["upload", "--json", "-"]).stdin(png(7)).run().exits(0);
    let line = &run.json()[0];
    assert_eq!(line["input"], "-");
    assert_eq!(line["contentType"], "image/png");
    assert_eq!(line["size"], png(7).len());
    assert!(line["key"].as_str().unwrap().ends_with(".png"), "{line}");

    let empty = dir.hoist(["upload", "--json", "-"]).stdin("").run().exits(1);
    assert_eq!(empty.json()[0]["error"]["code"], "emptyFile");
}

#[test]
fn a_path_that_arrives_percent_encoded_is_found() {
    let dir = Dir::new();
    dir.png("a 图.png", 1);
    dir.png("100%25.png", 2);
    let run = dir.hoist(["upload", "--json", "a%20%E5%9B%BE.png", "100%25.png"]).run().exits(0);
    let lines = run.json();
    assert_eq!(lines[0]["name"], "a 图.png");
    // A name that exists as sent is not decoded.
    assert_eq!(lines[1]["name"], "100%25.png");
    let url = url::Url::from_file_path(dir.path("a 图.png")).unwrap().to_string();
    let by_url = dir.hoist(["upload", "--json", &url]).run().exits(0);
    assert_eq!(by_url.json()[0]["url"], lines[0]["url"]);
}

#[test]
fn name_and_transform_flags() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = dir
        .hoist([
            "upload",
            "--json",
            "--name",
            "x/{name}-{n}.{ext}",
            "--transform",
            "w=32,format=jpeg",
            "cat.png",
        ])
        .run()
        .exits(0);
    let line = &run.json()[0];
    assert_eq!(line["key"], "x/cat-1.jpg");
    assert_eq!(line["contentType"], "image/jpeg");
    assert_eq!((&line["width"], &line["height"]), (&32.into(), &24.into()));
}

#[test]
fn quiet_says_nothing_but_errors() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "-q", "cat.png"]).run().exits(0);
    assert_eq!(run.stderr, "");
    dir.hoist(["upload", "-q", "missing.png"]).run().exits(1).says("missing.png");
}

#[test]
fn messages_follow_the_locale() {
    let dir = Dir::new();
    let run = dir.hoist(["upload", "missing.png"]).env("LC_ALL", "zh_CN.UTF-8").run().exits(1);
    run.says("错误：").says("提示：").says("missing.png");
}

#[test]
fn a_missing_profile_is_configuration_and_every_input_has_its_line() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "-p", "nosuch", "cat.png", "cat.png"]).run().exits(3);
    assert_eq!(run.lines().len(), 2);
    assert!(run.lines().iter().all(|line| line.starts_with(MARK)), "{}", run.stdout);
    run.says("nosuch");
}

#[test]
fn a_broken_configuration_names_the_line_and_is_left_alone() {
    let dir = Dir::new();
    let broken = "[settings]\nstore_port = \n";
    dir.write_config(broken);
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "cat.png"]).run().exits(3);
    assert!(run.lines()[0].starts_with(MARK));
    run.says("config.toml").says("2");
    assert_eq!(dir.config(), broken);
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_an_error() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "\"$0\" upload cat.png > /dev/full", crate::harness::HOIST]);
    dir.prepared(command).run().exits(1).says("hoist history links");
    // The upload itself is not lost.
    let links = dir.hoist(["history", "links"]).run().exits(0);
    assert_eq!(links.lines().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_stops_no_upload() {
    let dir = Dir::new();
    for n in 0..6 {
        dir.png(&format!("{n}.png"), n);
    }
    let mut command = std::process::Command::new("bash");
    let script = "\"$0\" upload -q ?.png | true; echo ${PIPESTATUS[0]}";
    command.args(["-c", script, crate::harness::HOIST]);
    let run = dir.prepared(command).run().exits(0);
    assert_eq!(run.stdout.trim(), "0", "{}", run.stderr);
    assert_eq!(run.stderr, "");
    let links = dir.hoist(["history", "links"]).run().exits(0);
    assert_eq!(links.lines().len(), 6);
}

#[test]
fn a_thousand_files_in_order_with_one_failure_among_them() {
    let dir = Dir::new();
    let mut names = Vec::new();
    for n in 0..1000_u32 {
        let name = format!("{n:04}.png");
        if n == 500 {
            dir.file(&name, b"\x89PNG\r\n\x1a\nbroken");
        } else {
            let picture =
                image::RgbImage::from_pixel(2, 2, image::Rgb([n as u8, (n >> 8) as u8, 7]));
            picture.save(dir.path(&name)).unwrap();
        }
        names.push(name);
    }
    let mut arguments = vec!["upload".to_owned(), "-q".to_owned()];
    arguments.extend(names.iter().cloned());
    let run = dir.hoist(arguments).run().exits(1);
    let lines = run.lines();
    assert_eq!(lines.len(), 1000);
    for (name, line) in names.iter().zip(lines) {
        let stem = name.trim_end_matches(".png");
        if name == "0500.png" {
            assert!(line.starts_with(&format!("{MARK} 0500.png: ")), "{line}");
        } else {
            assert!(line.starts_with("http://") && line.contains(&format!("/{stem}-")), "{line}");
        }
    }
}

#[test]
fn an_image_of_a_url() {
    let dir = Dir::new();
    dir.png("cat.png", 9);
    let mut store = dir.hoist(["store"]).spawn();
    store.first_line();
    let url = dir.hoist(["upload", "-q", "cat.png"]).run().exits(0).stdout.trim().to_owned();
    assert_eq!(get(&url).0, 200);
    // A transform makes it another upload, so nothing is answered from what is stored.
    let run = dir.hoist(["upload", "--json", "--transform", "w=16", &url]).run().exits(0);
    assert_eq!(run.json()[0]["width"], 16);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_uploaded_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let dir = Dir::new();
    let name = OsStr::from_bytes(b"caf\xe9.png");
    std::fs::write(dir.path("x").with_file_name(name), png(4)).unwrap();
    let run = dir.hoist([OsStr::new("upload"), name]).run().exits(0);
    assert!(run.stdout.starts_with("http://"), "{}", run.stdout);
}
