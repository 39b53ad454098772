//! A TCP proxy that counts what goes through.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Bytes in both directions since it was started.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    up: AtomicU64,
    down: AtomicU64,
    /// Directions that are being copied.
    open: AtomicU64,
    /// Answers of 500 and above, after which a request goes again.
    failures: AtomicU64,
    /// Requests that send or fetch an object or a part of one, and those that list.
    puts: AtomicU64,
    gets: AtomicU64,
}

/// Bytes of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved {
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) puts: u64,
    pub(crate) gets: u64,
}

impl Moved {
    pub(crate) fn since(self, before: Moved) -> Moved {
        Moved {
            up: self.up - before.up,
            down: self.down - before.down,
            puts: self.puts - before.puts,
            gets: self.gets - before.gets,
        }
    }
}

impl Counts {
    pub(crate) fn now(&self) -> Moved {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Moved {
            up: get(&self.up),
            down: get(&self.down),
            puts: get(&self.puts),
            gets: get(&self.gets),
        }
    }

    /// Whether every connection is closed, and so everything on its way has been counted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.open.load(Ordering::SeqCst) == 0
    }

    /// How often the server failed by itself.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

/// Forwards to `to` (`127.0.0.1:PORT`) for as long as the test process lives; where it listens.
pub(crate) fn start(to: String) -> (String, Arc<Counts>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let counts = Arc::new(Counts::default());
    let counted = Arc::clone(&counts);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(&to) else { continue };
            pump(&client, &server, &counted, |counts| &counts.up);
            pump(&server, &client, &counted, |counts| &counts.down);
        }
    });
    (address, counts)
}

/// Copies one direction until either side is gone, and then closes both.
fn pump(from: &TcpStream, to: &TcpStream, counts: &Arc<Counts>, which: fn(&Counts) -> &AtomicU64) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let counts = Arc::clone(counts);
    counts.open.fetch_add(1, Ordering::SeqCst);
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            which(&counts).fetch_add(n as u64, Ordering::Relaxed);
            // Nobody sends the next request before the answer to the last: each begins a piece.
            for (begins, count) in [
                (&b"HTTP/1.1 5"[..], &counts.failures),
                (b"PUT /", &counts.puts),
                (b"GET /", &counts.gets),
            ] {
                if buffer[..n].starts_with(begins) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
            if to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
        counts.open.fetch_sub(1, Ordering::SeqCst);
    });
}
