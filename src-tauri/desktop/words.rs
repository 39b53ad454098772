//! The few words that are said outside the windows: tray, notifications, native dialogs.

use hoist_core::problem::Language;
use hoist_core::settings::{Settings, UiLanguage};
use tauri::{AppHandle, Manager, Runtime};

use crate::Desktop;
use crate::shortcut::Refusal;

/// One language's words.
pub(crate) struct Words {
    pub(crate) upload_clipboard: &'static str,
    pub(crate) choose_files: &'static str,
    pub(crate) last_links: &'static str,
    pub(crate) last_links_choose: &'static str,
    pub(crate) no_links: &'static str,
    pub(crate) link_format: &'static str,
    pub(crate) open: &'static str,
    pub(crate) open_manager: &'static str,
    pub(crate) manager_title: &'static str,
    pub(crate) quit: &'static str,
    pub(crate) choose_files_title: &'static str,
    pub(crate) choose_backup_title: &'static str,
    pub(crate) choose_folders_title: &'static str,
    pub(crate) choose_target_title: &'static str,
    pub(crate) images: &'static str,
    pub(crate) all_files: &'static str,
    pub(crate) cannot_start: &'static str,
    pub(crate) needs_you: &'static str,
    language: Language,
}

const ENGLISH: Words = Words {
    upload_clipboard: "Upload clipboard",
    choose_files: "Choose files…",
    last_links: "Last links",
    last_links_choose: "Last links: choose one to copy it",
    no_links: "No links yet",
    link_format: "Link format",
    open: "Open Hoist",
    open_manager: "Open file manager",
    manager_title: "Hoist: file manager",
    quit: "Quit Hoist",
    choose_files_title: "Choose files to upload",
    choose_backup_title: "Choose the folder to back up",
    choose_folders_title: "Choose folders to upload",
    choose_target_title: "Choose a folder to download to",
    images: "Images",
    all_files: "All files",
    cannot_start: "Hoist cannot start",
    needs_you: "an upload failed",
    language: Language::English,
};

const CHINESE: Words = Words {
    upload_clipboard: "上传剪贴板",
    choose_files: "选择文件…",
    last_links: "最近的链接",
    last_links_choose: "最近的链接：点选即复制",
    no_links: "还没有链接",
    link_format: "链接格式",
    open: "打开 Hoist",
    open_manager: "打开文件管理器",
    manager_title: "Hoist：文件管理器",
    quit: "退出 Hoist",
    choose_files_title: "选择要上传的文件",
    choose_backup_title: "选择要备份的文件夹",
    choose_folders_title: "选择要上传的文件夹",
    choose_target_title: "选择下载到哪个文件夹",
    images: "图片",
    all_files: "所有文件",
    cannot_start: "Hoist 无法启动",
    needs_you: "有上传失败",
    language: Language::Chinese,
};

impl Words {
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// Why the system gives no shortcut, and what helps.
    pub(crate) fn refused(&self, refusal: Refusal) -> &'static str {
        match (self.language, refusal) {
            (Language::English, Refusal::Taken) => "another app uses it. Choose other keys.",
            (Language::English, Refusal::Unreadable) => "it names no keys. Choose other keys.",
            (Language::English, Refusal::Wayland) => {
                "under Wayland no app hears the keys of another. In the system's own keyboard \
                 settings, give a shortcut to the command hoist upload --copy."
            }
            (Language::Chinese, Refusal::Taken) => "已被其他应用占用。请换一组按键。",
            (Language::Chinese, Refusal::Unreadable) => "无法识别这组按键。请换一组按键。",
            (Language::Chinese, Refusal::Wayland) => {
                "在 Wayland 下，应用听不到其他应用的按键。请在系统的键盘设置中，为命令 \
                 hoist upload --copy 指定快捷键。"
            }
        }
    }

    /// "Uploading 3 images".
    pub(crate) fn uploading(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::English, 1) => "Uploading 1 image".to_owned(),
            (Language::English, _) => format!("Uploading {count} images"),
            (Language::Chinese, _) => format!("正在上传 {count} 张图片"),
        }
    }

    /// "2 transfers under way".
    pub(crate) fn transferring(&self, count: usize) -> String {
        match (self.language, count) {
            (Language::English, 1) => "1 transfer under way".to_owned(),
            (Language::English, _) => format!("{count} transfers under way"),
            (Language::Chinese, _) => format!("{count} 个传输正在进行"),
        }
    }

    /// "Copied 3 Markdown links".
    pub(crate) fn copied(&self, count: u32, format: &str) -> String {
        let format = format_label(format);
        match (self.language, count) {
            (Language::English, 1) => format!("Copied 1 {format} link"),
            (Language::English, _) => format!("Copied {count} {format} links"),
            (Language::Chinese, _) => format!("已复制 {count} 条 {format} 链接"),
        }
    }

    /// "Uploaded 3 images", when nothing was put on the clipboard.
    pub(crate) fn uploaded(&self, count: u32) -> String {
        match (self.language, count) {
            (Language::English, 1) => "Uploaded 1 image".to_owned(),
            (Language::English, _) => format!("Uploaded {count} images"),
            (Language::Chinese, _) => format!("已上传 {count} 张图片"),
        }
    }

    /// "2 uploads failed".
    pub(crate) fn failed(&self, count: u32) -> String {
        match (self.language, count) {
            (Language::English, 1) => "1 upload failed".to_owned(),
            (Language::English, _) => format!("{count} uploads failed"),
            (Language::Chinese, _) => format!("{count} 个上传失败"),
        }
    }
}

/// A format as it is shown: the four own ones have their usual spelling.
pub(crate) fn format_label(format: &str) -> &str {
    match format {
        "markdown" => "Markdown",
        "url" => "URL",
        "html" => "HTML",
        "bbcode" => "BBCode",
        other => other,
    }
}

/// The words of the language that `settings` ask for.
pub(crate) fn of(settings: &Settings) -> &'static Words {
    match settings.language {
        UiLanguage::English => &ENGLISH,
        UiLanguage::Chinese => &CHINESE,
        UiLanguage::Auto => of_system(),
    }
}

/// The words of the system's language.
pub(crate) fn of_system() -> &'static Words {
    match sys_locale::get_locale() {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => &CHINESE,
        _ => &ENGLISH,
    }
}

/// The words in use now.
pub(crate) fn current<R: Runtime>(app: &AppHandle<R>) -> &'static Words {
    match app.try_state::<Desktop>() {
        Some(desktop) => of(&desktop.core.settings()),
        None => of_system(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_figures_and_agree_with_their_noun() {
        assert_eq!(ENGLISH.copied(1, "markdown"), "Copied 1 Markdown link");
        assert_eq!(ENGLISH.copied(3, "url"), "Copied 3 URL links");
        assert_eq!(CHINESE.copied(3, "markdown"), "已复制 3 条 Markdown 链接");
        assert_eq!(ENGLISH.failed(1), "1 upload failed");
        assert_eq!(ENGLISH.uploading(2), "Uploading 2 images");
        assert_eq!(CHINESE.uploaded(1), "已上传 1 张图片");
    }

    #[test]
    fn the_chosen_language_wins_over_the_systems() {
        let settings = Settings { language: UiLanguage::Chinese, ..Settings::default() };
        assert_eq!(of(&settings).quit, "退出 Hoist");
        let settings = Settings { language: UiLanguage::English, ..Settings::default() };
        assert_eq!(of(&settings).quit, "Quit Hoist");
    }
}
