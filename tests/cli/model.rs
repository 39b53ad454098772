//! `hoist model` on the real binary: the built-in store, the OSS test server and SeaweedFS.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use hoist_testkit::Server;
use hoist_testkit::hoist::{KEYS_TYPED, add_cloud, block_on, seaweedfs};
use hoist_testkit::oss::{OssOptions, OssServer};
use serde_json::Value;

use crate::harness::{Dir, PATIENCE, Run, eventually};

/// Bytes that no two parts share; another seed, other bytes.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}

/// A safetensors file with one tensor of `n` numbers.
fn safetensors(n: usize) -> Vec<u8> {
    let header = format!(
        r#"{{"__metadata__":{{"format":"pt"}},"w":{{"dtype":"BF16","shape":[{n}],"data_offsets":[0,{}]}}}}"#,
        n * 2
    );
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(noise(n * 2, 5));
    bytes
}

fn model(dir: &Dir, args: &[&str]) -> Run {
    dir.hoist(["model"].iter().chain(args)).run()
}

/// The only object that `--json` printed.
fn object(run: &Run) -> Value {
    let mut lines = run.json();
    assert_eq!(lines.len(), 1, "{}", run.stdout);
    lines.remove(0)
}

/// The sums at the end of `--json`.
fn sums(run: &Run) -> Value {
    run.json().pop().unwrap()["summary"].clone()
}

fn same(dir: &Dir, one: &str, other: &str) {
    let mut diff = std::process::Command::new("diff");
    let output = diff.arg("-r").arg(dir.path(one)).arg(dir.path(other)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_model_is_pushed_listed_shown_compared_pulled_and_removed() {
    let dir = Dir::new();
    dir.file("m/model.safetensors", safetensors(200_000));
    dir.file("m/deep/tokenizer.json", "{\"one\": 1}");
    dir.file("metrics.json", r#"{"loss": 1.25}"#);
    let run =
        model(&dir, &["push", "m", "harbour", "-d", "First release", "--metrics", "metrics.json"]);
    assert_eq!(run.exits(0).says("2 files, ").stdout, "harbour@v1.0.0\n");
    dir.file("m/deep/tokenizer.json", "{\"two\": 22}");
    let second = object(&model(&dir, &["push", "m", "local:harbour", "--json"]).exits(0));
    assert_eq!((&second["version"], &second["parent"]), (&"v1.0.1".into(), &"v1.0.0".into()));
    assert_eq!(second["sent"], 11, "what v1.0.0 holds is copied: {second}");
    assert!(second["copied"].as_u64().unwrap() > 400_000, "{second}");

    let list = model(&dir, &["list"]).exits(0);
    assert!(list.stdout.starts_with("harbour\tv1.0.1\t2\t"), "{}", list.stdout);
    let versions = model(&dir, &["list", "harbour", "--json"]).exits(0).json();
    assert_eq!(versions[0]["aliases"], serde_json::json!(["latest"]));
    assert_eq!(versions[1]["description"], "First release");

    let shown = object(&model(&dir, &["show", "harbour@v1.0.0", "--json", "--tensors"]).exits(0));
    assert_eq!(shown["manifest"]["metrics"]["loss"], 1.25);
    assert_eq!(shown["weights"][0]["parameters"], 200_000);
    assert_eq!(shown["weights"][0]["dtypes"][0][0], "BF16");
    assert_eq!(shown["tensors"]["model.safetensors"][0]["name"], "w");
    let key = "local:models/harbour/v1.0.0/model.safetensors";
    let shown = model(&dir, &["show", key, "--tensors"]).exits(0);
    let lines = shown.lines();
    assert_eq!(lines[0], "parameters\t200000");
    assert_eq!(lines.last(), Some(&"tensor\tBF16\t200000\t400000\tw"));
    model(&dir, &["show", "local:models/harbour/v1.0.0/deep/tokenizer.json"])
        .exits(1)
        .says("begins like neither safetensors nor GGUF");

    let compared = model(&dir, &["compare", "harbour", "v1.0.0", "latest", "--json"]).exits(0);
    let of = sums(&compared);
    assert_eq!((&of["changed"], &of["same"], &of["sent"]), (&1.into(), &1.into(), &11.into()));

    model(&dir, &["pull", "harbour", "out"]).exits(0).says("2 files match the manifest");
    same(&dir, "m", "out");
    dir.file("out/deep/tokenizer.json", "mine");
    let pulled = object(&model(&dir, &["pull", "harbour", "out", "--json"]).exits(0));
    assert_eq!(pulled["fetched"], 11, "{pulled}");
    same(&dir, "m", "out");
    model(&dir, &["pull", "harbour@v1.0.0"]).exits(0);
    assert!(dir.path("harbour/deep/tokenizer.json").exists());

    model(&dir, &["rm", "harbour@v1.0.0"]).exits(2).says("3 objects");
    model(&dir, &["rm", "harbour@v1.0.0", "--yes"]).exits(0).says("Deleted 3");
    model(&dir, &["pull", "harbour@v1.0.0"]).exits(1).says("harbour@v1.0.0 is no version");
    model(&dir, &["rm", "harbour", "--yes"]).exits(0).says("Deleted 3");
    assert_eq!(model(&dir, &["list"]).exits(0).stdout, "");
}

#[test]
fn what_was_changed_in_the_bucket_is_found_and_not_pulled() {
    let dir = Dir::new();
    dir.file("m/large.bin", noise(9 << 20, 1));
    dir.file("m/small.txt", "small");
    model(&dir, &["push", "m", "m@v2.0.0"]).exits(0);
    model(&dir, &["verify", "m"]).exits(0).says("2 of 2 files match the manifest");
    // The built-in store keeps checksums of whole objects, as AWS does, however many parts they have.
    let shown = object(&model(&dir, &["show", "m", "--json"]).exits(0));
    for file in shown["manifest"]["files"].as_array().unwrap() {
        assert!(file["crc64_nvme"].is_string(), "{file}");
    }
    let stat = dir.hoist(["stat", "--json", "local:models/m/v2.0.0/small.txt"]).run().exits(0);
    let sha256 = &shown["manifest"]["files"][1]["sha256"];
    assert_eq!(&stat.json()[0]["metadata"]["sha256"], sha256);
    model(&dir, &["verify", "m", "--deep"]).exits(0).says("2 of 2 files match the manifest");
    // Of the same size.
    dir.file("other.bin", noise(9 << 20, 2));
    dir.hoist(["put", "other.bin", "local:models/m/v2.0.0/large.bin"]).run().exits(0);
    for deep in [&["--json"][..], &["--json", "--deep"]] {
        let run = model(&dir, &[&["verify", "m@v2.0.0"][..], deep].concat()).exits(1);
        assert_eq!(run.json()[0]["check"], "differs", "{}", run.stdout);
        assert_eq!(run.json()[1]["check"], "ok", "{}", run.stdout);
        assert_eq!((&sums(&run)["ok"], &sums(&run)["bad"]), (&1.into(), &1.into()));
    }
    let run = model(&dir, &["pull", "m", "out", "--json"]).exits(1);
    assert_eq!(object(&run)["errors"][0]["code"], "contentDiffers", "{}", run.stdout);
    assert!(dir.path("out/small.txt").exists() && !dir.path("out/large.bin").exists());
    dir.hoist(["rm", "local:models/m/v2.0.0/small.txt"]).run().exits(0);
    model(&dir, &["verify", "m"]).exits(1).says("0 of 2 files match the manifest, 2 do not");
}

#[test]
fn aliases_are_set_by_hand_and_guard_their_version() {
    let dir = Dir::new();
    dir.file("m/w", "1");
    for version in ["v1.9.0", "v1.10.0"] {
        model(&dir, &["push", "m", &format!("m@{version}")]).exits(0);
    }
    let alias = |args: &[&str]| model(&dir, &[&["alias", "m"][..], args].concat());
    alias(&["production", "v1.9.0"]).exits(0).says("m@production: v1.9.0");
    alias(&["production", "latest"]).exits(0).says("v1.9.0 -> v1.10.0");
    alias(&["latest", "v1.9.0"]).exits(1).says("latest has a meaning of its own");
    alias(&["v3.0.0", "v1.9.0"]).exits(1);
    alias(&["blue", "v8.0.0"]).exits(1).says("There are: v1.10.0, v1.9.0, production");
    alias(&["blue"]).exits(2);
    model(&dir, &["rm", "m@v1.10.0", "--yes"]).exits(1).says("as production");
    model(&dir, &["rm", "m", "--yes"]).exits(1).says("as production");
    let shown = object(&model(&dir, &["show", "m@production", "--json"]).exits(0));
    assert_eq!(shown["manifest"]["version"], "v1.10.0");
    alias(&["production", "--remove"]).exits(0);
    alias(&["production", "--remove"]).exits(1).says("There is no alias m@production");
    model(&dir, &["rm", "m@v1.10.0", "--yes"]).exits(0);
    let left = model(&dir, &["list", "m", "--json"]).exits(0).json();
    assert_eq!((&left[0]["version"], left.len()), (&"v1.9.0".into(), 1));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    let dir = Dir::new();
    dir.file("m/w", "1");
    dir.file("bad/manifest.json", "{}");
    std::fs::create_dir(dir.path("empty")).unwrap();
    model(&dir, &["push", "m", "../m"]).exits(1).says("../m cannot be used here");
    model(&dir, &["push", "m", "m@latest"]).exits(1).says("latest has a meaning of its own");
    model(&dir, &["push", "bad", "m"]).exits(1).says("manifest.json");
    model(&dir, &["push", "empty", "m"]).exits(1).says("holds no file");
    model(&dir, &["push", "none", "m"]).exits(1).says("none does not exist");
    model(&dir, &["push", "m", "nobody:m"]).exits(3).says("There is no profile nobody");
    model(&dir, &["pull", "m"]).exits(1).says("There is no model m");
    assert_eq!(dir.hoist(["ls", "-r", "local:"]).run().exits(0).stdout, "");
    model(&dir, &["push", "m/w", "one"]).exits(0).says("1 file, 1 B");
    model(&dir, &["push", "m/w", "one@v1.0.0"]).exits(1).says("one@v1.0.0 is complete");
    model(&dir, &["push", "m/w", "one@v1.0.0", "--force"]).exits(0);
}

/// OSS tells what was asked of it: copies, and no body of what is copied.
#[test]
fn on_oss_a_known_file_is_copied_and_a_change_is_found_by_its_crc() {
    let (server, dir) = (OssServer::with(OssOptions::default()), Dir::new());
    let endpoint = server.url();
    let mut add = vec!["profile", "add", "pics", "--provider", "oss", "--default"];
    add.extend(["--secret-stdin", "--insecure-storage", "--endpoint", &endpoint]);
    add.extend(["--region", server.region(), "--bucket", server.bucket()]);
    let keys = format!("{}\n{}\n", server.access_key(), server.secret_key());
    dir.hoist(add).stdin(keys).run().exits(0);
    dir.file("m/weights.bin", noise(9 << 20, 3));
    dir.file("m/config.json", "1");
    model(&dir, &["push", "m", "m"]).exits(0);
    dir.file("m/config.json", "22");
    let before = server.faults().seen().len();
    let pushed = object(&model(&dir, &["push", "m", "m", "--json"]).exits(0));
    assert_eq!((&pushed["sent"], &pushed["copied"]), (&2.into(), &(9 << 20).into()));
    let asked: Vec<String> =
        server.faults().seen()[before..].iter().map(|seen| seen.line()).collect();
    let weights: Vec<&String> =
        asked.iter().filter(|line| line.contains("v1.0.1/weights.bin")).collect();
    let writes = weights.iter().filter(|line| !line.starts_with("HEAD")).count();
    assert_eq!(writes, 1, "one copy: {weights:?}");
    assert!(!asked.iter().any(|line| line.contains("uploadId")), "no parts: {asked:?}");

    model(&dir, &["verify", "m"]).exits(0).says("2 of 2");
    dir.file("other.bin", noise(9 << 20, 4));
    dir.hoist(["put", "other.bin", "pics:models/m/v1.0.1/weights.bin"]).run().exits(0);
    let run = model(&dir, &["verify", "m", "--json"]).exits(1);
    assert_eq!(run.json()[1]["check"], "differs", "{}", run.stdout);
}

/// The server of all tests, the way to it, and the bytes that went that way.
fn seaweed() -> &'static (&'static Server, String, Arc<AtomicU64>) {
    static SERVER: OnceLock<(&Server, String, Arc<AtomicU64>)> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = seaweedfs();
        assert!(block_on(server.create_bucket("models")));
        let (address, sent) = counting(server.endpoint.trim_start_matches("http://").to_owned());
        (server, format!("http://{address}"), sent)
    })
}

/// Forwards to `to`; where it listens, and how many bytes went there.
fn counting(to: String) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(&to) else { continue };
            pump(&client, &server, Some(Arc::clone(&counted)));
            pump(&server, &client, None);
        }
    });
    (address, sent)
}

/// Copies one direction until either side is gone, and then closes both.
fn pump(from: &TcpStream, to: &TcpStream, count: Option<Arc<AtomicU64>>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            if let Some(count) = &count {
                count.fetch_add(n as u64, Ordering::Relaxed);
            }
            if to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(std::net::Shutdown::Both);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
}

fn cloud(dir: &Dir, prefix: &str) {
    let (server, endpoint, _) = seaweed();
    let more = [&KEYS_TYPED[..], &["--prefix", prefix, "--default"]].concat();
    let add = add_cloud(endpoint, "models", &more);
    dir.hoist(add).stdin(format!("{}\n{}\n", server.access_key, server.secret_key)).run().exits(0);
}

/// Held by tests that count what goes through the proxy: they share it.
static COUNTED: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[test]
fn a_second_version_sends_only_what_is_new() {
    let _alone = COUNTED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let dir = Dir::new();
    cloud(&dir, "second/");
    let (.., sent) = seaweed();
    dir.file("m/weights.bin", noise(24 << 20, 6));
    dir.file("m/notes.txt", "first");
    let start = sent.load(Ordering::Relaxed);
    model(&dir, &["push", "m", "m"]).exits(0);
    let first = sent.load(Ordering::Relaxed) - start;
    assert!(first >= 24 << 20, "{first}");
    dir.file("m/notes.txt", "second");
    let run = model(&dir, &["push", "m", "m"]).exits(0).says("copied inside the bucket");
    assert_eq!(run.stdout, "m@v1.0.1\n");
    let second = sent.load(Ordering::Relaxed) - start - first;
    assert!(second < 1 << 20, "{second} bytes were sent");
    model(&dir, &["pull", "m", "out"]).exits(0);
    same(&dir, "m", "out");
    model(&dir, &["verify", "m", "--deep"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_push_that_is_killed_goes_on_and_so_does_a_pull() {
    // Eight of 16 parts are under way at a time: six at least are done when seven eighths were sent.
    let _alone = COUNTED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    const SIZE: u64 = 128 << 20;
    let dir = Dir::new();
    cloud(&dir, "killed/");
    let (.., sent) = seaweed();
    dir.file("m/large.bin", noise(SIZE as usize, 7));
    dir.file("m/small.txt", "small");
    let start = sent.load(Ordering::Relaxed);
    let mut pushing = dir.hoist(["model", "push", "m", "m@v1.0.0", "--limit-rate", "40M"]).spawn();
    eventually("most of it is sent", || sent.load(Ordering::Relaxed) - start > SIZE / 8 * 7);
    pushing.signal("KILL");
    pushing.wait(PATIENCE);
    let listed = model(&dir, &["list", "m", "--json"]);
    assert!(!listed.stdout.contains("\"finished\":true"), "{}", listed.stdout);
    model(&dir, &["pull", "m", "out"]).exits(1);
    let before = sent.load(Ordering::Relaxed);
    model(&dir, &["push", "m", "m@v1.0.0"]).exits(0);
    let again = sent.load(Ordering::Relaxed) - before;
    assert!(again < SIZE / 4 * 3, "{again} of {SIZE} bytes were sent again");
    model(&dir, &["verify", "m", "--deep"]).exits(0).says("2 of 2");

    let mut pulling = dir.hoist(["model", "pull", "m", "out", "--limit-rate", "40M"]).spawn();
    eventually("a part has come", || dir.path("out/large.bin.hoist-part").exists());
    std::thread::sleep(std::time::Duration::from_millis(700));
    pulling.signal("KILL");
    pulling.wait(PATIENCE);
    assert!(!dir.path("out/large.bin").exists());
    model(&dir, &["pull", "m", "out"]).exits(0);
    same(&dir, "m", "out");
}
