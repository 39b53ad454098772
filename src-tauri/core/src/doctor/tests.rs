use std::sync::Mutex;

use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::memory::MemoryBucket;
use hoist_store::{Body, ErrorKind, GetOptions, PutOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::view::CheckState;

/// How the domain in front of the bucket behaves.
#[derive(Clone, Copy)]
enum Domain {
    Public,
    Status(u16),
    OtherContent,
    Hangs,
    /// Public, with these headers besides.
    With(&'static str),
    /// An error of a provider.
    Says(u16, &'static str),
    /// Public, and pictures come half as wide when asked for so.
    Resizes,
    /// Public, and asking for another width is an error.
    ResizesNot,
}

mod public;

/// An HTTP server in front of a bucket in memory, on loopback.
struct Place {
    bucket: MemoryBucket,
    base: String,
    server: tokio::task::JoinHandle<()>,
    asked: Arc<tokio::sync::Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Place {
    async fn new(domain: Domain, clock: SignedDuration) -> Self {
        let bucket = MemoryBucket::new("images");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(tokio::sync::Notify::new());
        let server =
            tokio::spawn(serve(listener, bucket.clone(), domain, clock, Arc::clone(&asked)));
        Self { bucket, base, server, asked }
    }

    fn profile(&self) -> Profile {
        Profile {
            endpoint: Some(self.base.clone()),
            bucket: "images".into(),
            prefix: "blog/".into(),
            ..Profile::new("blog", Provider::Minio)
        }
    }

    async fn run(&self, bucket: Arc<dyn Bucket>) -> Vec<CheckView> {
        let base = format!("{}/images", self.base);
        run(bucket, &self.profile(), &base, |_| {}).await
    }

    async fn is_empty(&self) -> bool {
        self.bucket.list(&ListRequest::default()).await.unwrap().objects.is_empty()
    }
}

async fn serve(
    listener: TcpListener,
    bucket: MemoryBucket,
    domain: Domain,
    clock: SignedDuration,
    asked: Arc<tokio::sync::Notify>,
) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { return };
        let (bucket, asked) = (bucket.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap();
            let (plain, smaller) = match path.strip_prefix("/cdn-cgi/image/width=32,format=png") {
                Some(plain) => (plain, true),
                None => match path.split_once("?x-oss-process=image/resize,w_32") {
                    Some((plain, "")) => (plain, true),
                    _ => (path, false),
                },
            };
            let key = plain.strip_prefix("/images/").map(str::to_owned);
            let mut more = "";
            let (status, body) = match (key, domain) {
                (None, _) => (403, Vec::new()),
                (Some(_), Domain::Resizes) if smaller => {
                    let mut half = std::io::Cursor::new(Vec::new());
                    let picture = image::RgbImage::new(32, 24);
                    picture.write_to(&mut half, image::ImageFormat::Png).unwrap();
                    (200, half.into_inner())
                }
                (Some(_), Domain::ResizesNot) if smaller => (404, b"off".to_vec()),
                (Some(_), Domain::Says(status, text)) => (status, text.as_bytes().to_vec()),
                (Some(_), Domain::Hangs) => {
                    asked.notify_one();
                    std::future::pending().await
                }
                (Some(_), Domain::Status(status)) => (status, Vec::new()),
                (Some(_), Domain::OtherContent) => (200, b"<html>parked</html>".to_vec()),
                (Some(key), _) => {
                    if let Domain::With(headers) = domain {
                        more = headers;
                    }
                    let key = percent_encoding::percent_decode_str(&key).decode_utf8().unwrap();
                    match bucket.get(&key, &GetOptions::default()).await {
                        Ok(object) => (200, object.bytes(1 << 20).await.unwrap().to_vec()),
                        Err(_) => (404, Vec::new()),
                    }
                }
            };
            let date = (Timestamp::now() - clock).strftime("%a, %d %b %Y %H:%M:%S GMT");
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\nDate: {date}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(&[head.into_bytes(), body].concat()).await;
        });
    }
}

fn states(lines: &[CheckView]) -> Vec<CheckState> {
    assert_eq!(lines.iter().map(|line| line.check).collect::<Vec<_>>(), CHECKS);
    lines.iter().map(|line| line.state).collect()
}

/// How the line of a check stands.
fn line(lines: &[CheckView], check: Check) -> &CheckView {
    lines.iter().find(|line| line.check == check).unwrap()
}

/// Those of a plain endpoint whose name and certificate need no look, up to the listing.
const REACHED: [CheckState; 4] = [NotNeeded, NotNeeded, Fine, Fine];

/// The lines after [`REACHED`].
fn after(lines: &[CheckView]) -> Vec<CheckState> {
    let states = states(lines);
    assert_eq!(states[..4], REACHED, "{lines:?}");
    states[4..].to_vec()
}

fn code(lines: &[CheckView], check: Check) -> Option<Code> {
    lines.iter().find(|line| line.check == check)?.problem.as_ref().map(|problem| problem.code)
}

use CheckState::{Failed, NotNeeded, Noted, Ok as Fine, Skipped};

#[tokio::test]
async fn a_working_profile_passes_every_check_and_keeps_nothing() {
    let place = Place::new(Domain::Public, SignedDuration::ZERO).await;
    let told = Mutex::new(Vec::new());
    let base = format!("{}/images", place.base);
    let bucket: Arc<dyn Bucket> = Arc::new(place.bucket.clone());
    let lines = run(bucket, &place.profile(), &base, |line| {
        told.lock().unwrap().push((line.check, line.state));
    })
    .await;
    let expected = [Fine, NotNeeded, Fine, Fine, Fine, Fine, Noted, NotNeeded];
    assert_eq!(after(&lines), expected, "{lines:?}");
    assert!(line(&lines, Check::Clock).measure.as_deref().unwrap().ends_with(" s"));
    assert!(place.is_empty().await);
    // Each line is told when it begins and when it ends; one listing answers two of them.
    let told = told.into_inner().unwrap();
    for check in CHECKS {
        let states: Vec<_> =
            told.iter().filter(|(c, _)| *c == check).map(|(_, state)| *state).collect();
        let end = line(&lines, check).state;
        // Told by what another line was begun for.
        let at_once = [Check::List, Check::ForcedDownload].contains(&check) || end == NotNeeded;
        let expected: &[_] = if at_once { &[end] } else { &[CheckState::Running, end] };
        assert_eq!(states, expected, "{check:?}");
    }
}

#[tokio::test]
async fn a_private_domain_is_named_with_its_fix() {
    for (status, expected) in [
        (403, Code::PublicUrlPrivate),
        (400, Code::PublicUrlPrivate),
        (404, Code::PublicUrlNotFound),
    ] {
        let place = Place::new(Domain::Status(status), SignedDuration::ZERO).await;
        let lines = place.run(Arc::new(place.bucket.clone())).await;
        let states = after(&lines);
        assert_eq!(states, [Fine, NotNeeded, Fine, Fine, Failed, Skipped, Skipped, Skipped]);
        assert_eq!(code(&lines, Check::PublicUrl), Some(expected));
        let line = line(&lines, Check::PublicUrl);
        let command = line.command.as_deref().unwrap();
        assert_eq!(command, "hoist profile set blog --public-url https://YOUR.DOMAIN");
        assert_eq!(line.problem.as_ref().unwrap().status, Some(status));
        assert!(place.is_empty().await);
    }
}

#[tokio::test]
async fn a_domain_of_something_else_is_told_apart() {
    let place = Place::new(Domain::OtherContent, SignedDuration::ZERO).await;
    let lines = place.run(Arc::new(place.bucket.clone())).await;
    assert_eq!(code(&lines, Check::PublicUrl), Some(Code::PublicUrlDiffers));
    assert!(place.is_empty().await);
}

#[tokio::test]
async fn a_wrong_clock_says_by_how_much() {
    let place = Place::new(Domain::Public, SignedDuration::from_secs(-20 * 60)).await;
    let lines = place.run(Arc::new(place.bucket.clone())).await;
    assert_eq!(code(&lines, Check::Clock), Some(Code::ClockSkew));
    let clock = line(&lines, Check::Clock);
    let problem = clock.problem.as_ref().unwrap();
    assert!(
        problem.en.what.contains("by 20 min") || problem.en.what.contains("by 19 min 59 s"),
        "{problem:?}"
    );
    assert!(clock.command.is_some());
    // The store's own clock decides about the rest.
    let rest = [Fine, NotNeeded, Fine, Fine, Fine, Fine, Noted, NotNeeded];
    assert_eq!(states(&lines)[4..], rest);
}

#[tokio::test]
async fn what_the_keys_may_not_do_is_told_apart_from_unknown_keys() {
    let place = Place::new(Domain::Public, SignedDuration::ZERO).await;
    let faulty = |operation, kind| {
        let bucket = FaultyBucket::wrap(Arc::new(place.bucket.clone()));
        Arc::new(bucket.on(operation, When::Always, Fault::Fail(kind)))
    };
    let lines = place.run(faulty(Operation::List, ErrorKind::AccessDenied)).await;
    assert_eq!(after(&lines)[..5], [Fine, NotNeeded, Failed, Fine, Fine]);
    assert_eq!(code(&lines, Check::List), Some(Code::AccessDenied));

    let lines = place.run(faulty(Operation::List, ErrorKind::NotFound)).await;
    let rest = [Skipped; 5];
    assert_eq!(after(&lines)[..3], [Fine, Skipped, Failed]);
    assert_eq!(after(&lines)[3..], rest);
    assert_eq!(code(&lines, Check::List), Some(Code::BucketNotFound));

    let lines = place.run(faulty(Operation::List, ErrorKind::WrongRegion)).await;
    assert_eq!(after(&lines)[..3], [Skipped, Failed, Skipped]);
    assert_eq!(after(&lines)[3..], rest);
    let command = line(&lines, Check::Region).command.as_deref();
    assert_eq!(command, Some("hoist profile set blog --region REGION"));

    let lines = place.run(faulty(Operation::Put, ErrorKind::AccessDenied)).await;
    assert_eq!(after(&lines)[..4], [Fine, NotNeeded, Fine, Failed]);
    assert_eq!(after(&lines)[4..], [Skipped; 4]);

    let lines = place.run(faulty(Operation::Delete, ErrorKind::AccessDenied)).await;
    assert_eq!(after(&lines)[..5], [Fine, NotNeeded, Fine, Failed, Fine]);
    let problem = line(&lines, Check::WriteAndDelete).problem.as_ref().unwrap();
    assert!(problem.en.what.contains("blog/.hoist-probe-"), "{problem:?}");
}

#[tokio::test]
async fn an_answer_that_got_lost_leaves_nothing_behind() {
    let place = Place::new(Domain::Public, SignedDuration::ZERO).await;
    let bucket = FaultyBucket::wrap(Arc::new(place.bucket.clone()));
    let bucket = bucket.on(Operation::Put, When::Always, Fault::LoseAnswer(ErrorKind::Timeout));
    let lines = place.run(Arc::new(bucket)).await;
    assert_eq!(code(&lines, Check::WriteAndDelete), Some(Code::Timeout));
    assert!(place.is_empty().await);
}

#[tokio::test]
async fn a_doctor_stopped_halfway_leaves_nothing_behind() {
    let place = Place::new(Domain::Hangs, SignedDuration::ZERO).await;
    {
        let run = place.run(Arc::new(place.bucket.clone()));
        tokio::select! {
            _ = run => panic!("the domain never answers"),
            () = place.asked.notified() => {}
        }
        assert!(!place.is_empty().await, "the probe is there while it is asked for");
    }
    let deadline = Instant::now() + Duration::from_secs(5);
    while !place.is_empty().await {
        assert!(Instant::now() < deadline, "the probe was left behind");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_ends_it_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bucket = MemoryBucket::new("images");
    bucket.put("kept", Body::from(vec![1]), &PutOptions::default()).await.unwrap();
    let profile = Profile {
        endpoint: Some(base.clone()),
        bucket: "images".into(),
        ..Profile::new("blog", Provider::Minio)
    };
    let lines = run(Arc::new(bucket), &profile, &base, |_| {}).await;
    assert_eq!(states(&lines)[..3], [NotNeeded, NotNeeded, Failed]);
    assert_eq!(states(&lines)[3..], [Skipped; 9]);
    let problem = line(&lines, Check::Endpoint).problem.as_ref().unwrap();
    assert_eq!(problem.code, Code::Network);
    assert!(problem.en.what.contains("nothing listens"), "{problem:?}");
    assert!(problem.zh.what.contains("没有服务在监听"));
}

#[test]
fn a_profile_without_keys_says_so_without_a_probe() {
    let profile = Profile::new("blog", Provider::R2);
    let missing = Problem::new(Code::SecretMissing, "blog");
    let lines = refused(&profile, &missing, |_| {});
    assert_eq!(states(&lines)[..5], [NotNeeded, NotNeeded, NotNeeded, NotNeeded, Failed]);
    assert_eq!(states(&lines)[5..], [Skipped; 7]);
    assert_eq!(
        line(&lines, Check::Credentials).command.as_deref(),
        Some("hoist profile set blog --secret")
    );

    let invalid = profile.validate().unwrap_err();
    let lines = refused(&profile, &invalid, |_| {});
    assert_eq!(states(&lines)[..3], [NotNeeded, NotNeeded, Failed]);
    assert_eq!(
        line(&lines, Check::Endpoint).command.as_deref(),
        Some("hoist profile set blog --account-id ID")
    );
}

#[test]
fn a_date_header_gives_the_offset() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let date = "Sun, 29 Nov 2026 14:00:00 GMT";
    let offset = |sent: &str, received: &str| clock_offset(date, at(sent), at(received));
    let exact = offset("2026-11-29T14:00:00.2Z", "2026-11-29T14:00:00.6Z");
    assert_eq!(exact, Some(SignedDuration::ZERO));
    let ahead = offset("2026-11-29T14:17:03Z", "2026-11-29T14:17:04Z").unwrap();
    assert_eq!(advice::spoken(ahead), "17 min 3 s");
    let behind = offset("2026-11-29T11:59:59Z", "2026-11-29T12:00:01Z").unwrap();
    assert_eq!((advice::spoken(behind), behind.is_negative()), ("2 h 0 min".into(), true));
    assert_eq!(
        clock_offset("yesterday", at("2026-11-29T14:00:00Z"), at("2026-11-29T14:00:00Z")),
        None
    );
}

#[test]
fn what_a_provider_says_cannot_become_a_command() {
    let profile = Profile::new("blog", Provider::S3);
    let command = |detail: &str| {
        advice::command(&profile, &Problem::new(Code::WrongRegion, "b").with_detail(detail))
            .unwrap()
    };
    assert_eq!(command("eu-west-1"), "hoist profile set blog --region eu-west-1");
    for hostile in ["x; rm -rf ~", "$(id)", "--secret", "a b", "`id`", "x\ny"] {
        assert_eq!(command(hostile), "hoist profile set blog --region REGION", "{hostile}");
    }
}
