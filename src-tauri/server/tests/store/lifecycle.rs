use std::path::Path;
use std::time::Duration;

use hoist_core::builtin::BuiltinStore as _;
use hoist_core::home::Home;
use hoist_core::problem::Code;
use hoist_core::profile::SecretRef;
use hoist_core::secret::{Secret, Secrets};
use hoist_server::store::{
    Keys, LocalStore, RunningStore, ServeOptions, StartError, StoreOptions, serve_foreground,
};
use tokio::net::TcpListener;

use crate::support::{bytes, client, files, raw, start, within};

async fn open(dir: &Path) -> (RunningStore, aws_sdk_s3::Client) {
    let running = RunningStore::start(StoreOptions::new(dir, Keys::random())).await.unwrap();
    let client = client(&running, running.keys());
    within(Duration::from_secs(10), "the bucket", async || {
        client.head_bucket().bucket("images").send().await.is_ok()
    })
    .await;
    (running, client)
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = open(dir.path()).await;
    let id = running.store_id().to_owned();
    let body = bytes(1_000_000, 1);
    client.put_object().bucket("images").key("k").body(body.clone().into()).send().await.unwrap();
    let upload = client.create_multipart_upload().bucket("images").key("m").send().await.unwrap();
    client
        .upload_part()
        .bucket("images")
        .key("m")
        .upload_id(upload.upload_id().unwrap())
        .part_number(1)
        .body(body.clone().into())
        .send()
        .await
        .unwrap();
    running.stop().await;
    assert!(!dir.path().join("address.json").exists());

    let (running, client) = open(dir.path()).await;
    assert_eq!(running.store_id(), id);
    let got = client.get_object().bucket("images").key("k").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), body);
    let parts = client
        .list_parts()
        .bucket("images")
        .key("m")
        .upload_id(upload.upload_id().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(parts.parts().len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn left_overs_of_a_crash_are_cleaned_and_objects_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = open(dir.path()).await;
    client.put_object().bucket("images").key("k").body(bytes(1000, 1).into()).send().await.unwrap();
    let part = dir.path().join("tmp/half");
    let orphan = dir.path().join("data/ff/0000000000010123456789abcdef01ff");
    // As after SIGKILL: the index says it was not closed.
    let crashed = dir.path().join("crashed");
    copy_dir(dir.path(), &crashed);
    running.stop().await;
    drop((part, orphan));

    let (part, orphan) =
        (crashed.join("tmp/half"), crashed.join("data/ff/0000000000010123456789abcdef01ff"));
    std::fs::write(&part, b"half").unwrap();
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, b"nobody's").unwrap();
    let (running, client) = open(&crashed).await;
    assert!(!part.exists());
    within(Duration::from_secs(10), "the orphan to go", async || !orphan.exists()).await;
    let got = client.get_object().bucket("images").key("k").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), bytes(1000, 1));
    assert_eq!(files(&crashed.join("data")), 1);
    running.stop().await;
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path() == to {
            continue;
        }
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    use tokio::io::AsyncWriteExt as _;
    let store = start().await;
    let presigned = store
        .client
        .put_object()
        .bucket("images")
        .key("half")
        .presigned(
            aws_sdk_s3::presigning::PresigningConfig::expires_in(Duration::from_secs(60)).unwrap(),
        )
        .await
        .unwrap();
    let port = store.running.port();
    let target = presigned.uri().split_once(&port.to_string()).unwrap().1.to_owned();
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = format!(
        "PUT {target} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: 1000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&bytes(300_000, 1)).await.unwrap();
    within(Duration::from_secs(10), "the body to arrive", async || store.temporary_files() == 1)
        .await;
    drop(stream);
    within(Duration::from_secs(10), "the rest to go", async || store.temporary_files() == 0).await;
    assert_eq!(store.content_files(), 0);
    assert_eq!(store.get("/images/half").await.status, 404);
}

#[tokio::test]
async fn one_directory_is_served_once() {
    let store = start().await;
    let second =
        RunningStore::start(StoreOptions::new(store.dir.path().join("store"), Keys::random()))
            .await;
    assert!(matches!(second, Err(StartError::InUse)), "{second:?}");
}

#[tokio::test]
async fn a_newer_index_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (running, _) = open(dir.path()).await;
    running.stop().await;
    let index = rusqlite::Connection::open(dir.path().join("index.db")).unwrap();
    index.pragma_update(None, "user_version", 99).unwrap();
    drop(index);
    let refused = RunningStore::start(StoreOptions::new(dir.path(), Keys::random())).await;
    assert!(matches!(refused, Err(StartError::Index(_))), "{refused:?}");
    std::fs::write(dir.path().join("index.db"), bytes(9000, 1)).unwrap();
    let refused = RunningStore::start(StoreOptions::new(dir.path(), Keys::random())).await;
    assert!(matches!(refused, Err(StartError::Index(_))), "{refused:?}");
    assert_eq!(std::fs::read(dir.path().join("index.db")).unwrap(), bytes(9000, 1));
}

/// A home whose keys are in its file, so that no keyring is asked.
async fn home(dir: &Path) -> Home {
    let home = Home::at(dir);
    let keys = Keys::random();
    let secret = Secret::new(keys.access_key, keys.secret_key, None);
    Secrets::new(&home).set("local", &SecretRef::File, secret).await.unwrap();
    home
}

/// Holds a port, and gives the one after it when that is free too.
async fn taken_port() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn a_taken_port_moves_the_store_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let home = home(dir.path()).await;
    let (_other, port) = taken_port().await;
    let store = LocalStore::new(&home, port);
    assert!(!store.status().running);
    let endpoint = store.start().await.unwrap();
    assert!(endpoint.status.moved && endpoint.status.running);
    assert!(endpoint.status.port > port && endpoint.status.port < port + 10);
    assert_eq!(endpoint.public_base, format!("http://127.0.0.1:{}/images", endpoint.status.port));
    assert_eq!(store.status(), endpoint.status);
    store.stop().await;
    assert!(!store.status().running);
}

#[tokio::test]
async fn a_range_of_taken_ports_is_a_problem_with_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let (_other, port) = taken_port().await;
    let options =
        StoreOptions { port, port_tries: 1, ..StoreOptions::new(dir.path(), Keys::random()) };
    let refused = RunningStore::start(options).await;
    assert!(matches!(refused, Err(StartError::PortsTaken(_, _))), "{refused:?}");
    // The directory is free again.
    let (running, _) = open(dir.path()).await;
    running.stop().await;
}

#[tokio::test]
async fn a_second_process_uses_the_first_and_takes_over_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let home = home(dir.path()).await;
    let (first, second) = (LocalStore::new(&home, 0), LocalStore::new(&home, 0));
    let (one, two) = tokio::join!(first.start(), second.start());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.endpoint_url, two.endpoint_url);
    assert_eq!((&one.access_key, &one.secret_key), (&two.access_key, &two.secret_key));
    assert_ne!(first.is_here().await, second.is_here().await, "exactly one serves");
    let (server, user) = if first.is_here().await { (first, second) } else { (second, first) };
    assert_eq!(user.start().await.unwrap().endpoint_url, one.endpoint_url);
    server.stop().await;
    let after = user.start().await.unwrap();
    assert!(user.is_here().await);
    let port = after.status.port;
    assert_eq!(raw(port, "GET", "/-/hoist", &[]).await.unwrap().status, 200);
    user.stop().await;
    assert!(raw(port, "GET", "/-/hoist", &[]).await.is_err());
}

#[tokio::test]
async fn links_go_on_when_the_process_that_served_them_ends() {
    let dir = tempfile::tempdir().unwrap();
    let home = home(dir.path()).await;
    let (first, second) = (LocalStore::new(&home, 0), LocalStore::new(&home, 0));
    first.start().await.unwrap();
    second.start().await.unwrap();
    assert!(first.is_here().await && !second.is_here().await);
    first.stop().await;
    // Nobody asks the second for anything.
    within(Duration::from_secs(10), "the second to take over", async || second.is_here().await)
        .await;
    let port = second.status().port;
    assert_eq!(raw(port, "GET", "/-/hoist", &[]).await.unwrap().status, 200);
    second.stop().await;
}

#[tokio::test]
async fn keys_made_by_a_process_without_keyring_work_too() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::at(dir.path());
    let secrets = Secrets::new(&home);
    let options = StoreOptions {
        secrets: Some(secrets.clone()),
        ..StoreOptions::new(home.store_dir(), Keys::random())
    };
    let running = RunningStore::start(options).await.unwrap();
    let other = Keys::random();
    let with_other = client(&running, &other);
    assert!(with_other.list_buckets().send().await.is_err());
    let secret = Secret::new(other.access_key.clone(), other.secret_key.clone(), None);
    secrets.set("local", &SecretRef::File, secret).await.unwrap();
    assert!(with_other.list_buckets().send().await.is_ok());
    running.stop().await;
}

#[tokio::test]
async fn the_foreground_store_says_when_it_is_ready_and_is_alone() {
    let dir = tempfile::tempdir().unwrap();
    let home = home(dir.path()).await;
    let (ready, told) = tokio::sync::oneshot::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let options = |home: &Home| ServeOptions { home: home.clone(), port: 0 };
    let serving = tokio::spawn({
        let options = options(&home);
        async move {
            serve_foreground(options, |endpoint| ready.send(endpoint.clone()).unwrap(), async {
                let _ = stopped.await;
            })
            .await
        }
    });
    let endpoint = told.await.unwrap();
    assert_eq!(raw(endpoint.status.port, "GET", "/-/hoist", &[]).await.unwrap().status, 200);
    let second = serve_foreground(options(&home), |_| panic!("not ready"), async {}).await;
    assert_eq!(second.unwrap_err().code, Code::DataInUse);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(raw(endpoint.status.port, "GET", "/-/hoist", &[]).await.is_err());
}

#[tokio::test]
async fn requests_under_way_finish_when_the_store_stops() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = open(dir.path()).await;
    let puts: Vec<_> = (0..20)
        .map(|n| {
            let put = client
                .put_object()
                .bucket("images")
                .key(format!("k{n}"))
                .body(bytes(400_000, 1).into());
            tokio::spawn(put.send())
        })
        .collect();
    within(Duration::from_secs(10), "a first one", async || files(&dir.path().join("data")) > 0)
        .await;
    running.stop().await;
    let mut stored = 0;
    for put in puts {
        stored += usize::from(put.await.unwrap().is_ok());
    }
    let (running, client) = open(dir.path()).await;
    let listed = client.list_objects_v2().bucket("images").send().await.unwrap();
    assert_eq!(listed.contents().len(), stored, "what was answered with 200, and nothing else");
    assert_eq!(files(&dir.path().join("tmp")), 0);
    running.stop().await;
}
