use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

use super::{Fetched, disposition_name, fetch, shown_url, url_name};
use crate::image::fixtures;
use crate::problem::{Code, Problem, Reason};

const LIMIT: u64 = 64 * 1024;

/// A server that gives each connection the next of these answers, then ends. Returns the heads of
/// the requests it got.
fn serve(answers: Vec<Vec<u8>>) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1)
            {
                head.push(byte[0]);
            }
            let _ = tell.send(String::from_utf8_lossy(&head).into_owned());
            // The client may have hung up, as it should when it has seen enough.
            let _ = stream.write_all(&answer);
        }
    });
    (address, told)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", headers, body)
}

fn get(url: &str) -> Result<Fetched, Problem> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(fetch(url, LIMIT))
}

#[test]
fn gets_an_image_and_names_it() {
    let png = fixtures::png(8, 8);
    let (address, requests) = serve(vec![
        ok("Content-Type: text/plain\r\n", &png),
        ok("Content-Disposition: attachment; filename=\"../x/re\\\"al.png\"\r\n", &png),
        ok("", &png),
        ok("", &png),
    ]);
    let get = |path: &str| get(&format!("http://{address}{path}")).unwrap();
    let first = get("/a/%E7%8C%AB%20cat.PNG?size=large");
    assert_eq!((first.name.as_str(), first.bytes.as_ref()), ("猫 cat.PNG", png.as_slice()));
    let request = requests.recv().unwrap();
    assert!(request.starts_with("GET /a/%E7%8C%AB%20cat.PNG?size=large "), "{request}");
    assert!(request.contains("user-agent: Hoist/"), "{request}");
    assert_eq!(get("/b").name, "re\"al.png");
    assert_eq!(get("/photo.php?id=5").name, "photo.php.png");
    assert_eq!(get("/").name, "image.png");
}

#[test]
fn follows_redirects_but_not_anywhere() {
    let png = fixtures::png(8, 8);
    let (address, _requests) = serve(vec![
        answer("302 Found", "Location: /real.png\r\n", b""),
        ok("", &png),
        answer("302 Found", "Location: file:///etc/passwd\r\n", b""),
    ]);
    assert_eq!(get(&format!("http://{address}/a")).unwrap().name, "real.png");
    assert_eq!(get(&format!("http://{address}/b")).unwrap_err().code, Code::UrlUnreachable);
    let (address, _requests) = serve(vec![answer("302 Found", "Location: /again\r\n", b""); 12]);
    let problem = get(&format!("http://{address}/a")).unwrap_err();
    assert_eq!(
        (problem.code, problem.detail.as_deref()),
        (Code::UrlUnreachable, Some("too many redirects"))
    );
}

#[test]
fn what_is_wrong_has_its_own_code() {
    let large = vec![0; LIMIT as usize + 1];
    let unannounced = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), &large].concat();
    let cut = [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n".as_slice(), &fixtures::png(8, 8)]
        .concat();
    let (address, _requests) = serve(vec![
        answer("404 Not Found", "", b"no"),
        answer("503 Busy", "", b"no"),
        ok("", &large),
        unannounced,
        ok("", b"<html>sign in</html>"),
        ok("", b""),
        cut,
    ]);
    let mut problems =
        (0..7).map(|_| get(&format!("http://u:pw@{address}/a.png?sig=secret")).unwrap_err());
    let mut next = |code: Code| {
        let problem = problems.next().unwrap();
        assert_eq!(problem.code, code, "{problem:?}");
        let told = format!("{problem:?}");
        assert!(!told.contains("pw") && !told.contains("secret"), "{told}");
        problem
    };
    let missing = next(Code::UrlUnreachable);
    assert_eq!((missing.status, missing.retryable), (Some(404), false));
    assert!(next(Code::UrlUnreachable).retryable);
    next(Code::TooManyBytes);
    next(Code::TooManyBytes);
    next(Code::NotAnImage);
    next(Code::EmptyFile);
    assert_eq!(next(Code::UrlUnreachable).reason.as_deref(), Some(&Reason::Interrupted));
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let problem = get(&format!("http://{address}/a.png")).unwrap_err();
    assert_eq!(problem.code, Code::UrlUnreachable);
    assert!(problem.retryable);
    assert_eq!(problem.reason.as_deref(), Some(&Reason::ConnectionRefused));
    assert_eq!(get("http://").unwrap_err().code, Code::UrlInvalid);
    assert_eq!(get("ftp://example.com/a.png").unwrap_err().code, Code::UrlInvalid);
}

#[test]
fn data_urls_hold_their_image() {
    use base64::Engine;
    let png = fixtures::png(8, 8);
    let packed = base64::engine::general_purpose::STANDARD.encode(&png);
    let fetched = get(&format!("data:image/png;base64,{packed}")).unwrap();
    assert_eq!((fetched.name.as_str(), fetched.bytes.as_ref()), ("image.png", png.as_slice()));
    let unpadded = packed.trim_end_matches('=');
    assert_eq!(get(&format!("DATA:;base64,{unpadded}")).unwrap().bytes, png);
    assert_eq!(get("data:image/svg+xml,%3Csvg width='1'/%3E").unwrap().bytes, "<svg width='1'/>");
    assert_eq!(get("data:image/png;base64,!!!").unwrap_err().code, Code::UrlInvalid);
    assert_eq!(get("data:text/plain,hello").unwrap_err().code, Code::NotAnImage);
}

#[test]
fn shown_urls_hold_no_secret_and_names_no_path() {
    assert_eq!(shown_url("https://a:b@x.org/p?q=s#f"), "https://x.org/p");
    assert_eq!(shown_url("data:image/png;base64,AAAA"), "data:image/png");
    assert_eq!(url_name("https://x.org/a/b%2F..%2Fc.png"), "c.png");
    assert_eq!(url_name("https://x.org/a/%2E%2E"), "image");
    assert_eq!(url_name("https://x.org/a/"), "a");
    assert_eq!(url_name("https://x.org"), "image");
}

#[test]
fn names_of_content_disposition_are_found() {
    let name = |value: &str| disposition_name(value);
    assert_eq!(name("attachment; filename=a.png").as_deref(), Some("a.png"));
    assert_eq!(name("inline; filename=\"a;b.png\"; size=5").as_deref(), Some("a;b.png"));
    assert_eq!(
        name("attachment; filename=\"x.png\"; filename*=UTF-8''%E7%8C%AB.png").as_deref(),
        Some("猫.png")
    );
    assert_eq!(name("attachment"), None);
    assert_eq!(name("attachment; filename=\"\""), None);
    assert_eq!(name("attachment; filename=\"open").as_deref(), Some("open"));
}
