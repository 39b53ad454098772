//! `hoist bucket`: on the built-in store, on a real S3 server, and what is refused before a request.

use hoist_testkit::hoist::seaweedfs;

use crate::harness::{Dir, Run};

/// A home with the profile `cloud`, and a bucket name that no other test has.
fn cloud() -> (Dir, String) {
    let dir = Dir::new();
    let server = seaweedfs();
    let bucket = format!("cli-{}", dir.port());
    dir.hoist(["profile", "add", "cloud", "--provider", "s3", "--bucket", &bucket])
        .stdin("")
        .run()
        .exits(3);
    dir.hoist([
        "profile",
        "add",
        "cloud",
        "--provider",
        "s3",
        "--endpoint",
        &server.endpoint,
        "--region",
        "us-east-1",
        "--bucket",
        &bucket,
        "--public-url",
        &format!("{}/{bucket}", server.endpoint),
        "--secret-stdin",
        "--insecure-storage",
    ])
    .stdin(format!("{}\n{}\n", server.access_key, server.secret_key))
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
fn the_built_in_store_has_buckets_too() {
    let dir = Dir::new();
    let listed = bucket(&dir, &["list"]).exits(0);
    assert_eq!(listed.lines(), ["*\timages\t\t".to_owned() + today(&listed) + "\t"]);
    bucket(&dir, &["create", "local:second"]).exits(0).says("Made bucket second");
    let json = bucket(&dir, &["list", "local:", "--json"]).exits(0).json();
    let names: Vec<&str> = json.iter().map(|line| line["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["images", "second"]);
    assert_eq!((&json[0]["current"], &json[1]["current"]), (&true.into(), &false.into()));
    bucket(&dir, &["create", "local:second"]).exits(1).says("There is a bucket called second");
    bucket(&dir, &["cors", "local:"]).exits(1).says("it does not have CORS rules");
    bucket(&dir, &["delete", "local:second", "--yes"]).exits(0).says("Deleted bucket second");
    bucket(&dir, &["info", "local:second"]).exits(3).says("There is no bucket for second");
}

#[test]
fn files_go_to_another_bucket_of_the_account_by_its_place() {
    let dir = Dir::new();
    dir.file("a.bin", "weights");
    bucket(&dir, &["create", "local:second"]).exits(0);
    dir.hoist(["put", "a.bin", "local/second:models/"]).run().exits(0);
    let there = dir.hoist(["ls", "-r", "--json", "local/second:"]).run().exits(0).json();
    assert_eq!(there[0]["key"], "models/a.bin");
    assert_eq!(dir.hoist(["ls", "-r", "local:"]).run().exits(0).stdout, "");
    dir.hoist(["cp", "local/second:models/a.bin", "local:b.bin"]).run().exits(0);
    dir.hoist(["get", "local:b.bin", "back.bin"]).run().exits(0);
    assert_eq!(std::fs::read(dir.path("back.bin")).unwrap(), b"weights");
    dir.hoist(["rm", "local/second:models/a.bin"]).run().exits(0);
    dir.hoist(["stat", "local/second:models/a.bin"]).run().exits(1).says("models/a.bin");
    dir.hoist(["ls", "local/third:"]).run().exits(3).says("third");
}

/// The date in a list, which is the day the test runs on.
fn today(listed: &Run) -> &str {
    listed.stdout.split('\t').nth(3).unwrap()
}

#[test]
fn a_bucket_is_made_set_up_and_removed() {
    let (dir, name) = cloud();
    let made = bucket(&dir, &["create", &format!("cloud:{name}")]).exits(0);
    assert_eq!(made.stdout, "");
    made.says(&format!("hoist bucket cors cloud:{name} --add"));
    let listed = bucket(&dir, &["list", "cloud:"]).exits(0);
    assert!(listed.stdout.contains(&format!("*\t{name}\t")), "{}", listed.stdout);
    let info = bucket(&dir, &["info", "cloud:", "--json"]).exits(0).json();
    assert_eq!((&info[0]["name"], &info[0]["current"]), (&name.as_str().into(), &true.into()));

    let none = bucket(&dir, &["cors", "cloud:"]).exits(0).says("nothing is set");
    assert_eq!(none.stdout, "");
    let add = ["cors", "cloud:", "--add", "--origin", "https://a.example", "--method", "get"];
    bucket(&dir, &[&add[..], &["--max-age", "5"]].concat()).exits(0).says("Changed bucket");
    let more = ["cors", "cloud:", "--add", "--origin", "https://b.example", "--origin"];
    let more = [&more[..], &["https://c.example", "--method", "PUT", "--header", "*"]].concat();
    bucket(&dir, &[&more[..], &["--max-age", "600"]].concat()).exits(0);
    let rules = bucket(&dir, &["cors", "cloud:"]).exits(0);
    assert_eq!(
        rules.lines(),
        [
            "1\thttps://a.example\tGET\t\t\t5",
            "2\thttps://b.example,https://c.example\tPUT\t*\t\t600"
        ]
    );
    bucket(&dir, &["cors", "cloud:", "--remove", "3"]).exits(1).says("the numbers 1 to 2");
    bucket(&dir, &["cors", "cloud:", "--remove", "1"]).exits(0);
    let left = bucket(&dir, &["cors", "cloud:", "--json"]).exits(0).json();
    assert_eq!(left[0]["origins"][0], "https://b.example");
    assert_eq!((left.len(), &left[0]["maxAge"]), (1, &600.into()));

    // Out, changed by hand, and in again.
    let document = bucket(&dir, &["cors", "cloud:", "--xml"]).exits(0).stdout;
    let changed = document.replace("https://b.example", "https://d.example");
    dir.file("cors.xml", &changed);
    bucket(&dir, &["cors", "cloud:", "--xml", "cors.xml"]).exits(0);
    assert!(bucket(&dir, &["cors", "cloud:"]).exits(0).stdout.contains("https://d.example"));
    dir.hoist(["bucket", "cors", "cloud:", "--xml", "-"]).stdin(document).run().exits(0);
    assert!(bucket(&dir, &["cors", "cloud:"]).exits(0).stdout.contains("https://b.example"));

    bucket(&dir, &["cors", "cloud:", "--clear"]).exits(2).says("--yes");
    assert_ne!(bucket(&dir, &["cors", "cloud:"]).exits(0).stdout, "", "it is still there");
    bucket(&dir, &["cors", "cloud:", "--clear", "--yes"]).exits(0);
    assert_eq!(bucket(&dir, &["cors", "cloud:"]).exits(0).stdout, "");

    assert_eq!(bucket(&dir, &["versioning", "cloud:"]).exits(0).lines(), ["off"]);
    assert_eq!(bucket(&dir, &["acl", "cloud:"]).exits(0).lines(), ["private"]);

    bucket(&dir, &["delete", &format!("cloud:{name}")]).exits(2).says("--yes");
    bucket(&dir, &["delete", &format!("cloud:{name}"), "--yes"])
        .exits(0)
        .says("it was the bucket of the profile cloud");
    bucket(&dir, &["cors", "cloud:"]).exits(3);
}

#[test]
fn lifecycle_rules_are_added_beside_each_other() {
    let (dir, name) = cloud();
    bucket(&dir, &["create", &format!("cloud:{name}")]).exits(0);
    let add = ["lifecycle", "cloud:", "--add", "--id", "tmp", "--prefix", "tmp/"];
    bucket(&dir, &[&add[..], &["--expire-days", "7"]].concat()).exits(0);
    let add = ["lifecycle", "cloud:", "--add", "--id", "logs", "--prefix", "logs/"];
    bucket(&dir, &[&add[..], &["--expire-days", "30"]].concat()).exits(0);
    let rules = bucket(&dir, &["lifecycle", "cloud:", "--json"]).exits(0).json();
    let mut shown: Vec<(&str, u64)> = rules
        .iter()
        .map(|rule| (rule["prefix"].as_str().unwrap(), rule["expireDays"].as_u64().unwrap()))
        .collect();
    shown.sort_unstable();
    assert_eq!(shown, [("logs/", 30), ("tmp/", 7)]);
    bucket(&dir, &["lifecycle", "cloud:", "--add", "--expire-days", "1"])
        .exits(2)
        .says("Let every object expire");
    bucket(&dir, &["lifecycle", "cloud:", "--remove", "nope"]).exits(1).says("the numbers 1 to 2");
    bucket(&dir, &["lifecycle", "cloud:", "--remove", rules[0]["id"].as_str().unwrap()]).exits(0);
    assert_eq!(bucket(&dir, &["lifecycle", "cloud:"]).exits(0).lines().len(), 1);
    bucket(&dir, &["delete", &format!("cloud:{name}"), "--yes"]).exits(0);
}

#[test]
fn what_makes_no_sense_is_a_matter_of_usage() {
    let dir = Dir::new();
    bucket(&dir, &["list", "local"]).exits(2).says("write local:");
    bucket(&dir, &["cors", "local:b/key", "--json"]).exits(2);
    bucket(&dir, &["create", "local:"]).exits(2);
    bucket(&dir, &["create", "local:No_Good"]).exits(2).says("3 to 63");
    bucket(&dir, &["cors", "local:", "--add", "--origin", "https://a.example"]).exits(2);
    bucket(&dir, &["cors", "local:", "--origin", "https://a.example"]).exits(2);
    bucket(&dir, &["cors", "local:", "--remove", "0"]).exits(2);
    bucket(&dir, &["lifecycle", "local:", "--add", "--prefix", "a/"]).exits(2);
    // The two actions go together: it is the store that has no lifecycle rules.
    let both = ["--expire-days", "7", "--abort-uploads-days", "3"];
    bucket(&dir, &[&["lifecycle", "local:", "--add", "--prefix", "a/"], &both[..]].concat())
        .exits(1)
        .says("it does not have lifecycle rules");
    bucket(&dir, &["acl", "local:", "--set", "everybody"]).exits(2);
    bucket(&dir, &["acl", "local:", "--set", "public-read"]).exits(2).says("--yes");
    bucket(&dir, &["info", "nobody:"]).exits(3).says("There is no profile nobody");
}

#[test]
fn a_document_that_is_none_is_not_sent() {
    let (dir, name) = cloud();
    bucket(&dir, &["create", &format!("cloud:{name}")]).exits(0);
    dir.file("broken.xml", "<CORSConfiguration><CORSRule>");
    bucket(&dir, &["cors", "cloud:", "--xml", "broken.xml"]).exits(1).says("is not accepted");
    dir.file("other.xml", "<LifecycleConfiguration/>");
    bucket(&dir, &["cors", "cloud:", "--xml", "other.xml"]).exits(1).says("`CORSConfiguration`");
    bucket(&dir, &["cors", "cloud:", "--xml", "missing.xml"]).exits(1).says("missing.xml");
    assert_eq!(bucket(&dir, &["cors", "cloud:"]).exits(0).stdout, "");
    bucket(&dir, &["delete", &format!("cloud:{name}"), "--yes"]).exits(0);
}

#[test]
fn a_wrong_key_is_a_matter_of_credentials() {
    let (dir, _) = cloud();
    dir.hoist(["profile", "set", "cloud", "--secret-stdin", "--insecure-storage"])
        .stdin(format!("{}\nnot-the-secret-at-all\n", seaweedfs().access_key))
        .run()
        .exits(0);
    let run = bucket(&dir, &["list", "cloud:"]).exits(3);
    assert_eq!(run.stdout, "");
    assert!(!run.stderr.contains("not-the-secret"));
    run.says("hint: ");
}

#[test]
fn the_verbs_are_completed_and_explained() {
    let dir = Dir::new();
    let script = dir.hoist(["completions", "bash"]).run().exits(0).stdout;
    for word in ["hoist__subcmd__bucket__subcmd__cors", "public-access", "--abort-uploads-days"] {
        assert!(script.contains(word), "{word}");
    }
    let help = bucket(&dir, &["--help"]).exits(0).stdout;
    assert!(help.contains("hoist bucket lifecycle blog: --add"), "{help}");
    for verb in ["list", "create", "delete", "info", "acl", "cors", "lifecycle", "referer"] {
        let help = bucket(&dir, &[verb, "--help"]).exits(0).stdout;
        assert!(help.contains("Usage: hoist bucket"), "{help}");
    }
}
