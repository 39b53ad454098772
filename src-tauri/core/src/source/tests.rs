use std::path::PathBuf;

use bytes::Bytes;

use super::{ReadSource, Source, from_uri_list};
use crate::image::fixtures;
use crate::problem::{Code, Problem};

const LIMIT: u64 = 1024 * 1024;

fn read(source: &Source) -> Result<ReadSource, Problem> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(source.read(LIMIT))
}

fn file(path: impl Into<PathBuf>) -> Source {
    Source::File { path: path.into() }
}

#[test]
fn reads_a_file_with_its_name_and_folder() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("假期 photos");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("猫 & 100%.png");
    std::fs::write(&path, fixtures::png(8, 8)).unwrap();
    let read = read(&Source::from_argument(path.to_str().unwrap())).unwrap();
    assert_eq!(read.bytes, fixtures::png(8, 8));
    assert_eq!((read.name.as_str(), read.dir.as_str()), ("猫 & 100%.png", "假期 photos"));
    assert_eq!(read.origin, path.display().to_string());
}

#[test]
fn a_path_that_came_encoded_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("a b.png");
    let encoded = format!("{}/a%20b.png", dir.path().display());
    std::fs::write(&plain, b"x").unwrap();
    assert_eq!(Source::from_argument(&encoded), file(&plain));
    assert_eq!(Source::from_argument(&format!("file://{encoded}")), file(&plain));
    assert_eq!(Source::from_argument(&format!("FILE://localhost{encoded}")), file(&plain));
    // A file that is really named so comes first.
    std::fs::write(&encoded, b"y").unwrap();
    assert_eq!(Source::from_argument(&encoded), file(&encoded));
    let missing = "nowhere/50%20off.png";
    assert_eq!(Source::from_argument(missing), file(missing));
}

#[test]
fn urls_are_told_from_paths() {
    for url in
        ["https://example.com/a.png", "HTTP://example.com/a.png", "data:image/png;base64,AA=="]
    {
        assert_eq!(Source::from_argument(url), Source::Url { url: url.into() });
        assert_eq!(Source::from_path(url.as_ref()), Source::Url { url: url.into() });
    }
    for path in ["a.png", "./http:/x", "C:\\a.png", "ftp.png", "https", ""] {
        assert_eq!(Source::from_argument(path), file(path));
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let code = |source: &Source| read(source).unwrap_err().code;
    let missing = dir.path().join("missing.png");
    let problem = read(&file(&missing)).unwrap_err();
    assert_eq!(problem.code, Code::FileNotFound);
    assert!(problem.subject.ends_with("missing.png"));
    assert_eq!(code(&file(dir.path())), Code::IsDirectory);
    let empty = dir.path().join("empty.png");
    std::fs::write(&empty, b"").unwrap();
    assert_eq!(code(&file(&empty)), Code::EmptyFile);
    let large = dir.path().join("large.png");
    std::fs::File::create(&large).unwrap().set_len(LIMIT + 1).unwrap();
    let problem = read(&file(&large)).unwrap_err();
    assert_eq!((problem.code, problem.detail.as_deref()), (Code::TooManyBytes, Some("1 MB")));
    let bytes =
        |length: usize| Source::Bytes { bytes: Bytes::from(vec![1; length]), name: "a".into() };
    assert_eq!(code(&bytes(0)), Code::EmptyFile);
    assert_eq!(code(&bytes(LIMIT as usize + 1)), Code::TooManyBytes);
    assert_eq!(read(&bytes(LIMIT as usize)).unwrap().origin, "clipboard");
}

#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_is_not_waited_for() {
    assert_eq!(read(&file("/dev/zero")).unwrap_err().code, Code::FileUnreadable);
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(read(&file(&pipe)).unwrap_err().code, Code::FileUnreadable);
}

#[test]
fn labels_need_no_reading() {
    assert_eq!(file("/a/b.png").label(), "b.png");
    let url = Source::Url { url: "https://me:pw@example.com/x/%E7%8C%AB.png?sig=1#f".into() };
    assert_eq!(url.label(), "猫.png");
    assert_eq!(url.origin(), "https://example.com/x/%E7%8C%AB.png");
}

#[test]
fn uri_lists_are_read_with_their_comments_and_verbs() {
    let list =
        "# comment\r\nfile:///a/b%20c.png\r\nhttps://example.com/d.png\r\nmailto:x@example.com\r\n";
    let expected =
        vec![file("/a/b c.png"), Source::Url { url: "https://example.com/d.png".into() }];
    assert_eq!(from_uri_list(list), expected);
    assert_eq!(from_uri_list("copy\nfile:///a.png"), [file("/a.png")]);
}
