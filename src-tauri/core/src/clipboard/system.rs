//! The clipboard of the desktop this process runs in.

use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::Clipboard;
use crate::problem::{Code, Problem, Result};
use crate::source::Source;

/// The most a clipboard may hand over.
#[cfg(target_os = "linux")]
pub(super) const MAX_BYTES: u64 = 100 * 1024 * 1024;

/// A display that takes longer to accept a connection is gone.
const CONNECT: Duration = Duration::from_secs(3);
/// A whole read, of the slowest program and the largest image.
const READ: Duration = Duration::from_secs(30);
const WRITE: Duration = Duration::from_secs(5);

/// The real clipboard. Making one costs nothing: the display is asked at each use.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClipboard;

impl SystemClipboard {
    /// The clipboard of this session.
    pub fn new() -> Self {
        Self
    }
}

impl Clipboard for SystemClipboard {
    fn read(&self) -> Result<Vec<Source>> {
        let sources = on_thread(read_sources)?;
        if sources.is_empty() {
            return Err(Problem::new(Code::ClipboardEmpty, "clipboard"));
        }
        Ok(sources)
    }

    fn write_text(&self, text: &str) -> Result<()> {
        write(text)
    }
}

pub(super) fn unavailable(error: impl fmt::Display) -> Problem {
    Problem::new(Code::ClipboardUnavailable, "clipboard").with_detail(error)
}

/// What a reading thread tells its caller.
enum Step<T> {
    Connected,
    Done(Result<T>),
}

/// Runs `read` on a thread of its own: a frozen display server or program blocks inside system
/// calls, and then only that thread waits for it.
fn on_thread<T: Send + 'static>(read: fn(&dyn Fn()) -> Result<T>) -> Result<T> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new()
        .name("clipboard-read".into())
        .spawn(move || {
            let connected = tell.clone();
            let done = read(&|| {
                let _ = connected.send(Step::Connected);
            });
            let _ = tell.send(Step::Done(done));
        })
        .map_err(unavailable)?;
    let mut patience = CONNECT;
    loop {
        match told.recv_timeout(patience) {
            Ok(Step::Connected) => patience = READ,
            Ok(Step::Done(done)) => return done,
            Err(RecvTimeoutError::Timeout) => return Err(unavailable("it does not answer")),
            Err(RecvTimeoutError::Disconnected) => return Err(unavailable("reading it failed")),
        }
    }
}

#[cfg(target_os = "linux")]
fn offer() -> Result<Box<dyn super::pick::Offer>> {
    if std::env::var_os("WAYLAND_DISPLAY").is_some()
        && let Some(reader) = super::wayland::Reader::connect()
    {
        return Ok(Box::new(reader));
    }
    Ok(Box::new(super::x11::Reader::connect()?))
}

#[cfg(target_os = "linux")]
fn read_sources(connected: &dyn Fn()) -> Result<Vec<Source>> {
    let mut offer = offer()?;
    connected();
    super::pick::from_offer(offer.as_mut())
}

#[cfg(not(target_os = "linux"))]
fn read_sources(connected: &dyn Fn()) -> Result<Vec<Source>> {
    use super::pick;

    let mut clipboard = arboard::Clipboard::new().map_err(unavailable)?;
    connected();
    let paths = clipboard.get().file_list().unwrap_or_default();
    if !paths.is_empty() {
        return Ok(paths.iter().map(|path| Source::from_path(path)).collect());
    }
    if let Ok(image) = clipboard.get_image() {
        return Ok(pick::from_image(png(image)?).into_iter().collect());
    }
    let sources = clipboard.get().html().map(|html| pick::from_html(&html)).unwrap_or_default();
    if !sources.is_empty() {
        return Ok(sources);
    }
    match clipboard.get_text() {
        Ok(text) => Ok(pick::from_text(&text)),
        Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => {
            Ok(Vec::new())
        }
        Err(error) => Err(unavailable(error)),
    }
}

/// These systems hand over pixels only.
#[cfg(not(target_os = "linux"))]
fn png(image: arboard::ImageData<'_>) -> Result<bytes::Bytes> {
    let side = |length: usize| u32::try_from(length).map_err(unavailable);
    let (width, height) = (side(image.width)?, side(image.height)?);
    let pixels = image::RgbaImage::from_raw(width, height, image.bytes.into_owned())
        .ok_or_else(|| unavailable("its image is cut short"))?;
    let mut png = std::io::Cursor::new(Vec::new());
    // A clipboard image is opaque as a rule; without its alpha it is a quarter smaller.
    let opaque = pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let pixels = image::DynamicImage::from(pixels);
    let pixels = if opaque { pixels.into_rgb8().into() } else { pixels };
    pixels.write_to(&mut png, image::ImageFormat::Png).map_err(unavailable)?;
    Ok(png.into_inner().into())
}

struct Job {
    text: String,
    answer: mpsc::Sender<Result<(), String>>,
}

/// The thread that owns what was written: on X11 and Wayland the text lives in its owner.
static OWNER: Mutex<Option<mpsc::Sender<Job>>> = Mutex::new(None);

fn write(text: &str) -> Result<()> {
    let mut owner = OWNER.lock().unwrap_or_else(PoisonError::into_inner);
    let (answer, answered) = mpsc::channel();
    let mut job = Job { text: text.to_owned(), answer };
    if let Some(running) = owner.as_ref() {
        match running.send(job) {
            Ok(()) => return finish(&mut owner, &answered),
            // It ended: a new one takes over.
            Err(mpsc::SendError(back)) => job = back,
        }
    }
    let (jobs, queue) = mpsc::channel();
    thread::Builder::new()
        .name("clipboard-owner".into())
        .spawn(move || own(&queue))
        .map_err(unavailable)?;
    jobs.send(job).map_err(unavailable)?;
    *owner = Some(jobs);
    finish(&mut owner, &answered)
}

fn finish(
    owner: &mut Option<mpsc::Sender<Job>>,
    answered: &mpsc::Receiver<Result<(), String>>,
) -> Result<()> {
    match answered.recv_timeout(WRITE) {
        Ok(done) => done.map_err(unavailable),
        Err(_) => {
            // A thread that hangs is left behind; the next write starts afresh.
            *owner = None;
            Err(unavailable("it does not answer"))
        }
    }
}

fn own(queue: &mpsc::Receiver<Job>) {
    let mut clipboard = None;
    while let Ok(job) = queue.recv() {
        let mut done = set(&mut clipboard, &job.text);
        if done.is_err() && clipboard.take().is_some() {
            // The display may have been restarted since.
            done = set(&mut clipboard, &job.text);
        }
        let _ = job.answer.send(done);
    }
}

fn set(clipboard: &mut Option<arboard::Clipboard>, text: &str) -> Result<(), String> {
    if clipboard.is_none() {
        *clipboard = Some(arboard::Clipboard::new().map_err(|error| error.to_string())?);
    }
    let clipboard = clipboard.as_mut().ok_or("no clipboard")?;
    clipboard.set_text(text).map_err(|error| error.to_string())
}
