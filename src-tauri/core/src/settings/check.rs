//! Whether settings can be saved; the one that must change is named.

use super::Settings;
use crate::link::{BUILT_IN_FORMATS, LinkTemplate};
use crate::naming::NamePattern;
use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::profile::Profile;

impl Settings {
    /// Checks every setting but the transforms, whose syntax is the image module's.
    ///
    /// # Errors
    /// [`Code::SettingsInvalid`], [`Code::PatternInvalid`] or [`Code::TemplateInvalid`], with the
    /// setting and what is wrong with it.
    pub fn validate(&self, profiles: &[Profile]) -> Result<()> {
        let invalid = |field: FieldName, reason: Reason| {
            Err(Problem::new(Code::SettingsInvalid, "").with_field(field).with_reason(reason))
        };
        if !profiles.iter().any(|profile| profile.name == self.default_profile) {
            let names = profiles.iter().map(|profile| profile.name.clone()).collect();
            return invalid(FieldName::DefaultProfile, Reason::NotOneOf(names));
        }
        NamePattern::parse(&self.naming)
            .map_err(|problem| problem.with_field(FieldName::Naming))?;
        unique(self.presets.iter().map(|preset| &*preset.name))
            .or_else(|reason| invalid(FieldName::Presets, reason))?;
        unique(self.custom_formats.iter().map(|format| &*format.name))
            .or_else(|reason| invalid(FieldName::CustomFormats, reason))?;
        for format in &self.custom_formats {
            if BUILT_IN_FORMATS.contains(&&*format.name) {
                return invalid(FieldName::CustomFormats, Reason::Reserved(format.name.clone()));
            }
            LinkTemplate::parse(&format.template)
                .map_err(|problem| problem.with_field(FieldName::CustomFormats))?;
        }
        LinkTemplate::named(&self.link_format, &self.custom_formats)?;
        if !(1..=16).contains(&self.concurrency) {
            return invalid(FieldName::Concurrency, Reason::OutOfRange(1, 16));
        }
        if self.store_port < 1024 {
            return invalid(FieldName::StorePort, Reason::OutOfRange(1024, 65535));
        }
        check_shortcut(&self.shortcut).or_else(|reason| invalid(FieldName::Shortcut, reason))
    }
}

/// Whether these can be the names of a list.
pub(crate) fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), Reason> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if name.trim().is_empty() {
            return Err(Reason::Missing);
        }
        if name.chars().count() > 64 {
            return Err(Reason::TooLong(64));
        }
        if let Some(c) = name.chars().find(|c| c.is_control()) {
            return Err(Reason::BadCharacter(c));
        }
        if !seen.insert(name) {
            return Err(Reason::Duplicate(name.to_owned()));
        }
    }
    Ok(())
}

/// Modifiers and one key. A key alone would be taken away from every other program.
fn check_shortcut(shortcut: &str) -> Result<(), Reason> {
    if shortcut.is_empty() {
        return Ok(());
    }
    const EXAMPLE: Reason = Reason::NotLike("Ctrl+Alt+U");
    let Some((modifiers, key)) = shortcut.rsplit_once('+') else { return Err(EXAMPLE) };
    let is_modifier = |part: &str| {
        matches!(
            part.to_ascii_lowercase().as_str(),
            "ctrl"
                | "control"
                | "alt"
                | "option"
                | "shift"
                | "super"
                | "meta"
                | "cmd"
                | "command"
                | "commandorcontrol"
                | "cmdorctrl"
        )
    };
    let mut parts = modifiers.split('+');
    let only_shift = modifiers.eq_ignore_ascii_case("shift");
    if !parts.all(is_modifier) || key.trim().is_empty() || is_modifier(key) || only_shift {
        return Err(EXAMPLE);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
