//! As little of an S3 server as the clients of the benchmark need: objects in memory, nothing checked,
//! nothing hashed, so that what is measured is the client. Built by bench/transfers.py with `rustc -O`.
//! An ETag is the Content-MD5 that was sent, or no MD5 at all.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

type Bytes = Arc<Vec<u8>>;

#[derive(Clone)]
struct Object {
    /// Its parts; no copy is made when they are joined.
    pieces: Vec<Bytes>,
    len: usize,
    etag: String,
}

#[derive(Default)]
struct Store {
    objects: BTreeMap<String, Object>,
    uploads: HashMap<String, BTreeMap<u32, Object>>,
    next: u64,
}

struct Request {
    method: String,
    path: String,
    query: HashMap<String, String>,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let store = Arc::new(Mutex::new(Store::default()));
    for stream in listener.incoming().flatten() {
        let store = Arc::clone(&store);
        std::thread::spawn(move || {
            let _ = stream.set_nodelay(true);
            let mut reader = BufReader::with_capacity(256 * 1024, stream.try_clone().unwrap());
            let mut writer = stream;
            while let Some(request) = read(&mut reader, &mut writer) {
                if answer(&store, request, &mut writer).is_err() {
                    return;
                }
            }
        });
    }
}

fn read(reader: &mut BufReader<TcpStream>, writer: &mut TcpStream) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    if headers.get("expect").is_some_and(|expect| expect.eq_ignore_ascii_case("100-continue")) {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let text = |name: &str| headers.get(name).map(String::as_str).unwrap_or_default();
    let mut body = Vec::new();
    if text("transfer-encoding").contains("chunked") {
        chunks(reader, &mut body)?;
    } else if let Ok(len @ 1..) = text("content-length").parse::<usize>() {
        body.reserve_exact(len);
        reader.take(len as u64).read_to_end(&mut body).ok()?;
    }
    if text("content-encoding").contains("aws-chunked") || text("x-amz-content-sha256").starts_with("STREAMING") {
        let mut inner = BufReader::new(&body[..]);
        let mut plain = Vec::with_capacity(body.len());
        chunks(&mut inner, &mut plain);
        body = plain;
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), decode(value))
    });
    Some(Request { method, path: decode(path), query: query.collect(), headers, body })
}

/// HTTP chunks, and those of S3, which have a signature after the length and trailers after the end.
fn chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> Option<()> {
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let len = usize::from_str_radix(line.trim().split(';').next()?, 16).ok()?;
        if len == 0 {
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).ok()? == 0 || line.trim().is_empty() {
                    return Some(());
                }
            }
        }
        reader.by_ref().take(len as u64).read_to_end(body).ok()?;
        let mut end = [0; 2];
        reader.read_exact(&mut end).ok()?;
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn etag(request: &Request) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let Some(md5) = request.headers.get("content-md5") else { return "light".to_owned() };
    let (mut bits, mut held, mut hex) = (0u32, 0, String::new());
    for byte in md5.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | DIGITS.iter().position(|digit| *digit == byte).unwrap_or(0) as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            hex.push_str(&format!("{:02x}", bits >> held & 0xff));
        }
    }
    hex
}

fn answer(store: &Mutex<Store>, request: Request, writer: &mut TcpStream) -> std::io::Result<()> {
    let trimmed = request.path.trim_start_matches('/');
    let (bucket, key) = trimmed.split_once('/').unwrap_or((trimmed, ""));
    let has = |name: &str| request.query.contains_key(name);
    let value = |name: &str| request.query.get(name).cloned().unwrap_or_default();
    let name = format!("{bucket}/{key}");
    match (request.method.as_str(), key.is_empty()) {
        ("GET", true) if has("location") => xml(writer, "<LocationConstraint>us-east-1</LocationConstraint>"),
        ("GET", true) => {
            let (prefix, v2) = (value("prefix"), value("list-type") == "2");
            let after = [value("continuation-token"), value("marker"), value("start-after")].into_iter().max();
            let after = after.unwrap_or_default();
            let mut text = format!("<ListBucketResult><Name>{bucket}</Name><Prefix>{prefix}</Prefix>");
            let (mut n, mut last, mut more) = (0, String::new(), false);
            for (name, object) in &store.lock().unwrap().objects {
                let Some(key) = name.strip_prefix(&format!("{bucket}/")) else { continue };
                if !key.starts_with(&prefix) || key <= after.as_str() {
                    continue;
                }
                if n == 1000 {
                    more = true;
                    break;
                }
                n += 1;
                last = key.to_owned();
                text.push_str(&format!(
                    "<Contents><Key>{key}</Key><LastModified>2026-11-30T00:00:00.000Z</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
                    object.etag, object.len
                ));
            }
            text.push_str(&format!("<KeyCount>{n}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>{more}</IsTruncated>"));
            if more {
                let tag = if v2 { "NextContinuationToken" } else { "NextMarker" };
                text.push_str(&format!("<{tag}>{last}</{tag}>"));
            }
            text.push_str("</ListBucketResult>");
            xml(writer, &text)
        }
        (_, true) => head(writer, "200 OK", "", 0),
        ("POST", _) if has("uploads") => {
            let mut store = store.lock().unwrap();
            store.next += 1;
            let id = format!("u{}", store.next);
            store.uploads.insert(id.clone(), BTreeMap::new());
            xml(writer, &format!("<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
        }
        ("POST", _) if has("uploadId") => {
            let mut store = store.lock().unwrap();
            let parts = store.uploads.remove(&value("uploadId")).unwrap_or_default();
            let len = parts.values().map(|part| part.len).sum();
            let pieces = parts.into_values().flat_map(|part| part.pieces).collect();
            store.objects.insert(name, Object { pieces, len, etag: "light-1".to_owned() });
            xml(writer, &format!("<CompleteMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>\"light-1\"</ETag></CompleteMultipartUploadResult>"))
        }
        ("GET", _) if has("uploadId") => xml(writer, "<ListPartsResult></ListPartsResult>"),
        ("PUT", _) => {
            let etag = etag(&request);
            let len = request.body.len();
            let object = Object { pieces: vec![Arc::new(request.body)], len, etag: etag.clone() };
            let mut store = store.lock().unwrap();
            match store.uploads.get_mut(&value("uploadId")) {
                Some(parts) => drop(parts.insert(value("partNumber").parse().unwrap_or(0), object)),
                None => drop(store.objects.insert(name, object)),
            }
            drop(store);
            head(writer, "200 OK", &format!("ETag: \"{etag}\"\r\n"), 0)
        }
        ("DELETE", _) => head(writer, "204 No Content", "", 0),
        ("GET" | "HEAD", _) => {
            let Some(object) = store.lock().unwrap().objects.get(&name).cloned() else {
                let body = "<Error><Code>NoSuchKey</Code></Error>";
                head(writer, "404 Not Found", "", body.len())?;
                return if request.method == "GET" { writer.write_all(body.as_bytes()) } else { Ok(()) };
            };
            let range = request.headers.get("range").and_then(|range| {
                let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
                let to = to.parse::<usize>().unwrap_or(usize::MAX).min(object.len.saturating_sub(1));
                Some((from.parse::<usize>().ok()?, to + 1))
            });
            let (from, to) = range.unwrap_or((0, object.len));
            let mut more = format!(
                "ETag: \"{}\"\r\nLast-Modified: Mon, 30 Nov 2026 00:00:00 GMT\r\nAccept-Ranges: bytes\r\nContent-Type: application/octet-stream\r\n",
                object.etag
            );
            if range.is_some() {
                more.push_str(&format!("Content-Range: bytes {from}-{}/{}\r\n", to - 1, object.len));
            }
            head(writer, if range.is_some() { "206 Partial Content" } else { "200 OK" }, &more, to - from)?;
            if request.method == "GET" {
                let mut at = 0;
                for piece in &object.pieces {
                    let (begin, end) = (from.max(at), to.min(at + piece.len()));
                    if begin < end {
                        writer.write_all(&piece[begin - at..end - at])?;
                    }
                    at += piece.len();
                }
            }
            Ok(())
        }
        _ => head(writer, "405 Method Not Allowed", "", 0),
    }
}

fn xml(writer: &mut TcpStream, body: &str) -> std::io::Result<()> {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    writer.write_all(head.as_bytes())
}

fn head(writer: &mut TcpStream, status: &str, more: &str, len: usize) -> std::io::Result<()> {
    writer.write_all(format!("HTTP/1.1 {status}\r\n{more}Content-Length: {len}\r\n\r\n").as_bytes())
}
