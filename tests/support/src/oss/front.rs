//! Connections, and what every answer has.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::bucket::cors;
use super::call::Call;
use super::faults::{Fault, Faults, Seen};
use super::state::State;
use super::wire::error::Refusal;
use super::wire::{Answer, OutBody, header, set, time};
use super::{OssOptions, route};

/// As much of a refused body is still read, so that the client sees the answer.
const DRAINED: u64 = 256 * 1024 * 1024;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: OssOptions,
    pub(crate) faults: Faults,
    pub(crate) folder: TempDir,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(options: OssOptions) -> Self {
        let state = Mutex::new(State::new(&options, SystemTime::now()));
        let folder = tempfile::tempdir().unwrap();
        Self { options, faults: Faults::default(), folder, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The time by the server's clock.
    pub(crate) fn now(&self) -> SystemTime {
        let off = self.faults.clock();
        let span = Duration::from_secs(off.unsigned_abs());
        if off < 0 { SystemTime::now() - span } else { SystemTime::now() + span }
    }
}

/// Answers until it is dropped, and its connections with it.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, shared.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { answer(request, &shared).await }
    });
    // A connection that a fault closes, or the client, is no error of the server.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer")]
struct HangUp;

async fn answer(request: Request<Incoming>, shared: &Shared) -> Result<Answer, HangUp> {
    let fault = shared.faults.arrive(seen(&request));
    let request_id = request_id(shared);
    match fault {
        Some(Fault::Reset) => Err(HangUp),
        Some(Fault::LoseAnswer) => {
            handle(request, shared, &request_id, false).await;
            Err(HangUp)
        }
        Some(Fault::Answer { status, code, retry_after }) => {
            let refusal = Refusal::new(status, code, "0099-00000001", "As the test asked for.");
            let refusal = match retry_after {
                Some(seconds) => refusal.header("retry-after", seconds.to_string()),
                None => refusal,
            };
            let head = request.method() == Method::HEAD;
            let host = header(request.headers(), "host").unwrap_or_default();
            drain(&request_waits(&request), request.into_body()).await;
            Ok(signed_off(refusal.answer(&request_id, &host, head), shared, &request_id))
        }
        Some(Fault::CorruptStored) => Ok(handle(request, shared, &request_id, true).await),
        Some(Fault::CorruptAnswer) => {
            let answer = handle(request, shared, &request_id, false).await;
            Ok(answer.map(Spoiled::flipped))
        }
        Some(Fault::CutAnswer(after)) => {
            let answer = handle(request, shared, &request_id, false).await;
            Ok(answer.map(|body| Spoiled::cut(body, after)))
        }
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            Ok(handle(request, shared, &request_id, false).await)
        }
        None => Ok(handle(request, shared, &request_id, false).await),
    }
}

fn seen(request: &Request<Incoming>) -> Seen {
    let uri = request.uri();
    let host = uri.authority().map(|authority| authority.to_string());
    Seen {
        method: request.method().to_string(),
        host: host.or_else(|| header(request.headers(), "host")).unwrap_or_default(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
    }
}

async fn handle(
    request: Request<Incoming>,
    shared: &Shared,
    request_id: &str,
    flip: bool,
) -> Answer {
    let head = request.method() == Method::HEAD;
    let waits = request_waits(&request);
    let (answer, rest) = match Call::read(request, shared, flip) {
        Ok(mut call) => {
            let reply = route::route(&mut call, shared).await;
            let mut answer =
                reply.unwrap_or_else(|refusal| refusal.answer(request_id, &call.host, head));
            if call.method != Method::OPTIONS {
                cors::decorate(&call, shared, &mut answer);
            }
            (answer, call.rest())
        }
        Err((refusal, body)) => (refusal.answer(request_id, "", head), Some(body)),
    };
    if let Some(body) = rest {
        drain(&waits, body).await;
    }
    signed_off(answer, shared, request_id)
}

/// Whether the client waits to be asked for the body.
fn request_waits(request: &Request<Incoming>) -> Option<String> {
    header(request.headers(), "expect")
}

async fn drain(waits: &Option<String>, mut body: Incoming) {
    let mut read = 0;
    while waits.is_none() && read < DRAINED {
        match body.frame().await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => break,
        }
    }
}

fn signed_off(mut answer: Answer, shared: &Shared, request_id: &str) -> Answer {
    set(&mut answer, "server", "AliyunOSS");
    set(&mut answer, "x-oss-request-id", request_id);
    set(&mut answer, "x-oss-server-time", "1");
    set(&mut answer, "date", &time::http(shared.now()));
    answer
}

/// 24 upper case hexadecimal digits, as OSS has them.
fn request_id(shared: &Shared) -> String {
    let number = shared.state().number();
    format!("{:08X}{number:016X}", time::seconds(SystemTime::now()) as u32)
}

/// A body with a byte changed, or one that ends too early.
struct Spoiled {
    body: OutBody,
    flip: bool,
    /// How many bytes are still let through.
    left: Option<u64>,
    flushed: bool,
}

impl Spoiled {
    fn flipped(body: OutBody) -> OutBody {
        Self { body, flip: true, left: None, flushed: false }.boxed_unsync()
    }

    fn cut(body: OutBody, after: u64) -> OutBody {
        Self { body, flip: false, left: Some(after), flushed: false }.boxed_unsync()
    }
}

impl Body for Spoiled {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == Some(0) {
            // What was let through is written while the body waits, and only then.
            if !std::mem::replace(&mut self.flushed, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Some(Err(io::Error::other("cut, as the test asked for"))));
        }
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| match frame?.into_data() {
            Ok(data) => Ok(Frame::data(self.spoil(data))),
            Err(other) => Ok(other),
        }))
    }
}

impl Spoiled {
    fn spoil(&mut self, data: Bytes) -> Bytes {
        if std::mem::take(&mut self.flip) && !data.is_empty() {
            let mut other = data.to_vec();
            other[0] ^= 0xff;
            return other.into();
        }
        let Some(left) = &mut self.left else { return data };
        let part = data.slice(..data.len().min(*left as usize));
        *left -= part.len() as u64;
        part
    }
}
