use std::sync::Mutex;

use super::*;
use crate::builtin::BuiltinEndpoint;
use crate::clipboard::MemoryClipboard;
use crate::problem::{Code, Problem};
use crate::profile::{Profile, Provider, SecretRef};
use crate::settings::Settings;
use crate::testing::Seen;
use crate::view::{HistoryQuery, SecretInput};
use async_trait::async_trait;

/// A store that says where it is, and never is.
#[derive(Debug)]
struct Said {
    port: Mutex<u16>,
}

impl Said {
    fn status_now(&self) -> StoreStatus {
        let port = *self.port.lock().unwrap();
        StoreStatus {
            running: true,
            public_base: format!("http://127.0.0.1:{port}/images"),
            port,
            moved: false,
        }
    }
}

#[async_trait]
impl BuiltinStore for Said {
    async fn start(&self) -> Result<BuiltinEndpoint> {
        let status = self.status_now();
        Ok(BuiltinEndpoint {
            endpoint_url: format!("http://127.0.0.1:{}", status.port),
            public_base: status.public_base.clone(),
            bucket: "images".into(),
            access_key: "key".into(),
            secret_key: "sEcReT".into(),
            status,
        })
    }

    fn status(&self) -> StoreStatus {
        self.status_now()
    }
}

struct Opened {
    dir: tempfile::TempDir,
    app: App,
    events: Arc<Seen>,
    store: Arc<Said>,
}

async fn open() -> Opened {
    open_in(tempfile::tempdir().unwrap()).await.unwrap()
}

async fn open_in(dir: tempfile::TempDir) -> Result<Opened> {
    let events = Arc::new(Seen::default());
    let store = Arc::new(Said { port: Mutex::new(36690) });
    let app = App::open(AppOptions {
        home: Home::at(dir.path()),
        events: Arc::clone(&events) as _,
        builtin: Arc::clone(&store) as _,
        clipboard: Arc::new(MemoryClipboard::default()),
        extra_ca: None,
    })
    .await?;
    Ok(Opened { dir, app, events, store })
}

fn profile(name: &str) -> Profile {
    Profile {
        bucket: "pictures".into(),
        endpoint: Some("https://s3.example.com".into()),
        public_url: Some("https://img.example.com".into()),
        secret: SecretRef::File,
        ..Profile::new(name, Provider::Minio)
    }
}

fn keys() -> SecretInput {
    SecretInput {
        access_key_id: "AKID".into(),
        secret_access_key: "s3cr3t".into(),
        session_token: None,
    }
}

#[tokio::test]
async fn a_first_start_has_local_and_nothing_else() {
    let opened = open().await;
    let snapshot = opened.app.snapshot(7);
    assert_eq!(snapshot.seq, 7);
    assert_eq!(snapshot.profiles.len(), 1);
    assert_eq!(snapshot.profiles[0].profile.name, "local");
    assert!(snapshot.profiles[0].is_default && snapshot.profiles[0].secret_set);
    assert_eq!(snapshot.profiles[0].public_base, "http://127.0.0.1:36690/images");
    assert!(snapshot.uploads.is_empty());
    assert_eq!(opened.app.history_outline(&HistoryQuery::default()).await.unwrap().total, 0);
    assert_eq!(opened.app.settings(), Settings::default());
    assert!(!opened.dir.path().join("config.toml").exists(), "nothing is written unasked");
}

#[tokio::test]
async fn the_store_is_told_of_when_it_starts_and_when_it_moves() {
    let opened = open().await;
    let ports = || {
        let all = opened.events.all().into_iter();
        all.filter_map(|event| match event {
            AppEvent::Store { store } => Some(store.port),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    opened.app.start_store().await.unwrap();
    opened.app.start_store().await.unwrap();
    assert_eq!(ports(), [36690]);
    *opened.store.port.lock().unwrap() = 36691;
    assert_eq!(opened.app.start_store().await.unwrap().port, 36691);
    assert_eq!(ports(), [36690, 36691]);
}

#[tokio::test]
async fn a_profile_is_saved_renamed_and_removed_with_its_keys() {
    let opened = open().await;
    let app = &opened.app;
    let view = app.save_profile(profile("blog"), Some(keys()), None).await.unwrap();
    assert_eq!(view.access_key_id.as_deref(), Some("AKID"));
    assert!(view.secret_set && !view.is_default);
    assert_eq!(view.public_base, "https://img.example.com");
    app.set_default_profile("blog").await.unwrap();

    let renamed = app.save_profile(profile("notes"), None, Some("blog")).await.unwrap();
    assert!(renamed.secret_set && renamed.is_default);
    assert_eq!(app.settings().default_profile, "notes");
    let secrets = opened.dir.path().join("data/secrets");
    let files = || std::fs::read_dir(&secrets).unwrap().count();
    assert_eq!(files(), 1);

    app.delete_profile("notes").await.unwrap();
    assert_eq!(files(), 0);
    assert_eq!(app.settings().default_profile, "local");
    assert_eq!(app.delete_profile("local").await.unwrap_err().code, Code::ProfileBuiltIn);
    assert_eq!(app.delete_profile("notes").await.unwrap_err().code, Code::ProfileNotFound);
    let told = format!("{:?}", opened.events.all());
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[tokio::test]
async fn a_profile_that_is_wrong_or_whose_keys_cannot_be_kept_changes_nothing() {
    let opened = open().await;
    let app = &opened.app;
    app.save_profile(profile("blog"), Some(keys()), None).await.unwrap();
    let twice = app.save_profile(profile("blog"), Some(keys()), None).await.unwrap_err();
    assert_eq!(twice.code, Code::ProfileExists);
    let empty = SecretInput { access_key_id: String::new(), ..keys() };
    let problem = app.save_profile(profile("other"), Some(empty), None).await.unwrap_err();
    assert_eq!(problem.code, Code::ProfileInvalid);
    let broken = Profile { transform: Some("w=many".into()), ..profile("other") };
    let problem = app.save_profile(broken, None, None).await.unwrap_err();
    assert_eq!(problem.code, Code::TransformInvalid);
    // Keys that come from the environment cannot be typed.
    let env = SecretRef::Env {
        access_key: "HOIST_TEST_NO_SUCH_KEY".into(),
        secret_key: "HOIST_TEST_NO_SUCH_SECRET".into(),
        session_token: None,
    };
    let from_env = Profile { secret: env.clone(), ..profile("other") };
    let problem = app.save_profile(from_env, Some(keys()), None).await.unwrap_err();
    assert_eq!(problem.code, Code::SecretFromEnvironment);
    let changed = Profile { bucket: "elsewhere".into(), secret: env, ..profile("blog") };
    app.save_profile(changed, Some(keys()), Some("blog")).await.unwrap_err();

    let names: Vec<String> = app.profiles().await.into_iter().map(|v| v.profile.name).collect();
    assert_eq!(names, ["local", "blog"]);
    let blog = app.profiles().await.remove(1);
    assert_eq!(blog.profile, profile("blog"));
    assert!(blog.secret_set);
}

#[tokio::test]
async fn settings_are_checked_told_and_seen_by_another_hoist() {
    let opened = open().await;
    let app = &opened.app;
    let wrong = Settings { transform: "w=many".into(), ..app.settings() };
    assert_eq!(app.set_settings(wrong).await.unwrap_err().code, Code::TransformInvalid);
    assert_eq!(app.set_link_format("nope").await.unwrap_err().code, Code::TemplateInvalid);
    let other = open_in_same(&opened).await;
    app.set_link_format("html").await.unwrap();
    assert_eq!(app.settings().link_format, "html");
    other.0.look_for_changes().await;
    assert_eq!(other.0.settings().link_format, "html");
    let told = other.1.all().into_iter().any(
        |event| matches!(event, AppEvent::Settings { settings } if settings.link_format == "html"),
    );
    assert!(told);
}

async fn open_in_same(opened: &Opened) -> (App, Arc<Seen>) {
    let events = Arc::new(Seen::default());
    let app = App::open(AppOptions {
        home: Home::at(opened.dir.path()),
        events: Arc::clone(&events) as _,
        builtin: Arc::clone(&opened.store) as _,
        clipboard: Arc::new(MemoryClipboard::default()),
        extra_ca: None,
    })
    .await
    .unwrap();
    (app, events)
}

#[tokio::test]
async fn a_config_broken_by_hand_is_said_once_and_what_was_read_stays() {
    let opened = open().await;
    let app = &opened.app;
    app.set_link_format("html").await.unwrap();
    let file = opened.dir.path().join("config.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, "link_format = [").unwrap();
    app.look_for_changes().await;
    app.look_for_changes().await;
    assert_eq!(opened.events.failures(), [Code::ConfigBroken]);
    assert_eq!(app.settings().link_format, "html");
    assert_eq!(app.set_link_format("url").await.unwrap_err().code, Code::ConfigBroken);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "link_format = [");
    std::fs::write(&file, good.replace("html", "bbcode")).unwrap();
    app.look_for_changes().await;
    assert_eq!(app.settings().link_format, "bbcode");
}

#[tokio::test]
async fn previews_show_what_settings_would_do() {
    let opened = open().await;
    let app = &opened.app;
    let preview = app.naming_preview("a/{name}-{md5:4}.{ext}", None).unwrap();
    assert!(preview.key.starts_with("a/screenshot-") && preview.key.ends_with(".png"));
    assert_eq!(preview.url, format!("http://127.0.0.1:36690/images/{}", preview.key));
    assert_eq!(app.naming_preview("{nope}", None).unwrap_err().code, Code::PatternInvalid);
    let link = app.link_preview("[{name}]({url})").unwrap();
    assert!(link.starts_with("[screenshot](http://127.0.0.1:36690/images/"), "{link}");
    assert_eq!(app.transform_check("w=300").unwrap(), "w=300");
    assert!(app.provider_list().len() > 5);
}

#[tokio::test]
async fn without_a_history_the_app_still_opens_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::at(dir.path());
    home.create().unwrap();
    let connection = rusqlite::Connection::open(home.history_db()).unwrap();
    connection.pragma_update(None, "user_version", 999).unwrap();
    drop(connection);
    let opened = open_in(dir).await.unwrap();
    assert_eq!(opened.events.failures(), [Code::HistoryTooNew]);
    let problem = opened.app.history_outline(&HistoryQuery::default()).await.unwrap_err();
    assert_eq!(problem.code, Code::HistoryTooNew);
    assert_eq!(opened.app.delete(&[1], true).await.unwrap_err().code, Code::HistoryTooNew);
    opened.app.flush_pending().await;
}

#[tokio::test]
async fn a_damaged_history_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::at(dir.path());
    home.create().unwrap();
    std::fs::write(home.history_db(), vec![7; 10_000]).unwrap();
    let opened = open_in(dir).await.unwrap();
    assert_eq!(opened.events.failures(), [Code::HistoryDamaged]);
    assert_eq!(opened.app.history_outline(&HistoryQuery::default()).await.unwrap().total, 0);
}

#[tokio::test]
async fn old_links_follow_the_domain_and_the_port_but_not_to_another_bucket() {
    let opened = open().await;
    let app = &opened.app;
    app.save_profile(profile("blog"), Some(keys()), None).await.unwrap();
    let history = app.history().unwrap();
    let mut ids = Vec::new();
    for name in ["blog", "local"] {
        let profile = app.inner.live.profiles().into_iter().find(|p| p.name == name).unwrap();
        let (target, base) = app.inner.buckets.address(&profile).unwrap();
        let upload = crate::history::NewUpload {
            uploaded_at: 0,
            name: "a b.png".into(),
            profile: name.into(),
            target,
            key: "a b.png".into(),
            url: crate::link::public_url(&base, "a b.png"),
            content_type: "image/png".into(),
            size: 1,
            width: None,
            height: None,
            sha256: "0".repeat(64),
            source_sha256: "0".repeat(64),
            recipe: String::new(),
            etag: None,
            thumb: None,
            process: None,
            if_known: crate::history::IfKnown::Add,
        };
        ids.push(history.add(upload).await.unwrap());
    }
    let urls = async || app.links(&ids, Some("url")).await.unwrap();
    assert_eq!(urls().await[0], "https://img.example.com/a%20b.png");

    *opened.store.port.lock().unwrap() = 36695;
    let moved = Profile { public_url: Some("https://new.example.com".into()), ..profile("blog") };
    app.save_profile(moved.clone(), None, Some("blog")).await.unwrap();
    assert_eq!(
        urls().await,
        ["https://new.example.com/a%20b.png", "http://127.0.0.1:36695/images/a%20b.png"]
    );
    let elsewhere = Profile { bucket: "another".into(), ..moved };
    app.save_profile(elsewhere, None, Some("blog")).await.unwrap();
    assert_eq!(urls().await[0], "https://img.example.com/a%20b.png");

    let copied = app.copy_links(&[ids[1], ids[0]], None).await.unwrap();
    assert_eq!((copied.count, &*copied.format), (2, "markdown"));
    assert!(copied.text.starts_with("![a b](http://127.0.0.1:36695/"), "{}", copied.text);
    assert_eq!(app.links(&[99], None).await.unwrap_err().code, Code::HistoryRowNotFound);
}

#[tokio::test]
async fn a_doctor_without_keys_says_which_are_missing() {
    let opened = open().await;
    opened.app.save_profile(profile("blog"), None, None).await.unwrap();
    let mut told = 0;
    let lines = opened.app.doctor("blog", |_| told += 1).await.unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line.problem.as_ref().is_some_and(|p| p.code == Code::SecretMissing))
    );
    assert!(told > 0);
    assert_eq!(opened.app.doctor("none", |_| {}).await.unwrap_err().code, Code::ProfileNotFound);
}

#[tokio::test]
async fn a_problem_keeps_its_code_through_the_app() {
    let opened = open().await;
    let missing = Source::File { path: opened.dir.path().join("none.png") };
    let results = opened.app.upload_now(vec![missing], UploadOptions::default()).await;
    let problem: &Problem = results[0].as_ref().unwrap_err();
    assert_eq!(problem.code, Code::FileNotFound);
    assert_eq!(opened.app.undo_batch(1).await.unwrap_err().code, Code::UndoExpired);
    assert_eq!(
        opened.app.reupload(&[1], "local").await.unwrap_err().code,
        Code::HistoryRowNotFound
    );
    assert_eq!(opened.app.reupload(&[1], "none").await.unwrap_err().code, Code::ProfileNotFound);
}

/// A store whose only folder has three pages; the tokens it was asked for.
async fn three_pages() -> (u16, Arc<Mutex<Vec<String>>>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let token = head.split("continuation-token=").nth(1).map_or("0", |rest| &rest[..1]);
            log.lock().unwrap().push(token.to_owned());
            let n: u8 = token.parse().unwrap();
            let body = format!(
                "<ListBucketResult><Name>images</Name><IsTruncated>{}</IsTruncated>\
                 <NextContinuationToken>{}</NextContinuationToken>\
                 <Contents><Key>{n}</Key><Size>1</Size></Contents></ListBucketResult>",
                n < 2,
                n + 1
            );
            let answer = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, asked)
}

#[tokio::test]
async fn the_next_page_of_a_folder_is_read_before_it_is_asked_for() {
    let opened = open().await;
    let (port, asked) = three_pages().await;
    *opened.store.port.lock().unwrap() = port;
    let until = async |count: usize| {
        for _ in 0..1_000 {
            if asked.lock().unwrap().len() == count {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{:?}", asked.lock().unwrap());
    };
    let mut page = None;
    for n in 0..3 {
        let got = opened.app.object_page("local", "", page).await.unwrap();
        assert_eq!(got.objects[0].key, n.to_string());
        page = got.next;
        until(3.min(n + 2)).await;
    }
    assert_eq!(page, None);
    assert_eq!(*asked.lock().unwrap(), ["0", "1", "2"], "each was read once");
    // Another folder has no use for what was read ahead.
    opened.app.object_page("local", "", None).await.unwrap();
    until(5).await;
    opened.app.object_page("local", "other/", Some("1".into())).await.unwrap();
    until(7).await;
    assert_eq!(asked.lock().unwrap()[3..], ["0", "1", "1", "2"]);
}
