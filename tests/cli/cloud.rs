//! A real S3 server: SeaweedFS, whose bucket `public` anybody may read, as behind a custom domain.

use std::process::Command;
use std::sync::OnceLock;

use hoist_testkit::Server;
use hoist_testkit::hoist::{KEYS_TYPED, add_cloud, block_on, seaweedfs};

use crate::harness::{Dir, HOIST, Run, get, png};

/// The server of all tests, with its bucket `public`.
pub(crate) fn server() -> &'static Server {
    static MADE: OnceLock<()> = OnceLock::new();
    MADE.get_or_init(|| assert!(block_on(seaweedfs().create_bucket("public"))));
    seaweedfs()
}

/// Adds the profile `cloud` with the given key, kept in a file.
pub(crate) fn add(dir: &Dir, bucket: &str, secret: &str) {
    let server = server();
    let (url, prefix) = (format!("{}/{bucket}", server.endpoint), format!("{}/", dir.port()));
    let more = [&KEYS_TYPED[..], &["--public-url", &url, "--prefix", &prefix]].concat();
    dir.hoist(add_cloud(&server.endpoint, bucket, &more))
        .stdin(format!("{}\n{secret}\n", server.access_key))
        .run()
        .exits(0);
}

fn upload(dir: &Dir, more: &[&str]) -> Run {
    let mut arguments = vec!["upload", "--json", "-p", "cloud"];
    arguments.extend(more);
    dir.hoist(arguments).run()
}

#[test]
fn profile_add_upload_and_the_link_opens() {
    let dir = Dir::new();
    add(&dir, "public", &server().secret_key);
    dir.png("猫 + 100%.png", 1);
    dir.png("b.png", 2);
    let run = upload(&dir, &["猫 + 100%.png", "b.png"]).exits(0);
    for (line, shade) in run.json().iter().zip([1, 2]) {
        let (status, kind, body) = get(line["url"].as_str().unwrap());
        assert_eq!((status, kind.as_str()), (200, "image/png"), "{line}");
        assert_eq!(body, png(shade));
        assert!(line["key"].as_str().unwrap().starts_with(&format!("{}/", dir.port())), "{line}");
    }
    dir.hoist(["profile", "doctor", "cloud"]).run().exits(0);

    let id = run.json()[1]["historyId"].to_string();
    dir.hoist(["history", "remove", "--remote", &id]).run().exits(0);
    assert_eq!(get(run.json()[1]["url"].as_str().unwrap()).0, 404);
}

#[test]
fn a_wrong_key_is_a_matter_of_credentials() {
    let dir = Dir::new();
    add(&dir, "public", "not-the-secret-at-all");
    dir.png("cat.png", 1);
    let run = upload(&dir, &["cat.png"]).exits(3);
    assert_eq!(run.json()[0]["error"]["code"], "credentialsRejected", "{}", run.stdout);
    assert!(!run.stdout.contains("not-the-secret") && !run.stderr.contains("not-the-secret"));
    run.says("hint: ");
    dir.hoist(["profile", "doctor", "cloud"]).run().exits(3).says("hint: ");
}

#[test]
fn a_wrong_bucket_is_named() {
    let dir = Dir::new();
    add(&dir, "no-such-bucket", &server().secret_key);
    dir.png("cat.png", 1);
    let run = upload(&dir, &["cat.png"]).exits(3);
    assert_eq!(run.json()[0]["error"]["code"], "bucketNotFound", "{}", run.stdout);
    run.says("no-such-bucket");
}

#[test]
fn typora_and_obsidian_read_the_last_lines() {
    let dir = Dir::new();
    add(&dir, "public", &server().secret_key);
    dir.hoist(["profile", "default", "cloud"]).run().exits(0);
    let (a, b) = (dir.png("one image.png", 1), dir.png("two.png", 2));
    // As they run it: through a shell, with quoted absolute paths.
    let mut command = Command::new("sh");
    command.args(["-c", &format!("'{HOIST}' upload \"{}\" \"{}\"", a.display(), b.display())]);
    let run = dir.prepared(command).run().exits(0);
    let mut pieces: Vec<&str> = run.stdout.split('\n').collect();
    assert_eq!(pieces.pop(), Some(""), "the output ends with a line end");
    for (line, shade) in pieces[pieces.len() - 2..].iter().zip([1, 2]) {
        let parsed = url::Url::parse(line).unwrap();
        assert_eq!(get(parsed.as_str()).2, png(shade));
    }
}

/// A home on a file system of its own with 8 MiB; `$HOIST` is the program.
#[cfg(target_os = "linux")]
fn on_small_disk(dir: &Dir, script: &str) -> Run {
    let mut command = Command::new("unshare");
    // Root may mount in a namespace of its own; others become root in one.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    command.arg(if is_root { "-m" } else { "-rm" });
    let whole = format!("set -e\nmount -t tmpfs -o size=8m none home\n{script}");
    command.args(["bash", "-c", &whole]);
    dir.prepared(command).env("HOIST", HOIST).run()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_no_link() {
    let server = server();
    let dir = Dir::new();
    dir.png("first.png", 1);
    dir.png("second.png", 2);
    let add = format!(
        "printf '{}\\n{}\\n' | $HOIST profile add cloud --provider minio --endpoint {} --bucket public --public-url {}/public --secret-stdin --insecure-storage --default",
        server.access_key, server.secret_key, server.endpoint, server.endpoint
    );
    let run = on_small_disk(
        &dir,
        &format!(
            "{add}\n$HOIST upload first.png\n\
             dd if=/dev/zero of=home/filler bs=4k 2>/dev/null || true\n\
             $HOIST upload second.png\n\
             rm home/filler\n\
             $HOIST history"
        ),
    )
    .exits(0);
    let lines = run.lines();
    assert_eq!(lines.len(), 3, "{}\n{}", run.stdout, run.stderr);
    assert_eq!(get(lines[1]).2, png(2), "the second is stored and its link printed");
    assert!(lines[2].contains("first.png"), "the history is whole: {}", lines[2]);
    run.says("warning: ").says("history");
}
