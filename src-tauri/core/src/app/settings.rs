//! Settings, applied as soon as they are saved.

use super::App;
use crate::events::AppEvent;
use crate::image::Transform;
use crate::link::LinkTemplate;
use crate::problem::Result;
use crate::settings::Settings;
use crate::uploads::Choices as _;

impl App {
    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.inner.live.settings()
    }

    /// Saves settings and returns them as they are in force.
    ///
    /// # Errors
    /// Which of them is wrong, or that config.toml cannot be written.
    pub async fn set_settings(&self, settings: Settings) -> Result<Settings> {
        Transform::parse(&settings.transform, &settings.presets)?;
        for preset in &settings.presets {
            Transform::parse(&preset.spec, &[])?;
        }
        let default_changed = settings.default_profile != self.settings().default_profile;
        self.inner.live.change(move |config| config.set_settings(settings)).await?;
        self.tell_settings();
        if default_changed {
            self.tell_profiles().await;
        }
        Ok(self.settings())
    }

    /// Makes a profile the default.
    pub async fn set_default_profile(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.inner.live.change(move |config| config.set_default_profile(&name)).await?;
        self.tell_settings();
        self.tell_profiles().await;
        Ok(())
    }

    /// Sets the link format of the window.
    pub async fn set_link_format(&self, format: &str) -> Result<()> {
        let settings = self.settings();
        LinkTemplate::named(format, &settings.custom_formats)?;
        let settings = Settings { link_format: format.to_owned(), ..settings };
        self.inner.live.change(move |config| config.set_settings(settings)).await?;
        self.tell_settings();
        Ok(())
    }

    pub(super) fn tell_settings(&self) {
        self.inner.events.emit(AppEvent::Settings { settings: self.settings() });
        self.inner.uploads.settings_changed();
    }
}
