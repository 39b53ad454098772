//! Transforms by the host: in the links of uploads, and in links made later.

use hoist_testkit::oss::{OssOptions, OssServer};

use crate::harness::{Dir, Run, get};

/// A home with the profile `oss` on a server of its own, reached through a custom domain.
fn with_oss() -> (Dir, OssServer) {
    let server = OssServer::with(OssOptions::default());
    let dir = Dir::new();
    dir.hoist([
        "profile",
        "add",
        "oss",
        "--provider",
        "oss",
        "--region",
        server.region(),
        "--bucket",
        server.bucket(),
        "--endpoint",
        &server.url(),
        "--public-url",
        &server.cname_url(),
        "--secret-stdin",
        "--insecure-storage",
        "--default",
    ])
    .stdin(format!("{}\n{}\n", server.access_key(), server.secret_key()))
    .run()
    .exits(0);
    (dir, server)
}

fn url(run: &Run) -> String {
    run.lines()[0].to_owned()
}

/// Format and size of what a link leads to.
fn seen(link: &str) -> (image::ImageFormat, u32, u32) {
    let (status, content_type, body) = get(link);
    assert_eq!(status, 200, "{link}: {content_type} {}", String::from_utf8_lossy(&body));
    let format = image::guess_format(&body).unwrap();
    assert_eq!(content_type, format.to_mime_type(), "{link}");
    let picture = image::load_from_memory(&body).unwrap();
    (format, picture.width(), picture.height())
}

#[test]
fn left_open_oss_makes_it_in_the_link_and_keeps_the_original() {
    let (dir, server) = with_oss();
    let file = dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "cat.png", "--transform", "w=32,format=webp"]).run().exits(0);
    let link = url(&run);
    assert!(link.contains("?x-oss-process=image/resize,"), "{link}");
    assert_eq!(seen(&link), (image::ImageFormat::WebP, 32, 24));
    let original = link.split('?').next().unwrap();
    let (_, _, stored) = get(original);
    assert_eq!(stored, std::fs::read(&file).unwrap());

    // The same content with another transform is there already, and has another link.
    let again = dir.hoist(["upload", "--json", "cat.png", "--transform", "w=16"]).run().exits(0);
    let again = &again.json()[0];
    assert_eq!(again["alreadyStored"], true, "{again}");
    let second = again["url"].as_str().unwrap();
    assert_eq!(second.split('?').next(), Some(original));
    assert_eq!(again["process"], &second[original.len()..]);
    assert_eq!(seen(second), (image::ImageFormat::Png, 16, 12));
    assert_eq!(server.keys(server.bucket()).len(), 1);
    // The history gives the link that was given last.
    let rows = dir.hoist(["history", "--json"]).run().exits(0).json();
    assert_eq!((rows.len(), rows[0]["url"].as_str()), (1, Some(second)));
    let html = dir.hoist(["history", "links", "-f", "html"]).run().exits(0);
    assert!(html.stdout.contains("width=\"16\" height=\"12\""), "{}", html.stdout);
}

#[test]
fn here_the_image_itself_is_changed_before_the_upload() {
    let (dir, _server) = with_oss();
    dir.png("cat.png", 1);
    let run = dir
        .hoist(["upload", "cat.png", "--transform", "w=32,format=webp", "--transform-at", "here"])
        .run()
        .exits(0);
    let link = url(&run);
    assert!(!link.contains('?') && link.ends_with(".webp"), "{link}");
    assert_eq!(seen(&link), (image::ImageFormat::WebP, 32, 24));
}

#[test]
fn what_the_host_cannot_do_is_refused_for_that_image_only_and_sends_nothing() {
    let (dir, server) = with_oss();
    dir.png("cat.png", 1);
    dir.file("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>");
    let run = dir
        .hoist([
            "upload",
            "drawing.svg",
            "cat.png",
            "--transform",
            "w=32",
            "--transform-at",
            "host",
        ])
        .run()
        .exits(1);
    let lines = run.lines();
    assert!(lines[0].starts_with("[PicGo ERROR]: drawing.svg: "), "{}", run.stdout);
    assert!(lines[0].contains("SVG"), "{}", run.stdout);
    assert_eq!(seen(lines[1]), (image::ImageFormat::Png, 32, 24));
    assert_eq!(server.keys(server.bucket()).len(), 1);
    // Left open, it goes up as it is.
    let run = dir.hoist(["upload", "drawing.svg", "--transform", "w=32"]).run().exits(0);
    assert!(url(&run).ends_with(".svg"), "{}", run.stdout);
    let alone = dir
        .hoist(["upload", "drawing.svg", "--transform", "w=32", "--transform-at", "host"])
        .run()
        .exits(1);
    assert_eq!(alone.lines().len(), 1);
}

#[test]
fn every_wrong_parameter_is_a_matter_of_the_command_line_in_both_languages() {
    let (dir, server) = with_oss();
    dir.png("cat.png", 1);
    for (spec, word) in [
        ("w=wide", "w=wide"),
        ("w=0", "w=0"),
        ("w=16385", "16384"),
        ("fit=odd,w=1", "fit=odd"),
        ("format=docx", "format=docx"),
        ("q=101", "100"),
        ("rotate=361", "360"),
        ("blur=51:1", "50"),
        ("nonsense", "nonsense"),
        ("image/resize,w_x", "w_x"),
        ("preset:none", "none"),
    ] {
        for (language, sentence) in [("C.UTF-8", '.'), ("zh_CN.UTF-8", '。')] {
            for verb in [
                &["upload", "cat.png", "--transform", spec][..],
                &["link", "a.png", "--transform", spec],
            ] {
                let run = dir.hoist(verb).env("LANG", language).run();
                let preset = verb[0] == "link" && spec.starts_with("preset:");
                let run = run.exits(if preset { 3 } else { 2 });
                run.says(word).says(&sentence.to_string());
            }
        }
    }
    assert!(server.keys(server.bucket()).is_empty(), "nothing is sent");
}

#[test]
fn the_built_in_store_makes_it_when_it_is_asked_to() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let spec = ["--transform", "w=32,format=webp"];
    let mut here = vec!["upload", "cat.png"];
    here.extend(spec);
    assert!(url(&dir.hoist(&here).run().exits(0)).ends_with(".webp"));
    let mut host = here.clone();
    host.extend(["--transform-at", "host"]);
    let link = url(&dir.hoist(&host).run().exits(0));
    let mut serving = dir.hoist(["store"]).spawn();
    serving.first_line();
    assert_eq!(seen(&link), (image::ImageFormat::WebP, 32, 24));
    assert_eq!(seen(link.split('?').next().unwrap()), (image::ImageFormat::Png, 64, 48));
}

#[test]
fn a_link_gets_another_transform_whatever_it_is_named_by() {
    let (dir, _server) = with_oss();
    dir.png("cat.png", 1);
    let first =
        dir.hoist(["upload", "--json", "cat.png", "--transform", "w=32"]).run().exits(0).json();
    let (link, key) = (first[0]["url"].as_str().unwrap(), first[0]["key"].as_str().unwrap());
    let id = first[0]["historyId"].to_string();
    let bare = link.split('?').next().unwrap();
    let with_profile = format!("oss:{key}");
    for input in [link, bare, key, &id, &with_profile] {
        let run = dir.hoist(["link", input, "--transform", "w=8,format=jpeg"]).run().exits(0);
        let made = url(&run);
        assert_eq!(seen(&made), (image::ImageFormat::Jpeg, 8, 6), "{input}: {made}");
        let plain = dir.hoist(["link", input, "--transform", ""]).run().exits(0);
        assert_eq!(url(&plain), bare, "{input}");
    }
    // Without a transform it is the link as it is.
    assert_eq!(url(&dir.hoist(["link", &id]).run().exits(0)), link);
    let run = dir.hoist(["link", "--json", &id, "--transform", "w=8"]).run().exits(0);
    let json = &run.json()[0];
    assert_eq!((&json["base"], &json["key"]), (&bare.into(), &key.into()));
    assert_eq!((&json["width"], &json["height"]), (&8.into(), &6.into()));
    assert_eq!(json["url"], format!("{bare}{}", json["process"].as_str().unwrap()));

    let foreign = "https://bucket.oss-cn-beijing.aliyuncs.com/a.png?x-oss-process=image/resize,w_9";
    let run = dir.hoist(["link", foreign, "--transform", "w=7"]).run().exits(0);
    assert!(url(&run).contains("w_7") && !url(&run).contains("w_9"), "{}", run.stdout);
    let zone = "https://example.com/cdn-cgi/image/width=9/a/b.png";
    let run = dir.hoist(["link", zone, "--transform", "w=7"]).run().exits(0);
    assert!(
        url(&run).contains("/cdn-cgi/image/") && url(&run).contains("width=7"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_signed_link_opens_a_private_object_with_the_process_inside_the_signature() {
    let mut options = OssOptions::default();
    options.acl = hoist_testkit::oss::Acl::Private;
    let server = OssServer::with(options);
    let dir = Dir::new();
    dir.hoist([
        "profile",
        "add",
        "private",
        "--provider",
        "oss",
        "--region",
        server.region(),
        "--bucket",
        server.bucket(),
        "--endpoint",
        &server.url(),
        "--secret-stdin",
        "--insecure-storage",
        "--default",
    ])
    .stdin(format!("{}\n{}\n", server.access_key(), server.secret_key()))
    .run()
    .exits(0);
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "--json", "cat.png"]).run().exits(0);
    let id = run.json()[0]["historyId"].to_string();
    let run = dir.hoist(["link", &id, "--transform", "w=8", "--expires", "1h"]).run().exits(0);
    let link = url(&run);
    assert_eq!(seen(&link), (image::ImageFormat::Png, 8, 6));
    // Signed for this process and for no other.
    assert_eq!(get(&link.replace("w_8", "w_9")).0, 403, "{link}");
    assert_eq!(get(link.split('?').next().unwrap()).0, 403);
    dir.hoist(["link", &link, "--transform", "w=9"]).run().exits(1);
}

#[test]
fn links_that_cannot_be_made_have_their_line_and_stop_no_other() {
    let (dir, _server) = with_oss();
    let run = dir
        .hoist(["link", "9999", "a.png", "https://example.com/b.png", "--transform", "w=8"])
        .run()
        .exits(1);
    let lines = run.lines();
    assert_eq!(lines.len(), 3, "{}", run.stdout);
    assert!(lines[0].starts_with("[PicGo ERROR]: 9999: "), "{}", run.stdout);
    assert!(lines[1].starts_with("http://localhost:"), "{}", run.stdout);
    assert!(lines[2].starts_with("[PicGo ERROR]: https://example.com/b.png: "), "{}", run.stdout);
    let run = dir.hoist(["link", "a.png", "-p", "nobody"]).run().exits(3);
    run.says("nobody");
    for wrong in ["0s", "8d", "soon", "-1h"] {
        dir.hoist(["link", "a.png", &format!("--expires={wrong}")]).run().exits(2);
    }
    // An S3 store has no process to sign, and says so.
    dir.hoist(["link", "local:a.png", "--transform", "w=8", "--expires", "1h"]).run().exits(1);
}
