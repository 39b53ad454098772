//! Core and the commands on Tauri's mock runtime, with the capabilities of tauri.conf.json.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use hoist_core::app::{App, AppOptions};
use hoist_core::clipboard::MemoryClipboard;
use hoist_core::home::Home;
use hoist_core::problem::Result;
use hoist_core::settings::Settings;
use hoist_desktop::host::{Host, Kind};
use hoist_desktop::sink::DesktopSink;
use hoist_desktop::{Desktop, bindings};
use hoist_server::store::LocalStore;
use serde_json::Value;
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{WebviewWindow, WebviewWindowBuilder};

/// Longest wait for something to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The page's own address, which differs between systems.
const PAGE: &str = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };

/// Stands in for the desktop around the windows.
#[derive(Debug, Default)]
pub(crate) struct FakeHost {
    chosen: Mutex<Vec<PathBuf>>,
    opened: Mutex<Vec<String>>,
    settings: Mutex<Option<Settings>>,
    shown: Mutex<Vec<Kind>>,
}

impl FakeHost {
    /// The files the next dialog gives.
    pub(crate) fn choose(&self, files: Vec<PathBuf>) {
        *self.chosen.lock().unwrap() = files;
    }

    pub(crate) fn opened(&self) -> Vec<String> {
        self.opened.lock().unwrap().clone()
    }

    /// The windows that were asked for.
    pub(crate) fn shown(&self) -> Vec<Kind> {
        self.shown.lock().unwrap().clone()
    }

    pub(crate) fn shortcut(&self) -> String {
        self.settings
            .lock()
            .unwrap()
            .as_ref()
            .map(|settings| settings.shortcut.clone())
            .unwrap_or_default()
    }
}

#[async_trait]
impl Host for FakeHost {
    async fn choose_files(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.chosen.lock().unwrap())
    }

    async fn choose_backup_folder(&self) -> Option<PathBuf> {
        self.chosen.lock().unwrap().pop()
    }

    async fn choose_any(&self, _folders: bool) -> Vec<PathBuf> {
        self.choose_files().await
    }

    async fn choose_folder(&self) -> Option<PathBuf> {
        self.choose_files().await.pop()
    }

    fn show(&self, window: Kind) {
        self.shown.lock().unwrap().push(window);
    }

    fn open_url(&self, url: &str) -> Result<()> {
        self.opened.lock().unwrap().push(url.to_owned());
        Ok(())
    }

    fn apply_settings(&self, settings: &Settings) {
        *self.settings.lock().unwrap() = Some(settings.clone());
    }

    fn shortcut_error(&self) -> Option<String> {
        None
    }
}

/// An application with its windows and one that no capability names.
pub(crate) struct Desk {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) main: WebviewWindow<MockRuntime>,
    pub(crate) manager: WebviewWindow<MockRuntime>,
    pub(crate) other: WebviewWindow<MockRuntime>,
    pub(crate) host: Arc<FakeHost>,
    pub(crate) clipboard: Arc<MemoryClipboard>,
    pub(crate) core: App,
    channel: Arc<Mutex<Vec<(usize, Value)>>>,
    store: Arc<LocalStore>,
    _app: tauri::App<MockRuntime>,
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap())
    }

    /// Ends it as Hoist ends, and starts it again on the same data.
    pub(crate) fn restart(mut self) -> Self {
        tauri::async_runtime::block_on(self.core.flush_pending());
        let dir = std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap());
        drop(self);
        Self::open_in(dir)
    }

    fn open_in(dir: tempfile::TempDir) -> Self {
        let home = Home::at(dir.path().join("home"));
        let host = Arc::new(FakeHost::default());
        let clipboard = Arc::new(MemoryClipboard::default());
        let (sink, _shell) = DesktopSink::new();
        let store = Arc::new(LocalStore::new(&home, free_port()));
        let core = tauri::async_runtime::block_on(App::open(AppOptions {
            home,
            events: Arc::clone(&sink) as _,
            builtin: Arc::clone(&store) as _,
            clipboard: Arc::clone(&clipboard) as _,
            extra_ca: None,
        }))
        .unwrap();
        let channel: Arc<Mutex<Vec<(usize, Value)>>> = Arc::default();
        let sent = Arc::clone(&channel);
        let app = mock_builder()
            .manage(Desktop::new(core.clone(), sink, Arc::clone(&host) as _))
            .invoke_handler(bindings::builder::<MockRuntime>().invoke_handler())
            .channel_interceptor(move |_webview, _callback, index, body| {
                if let InvokeResponseBody::Json(text) = body {
                    sent.lock().unwrap().push((index, serde_json::from_str(text).unwrap()));
                }
                true
            })
            .build(tauri::generate_context!(test = true))
            .unwrap();
        let window =
            |label| WebviewWindowBuilder::new(&app, label, Default::default()).build().unwrap();
        Self {
            main: window("main"),
            manager: window("manager"),
            other: window("other"),
            dir,
            host,
            clipboard,
            core,
            channel,
            store,
            _app: app,
        }
    }

    /// Calls a command as a window's own page does.
    pub(crate) fn call(
        &self,
        window: &WebviewWindow<MockRuntime>,
        command: &str,
        arguments: Value,
    ) -> std::result::Result<Value, Value> {
        self.call_from(window, PAGE, command, arguments)
    }

    /// Calls a command as a page from `url` does.
    pub(crate) fn call_from(
        &self,
        window: &WebviewWindow<MockRuntime>,
        url: &str,
        command: &str,
        arguments: Value,
    ) -> std::result::Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: url.parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
    }

    /// Deltas sent so far, in order, of the latest subscription.
    pub(crate) fn deltas(&self) -> Vec<Value> {
        self.channel.lock().unwrap().iter().map(|(_, value)| value.clone()).collect()
    }

    /// Events of a type told so far, in order.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let events = |delta: Value| delta["events"].as_array().cloned().unwrap_or_default();
        self.deltas().into_iter().flat_map(events).filter(|event| event["type"] == kind).collect()
    }

    /// Asks `probe` until it has an answer.
    pub(crate) fn wait_for<T>(&self, what: &str, probe: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = probe() {
                return answer;
            }
            assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        tauri::async_runtime::block_on(self.store.stop());
    }
}

/// A port nobody listens on now; tests run side by side, so each has its own.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A small picture.
pub(crate) fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(16, 12, |x, y| image::Rgb([(x * 16) as u8, (y * 20) as u8, 90]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
