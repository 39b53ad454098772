//! Bad input: a clear message that names what to do, the other inputs unharmed, nothing lost.

use crate::harness::{Dir, Run};

/// Uploads the file between two good ones and checks everything that holds for any bad one.
#[track_caller]
fn refused(dir: &Dir, name: &str, code: &str) -> Run {
    dir.png("before.png", 1);
    dir.png("after.png", 2);
    let kept = std::fs::read(dir.path(name)).ok();
    let run = dir.hoist(["upload", "--json", "before.png", name, "after.png"]).run().exits(1);
    let lines = run.json();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["ok"], true, "{}", run.stdout);
    assert_eq!(lines[2]["ok"], true, "{}", run.stdout);
    let error = &lines[1]["error"];
    assert_eq!(error["code"], code, "{}", run.stdout);
    let what = error["what"].as_str().unwrap();
    assert!(what.contains(name), "{what:?} does not name {name}");
    assert!(!error["fix"].as_str().unwrap().is_empty(), "{what:?} names no fix");
    assert_eq!(std::fs::read(dir.path(name)).ok(), kept, "the file was changed");
    run
}

#[test]
fn a_file_that_is_not_there() {
    refused(&Dir::new(), "missing.png", "fileNotFound");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new();
    let path = dir.png("secret.png", 3);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // root reads anything; as nobody else can, the program is run as nobody.
        let run = as_nobody(&dir, ["upload", "--json", "secret.png"]).exits(1);
        assert_eq!(run.json()[0]["error"]["code"], "fileUnreadable", "{}", run.stdout);
        run.says("secret.png");
    } else {
        refused(&dir, "secret.png", "fileUnreadable");
    }
}

/// Without the capability that lets root pass over permissions.
#[cfg(unix)]
fn as_nobody<const N: usize>(dir: &Dir, args: [&str; N]) -> Run {
    let mut command = std::process::Command::new("setpriv");
    command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]);
    command.arg(crate::harness::HOIST).args(args);
    dir.prepared(command).run()
}

#[test]
fn a_directory() {
    let dir = Dir::new();
    std::fs::create_dir(dir.path("photos.png")).unwrap();
    refused(&dir, "photos.png", "isDirectory");
}

#[test]
fn no_bytes() {
    let dir = Dir::new();
    dir.file("empty.png", "");
    refused(&dir, "empty.png", "emptyFile");
}

#[test]
fn text_named_png() {
    let dir = Dir::new();
    dir.file("notes.png", "Dear diary, this is no picture.\n");
    refused(&dir, "notes.png", "notAnImage");
}

#[test]
fn a_picture_of_500_megapixels() {
    let dir = Dir::new();
    dir.file("bomb.png", bomb(25_000, 20_000));
    let run = refused(&dir, "bomb.png", "imageTooLarge");
    assert!(run.took.as_secs() < 30, "took {:?}", run.took);
}

#[test]
fn a_broken_jpeg() {
    let dir = Dir::new();
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(320, 240, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]))
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    let bytes = bytes.into_inner();
    dir.file("cut.jpg", &bytes[..200]);
    refused(&dir, "cut.jpg", "brokenImage");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let dir = Dir::new();
    let made = std::process::Command::new("mkfifo").arg(dir.path("pipe.png")).status().unwrap();
    assert!(made.success());
    let run = dir.hoist(["upload", "--json", "pipe.png"]).run().exits(1);
    assert_eq!(run.json()[0]["error"]["code"], "fileUnreadable");
}

#[test]
fn a_url_that_is_none_or_not_reached() {
    let dir = Dir::new();
    let port = crate::harness::free_port();
    let run = dir
        .hoist(["upload", "--json", "http://", &format!("http://127.0.0.1:{port}/x.png")])
        .run()
        .exits(1);
    let lines = run.json();
    assert_eq!(lines[0]["error"]["code"], "urlInvalid", "{}", run.stdout);
    assert_eq!(lines[1]["error"]["code"], "urlUnreachable", "{}", run.stdout);
    assert_eq!(lines[1]["error"]["retryable"], true);
}

#[test]
fn names_cannot_steer_the_terminal() {
    let dir = Dir::new();
    let run = dir.hoist(["upload", "evil\u{1b}[2J\nname.png"]).run().exits(1);
    assert_eq!(run.lines().len(), 1);
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
}

/// A valid PNG of one colour: small on disk, large in memory.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    use std::io::Write;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![0; width.div_ceil(8) as usize];
    for _ in 0..height {
        rows.write_all(&row).unwrap();
    }
    rows.finish().unwrap();
    writer.finish().unwrap();
    bytes
}
