//! A proxy in front of an S3 server that breaks what goes through it, exactly as told.
//!
//! It reads HTTP/1.1 itself, request by request, so that a fault hits one known request: a reset is a
//! real RST, a stall a socket on which nothing comes, a damaged body one flipped bit on the wire.

mod exchange;
mod http;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::net::TcpListener;

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The connection is closed when the request has been read; nobody else sees it.
    Drop,
    /// A TCP reset in the middle: of the request's body if it has one, else of the answer's.
    Reset,
    /// 503 SlowDown with this `Retry-After`, in seconds.
    Busy(u64),
    /// The beginning of a body, the request's or else the answer's, and then nothing more.
    Stall,
    /// All of the request is taken, and nothing ever answered. The server does not see it.
    Mute,
    /// Half of the answer's body, and then the end of the connection.
    Truncate,
    /// One bit of a body, the request's or else the answer's, is another.
    Corrupt,
    /// The server carries the request out; the connection is closed instead of its answer.
    LoseAnswer,
    /// It reaches the server only after so many milliseconds, even when who sent it has gone.
    Late(u64),
    /// 200, and an error of this code in the body. Nobody else sees the request.
    ErrorInside(&'static str),
    /// An error with this status and code. Nobody else sees the request.
    Refuse(u16, &'static str),
}

/// Which requests a rule is about.
#[derive(Debug, Clone)]
pub struct Which {
    method: &'static str,
    with: &'static str,
    without: Option<&'static str>,
    skip: usize,
    times: usize,
}

impl Which {
    /// All of this method whose target (path and query) contains `with`.
    pub fn all(method: &'static str, with: &'static str) -> Self {
        Self { method, with, without: None, skip: 0, times: usize::MAX }
    }

    /// The first of them only.
    pub fn first(method: &'static str, with: &'static str) -> Self {
        Self::all(method, with).times(1)
    }

    /// But not those whose target contains this.
    pub fn without(self, text: &'static str) -> Self {
        Self { without: Some(text), ..self }
    }

    /// Not the first `n`.
    pub fn after(self, n: usize) -> Self {
        Self { skip: n, ..self }
    }

    /// So many of them.
    pub fn times(self, n: usize) -> Self {
        Self { times: n, ..self }
    }

    fn names(&self, method: &str, target: &str) -> bool {
        self.method == method
            && target.contains(self.with)
            && self.without.is_none_or(|without| !target.contains(without))
    }
}

/// One request as the proxy saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `PUT`, ...
    pub method: String,
    /// Path and query.
    pub target: String,
    /// When its head had been read.
    pub at: Instant,
    /// What was done to it.
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Default)]
struct Rules {
    exact: Vec<(Which, Trouble)>,
    /// Each with its chance in a thousand.
    chances: Vec<(u32, Trouble)>,
    random: Option<fastrand::Rng>,
    seen: Vec<Seen>,
}

#[derive(Debug)]
struct Shared {
    to: String,
    rules: Mutex<Rules>,
}

impl Shared {
    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to become of this request: an exact rule's, else what chance says.
    fn judge(&self, method: &str, target: &str) -> Option<Trouble> {
        let rules = &mut *self.rules();
        let mut trouble = None;
        for (which, what) in &mut rules.exact {
            if trouble.is_some() || !which.names(method, target) {
                continue;
            }
            if which.skip > 0 {
                which.skip -= 1;
            } else if which.times > 0 {
                which.times -= 1;
                trouble = Some(*what);
            }
        }
        if let (None, Some(random)) = (trouble, &mut rules.random) {
            let mut luck = random.u32(0..1000);
            trouble = rules.chances.iter().find_map(|(chance, what)| {
                let hit = luck < *chance;
                luck = if hit { u32::MAX } else { luck.saturating_sub(*chance) };
                (hit && (*what != Trouble::Corrupt || is_content(method, target))).then_some(*what)
            });
        }
        rules.seen.push(Seen {
            method: method.to_owned(),
            target: target.to_owned(),
            at: Instant::now(),
            trouble,
        });
        trouble
    }
}

/// Whether the body is that of an object or a part. What is XML has no checksum: over plain HTTP nobody
/// can tell that a key in a listing is another.
fn is_content(method: &str, target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let is_key =
        path.trim_start_matches('/').split_once('/').is_some_and(|(_, key)| !key.is_empty());
    is_key
        && match method {
            "PUT" => true,
            "GET" => !query.contains("upload"),
            _ => false,
        }
}

/// The proxy. It listens until the runtime it was started on ends.
#[derive(Debug)]
pub struct FaultProxy {
    address: String,
    shared: Arc<Shared>,
}

impl FaultProxy {
    /// In front of `to` (`http://127.0.0.1:PORT`), harmless at first.
    pub async fn start(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let to = to.trim_start_matches("http://").to_owned();
        let shared = Arc::new(Shared { to, rules: Mutex::default() });
        let of_all = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(exchange::serve(client, Arc::clone(&of_all)));
            }
        });
        Self { address, shared }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on these requests meet this. The first rule that fits counts.
    pub fn rule(&self, which: Which, trouble: Trouble) {
        self.shared.rules().exact.push((which, trouble));
    }

    /// From now on every request meets one of these by chance, each so often in a thousand.
    pub fn chances(&self, seed: u64, chances: &[(u32, Trouble)]) {
        let rules = &mut *self.shared.rules();
        rules.random = Some(fastrand::Rng::with_seed(seed));
        rules.chances = chances.to_vec();
    }

    /// Harmless from now on.
    pub fn heal(&self) {
        let rules = &mut *self.shared.rules();
        rules.exact.clear();
        rules.chances.clear();
    }

    /// The requests so far, in the order they came.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.rules().seen.clone()
    }

    /// How often each kind of trouble has been made so far.
    pub fn made(&self) -> BTreeMap<Trouble, usize> {
        let mut made = BTreeMap::new();
        for trouble in self.shared.rules().seen.iter().filter_map(|seen| seen.trouble) {
            *made.entry(trouble).or_default() += 1;
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// A server that answers every request with `hello` and tells the last body it was sent.
    async fn echo() -> (String, Arc<Mutex<Vec<u8>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let last = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&last);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let told = Arc::clone(&told);
                tokio::spawn(async move {
                    let mut buffer = Vec::new();
                    while let Ok(Some(head)) = http::read_head(&mut stream, &mut buffer).await {
                        let http::Length::Exact(len) = head.length else { return };
                        let len = usize::try_from(len).unwrap();
                        while buffer.len() < len {
                            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                                return;
                            }
                        }
                        *told.lock().unwrap() = buffer.drain(..len).collect();
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
                        if stream.write_all(answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        (url, last)
    }

    /// What comes back for a PUT of `world`, until the connection ends or nothing comes.
    async fn put(proxy: &FaultProxy) -> (Vec<u8>, bool) {
        let mut stream = TcpStream::connect(&proxy.address).await.unwrap();
        stream.write_all(b"PUT /k HTTP/1.1\r\ncontent-length: 5\r\n\r\nworld").await.unwrap();
        let mut answer = Vec::new();
        loop {
            let next = stream.read_buf(&mut answer);
            match tokio::time::timeout(Duration::from_millis(300), next).await {
                Err(_) => return (answer, true),
                Ok(Ok(0) | Err(_)) => return (answer, false),
                Ok(Ok(_)) => {}
            }
        }
    }

    #[tokio::test]
    async fn each_trouble_is_what_it_says() {
        let (url, last) = echo().await;
        let proxy = FaultProxy::start(&url).await;
        let body = |answer: &[u8]| {
            let text = String::from_utf8_lossy(answer).into_owned();
            text.split_once("\r\n\r\n").map(|(head, body)| (head.to_owned(), body.to_owned()))
        };
        let (whole, open) = put(&proxy).await;
        assert!(open && body(&whole).unwrap().1 == "hello");
        for (trouble, answered, open, reached) in [
            (Trouble::Drop, None, false, false),
            (Trouble::Reset, None, false, false),
            (Trouble::Stall, None, true, false),
            (Trouble::Mute, None, true, false),
            (Trouble::LoseAnswer, None, false, true),
            (Trouble::Truncate, Some("200"), false, true),
            (Trouble::Corrupt, Some("200"), true, true),
            (Trouble::Busy(7), Some("503"), true, false),
            (Trouble::ErrorInside("InternalError"), Some("200"), true, false),
            (Trouble::Refuse(416, "InvalidRange"), Some("416"), true, false),
        ] {
            proxy.rule(Which::first("PUT", "/k"), trouble);
            last.lock().unwrap().clear();
            let (answer, stayed) = put(&proxy).await;
            assert_eq!(stayed, open, "{trouble:?}");
            assert_eq!(!last.lock().unwrap().is_empty(), reached, "{trouble:?}");
            let text = String::from_utf8_lossy(&answer).into_owned();
            match answered {
                Some(status) => assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{text}"),
                None => assert_eq!(text, "", "{trouble:?}"),
            }
            match trouble {
                Trouble::Truncate => assert_eq!(body(&answer).unwrap().1, "he"),
                Trouble::Corrupt => assert_ne!(*last.lock().unwrap(), b"world"),
                Trouble::Busy(_) => assert!(text.contains("retry-after: 7\r\n"), "{text}"),
                Trouble::ErrorInside(code) => assert!(text.contains(code), "{text}"),
                _ => {}
            }
        }
        assert_eq!(proxy.made().len(), 10);
        assert_eq!(proxy.seen().len(), 11);
    }

    #[tokio::test]
    async fn chance_repeats_itself_with_the_seed() {
        let shared = |seed| {
            let rules = Rules {
                random: Some(fastrand::Rng::with_seed(seed)),
                chances: vec![(100, Trouble::Drop), (50, Trouble::Reset)],
                ..Rules::default()
            };
            let shared = Shared { to: String::new(), rules: Mutex::new(rules) };
            (0..1000).map(|_| shared.judge("GET", "/")).collect::<Vec<_>>()
        };
        let (one, two) = (shared(1), shared(1));
        assert_eq!(one, two);
        assert_ne!(one, shared(2));
        let drops = one.iter().filter(|trouble| **trouble == Some(Trouble::Drop)).count();
        assert!((60..140).contains(&drops), "{drops}");
    }
}
