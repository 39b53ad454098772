//! The tests.

use std::fs;
use std::time::Duration;

use hoist_core::clipboard::OWNER_VERB;
use hoist_core::image::fixtures;

use crate::display::{Display, hoist, owner_runs, wait_until};

/// Longer than any deadline of the clipboard's for an answer, shorter than hanging.
const AT_ONCE: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(9);

pub(crate) const ALL: [(&str, fn()); 11] = [
    ("an_image_comes_in_its_original_bytes", an_image_comes_in_its_original_bytes),
    ("a_large_image_comes_in_pieces", a_large_image_comes_in_pieces),
    ("a_list_of_files_comes_as_paths", a_list_of_files_comes_as_paths),
    ("urls_come_from_html_and_text", urls_come_from_html_and_text),
    ("nothing_to_upload_is_said", nothing_to_upload_is_said),
    ("written_text_stays_while_the_process_lives", written_text_stays_while_the_process_lives),
    ("detached_text_survives_the_process", detached_text_survives_the_process),
    ("no_display_is_said_at_once", no_display_is_said_at_once),
    ("a_frozen_display_is_not_waited_for", a_frozen_display_is_not_waited_for),
    ("a_frozen_program_is_not_waited_for", a_frozen_program_is_not_waited_for),
    ("a_display_that_goes_away_is_said", a_display_that_goes_away_is_said),
];

const READ: &[&str] = &["as-hoist", "read"];
const WRITE: &[&str] = &["as-hoist", "write"];
const WRITE_DETACHED: &[&str] = &["as-hoist", "write-detached"];

fn an_image_comes_in_its_original_bytes() {
    let mut display = Display::start();
    for (target, name, bytes) in [
        ("image/png", "clipboard.png", fixtures::png(40, 30)),
        ("image/gif", "clipboard.gif", fixtures::animated_gif(40, 30)),
        ("image/webp", "clipboard.webp", fixtures::animated_webp(40, 30)),
        ("image/jpeg", "clipboard.jpg", fixtures::jpeg_with_metadata(40, 30, 6)),
        ("image/svg+xml", "clipboard.svg", fixtures::svg()),
        // Programs name formats wrongly; content counts.
        ("image/png", "clipboard.jpg", fixtures::jpeg(8, 8)),
    ] {
        display.put(target, &bytes);
        assert_eq!(display.hoist(READ, "").lines, [format!("bytes {name}")]);
        assert_eq!(fs::read(display.files.path().join(name)).unwrap(), bytes, "{target}");
    }
}

fn a_large_image_comes_in_pieces() {
    let mut display = Display::start();
    // Behind the end of a PNG anything may follow.
    let bytes = [fixtures::png(8, 8), vec![7; 12 * 1024 * 1024]].concat();
    display.put("image/png", &bytes);
    assert_eq!(display.hoist(READ, "").lines, ["bytes clipboard.png"]);
    assert!(fs::read(display.files.path().join("clipboard.png")).unwrap() == bytes);
}

fn a_list_of_files_comes_as_paths() {
    let mut display = Display::start();
    display.put("text/uri-list", b"file:///tmp/a%20b.png\r\nfile:///tmp/%E7%8C%AB%23.jpg\r\n");
    assert_eq!(display.hoist(READ, "").lines, ["file /tmp/a b.png", "file /tmp/猫#.jpg"]);
    display.put("x-special/gnome-copied-files", b"copy\nfile:///tmp/c.png");
    assert_eq!(display.hoist(READ, "").lines, ["file /tmp/c.png"]);
}

fn urls_come_from_html_and_text() {
    let mut display = Display::start();
    display.put(
        "text/html",
        b"<meta charset='utf-8'><img src=\"https://example.com/a.gif?b=1&amp;c=2\">",
    );
    assert_eq!(display.hoist(READ, "").lines, ["url https://example.com/a.gif?b=1&c=2"]);
    display.put("UTF8_STRING", b"https://example.com/a.png\nhttps://example.com/b.png\n");
    assert_eq!(
        display.hoist(READ, "").lines,
        ["url https://example.com/a.png", "url https://example.com/b.png"]
    );
}

fn nothing_to_upload_is_said() {
    let mut display = Display::start();
    assert_eq!(display.hoist(READ, "").lines, ["ClipboardEmpty"]);
    display.put("UTF8_STRING", b"just words");
    assert_eq!(display.hoist(READ, "").lines, ["ClipboardEmpty"]);
    display.put("image/png", b"no image at all");
    assert_eq!(display.hoist(READ, "").lines, ["ClipboardEmpty"]);
}

fn written_text_stays_while_the_process_lives() {
    let mut display = Display::start();
    let mut hoist = display.hoist_running(WRITE);
    for text in ["![猫](https://example.com/a.png)", "second"] {
        assert_eq!(hoist.ask(text), "Ok");
        assert_eq!(display.text(), text);
    }
    display.put("UTF8_STRING", b"somebody else's");
    assert_eq!(hoist.ask("third"), "Ok");
    assert_eq!(display.text(), "third");
}

fn detached_text_survives_the_process() {
    let mut display = Display::start();
    let long = "https://example.com/long.png\n".repeat(40_000);
    for text in ["![猫](https://example.com/a.png)", "", &long] {
        let outcome = display.hoist(WRITE_DETACHED, text);
        assert_eq!(outcome.lines, ["Ok"]);
        assert!(display.text() == text);
    }
    assert!(owner_runs(OWNER_VERB));
    display.put("UTF8_STRING", b"somebody else's");
    wait_until("the owner of replaced text ends", || !owner_runs(OWNER_VERB));
    assert_eq!(display.text(), "somebody else's");
    assert_eq!(display.hoist(WRITE_DETACHED, "with the display").lines, ["Ok"]);
    drop(display);
    wait_until("the owner ends with its display", || !owner_runs(OWNER_VERB));
}

fn no_display_is_said_at_once() {
    let files = tempfile::tempdir().unwrap();
    for display in [None, Some(":4242"), Some("nonsense")] {
        for verb in [READ, WRITE, WRITE_DETACHED] {
            let outcome = hoist(display, files.path(), verb, "text\n");
            assert_eq!(outcome.lines, ["ClipboardUnavailable"], "{display:?} {verb:?}");
            assert!(outcome.took < AT_ONCE, "{display:?} {verb:?}: {outcome:?}");
        }
    }
}

fn a_frozen_display_is_not_waited_for() {
    let display = Display::start();
    display.server.signal("-STOP");
    for verb in [READ, WRITE, WRITE_DETACHED] {
        let outcome = display.hoist(verb, "text\n");
        assert_eq!(outcome.lines, ["ClipboardUnavailable"], "{verb:?}");
        assert!(outcome.took < SOON, "{verb:?}: {outcome:?}");
    }
    assert!(!owner_runs(OWNER_VERB));
    display.server.signal("-CONT");
    assert_eq!(display.hoist(WRITE, "text\n").lines, ["Ok"]);
}

fn a_frozen_program_is_not_waited_for() {
    let mut display = Display::start();
    display.put("image/png", &fixtures::png(8, 8));
    display.owners[0].signal("-STOP");
    let outcome = display.hoist(READ, "");
    assert_eq!(outcome.lines, ["ClipboardUnavailable"]);
    assert!(outcome.took < SOON, "{outcome:?}");
    assert_eq!(display.hoist(WRITE_DETACHED, "text").lines, ["Ok"]);
}

fn a_display_that_goes_away_is_said() {
    let mut display = Display::start();
    let mut hoist = display.hoist_running(WRITE);
    assert_eq!(hoist.ask("first"), "Ok");
    display.server.0.kill().unwrap();
    display.server.0.wait().unwrap();
    for _ in 0..2 {
        assert_eq!(hoist.ask("second"), "ClipboardUnavailable");
    }
}
