//! One connection: requests read, judged, passed on or not, and their answers passed back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::http::{Head, Length, read_head};
use super::{Shared, Trouble};

/// Longer than any client here waits.
const STALLED: Duration = Duration::from_secs(300);

/// How much of a body that stands still has come.
const EARLY: u64 = 32 * 1024;

/// How much is copied at once.
const PIECE: usize = 64 * 1024;

/// A connection with what has been read of it and not used.
struct Side {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Side {
    fn new(stream: TcpStream) -> Self {
        // Small answers must not wait for the acknowledgement of what went before.
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: Vec::new() }
    }

    /// At most `most` bytes; none at the end of the connection.
    async fn piece(&mut self, most: u64) -> io::Result<Vec<u8>> {
        if self.buffer.is_empty() {
            self.buffer.reserve(PIECE);
            self.stream.read_buf(&mut self.buffer).await?;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(self.buffer.len());
        Ok(self.buffer.drain(..most).collect())
    }

    /// Reads and forgets.
    async fn skip(&mut self, mut len: u64) -> io::Result<()> {
        while len > 0 {
            len -= some(self.piece(len).await?)?.len() as u64;
        }
        Ok(())
    }

    /// Until the other side has gone, or for as long as anybody waits.
    async fn hold(&mut self) {
        let gone = async {
            let mut scrap = vec![0; PIECE];
            while self.stream.read(&mut scrap).await.is_ok_and(|n| n > 0) {}
        };
        let _ = tokio::time::timeout(STALLED, gone).await;
    }

    /// Nothing is read any more, so that the sender stands still too.
    async fn ignore(&self) {
        tokio::time::sleep(STALLED).await;
    }
}

fn some(piece: Vec<u8>) -> io::Result<Vec<u8>> {
    if piece.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(piece) }
}

/// Serves one connection until it ends. Whatever ends it, both sides are closed.
pub(super) async fn serve(client: TcpStream, shared: Arc<Shared>) {
    let _ = requests(Side::new(client), &shared).await;
}

async fn requests(mut client: Side, shared: &Shared) -> io::Result<()> {
    let mut server: Option<Side> = None;
    while let Some(head) = read_head(&mut client.stream, &mut client.buffer).await? {
        let (method, target) = (head.word(0).to_owned(), head.word(1).to_owned());
        let trouble = shared.judge(&method, &target);
        let Length::Exact(len) = head.length else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a chunked request"));
        };
        match trouble {
            Some(Trouble::Drop) => return client.skip(len).await,
            Some(Trouble::Mute) => {
                client.skip(len).await?;
                client.hold().await;
                return Ok(());
            }
            Some(Trouble::Busy(seconds)) => {
                client.skip(len).await?;
                let more = format!("retry-after: {seconds}\r\n");
                refuse(&mut client, 503, "SlowDown", &more, &method).await?;
                continue;
            }
            Some(Trouble::ErrorInside(code)) => {
                client.skip(len).await?;
                refuse(&mut client, 200, code, "", &method).await?;
                continue;
            }
            Some(Trouble::Refuse(status, code)) => {
                client.skip(len).await?;
                refuse(&mut client, status, code, "", &method).await?;
                continue;
            }
            _ => {}
        }
        if let Some(Trouble::Late(milliseconds)) = trouble {
            let mut held = head.bytes;
            let mut left = len;
            while left > 0 {
                let piece = some(client.piece(left).await?)?;
                left -= piece.len() as u64;
                held.extend(piece);
            }
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            let mut there = Side::new(TcpStream::connect(&shared.to).await?);
            there.stream.write_all(&held).await?;
            // To its end, whether or not anybody waits for it.
            let Some(head) = read_head(&mut there.stream, &mut there.buffer).await? else {
                return Ok(());
            };
            if let Length::Exact(len) = head.answer_length(&method) {
                let _ = client.stream.write_all(&head.bytes).await;
                let _ = copy(&mut there, &mut client, len, None).await;
                server = Some(there);
                continue;
            }
            return Ok(());
        }
        let mut there = match server.take() {
            Some(there) => there,
            None => Side::new(TcpStream::connect(&shared.to).await?),
        };
        there.stream.write_all(&head.bytes).await?;
        if len > 0 {
            match trouble {
                Some(Trouble::Reset) => {
                    copy(&mut client, &mut there, len / 2, None).await?;
                    client.stream.set_zero_linger()?;
                    return Ok(());
                }
                Some(Trouble::Stall) => {
                    // Early: what is left must not fit into the buffers on the way, where it would
                    // look sent.
                    copy(&mut client, &mut there, (len / 2).min(EARLY), None).await?;
                    client.ignore().await;
                    return Ok(());
                }
                Some(Trouble::Corrupt) => {
                    copy(&mut client, &mut there, len, Some(len / 2)).await?;
                }
                _ => copy(&mut client, &mut there, len, None).await?,
            }
        }
        let on_answer = if len > 0 { trouble.filter(|t| !of_request(*t)) } else { trouble };
        if !answer(&mut client, &mut there, &method, on_answer).await? {
            return Ok(());
        }
        server = Some(there);
    }
    Ok(())
}

/// Whether it is over once the request's body has been sent.
fn of_request(trouble: Trouble) -> bool {
    matches!(trouble, Trouble::Reset | Trouble::Stall | Trouble::Corrupt)
}

/// Passes the answer back; whether the connection goes on.
async fn answer(
    client: &mut Side,
    server: &mut Side,
    method: &str,
    trouble: Option<Trouble>,
) -> io::Result<bool> {
    let Some(head) = read_head(&mut server.stream, &mut server.buffer).await? else {
        return Ok(false);
    };
    if head.word(1) == "100" {
        client.stream.write_all(&head.bytes).await?;
        return Box::pin(answer(client, server, method, trouble)).await;
    }
    let length = head.answer_length(method);
    if trouble == Some(Trouble::LoseAnswer) {
        return Ok(false);
    }
    client.stream.write_all(&head.bytes).await?;
    let len = match length {
        Length::Exact(len) => len,
        Length::Chunked => return chunks(client, server).await.map(|()| true),
    };
    match trouble.filter(|_| len > 0) {
        Some(Trouble::Truncate) => {
            copy(server, client, len / 2, None).await?;
            return Ok(false);
        }
        Some(Trouble::Reset) => {
            copy(server, client, len / 2, None).await?;
            client.stream.set_zero_linger()?;
            return Ok(false);
        }
        Some(Trouble::Stall) => {
            copy(server, client, len / 2, None).await?;
            client.hold().await;
            return Ok(false);
        }
        Some(Trouble::Corrupt) => copy(server, client, len, Some(len / 2)).await?,
        _ => copy(server, client, len, None).await?,
    }
    Ok(!closes(&head))
}

fn closes(head: &Head) -> bool {
    String::from_utf8_lossy(&head.bytes).to_ascii_lowercase().contains("\r\nconnection: close")
}

/// Copies `len` bytes; the one at `flip` goes with a bit changed.
async fn copy(from: &mut Side, to: &mut Side, len: u64, flip: Option<u64>) -> io::Result<()> {
    let mut done = 0;
    while done < len {
        let mut piece = some(from.piece(len - done).await?)?;
        let at = flip.and_then(|flip| flip.checked_sub(done));
        if let Some(byte) = at.and_then(|at| piece.get_mut(usize::try_from(at).ok()?)) {
            *byte ^= 1;
        }
        to.stream.write_all(&piece).await?;
        done += piece.len() as u64;
    }
    Ok(())
}

/// Copies a chunked body, trailers included.
async fn chunks(client: &mut Side, server: &mut Side) -> io::Result<()> {
    loop {
        let line = line(server).await?;
        let digits = String::from_utf8_lossy(&line);
        let digits = digits.trim().split(';').next().unwrap_or_default().to_owned();
        let len = u64::from_str_radix(&digits, 16).map_err(io::Error::other)?;
        client.stream.write_all(&line).await?;
        if len > 0 {
            copy(server, client, len + 2, None).await?;
            continue;
        }
        loop {
            let trailer = self::line(server).await?;
            client.stream.write_all(&trailer).await?;
            if trailer == b"\r\n" {
                return Ok(());
            }
        }
    }
}

async fn line(from: &mut Side) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        line.extend(some(from.piece(1).await?)?);
    }
    Ok(line)
}

/// An answer of our own.
async fn refuse(
    client: &mut Side,
    status: u16,
    code: &str,
    more: &str,
    method: &str,
) -> io::Result<()> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>as told</Message><RequestId>PROXY</RequestId></Error>"
    );
    let body = if method == "HEAD" { "" } else { &body };
    let head = format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/xml\r\n{more}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.stream.write_all(head.as_bytes()).await
}
