//! The built-in store: its links open while it runs, and there is one per data folder.

use std::net::TcpListener;

use crate::harness::{Dir, eventually, get, png};

#[test]
fn links_open_while_the_store_runs() {
    let dir = Dir::new();
    dir.png("猫 1.png", 5);
    let mut store = dir.hoist(["store"]).spawn();
    let base = store.first_line();
    assert_eq!(base, format!("http://127.0.0.1:{}/images", dir.port()));

    let run = dir.hoist(["upload", "-f", "markdown", "猫 1.png"]).run().exits(0);
    let url = run.stdout.trim().strip_prefix("![猫 1](").unwrap().strip_suffix(')').unwrap();
    assert!(url.starts_with(&format!("{base}/")), "the running store is used: {url}");
    let (status, kind, body) = get(url);
    assert_eq!((status, kind.as_str()), (200, "image/png"));
    assert_eq!(body, png(5));

    let (status, kind, body) = get(&format!("{url}?x-oss-process=image/resize,w_16"));
    assert_eq!((status, kind.as_str()), (200, "image/png"));
    assert_eq!(image::load_from_memory(&body).unwrap().width(), 16);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_store_and_what_it_holds_stays() {
    let dir = Dir::new();
    dir.png("cat.png", 5);
    let url = dir.hoist(["upload", "-q", "cat.png"]).run().exits(0).stdout.trim().to_owned();
    for signal in ["INT", "TERM"] {
        let mut store = dir.hoist(["store"]).spawn();
        store.first_line();
        assert_eq!(get(&url).2, png(5));
        store.signal(signal);
        assert!(store.wait(crate::harness::PATIENCE).success(), "{signal}");
    }
}

#[test]
fn a_second_store_of_the_same_data_says_so() {
    let dir = Dir::new();
    let mut store = dir.hoist(["store"]).spawn();
    let base = store.first_line();
    let second = dir.hoist(["store"]).run();
    assert_ne!(second.code, 0, "{}", second.stdout);
    second.says(&dir.port().to_string());
    // The first one is unharmed.
    assert_eq!(get(&format!("{base}/nothing-here.png")).0, 404);
}

#[test]
fn a_taken_port_moves_the_store_and_it_says_so() {
    let dir = Dir::new();
    let _taken = TcpListener::bind(("127.0.0.1", dir.port())).unwrap();
    dir.png("cat.png", 5);
    let run = dir.hoist(["upload", "cat.png"]).run().exits(0);
    let url = run.stdout.trim();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(!url.contains(&format!(":{}/", dir.port())), "{url}");
    run.says(&dir.port().to_string());
}

#[test]
fn it_listens_on_loopback_only() {
    let dir = Dir::new();
    let mut store = dir.hoist(["store"]).spawn();
    store.first_line();
    let listening = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let port = format!("{:04X}", dir.port());
    eventually("the store listens", || listening.contains(&port));
    for line in listening.lines().filter(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.get(1).is_some_and(|local| local.ends_with(&format!(":{port}")))
            && fields.get(3) == Some(&"0A")
    }) {
        assert!(line.contains(&format!("0100007F:{port}")), "{line}");
    }
}

#[test]
fn uploads_at_the_same_time_share_one_store_and_none_fails() {
    let dir = Dir::new();
    let mut running = Vec::new();
    for one in 0..4_u8 {
        let names: Vec<String> = (0..3_u8).map(|n| format!("{one}-{n}.png")).collect();
        for (n, name) in names.iter().enumerate() {
            dir.png(name, one * 3 + n as u8);
        }
        let mut arguments = vec!["upload".to_owned(), "-q".to_owned()];
        arguments.extend(names);
        running.push(dir.hoist(arguments).spawn());
    }
    for mut one in running {
        let status = one.wait(crate::harness::PATIENCE);
        let mut said = String::new();
        std::io::Read::read_to_string(&mut one.0.stderr.take().unwrap(), &mut said).unwrap();
        assert!(status.success(), "{said}");
    }
    assert_eq!(dir.hoist(["history", "links", "-n", "0"]).run().exits(0).lines().len(), 12);
}
