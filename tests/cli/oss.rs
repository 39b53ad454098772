//! Profiles of Aliyun OSS against a server that answers as OSS does: what works, and what the doctor
//! says about what does not.

use hoist_testkit::oss::{Acl, OssOptions, OssServer};
use serde_json::Value;

use crate::harness::{Dir, Run, get};

fn server() -> OssServer {
    OssServer::with(OssOptions::default())
}

/// The keys a profile is added with; a third line is a session token.
pub(crate) struct Keys(String);

impl Keys {
    pub(crate) fn of(server: &OssServer) -> Self {
        Self(format!("{}\n{}\n", server.access_key(), server.secret_key()))
    }
}

/// Adds the profile `pics` for the server's numeric address, with these flags on top.
pub(crate) fn add(dir: &Dir, server: &OssServer, keys: &Keys, more: &[&str]) {
    let endpoint = server.url();
    let mut args = vec!["profile", "add", "pics", "--provider", "oss", "--default"];
    args.extend(["--secret-stdin", "--insecure-storage"]);
    for (flag, value) in
        [("--endpoint", &*endpoint), ("--region", server.region()), ("--bucket", server.bucket())]
    {
        if !more.contains(&flag) {
            args.extend([flag, value]);
        }
    }
    args.extend(more);
    dir.hoist(args).stdin(keys.0.clone()).run().exits(0);
}

fn doctor(dir: &Dir) -> Run {
    dir.hoist(["profile", "doctor", "pics", "--json"]).run()
}

/// The line of a check as it ended.
fn line<'a>(lines: &'a [Value], check: &str) -> &'a Value {
    lines.iter().find(|line| line["check"] == check).unwrap_or_else(|| panic!("no line {check}"))
}

fn states(lines: &[Value]) -> Vec<(&str, &str)> {
    let mut states: Vec<_> = lines
        .iter()
        .map(|line| (line["check"].as_str().unwrap(), line["state"].as_str().unwrap()))
        .collect();
    states.sort_unstable();
    states
}

#[test]
fn a_bound_domain_passes_every_check_and_links_open_there() {
    let (server, dir) = (server(), Dir::new());
    let domain = server.cname_url();
    add(&dir, &server, &Keys::of(&server), &["--public-url", &domain, "--cname"]);
    let run = doctor(&dir).exits(0);
    let expected = [
        ("clock", "ok"),
        ("cors", "noted"),
        ("credentials", "ok"),
        ("dns", "ok"),
        ("endpoint", "ok"),
        ("forcedDownload", "ok"),
        ("images", "ok"),
        ("list", "ok"),
        ("publicUrl", "ok"),
        ("region", "ok"),
        ("tls", "notNeeded"),
        ("writeAndDelete", "ok"),
    ];
    let lines = run.json();
    assert_eq!(states(&lines), expected, "{}", run.stdout);
    assert_eq!(line(&lines, "images")["measure"], "32 × 24");
    assert!(server.keys(server.bucket()).is_empty(), "the probe was left behind");

    // The command it names closes the gap.
    let command = line(&lines, "cors")["command"].as_str().unwrap().to_owned();
    assert!(command.starts_with("hoist bucket cors pics: --add --origin "), "{command}");

    dir.png("猫 1.png", 1);
    let run = dir.hoist(["upload", "猫 1.png"]).run().exits(0);
    let url = run.lines()[0].to_owned();
    assert!(url.starts_with(&format!("{domain}/")), "{url}");
    assert_eq!(get(&url).0, 200);
    let seen = server.faults().seen();
    assert!(seen.iter().all(|seen| seen.host.starts_with("localhost")), "{seen:?}");

    let history = dir.hoist(["history", "--json"]).run().exits(0);
    let id = history.json()[0]["id"].to_string();
    dir.hoist(["history", "remove", "--remote", &id]).run().exits(0);
    assert!(server.keys(server.bucket()).is_empty());
}

#[test]
fn the_default_domain_works_with_a_remark_about_downloads() {
    let (server, dir) = (server(), Dir::new());
    add(&dir, &server, &Keys::of(&server), &[]);
    let run = doctor(&dir).exits(0);
    let lines = run.json();
    let noted = line(&lines, "forcedDownload");
    assert_eq!(noted["state"], "noted", "{}", run.stdout);
    assert_eq!(noted["command"], "hoist profile set pics --public-url https://YOUR.DOMAIN");
    assert!(noted["problem"]["zh"]["fix"].as_str().unwrap().contains("自定义域名"));
    let told = dir.hoist(["profile", "doctor", "pics"]).env("LANG", "zh_CN.UTF-8").run().exits(0);
    assert!(told.stdout.contains("提示"), "{}", told.stdout);
}

#[test]
fn v1_and_temporary_keys_work() {
    let (server, dir) = (server(), Dir::new());
    let keys = server.temporary_keys(600);
    let keys = Keys(format!("{}\n{}\n{}\n", keys.access_key, keys.secret_key, keys.token));
    add(&dir, &server, &keys, &["--signature", "v1"]);
    doctor(&dir).exits(0);
    dir.hoist(["profile", "set", "pics", "--signature", "v4"]).run().exits(0);
    doctor(&dir).exits(0);
}

/// Runs the doctor on a broken profile: which line fails, with which code and command.
#[track_caller]
fn fails(dir: &Dir, server: &OssServer, check: &str, code: &str, command: Option<&str>) {
    let run = doctor(dir).exits(3);
    let lines = run.json();
    let failed: Vec<_> = lines.iter().filter(|line| line["state"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{}", run.stdout);
    assert_eq!(failed[0]["check"], check, "{}", run.stdout);
    let problem = &failed[0]["problem"];
    assert_eq!(problem["code"], code, "{}", run.stdout);
    assert_eq!(failed[0]["command"].as_str(), command, "{}", run.stdout);
    let secret = server.secret_key();
    assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret));
    // Both languages say what happened and what to do, each in its own words.
    for language in ["C.UTF-8", "zh_CN.UTF-8"] {
        let words = &problem[if language == "C.UTF-8" { "en" } else { "zh" }];
        // The next run has a probe of another name.
        let what = words["what"].as_str().unwrap().split(".hoist-probe-").next().unwrap();
        dir.hoist(["profile", "doctor", "pics"])
            .env("LANG", language)
            .run()
            .exits(3)
            .says(what.trim_end_matches(['.', '。']))
            .says(words["fix"].as_str().unwrap());
    }
    assert!(server.keys(server.bucket()).is_empty(), "something was left in the bucket");
}

/// An upload fails for the same reason, as a matter of configuration, and stores nothing.
#[track_caller]
fn upload_fails(dir: &Dir, server: &OssServer, code: &str) {
    dir.png("cat.png", 7);
    let run = dir.hoist(["upload", "--json", "cat.png"]).run().exits(3);
    assert_eq!(run.json()[0]["error"]["code"], code, "{}", run.stdout);
    assert!(server.keys(server.bucket()).is_empty());
}

#[test]
fn wrong_keys_are_told_apart() {
    for (wrong, words) in
        [(0, "does not know the access key ID"), (1, "secret key is not that of the access key ID")]
    {
        let (server, dir) = (server(), Dir::new());
        let mut keys = [server.access_key(), server.secret_key()];
        keys[wrong] = "LTAI5tNobodyKnowsThisOne";
        add(&dir, &server, &Keys(keys.join("\n")), &[]);
        let command = Some("hoist profile set pics --secret");
        fails(&dir, &server, "credentials", "credentialsRejected", command);
        dir.hoist(["profile", "doctor", "pics"]).run().exits(3).says(words);
        upload_fails(&dir, &server, "credentialsRejected");
    }
}

#[test]
fn an_expired_token_is_told_apart_from_a_wrong_key() {
    let (server, dir) = (server(), Dir::new());
    let keys = server.temporary_keys(-60);
    let keys = Keys(format!("{}\n{}\n{}\n", keys.access_key, keys.secret_key, keys.token));
    add(&dir, &server, &keys, &[]);
    let command = Some("hoist profile set pics --secret-stdin");
    fails(&dir, &server, "credentials", "credentialsExpired", command);
    upload_fails(&dir, &server, "credentialsExpired");
}

#[test]
fn a_clock_that_is_off_is_a_finding_and_no_obstacle() {
    let (server, dir) = (server(), Dir::new());
    add(&dir, &server, &Keys::of(&server), &[]);
    server.faults().set_clock(16 * 60);
    let run = doctor(&dir).exits(3);
    let lines = run.json();
    let clock = line(&lines, "clock");
    assert_eq!(
        (&clock["state"], &clock["problem"]["code"]),
        (&"failed".into(), &"clockSkew".into())
    );
    assert!(clock["command"].is_string());
    let others = lines.iter().filter(|line| line["state"] == "failed").count();
    assert_eq!(others, 1, "{}", run.stdout);
    dir.png("cat.png", 7);
    dir.hoist(["upload", "cat.png"]).run().exits(0);
}

#[test]
fn a_wrong_region_is_named() {
    let (server, dir) = (server(), Dir::new());
    add(&dir, &server, &Keys::of(&server), &["--region", "cn-shanghai"]);
    let run = doctor(&dir).exits(3);
    let lines = run.json();
    let region = line(&lines, "region");
    assert_eq!(region["state"], "failed", "{}", run.stdout);
    assert_eq!(region["problem"]["code"], "wrongRegion", "{}", run.stdout);
    let command = region["command"].as_str().unwrap();
    assert!(command.starts_with("hoist profile set pics --region "), "{command}");
    upload_fails(&dir, &server, "wrongRegion");
}

#[test]
fn a_forbidden_public_endpoint_leads_to_a_custom_domain() {
    let (server, dir) = (server(), Dir::new());
    add(&dir, &server, &Keys::of(&server), &[]);
    server.faults().forbid_public_endpoint(true);
    let command = Some("hoist profile set pics --public-url https://YOUR.DOMAIN --cname");
    fails(&dir, &server, "list", "publicEndpointForbidden", command);
    let run = doctor(&dir).exits(3);
    let lines = run.json();
    let code = line(&lines, "list")["problem"]["providerCode"].as_str().unwrap();
    assert!(code.contains("0048-00000401"), "{code}");
    upload_fails(&dir, &server, "publicEndpointForbidden");

    // And doing so is the cure.
    let domain = server.cname_url();
    let set = ["profile", "set", "pics", "--public-url", &domain, "--cname"];
    dir.hoist(set).run().exits(0);
    doctor(&dir).exits(0);
}

#[test]
fn a_missing_bucket_and_a_private_one_are_different_things() {
    let (server, dir) = (server(), Dir::new());
    add(&dir, &server, &Keys::of(&server), &["--bucket", "no-such-bucket"]);
    let command = Some("hoist profile set pics --bucket BUCKET");
    fails(&dir, &server, "list", "bucketNotFound", command);
    upload_fails(&dir, &server, "bucketNotFound");

    server.create_bucket("no-such-bucket", Acl::Private);
    let command = "hoist bucket acl pics: --set public-read";
    fails(&dir, &server, "publicUrl", "publicUrlPrivate", Some(command));
    // The command is one that exists, and it is the cure.
    let mut args: Vec<&str> = command.split(' ').skip(1).collect();
    args.push("--yes");
    dir.hoist(args).run().exits(0);
    doctor(&dir).exits(0);
}

#[test]
fn what_is_pasted_from_the_console_is_understood() {
    let dir = Dir::new();
    let add = ["profile", "add", "pics", "--provider", "oss", "--from-env", "--endpoint"];
    let pasted = "https://images.oss-cn-shanghai-internal.aliyuncs.com";
    dir.hoist(add.iter().chain(&[pasted])).run().exits(0);
    let shown = dir.hoist(["profile", "show", "pics", "--json"]).run().exits(0).json();
    assert_eq!(shown[0]["region"], "cn-shanghai");
    assert_eq!(shown[0]["bucket"], "images");
    assert_eq!(shown[0]["endpointKind"], "internal");
    assert!(shown[0]["endpoint"].is_null());
    assert_eq!(shown[0]["publicBase"], "https://images.oss-cn-shanghai.aliyuncs.com");
    let config = dir.config();
    for name in ["ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET", "ALIYUN_SECURITY_TOKEN"] {
        assert!(config.contains(name), "{config}");
    }
}

#[test]
fn flags_and_keys_of_oss_mean_nothing_elsewhere() {
    let dir = Dir::new();
    let add = ["profile", "add", "blog", "--provider", "minio", "--bucket", "b"];
    let rest = ["--endpoint", "http://127.0.0.1:9", "--from-env", "--cname"];
    dir.hoist(add.iter().chain(&rest)).run().exits(2).says("--cname");
    let profile =
        "[profiles.pics]\nprovider = \"oss\"\nregion = \"cn-hangzhou\"\nbucket = \"abc\"\n";
    for (text, says) in [
        (format!("{profile}endpoint_kind = \"secret\"\n"), "line 5"),
        (format!("{profile}signature = \"v2\"\n"), "v4, v1"),
        (format!("{profile}images = 1\n"), "images"),
        (profile.replace("oss", "s3") + "cname = true\n", "only profiles of provider oss have it"),
    ] {
        dir.write_config(&text);
        dir.hoist(["profile", "list"]).run().exits(3).says(says);
    }
}
