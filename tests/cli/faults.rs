//! Stores that refuse, lie, or go away; disks that are full.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hoist_testkit::hoist::add_cloud;

use crate::harness::{Dir, Run};

const ID: &str = "AKIATESTFAULTS000001";
const SECRET: &str = "wJalrXUtnFEMI-faults-secret-0001";

/// A profile whose key comes from the environment.
fn add(dir: &Dir, endpoint: &str, bucket: &str) {
    let url = format!("{endpoint}/{bucket}");
    dir.hoist(add_cloud(endpoint, bucket, &["--public-url", &url, "--from-env"]))
        .env("AWS_ACCESS_KEY_ID", ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .run()
        .exits(0);
}

fn upload(dir: &Dir, more: &[&str]) -> Run {
    let mut arguments = vec!["upload", "--json", "-p", "cloud"];
    arguments.extend(more);
    let run = dir
        .hoist(arguments)
        .env("AWS_ACCESS_KEY_ID", ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("HOIST_LOG", "debug")
        .run();
    assert!(!run.stderr.contains(SECRET) && !run.stdout.contains(SECRET), "the secret is told");
    run
}

/// A server that answers every request the same way, or not at all.
struct Fake {
    endpoint: String,
    requests: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

#[derive(Clone, Copy)]
enum Answer {
    /// This status and S3 error code.
    Error(u16, &'static str),
    /// Reads some of the body, then cuts the connection.
    Cut,
}

impl Fake {
    fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (counted, stopped) = (requests.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let counted = counted.clone();
                if let Ok(stream) = stream {
                    std::thread::spawn(move || serve(stream, answer, &counted));
                }
            }
        });
        Self { endpoint, requests, stop }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let address = self.endpoint.trim_start_matches("http://");
        let _ = TcpStream::connect(address);
    }
}

fn serve(mut stream: TcpStream, answer: Answer, requests: &AtomicUsize) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let head = seen.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = head {
            requests.fetch_add(1, Ordering::SeqCst);
            let Answer::Error(status, code) = answer else {
                // Dropped with bytes unread: the other side sees a reset.
                return;
            };
            let text = String::from_utf8_lossy(&seen[..end]).to_lowercase();
            let length: usize = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .and_then(|value| value.trim().parse().ok())
                .unwrap_or(0);
            if text.contains("expect: 100-continue") {
                let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
            }
            let mut left = length.saturating_sub(seen.len() - end - 4);
            while left > 0 {
                match stream.read(&mut buffer) {
                    Ok(n) if n > 0 => left = left.saturating_sub(n),
                    _ => return,
                }
            }
            let body = format!(
                "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as told</Message><RequestId>REQ-4711</RequestId></Error>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 {status} As Told\r\ncontent-type: application/xml\r\nx-amz-request-id: REQ-4711\r\ndate: Thu, 01 Jan 2015 00:00:00 GMT\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            return;
        }
        match stream.read(&mut buffer) {
            Ok(n) if n > 0 => seen.extend_from_slice(&buffer[..n]),
            _ => return,
        }
    }
}

#[test]
fn what_a_store_answers_has_a_code_a_fix_and_an_exit_status() {
    for (status, code, told, exit) in [
        (403, "InvalidAccessKeyId", "credentialsRejected", 3),
        (403, "SignatureDoesNotMatch", "credentialsRejected", 3),
        (403, "AccessDenied", "accessDenied", 3),
        (404, "NoSuchBucket", "bucketNotFound", 3),
        (403, "RequestTimeTooSkewed", "clockSkew", 1),
    ] {
        let (dir, fake) = (Dir::new(), Fake::new(Answer::Error(status, code)));
        add(&dir, &fake.endpoint, "images");
        dir.png("cat.png", 1);
        let run = upload(&dir, &["cat.png"]).exits(exit);
        let error = &run.json()[0]["error"];
        assert_eq!(error["code"], told, "{code}: {error}");
        assert!(!error["fix"].as_str().unwrap().is_empty(), "{code}");
        assert_eq!(error["providerCode"], code);
        assert_eq!(error["requestId"], "REQ-4711");
        run.says("REQ-4711");
        // A refusal is not asked for again and again; a clock is tried once more, corrected.
        assert!(fake.requests.load(Ordering::SeqCst) <= 3, "{code} was retried");
    }
}

#[test]
fn a_server_that_cuts_the_connection_is_retried_and_then_told() {
    let (dir, fake) = (Dir::new(), Fake::new(Answer::Cut));
    add(&dir, &fake.endpoint, "images");
    dir.file("big.png", big_png());
    let run = upload(&dir, &["big.png"]).exits(1);
    let error = &run.json()[0]["error"];
    assert!(["network", "timeout"].contains(&error["code"].as_str().unwrap()), "{error}");
    assert_eq!(error["retryable"], true);
    assert!(fake.requests.load(Ordering::SeqCst) > 1, "it is tried again");
    assert!(run.took < Duration::from_secs(60), "{:?}", run.took);
}

#[test]
fn a_server_that_is_not_there() {
    let dir = Dir::new();
    add(&dir, &format!("http://127.0.0.1:{}", crate::harness::free_port()), "images");
    dir.png("cat.png", 1);
    let run = upload(&dir, &["cat.png"]).exits(1);
    assert_eq!(run.json()[0]["error"]["code"], "network", "{}", run.stdout);
    // A picture that was not stored is not in the history.
    assert_eq!(dir.hoist(["history"]).run().exits(0).stdout, "");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_what_hangs_and_every_input_has_its_line() {
    use crate::harness::{PATIENCE, Running, eventually};
    // Takes connections and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dir = Dir::new();
    add(&dir, &format!("http://{}", listener.local_addr().unwrap()), "images");
    dir.png("a.png", 1);
    dir.png("b.png", 2);
    let mut running: Running = dir
        .hoist(["upload", "-p", "cloud", "a.png", "b.png"])
        .env("AWS_ACCESS_KEY_ID", ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .spawn();
    listener.set_nonblocking(true).unwrap();
    let mut held = Vec::new();
    eventually("the upload connects", || {
        held.extend(listener.accept().ok());
        !held.is_empty()
    });
    running.signal("INT");
    let status = running.wait(PATIENCE);
    assert_eq!(status.code(), Some(130));
    let mut out = String::new();
    running.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(out.lines().all(|line| line.starts_with("[PicGo ERROR]:")), "{out}");
}

/// Larger than what a connection takes in one gulp.
fn big_png() -> Vec<u8> {
    let mut state = 1_u32;
    let picture = image::RgbImage::from_fn(1200, 900, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
