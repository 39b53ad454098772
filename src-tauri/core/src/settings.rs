//! What a person sets once, kept in config.toml beside the profiles.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Auto,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum UiLanguage {
    /// The system's.
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// Where the transform of an upload is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum TransformPlace {
    /// By the host where the profile has one that processes images and it can do what is asked,
    /// else here.
    #[default]
    Auto,
    /// By the host, when the link is asked for: what is stored stays as it is.
    Host,
    /// On this computer, before the upload.
    Here,
}

/// A named transform: `web-1600` = `w=1600,fit=limit,format=webp,q=82`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    pub name: String,
    /// As `--transform` takes it.
    pub spec: String,
}

/// A user's own LinkTemplate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CustomFormat {
    pub name: String,
    pub template: String,
}

impl TransformPlace {
    /// Every one, as config.toml and `--transform-at` write it.
    pub const ALL: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("host", Self::Host), ("here", Self::Here)];

    /// As it is written.
    pub fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Host => "host",
            Self::Here => "here",
        }
    }
}

/// All settings, with defaults for every one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The profile uploads go to.
    pub default_profile: String,
    /// The link format of the window: `markdown`, `url`, `html`, `bbcode` or a custom format's name.
    pub link_format: String,
    /// NamePattern.
    pub naming: String,
    /// Transform of new uploads: empty for none, `preset:NAME`, or a spec.
    pub transform: String,
    /// Where it is made, unless the profile says otherwise.
    pub transform_place: TransformPlace,
    pub presets: Vec<Preset>,
    pub custom_formats: Vec<CustomFormat>,
    /// Strip GPS and camera metadata, losslessly.
    pub strip_metadata: bool,
    /// Same content to the same profile again gives the same link, without a second upload.
    pub dedupe: bool,
    /// Put links on the clipboard after an upload in the window.
    pub copy_links: bool,
    /// Uploads at the same time, 1 to 16.
    pub concurrency: u8,
    /// Global shortcut that uploads the clipboard, such as `Ctrl+Alt+U`; empty for none.
    pub shortcut: String,
    /// A notification after an upload that no window shows.
    pub notify: bool,
    /// Closing the window keeps Hoist in the tray.
    pub close_to_tray: bool,
    /// The window goes on by itself with transfers whose process has ended, when it starts.
    pub continue_transfers: bool,
    pub theme: Theme,
    pub language: UiLanguage,
    /// Port of the built-in store, 1024 to 65535.
    pub store_port: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_profile: "local".into(),
            link_format: "markdown".into(),
            naming: "{year}/{month}/{name}-{sha256:8}.{ext}".into(),
            transform: String::new(),
            transform_place: TransformPlace::Auto,
            presets: vec![
                Preset {
                    name: "Web 1600".into(),
                    spec: "w=1600,h=1600,fit=limit,format=webp,q=82".into(),
                },
                Preset {
                    name: "Web 800".into(),
                    spec: "w=800,h=800,fit=limit,format=webp,q=80".into(),
                },
                Preset {
                    name: "Thumbnail 320".into(),
                    spec: "w=320,h=320,fit=limit,format=webp,q=75".into(),
                },
            ],
            custom_formats: Vec::new(),
            strip_metadata: true,
            dedupe: true,
            copy_links: true,
            concurrency: 4,
            shortcut: "Ctrl+Alt+U".into(),
            notify: true,
            close_to_tray: true,
            continue_transfers: true,
            theme: Theme::Auto,
            language: UiLanguage::Auto,
            store_port: 36690,
        }
    }
}

mod check;

pub(crate) use check::unique;
