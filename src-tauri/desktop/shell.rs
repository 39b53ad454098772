//! Keeps tray and notifications true to what happens in core.

use std::collections::HashMap;
use std::time::Duration;

use hoist_core::events::AppEvent;
use hoist_core::problem::{Language, ProblemView};
use hoist_core::view::{BatchView, HistoryQuery};
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::sink::Happening;
use crate::{Desktop, notify, shortcut, tray, windows, words};

/// Least time between two drawings of the tray.
const REDRAW: Duration = Duration::from_millis(300);

/// Link formats every profile has, in the order of the window.
const FORMATS: [&str; 4] = ["markdown", "url", "html", "bbcode"];

/// What is known of the uploads, from their events.
#[derive(Default)]
struct Uploads {
    /// The first failure of each batch still running.
    failures: HashMap<u32, ProblemView>,
    /// A batch ended with a failure while the window was not in front.
    needs_you: bool,
}

/// Reads events until core is gone.
pub(crate) async fn follow<R: Runtime>(
    app: AppHandle<R>,
    mut events: UnboundedReceiver<Happening>,
) {
    let mut uploads = Uploads::default();
    draw(&app, &uploads).await;
    while let Some(first) = events.recv().await {
        take(&app, &mut uploads, first);
        while let Ok(event) = events.try_recv() {
            take(&app, &mut uploads, event);
        }
        draw(&app, &uploads).await;
        windows::quit_if_waiting(&app);
        tokio::time::sleep(REDRAW).await;
    }
}

fn take<R: Runtime>(app: &AppHandle<R>, uploads: &mut Uploads, happening: Happening) {
    let event = match happening {
        Happening::Core(event) => *event,
        Happening::WindowFocused => {
            uploads.needs_you = false;
            return;
        }
    };
    match event {
        AppEvent::Upload { upload } => {
            if let Some(problem) = upload.problem {
                uploads.failures.entry(upload.batch).or_insert(problem);
            }
        }
        AppEvent::Batch { batch } => {
            let problem = uploads.failures.remove(&batch.id);
            let seen = windows::is_in_front(app);
            uploads.needs_you |= batch.failed > 0 && !seen;
            if batch.background || !windows::is_seen(app) {
                announce(app, &batch, problem);
            }
        }
        AppEvent::Settings { settings } => app.state::<Desktop>().host.apply_settings(&settings),
        _ => {}
    }
}

fn announce<R: Runtime>(app: &AppHandle<R>, batch: &BatchView, problem: Option<ProblemView>) {
    let words = words::current(app);
    let mut lines = Vec::new();
    if batch.copied > 0 {
        lines.push(words.copied(batch.copied, &batch.format));
    } else if batch.done > 0 {
        lines.push(words.uploaded(batch.done));
    }
    if batch.failed > 0 {
        lines.push(words.failed(batch.failed));
    }
    if lines.is_empty() {
        return; // all cancelled: whoever did that knows
    }
    let body = problem.map(|problem| {
        let text = match words.language() {
            Language::English => problem.en,
            Language::Chinese => problem.zh,
        };
        format!("{} {}", text.what, text.fix)
    });
    notify::show(app, &lines.join(", "), &body.unwrap_or_default());
}

async fn draw<R: Runtime>(app: &AppHandle<R>, uploads: &Uploads) {
    let desktop = app.state::<Desktop>();
    let settings = desktop.core.settings();
    let links = match desktop.core.history_rows(&HistoryQuery::default(), 0, tray::LINKS).await {
        Ok(rows) => rows.into_iter().map(|row| (row.id as i64, row.name)).collect(),
        Err(problem) => {
            tracing::warn!(%problem, "no last links in the tray");
            Vec::new()
        }
    };
    let mut formats: Vec<String> = FORMATS.iter().map(|format| (*format).to_owned()).collect();
    formats.extend(settings.custom_formats.iter().map(|format| format.name.clone()));
    let works = !settings.shortcut.is_empty() && shortcut::refusal(app).is_none();
    tray::draw(
        app,
        tray::Model {
            words: words::of(&settings),
            uploading: desktop.sink.active(),
            transfers: desktop.core.transfers_busy(),
            needs_you: uploads.needs_you,
            links,
            format: settings.link_format.clone(),
            formats,
            shortcut: works.then(|| settings.shortcut.clone()),
        },
    );
}
