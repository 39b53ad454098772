//! The tray: upload the clipboard, copy one of the last links, open the window, quit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tauri::image::Image;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Runtime, include_image};

use crate::windows::Kind;
use crate::words::{Words, format_label};
use crate::{actions, windows};

/// How many of the last links the menu offers.
pub(crate) const LINKS: u32 = 5;

/// Longest name in the menu, in characters.
const NAME_LENGTH: usize = 40;

/// All that the tray shows. Drawn again only when it differs.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) words: &'static Words,
    /// Uploads in flight.
    pub(crate) uploading: usize,
    /// Transfers that run or wait.
    pub(crate) transfers: usize,
    /// An upload failed while nobody looked.
    pub(crate) needs_you: bool,
    /// Id in the history and name, newest first.
    pub(crate) links: Vec<(i64, String)>,
    pub(crate) format: String,
    pub(crate) formats: Vec<String>,
    /// The global shortcut that works.
    pub(crate) shortcut: Option<String>,
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.words, other.words)
            && self.uploading == other.uploading
            && self.transfers == other.transfers
            && self.needs_you == other.needs_you
            && self.links == other.links
            && self.format == other.format
            && self.formats == other.formats
            && self.shortcut == other.shortcut
    }
}

impl Model {
    fn is_busy(&self) -> bool {
        self.uploading > 0 || self.transfers > 0
    }
}

/// The tray, when the system has one.
struct Tray<R: Runtime> {
    icon: Option<TrayIcon<R>>,
    shown: Mutex<Option<Model>>,
    /// Something displays the icon. Always so on macOS and Windows.
    displayed: AtomicBool,
}

/// Puts the icon into the tray. A system without one is no failure: the window then never hides.
pub(crate) fn install<R: Runtime>(app: &AppHandle<R>) {
    // The indicator library of Linux is loaded when first used, and panics where it is missing.
    let icon = match catch_unwind(AssertUnwindSafe(|| build(app))) {
        Ok(Ok(icon)) => Some(icon),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no tray icon");
            None
        }
        Err(_) => {
            tracing::warn!("no tray icon: libayatana-appindicator3 is not installed");
            None
        }
    };
    app.manage(Tray {
        icon,
        shown: Mutex::default(),
        displayed: AtomicBool::new(cfg!(not(target_os = "linux"))),
    });
    #[cfg(target_os = "linux")]
    crate::tray_host::watch(app);
}

fn build<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<TrayIcon<R>> {
    let builder = TrayIconBuilder::with_id("hoist")
        .icon(glyph(app, false, false))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Hoist")
        .menu(&Menu::new(app)?)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()));
    // Each instance its own folder: the icon travels to the panel as a file.
    #[cfg(target_os = "linux")]
    let builder =
        builder.temp_dir_path(app.state::<crate::Desktop>().core.home().cache_dir().join("tray"));
    builder.build(app)
}

/// Whether a person can find Hoist in the tray.
pub(crate) fn is_shown<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.try_state::<Tray<R>>()
        .is_some_and(|tray| tray.icon.is_some() && tray.displayed.load(Ordering::Relaxed))
}

/// Something displays icons, or stopped to.
#[cfg(target_os = "linux")]
pub(crate) fn set_displayed<R: Runtime>(app: &AppHandle<R>, displayed: bool) {
    let Some(tray) = app.try_state::<Tray<R>>() else { return };
    let before = tray.displayed.swap(displayed, Ordering::Relaxed);
    // The panel went away with the window hidden: nothing else leads back to it.
    if before && !displayed && !windows::is_seen(app) {
        windows::show(app, Kind::Main);
    }
}

/// Draws what has changed.
pub(crate) fn draw<R: Runtime>(app: &AppHandle<R>, model: Model) {
    let Some(tray) = app.try_state::<Tray<R>>() else { return };
    let Some(icon) = &tray.icon else { return };
    let before = {
        let mut shown = tray.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&model) {
            return;
        }
        shown.replace(model.clone())
    };
    let state = |model: &Model| (model.is_busy(), model.needs_you);
    let drawn = menu(app, &model).and_then(|menu| icon.set_menu(Some(menu))).and_then(|()| {
        if before.as_ref().map(state) == Some(state(&model)) {
            return Ok(());
        }
        icon.set_tooltip(Some(tooltip(&model)))?;
        let glyph = glyph(app, model.is_busy(), model.needs_you);
        icon.set_icon_with_as_template(Some(glyph), cfg!(target_os = "macos"))
    });
    if let Err(error) = drawn {
        tracing::warn!(%error, "the tray could not be drawn");
    }
}

fn tooltip(model: &Model) -> String {
    if model.uploading > 0 {
        format!("Hoist: {}", model.words.uploading(model.uploading))
    } else if model.transfers > 0 {
        format!("Hoist: {}", model.words.transferring(model.transfers))
    } else if model.needs_you {
        format!("Hoist: {}", model.words.needs_you)
    } else {
        "Hoist".to_owned()
    }
}

/// The shape tells the state; the ink only has to be seen on the panel.
fn glyph<R: Runtime>(app: &AppHandle<R>, busy: bool, needs_you: bool) -> Image<'static> {
    match (busy, needs_you, on_dark_panel(app)) {
        (true, _, false) => include_image!("icons/tray/busy-black.png"),
        (true, _, true) => include_image!("icons/tray/busy-white.png"),
        (false, true, false) => include_image!("icons/tray/attention-black.png"),
        (false, true, true) => include_image!("icons/tray/attention-white.png"),
        (false, false, false) => include_image!("icons/tray/idle-black.png"),
        (false, false, true) => include_image!("icons/tray/idle-white.png"),
    }
}

fn on_dark_panel<R: Runtime>(app: &AppHandle<R>) -> bool {
    if cfg!(target_os = "macos") {
        return false; // a template, tinted by the system
    }
    // GNOME's panel is dark whatever the theme.
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    if cfg!(target_os = "linux") && (desktop.contains("GNOME") || desktop.contains("Unity")) {
        return true;
    }
    app.get_webview_window(windows::MAIN)
        .and_then(|window| window.theme().ok())
        .is_some_and(|theme| theme == tauri::Theme::Dark)
}

fn menu<R: Runtime>(app: &AppHandle<R>, model: &Model) -> tauri::Result<Menu<R>> {
    let words = model.words;
    let line =
        |id: &str, text: &str, key: Option<&str>| MenuItem::with_id(app, id, text, true, key);
    let heading = |text: &str| MenuItem::new(app, text, false, None::<&str>);
    let rule = || PredefinedMenuItem::separator(app);

    let menu = Menu::new(app)?;
    if model.uploading > 0 {
        menu.append(&heading(&words.uploading(model.uploading))?)?;
    }
    if model.transfers > 0 {
        menu.append(&heading(&words.transferring(model.transfers))?)?;
    }
    if model.is_busy() {
        menu.append(&rule()?)?;
    }
    menu.append(&line("upload-clipboard", words.upload_clipboard, model.shortcut.as_deref())?)?;
    menu.append(&line("choose-files", words.choose_files, None)?)?;
    menu.append(&rule()?)?;

    let mut links = Vec::new();
    for (id, name) in &model.links {
        links.push(line(&format!("copy:{id}"), &menu_text(name), None)?);
    }
    if links.is_empty() {
        menu.append(&heading(words.no_links)?)?;
    } else if model.uploading > 0 {
        let items: Vec<&dyn IsMenuItem<R>> = links.iter().map(|item| item as _).collect();
        menu.append(&Submenu::with_items(app, words.last_links, true, &items)?)?;
    } else {
        menu.append(&heading(words.last_links_choose)?)?;
        for link in &links {
            menu.append(link)?;
        }
        menu.append(&rule()?)?;
    }

    let mut formats = Vec::new();
    for format in &model.formats {
        let id = format!("format:{format}");
        let chosen = *format == model.format;
        formats.push(CheckMenuItem::with_id(
            app,
            id,
            menu_text(format_label(format)),
            true,
            chosen,
            None::<&str>,
        )?);
    }
    let items: Vec<&dyn IsMenuItem<R>> = formats.iter().map(|item| item as _).collect();
    let colon =
        if words.language() == hoist_core::problem::Language::Chinese { "：" } else { ": " };
    let title = format!("{}{colon}{}", words.link_format, menu_text(format_label(&model.format)));
    menu.append(&Submenu::with_items(app, title, true, &items)?)?;
    menu.append(&line("open", words.open, None)?)?;
    menu.append(&line("open-manager", words.open_manager, None)?)?;
    menu.append(&rule()?)?;
    menu.append(&line("quit", words.quit, None)?)?;
    Ok(menu)
}

/// A name as one line of a menu: cut in its middle, so that the ending stays, and no mnemonics.
fn menu_text(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let short = if letters.len() <= NAME_LENGTH {
        name.to_owned()
    } else {
        let half = NAME_LENGTH / 2;
        let head: String = letters[..half].iter().collect();
        let tail: String = letters[letters.len() - half + 1..].iter().collect();
        format!("{head}…{tail}")
    };
    short.replace('&', "&&")
}

fn chosen<R: Runtime>(app: &AppHandle<R>, id: &str) {
    match id {
        "upload-clipboard" => actions::upload_clipboard(app),
        "choose-files" => actions::choose_files(app),
        "open" => windows::show(app, Kind::Main),
        "open-manager" => windows::show(app, Kind::Manager),
        "quit" => windows::quit(app),
        _ => {
            if let Some(id) = id.strip_prefix("copy:").and_then(|id| id.parse().ok()) {
                actions::copy_link(app, id);
            } else if let Some(format) = id.strip_prefix("format:") {
                actions::set_link_format(app, format.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::menu_text;

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = format!("{}.webp", "字".repeat(60));
        let text = menu_text(&name);
        assert_eq!(text.chars().count(), 40);
        assert!(text.ends_with("字.webp"), "{text}");
        assert_eq!(menu_text("a.png"), "a.png");
    }

    #[test]
    fn an_ampersand_is_no_mnemonic() {
        assert_eq!(menu_text("salt & pepper.png"), "salt && pepper.png");
    }
}
