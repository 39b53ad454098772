use std::io;
use std::sync::{Arc, Mutex};

use crate::support::{code, start};

#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// One thread, so that the log of this test sees the store and no other test.
#[tokio::test]
async fn refusals_are_not_logged_as_errors_but_failures_are() {
    let log = Log::default();
    let writer = log.clone();
    let _logging = tracing::subscriber::set_default(
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish(),
    );
    let store = start().await;
    store.put("k", "abc", "image/png").await;
    let get = |key: &str| store.client.get_object().bucket("images").key(key).send();
    assert_eq!(code(get("none").await), "NoSuchKey");
    assert_eq!(store.get("/images/none").await.status, 404);
    assert_eq!(store.get("/other").await.status, 403);
    assert_eq!(log.text(), "");

    std::fs::remove_dir_all(store.dir.path().join("store/data")).unwrap();
    assert_eq!(code(get("k").await), "InternalError");
    let text = log.text();
    assert!(text.contains("ERROR") && text.contains("the built-in store failed"), "{text}");
    assert!(!text.contains(&store.running.keys().secret_key));
    assert!(!text.contains("Signature="), "{text}");
}
