//! The store in a process of its own, killed at a random moment while it is written to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client;
use hoist_server::store::{Keys, RunningStore, StoreOptions};

use crate::support::{bytes, client, client_at, files, within};

/// Set for the process that is to be the store.
const DIR: &str = "HOIST_TEST_SERVES";

fn keys() -> Keys {
    Keys { access_key: "AK".to_owned(), secret_key: "SK".to_owned() }
}

/// Ends the process whatever becomes of the test.
struct Serving(Child);

impl Serving {
    /// Runs the test `name` again as a process that serves `dir`; returns its port too.
    fn start(name: &str, dir: &Path) -> (Self, u16) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(DIR, dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let serving = Self(child);
        let port = lines.map(Result::unwrap).find_map(|line| {
            line.split_once("port=").map(|(_, port)| port.trim().parse().unwrap())
        });
        (serving, port.expect("the store says its port"))
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Already gone after `kill`.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves until it is killed, when this is that process.
async fn serve_if_asked() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let running = RunningStore::start(StoreOptions::new(dir, keys())).await.unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "port={}", running.port()).unwrap();
    out.flush().unwrap();
    // Killed long before.
    tokio::time::sleep(Duration::from_secs(120)).await;
    std::process::exit(1);
}

fn body_of(n: usize) -> Vec<u8> {
    bytes(50_000 + n * 7919 % 400_000, n as u8)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_kill_and_nothing_is_torn() {
    serve_if_asked().await;
    let name = "crash::what_was_answered_survives_a_kill_and_nothing_is_torn";
    let dir = tempfile::tempdir().unwrap();
    let answered = Arc::new(AtomicUsize::new(0));
    for round in 0..3 {
        let (serving, port) = Serving::start(name, dir.path());
        let client = client_at(&format!("http://127.0.0.1:{port}"), &keys());
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                tokio::spawn(write_until_refused(
                    client.clone(),
                    round,
                    writer,
                    Arc::clone(&answered),
                ))
            })
            .collect();
        let enough = 12 * (round + 1);
        within(Duration::from_secs(60), "some writes", async || {
            answered.load(Ordering::Relaxed) >= enough
        })
        .await;
        serving.kill();
        let mut acknowledged = Vec::new();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }

        let running = RunningStore::start(StoreOptions::new(dir.path(), keys())).await.unwrap();
        let client = self::client(&running, &keys());
        let mut stored = Vec::new();
        let mut pages = client.list_objects_v2().bucket("images").into_paginator().send();
        while let Some(page) = pages.next().await {
            stored.extend(
                page.unwrap().contents().iter().map(|object| object.key().unwrap().to_owned()),
            );
        }
        for key in &acknowledged {
            assert!(stored.contains(key), "{key} was answered with 200 and is gone");
        }
        for key in &stored {
            let n = key.rsplit('/').next().unwrap().parse().unwrap();
            let object = client.get_object().bucket("images").key(key).send().await.unwrap();
            let body = object.body.collect().await.unwrap().to_vec();
            assert!(body == body_of(n), "{key} is torn");
        }
        let data = dir.path().join("data");
        within(Duration::from_secs(10), "left-overs to go", async || files(&data) == stored.len())
            .await;
        assert_eq!(files(&dir.path().join("tmp")), 0);
        running.stop().await;
    }
}

async fn write_until_refused(
    client: Client,
    round: usize,
    writer: usize,
    answered: Arc<AtomicUsize>,
) -> Vec<String> {
    let mut keys = Vec::new();
    for n in 0..10_000 {
        let key = format!("{round}/{writer}/{n}");
        let put = client.put_object().bucket("images").key(&key).body(body_of(n).into());
        if put.send().await.is_err() {
            return keys;
        }
        answered.fetch_add(1, Ordering::Relaxed);
        keys.push(key);
    }
    panic!("nobody killed the store");
}
