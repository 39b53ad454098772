//! From TOML to settings and profiles; every complaint names line and column.

use toml_edit::{Item, Table, TableLike};

use super::{LOCAL, expand::expand};
use crate::problem::Reason;
use crate::profile::{EndpointKind, Images, Profile, Provider, SecretRef, Signature, check_name};
use crate::settings::{CustomFormat, Preset, Settings, Theme, TransformPlace, UiLanguage};

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) variables: &'a dyn Fn(&str) -> Option<String>,
}

pub(super) type Read<T> = Result<T, Reason>;

/// Puts line and column, from 1, in front of a reason.
pub(super) fn at(text: &str, offset: usize, key: &str, reason: Reason) -> Reason {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Reason::At { line, column, key: key.to_owned(), reason: Box::new(reason) }
}

impl Reader<'_> {
    pub(super) fn config(&self, root: &Table) -> Read<super::Parsed> {
        let settings = match root.get("settings") {
            Some(item) => self.settings(self.table("settings", item)?)?,
            None => Settings::default(),
        };
        let mut profiles = vec![Profile::local()];
        if let Some(item) = root.get("profiles") {
            for (name, item) in self.table("profiles", item)?.iter() {
                let profile = self.profile(name, item)?;
                if profile.name == LOCAL {
                    profiles[0] = profile;
                } else {
                    profiles.push(profile);
                }
            }
        }
        let backups = match root.get("backup") {
            Some(item) => self.backups(item)?,
            None => Vec::new(),
        };
        Ok((settings, profiles, backups))
    }

    fn settings(&self, table: &dyn TableLike) -> Read<Settings> {
        let mut all = Settings::default();
        let pairs = [
            ("default_profile", &mut all.default_profile),
            ("link_format", &mut all.link_format),
            ("naming", &mut all.naming),
            ("transform", &mut all.transform),
            ("shortcut", &mut all.shortcut),
        ];
        for (key, place) in pairs {
            if let Some(value) = self.string(table, key)? {
                *place = value;
            }
        }
        let pairs = [
            ("strip_metadata", &mut all.strip_metadata),
            ("dedupe", &mut all.dedupe),
            ("copy_links", &mut all.copy_links),
            ("notify", &mut all.notify),
            ("close_to_tray", &mut all.close_to_tray),
            ("continue_transfers", &mut all.continue_transfers),
        ];
        for (key, place) in pairs {
            if let Some(value) = self.bool(table, key)? {
                *place = value;
            }
        }
        if let Some(value) = self.number(table, "concurrency", 1, 16)? {
            all.concurrency = value;
        }
        if let Some(value) = self.number(table, "store_port", 1024, 65535)? {
            all.store_port = value;
        }
        if let Some(value) = self.choice(table, "transform_place", &TransformPlace::ALL)? {
            all.transform_place = value;
        }
        let themes = [("auto", Theme::Auto), ("light", Theme::Light), ("dark", Theme::Dark)];
        if let Some(value) = self.choice(table, "theme", &themes)? {
            all.theme = value;
        }
        let languages = [
            ("auto", UiLanguage::Auto),
            ("en", UiLanguage::English),
            ("zh-CN", UiLanguage::Chinese),
        ];
        if let Some(value) = self.choice(table, "language", &languages)? {
            all.language = value;
        }
        if let Some(pairs) = self.strings(table, "presets")? {
            all.presets = pairs.into_iter().map(|(name, spec)| Preset { name, spec }).collect();
        }
        if let Some(pairs) = self.strings(table, "formats")? {
            all.custom_formats =
                pairs.into_iter().map(|(name, template)| CustomFormat { name, template }).collect();
        }
        Ok(all)
    }

    fn profile(&self, name: &str, item: &Item) -> Read<Profile> {
        let table = self.table(name, item)?;
        check_name(name).map_err(|reason| self.at(item, name, reason))?;
        let mut profile =
            if name == LOCAL { Profile::local() } else { Profile::new(name, Provider::S3) };
        let providers: Vec<(&str, Provider)> =
            Provider::ALL.iter().map(|provider| (provider.id(), *provider)).collect();
        match self.choice(table, "provider", &providers)? {
            Some(Provider::Local) if name == LOCAL => {}
            Some(_) if name == LOCAL => {
                return Err(self.at(item, "provider", Reason::Reserved(LOCAL.into())));
            }
            Some(provider) => {
                profile.provider = provider;
                profile.path_style = provider.path_style_default();
            }
            None if name == LOCAL => {}
            None => return Err(self.at(item, "provider", Reason::Missing)),
        }
        let filled = |value: Option<String>| value.filter(|value| !value.is_empty());
        profile.endpoint = filled(self.string(table, "endpoint")?);
        profile.region = filled(self.string(table, "region")?);
        profile.account_id = filled(self.string(table, "account_id")?);
        profile.jurisdiction = filled(self.string(table, "jurisdiction")?);
        profile.public_url = filled(self.string(table, "public_url")?);
        profile.naming = filled(self.string(table, "naming")?);
        profile.transform = filled(self.string(table, "transform")?);
        if let Some(bucket) = self.string(table, "bucket")? {
            profile.bucket = bucket;
        }
        if let Some(prefix) = self.string(table, "prefix")? {
            profile.prefix = prefix;
        }
        if let Some(path_style) = self.bool(table, "path_style")? {
            profile.path_style = path_style;
        }
        self.of_oss(table, &mut profile)?;
        profile.images = self.choice(table, "images", &Images::ALL)?;
        profile.transform_place = self.choice(table, "transform_place", &TransformPlace::ALL)?;
        if let Some(pairs) = self.strings(table, "presets")? {
            profile.presets = pairs.into_iter().map(|(name, spec)| Preset { name, spec }).collect();
        }
        if let Some(item) = table.get("secret") {
            profile.secret = self.secret(item)?;
        }
        Ok(profile.normalized())
    }

    fn of_oss(&self, table: &dyn TableLike, profile: &mut Profile) -> Read<()> {
        if let Some(cname) = self.bool(table, "cname")? {
            profile.cname = cname;
        }
        profile.endpoint_kind = self.choice(table, "endpoint_kind", &EndpointKind::ALL)?;
        profile.signature = self.choice(table, "signature", &Signature::ALL)?;
        if profile.provider == Provider::Oss {
            return Ok(());
        }
        // Anywhere else these would be read and then mean nothing.
        for key in ["cname", "endpoint_kind", "signature"] {
            if let Some(item) = table.get(key) {
                return Err(self.at(item, key, Reason::OnlyFor("oss")));
            }
        }
        Ok(())
    }

    fn secret(&self, item: &Item) -> Read<SecretRef> {
        if let Some(table) = item.as_table_like() {
            let required =
                |key| self.string(table, key)?.ok_or_else(|| self.at(item, key, Reason::Missing));
            return Ok(SecretRef::Env {
                access_key: required("access_key_env")?,
                secret_key: required("secret_key_env")?,
                session_token: self.string(table, "session_token_env")?,
            });
        }
        match item.as_str() {
            Some("keyring") => Ok(SecretRef::Keyring),
            Some("file") => Ok(SecretRef::File),
            _ => {
                let choices = ["keyring", "file", "{ access_key_env, secret_key_env }"];
                let reason = Reason::NotOneOf(choices.map(str::to_owned).to_vec());
                Err(self.at(item, "secret", reason))
            }
        }
    }

    pub(super) fn table<'t>(&self, key: &str, item: &'t Item) -> Read<&'t dyn TableLike> {
        item.as_table_like().ok_or_else(|| self.at(item, key, Reason::NotATable))
    }

    pub(super) fn string(&self, table: &dyn TableLike, key: &str) -> Read<Option<String>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        let text = item.as_str().ok_or_else(|| self.at(item, key, Reason::NotText))?;
        expand(text, self.variables).map(Some).map_err(|reason| self.at(item, key, reason))
    }

    fn strings(&self, table: &dyn TableLike, key: &str) -> Read<Option<Vec<(String, String)>>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        let inner = self.table(key, item)?;
        let mut pairs = Vec::new();
        for (name, _) in inner.iter() {
            pairs.push((name.to_owned(), self.string(inner, name)?.unwrap_or_default()));
        }
        Ok(Some(pairs))
    }

    /// Texts in a list.
    pub(super) fn list(&self, table: &dyn TableLike, key: &str) -> Read<Option<Vec<String>>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        let wrong = || self.at(item, key, Reason::NotAList);
        let mut texts = Vec::new();
        for value in item.as_array().ok_or_else(wrong)? {
            let text = value.as_str().ok_or_else(wrong)?;
            texts.push(expand(text, self.variables).map_err(|reason| self.at(item, key, reason))?);
        }
        Ok(Some(texts))
    }

    pub(super) fn bool(&self, table: &dyn TableLike, key: &str) -> Read<Option<bool>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        item.as_bool().map(Some).ok_or_else(|| {
            let choices = ["true".to_owned(), "false".to_owned()];
            self.at(item, key, Reason::NotOneOf(choices.to_vec()))
        })
    }

    fn number<T: TryFrom<i64>>(
        &self,
        table: &dyn TableLike,
        key: &str,
        min: u32,
        max: u32,
    ) -> Read<Option<T>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        item.as_integer()
            .filter(|number| (i64::from(min)..=i64::from(max)).contains(number))
            .and_then(|number| T::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| self.at(item, key, Reason::OutOfRange(min, max)))
    }

    pub(super) fn choice<T: Copy>(
        &self,
        table: &dyn TableLike,
        key: &str,
        choices: &[(&str, T)],
    ) -> Read<Option<T>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        let text = self.string(table, key)?.unwrap_or_default();
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let names = choices.iter().map(|(name, _)| (*name).to_owned()).collect();
            self.at(item, key, Reason::NotOneOf(names))
        })
    }

    pub(super) fn at(&self, item: &Item, key: &str, reason: Reason) -> Reason {
        at(self.text, item.span().map_or(0, |span| span.start), key, reason)
    }
}
