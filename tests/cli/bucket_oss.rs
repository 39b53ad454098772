//! `hoist bucket` on Aliyun OSS: every section, and what stands in the way of making one public.

use std::sync::OnceLock;

use hoist_testkit::oss::OssServer;
use tokio::runtime::Runtime;

use crate::harness::{Dir, Run};

/// One server for all tests of this file, and the runtime it lives on.
fn server() -> &'static OssServer {
    static SERVER: OnceLock<(Runtime, OssServer)> = OnceLock::new();
    let (_, server) = SERVER.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(OssServer::start());
        (runtime, server)
    });
    server
}

/// A home with the profile `blog`, whose bucket no other test has.
fn blog() -> (Dir, String) {
    let dir = Dir::new();
    let server = server();
    let bucket = format!("cli-{}", dir.port());
    dir.hoist([
        "profile",
        "add",
        "blog",
        "--provider",
        "oss",
        "--region",
        server.region(),
        "--endpoint",
        &server.url(),
        "--bucket",
        &bucket,
        "--public-url",
        "https://img.example.com",
        "--secret-stdin",
        "--insecure-storage",
    ])
    .stdin(format!("{}\n{}\n", server.access_key(), server.secret_key()))
    .run()
    .exits(0);
    (dir, bucket)
}

fn bucket(dir: &Dir, args: &[&str]) -> Run {
    let mut all = vec!["bucket"];
    all.extend(args);
    dir.hoist(all).run()
}

#[test]
fn buckets_are_made_listed_looked_at_and_removed() {
    let (dir, name) = blog();
    let target = format!("blog:{name}");
    bucket(&dir, &["create", &target, "--acl", "public-read"]).exits(2).says("--yes");
    bucket(&dir, &["create", &target, "--acl", "public-read", "--storage-class", "IA", "--yes"])
        .exits(0)
        .says(&format!("Made bucket {name}"));
    let list = bucket(&dir, &["list", "blog:", "--json"]).exits(0).json();
    let own = list.iter().find(|line| line["current"] == true).unwrap();
    assert_eq!(own["name"], name.as_str());
    assert_eq!((&own["region"], &own["storageClass"]), (&"cn-hangzhou".into(), &"IA".into()));
    let info = bucket(&dir, &["info", "blog:"]).exits(0);
    assert!(info.lines().contains(&"acl: public-read"), "{}", info.stdout);
    assert!(info.lines().contains(&"region: cn-hangzhou"), "{}", info.stdout);
    bucket(&dir, &["create", &target]).exits(1).says("There is a bucket called");
    bucket(&dir, &["delete", &target, "--yes"]).exits(0);
    bucket(&dir, &["info", "blog:"]).exits(3).says("There is no bucket for");
}

#[test]
fn the_custom_domain_of_a_profile_is_not_asked_for_its_account() {
    let (dir, name) = blog();
    bucket(&dir, &["create", &format!("blog:{name}")]).exits(0);
    dir.hoist(["profile", "set", "blog", "--cname"]).run().exits(0);
    let list = bucket(&dir, &["list", "blog:"]).exits(0);
    assert!(list.stdout.contains(&format!("*\t{name}\tcn-hangzhou")), "{}", list.stdout);
}

#[test]
fn every_section_is_shown_set_and_cleared() {
    let (dir, name) = blog();
    bucket(&dir, &["create", &format!("blog:{name}")]).exits(0);
    let shown = |verb: &str| bucket(&dir, &[verb, "blog:"]).exits(0).stdout;
    let set = |args: &[&str]| {
        bucket(&dir, &[&args[..1], &["blog:"], &args[1..]].concat())
            .exits(0)
            .says("Changed bucket");
    };

    assert_eq!(shown("acl"), "private\n");
    set(&["acl", "--set", "public-read", "--yes"]);
    assert_eq!(shown("acl"), "public-read\n");

    assert_eq!(shown("cors"), "");
    set(&["cors", "--add", "--origin", "https://a.example", "--method", "GET", "--header", "*"]);
    set(&["cors", "--add", "--origin", "*", "--method", "HEAD", "--max-age", "60"]);
    assert_eq!(shown("cors"), "1\thttps://a.example\tGET\t*\t\t\n2\t*\tHEAD\t\t\t60\n");
    set(&["cors", "--clear", "--yes"]);
    assert_eq!(shown("cors"), "");

    set(&["lifecycle", "--add", "--id", "tmp", "--prefix", "tmp/", "--expire-days", "7"]);
    let more = ["--id", "old", "--prefix", "old/", "--transition", "30:IA"];
    set(&[&["lifecycle", "--add"], &more[..], &["--abort-uploads-days", "3"]].concat());
    assert_eq!(
        shown("lifecycle"),
        "1\ttmp\ttmp/\tenabled\t7\t\t\t\t\n2\told\told/\tenabled\t\t3\t\t30:IA\t\n"
    );
    set(&["lifecycle", "--remove", "tmp"]);
    assert_eq!(shown("lifecycle"), "1\told\told/\tenabled\t\t3\t\t30:IA\t\n");

    assert_eq!(shown("referer"), "");
    set(&["referer", "--allow", "https://*.example.com", "--allow-empty", "false"]);
    assert_eq!(shown("referer"), "allow-empty: false\nallow: https://*.example.com\n");
    set(&["referer", "--clear", "--yes"]);
    assert_eq!(shown("referer"), "");

    assert_eq!(shown("logging"), "");
    set(&["logging", "--to", &name, "--prefix", "log/"]);
    assert_eq!(shown("logging"), format!("to: {name}\nprefix: log/\n"));
    set(&["logging", "--clear", "--yes"]);
    assert_eq!(shown("logging"), "");

    set(&["website", "--index", "index.html"]);
    set(&["website", "--error", "404.html"]);
    assert_eq!(shown("website"), "index: index.html\nerror: 404.html\n");
    set(&["website", "--clear", "--yes"]);
    assert_eq!(shown("website"), "");

    set(&["encryption", "--set", "AES256"]);
    assert_eq!(shown("encryption"), "algorithm: AES256\n");
    set(&["encryption", "--clear", "--yes"]);
    assert_eq!(shown("encryption"), "");

    assert_eq!(shown("versioning"), "off\n");
    set(&["versioning", "--set", "enabled"]);
    assert_eq!(shown("versioning"), "enabled\n");
}

#[test]
fn a_public_acl_under_a_block_is_refused_with_the_way_out() {
    let (dir, name) = blog();
    bucket(&dir, &["create", &format!("blog:{name}")]).exits(0);
    assert_eq!(bucket(&dir, &["public-access", "blog:"]).exits(0).stdout, "open\n");
    bucket(&dir, &["public-access", "blog:", "--set", "blocked"]).exits(0);
    assert_eq!(bucket(&dir, &["public-access", "blog:"]).exits(0).stdout, "blocked\n");
    bucket(&dir, &["acl", "blog:", "--set", "public-read", "--yes"])
        .exits(1)
        .says(&format!("hoist bucket public-access blog:{name} --set open"));
    bucket(&dir, &["public-access", "blog:", "--set", "open"]).exits(2).says("--yes");
    bucket(&dir, &["public-access", "blog:", "--set", "open", "--yes"]).exits(0);
    bucket(&dir, &["acl", "blog:", "--set", "public-read", "--yes"]).exits(0);
    assert_eq!(bucket(&dir, &["acl", "blog:"]).exits(0).stdout, "public-read\n");
}
