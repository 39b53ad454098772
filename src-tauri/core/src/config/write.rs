//! From settings and profiles to TOML, touching nothing but what changes.

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::expand::escape;
use crate::profile::{Profile, SecretRef};
use crate::settings::{Preset, Settings, Theme, UiLanguage};

/// Writes the settings in which `new` differs from `base`.
pub(super) fn settings(doc: &mut DocumentMut, base: &Settings, new: &Settings) {
    let changes: Vec<_> = values(base)
        .into_iter()
        .zip(values(new))
        .filter(|((_, old), (_, new))| old.to_string() != new.to_string())
        .map(|(_, change)| change)
        .collect();
    if !changes.is_empty() {
        let table = section(doc.as_table_mut(), "settings", false);
        for (key, value) in changes {
            put(table, key, value);
        }
    }
    let formats = |all: &Settings| -> Named {
        all.custom_formats.iter().map(|own| (own.name.clone(), own.template.clone())).collect()
    };
    let lists = [
        ("presets", presets(&base.presets), presets(&new.presets)),
        ("formats", formats(base), formats(new)),
    ];
    for (key, old, new) in lists {
        if old != new {
            let table = section(doc.as_table_mut(), "settings", false);
            named_strings(section(table, key, false), &new);
        }
    }
}

/// Texts by name, in order.
type Named = Vec<(String, String)>;

fn values(settings: &Settings) -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::from(escape(text).as_ref());
    let theme = match settings.theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let language = match settings.language {
        UiLanguage::Auto => "auto",
        UiLanguage::English => "en",
        UiLanguage::Chinese => "zh-CN",
    };
    vec![
        ("default_profile", text(&settings.default_profile)),
        ("link_format", text(&settings.link_format)),
        ("naming", text(&settings.naming)),
        ("transform", text(&settings.transform)),
        ("transform_place", settings.transform_place.id().into()),
        ("strip_metadata", settings.strip_metadata.into()),
        ("dedupe", settings.dedupe.into()),
        ("copy_links", settings.copy_links.into()),
        ("concurrency", i64::from(settings.concurrency).into()),
        ("shortcut", text(&settings.shortcut)),
        ("notify", settings.notify.into()),
        ("close_to_tray", settings.close_to_tray.into()),
        ("continue_transfers", settings.continue_transfers.into()),
        ("theme", theme.into()),
        ("language", language.into()),
        ("store_port", i64::from(settings.store_port).into()),
    ]
}

/// Writes a profile over `old`, or adds it.
pub(super) fn profile(doc: &mut DocumentMut, old: Option<&Profile>, new: &Profile) {
    let profiles = section(doc.as_table_mut(), "profiles", true);
    if let Some(old) = old
        && old.name != new.name
        && let Some(item) = profiles.remove(&old.name)
    {
        profiles.insert(&new.name, item);
    }
    let table = section(profiles, &new.name, false);
    let is_new = table.is_empty();
    let old = old.filter(|_| !is_new);
    let before = old.map(fields);
    let presets_before = old.map(|old| presets(&old.presets)).unwrap_or_default();
    for (index, (key, value)) in fields(new).into_iter().enumerate() {
        let same = before.as_ref().is_some_and(|before| {
            let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
            text(&before[index].1) == text(&value)
        });
        if same {
            continue;
        }
        match value {
            Some(value) => put(table, key, value),
            None => {
                table.remove(key);
            }
        }
    }
    let presets = presets(&new.presets);
    if presets.is_empty() {
        table.remove("presets");
    } else if presets != presets_before {
        named_strings(section(table, "presets", false), &presets);
    }
}

fn presets(presets: &[Preset]) -> Named {
    presets.iter().map(|preset| (preset.name.clone(), preset.spec.clone())).collect()
}

/// The keys of a profile in order; `None` is left out of the file.
fn fields(profile: &Profile) -> Vec<(&'static str, Option<Value>)> {
    let text = |text: &str| Value::from(escape(text).as_ref());
    let optional = |value: &Option<String>| value.as_deref().filter(|v| !v.is_empty()).map(text);
    let secret = match &profile.secret {
        SecretRef::Keyring => "keyring".into(),
        SecretRef::File => "file".into(),
        SecretRef::Env { access_key, secret_key, session_token } => {
            let mut table = InlineTable::new();
            table.insert("access_key_env", text(access_key));
            table.insert("secret_key_env", text(secret_key));
            if let Some(token) = session_token {
                table.insert("session_token_env", text(token));
            }
            Value::InlineTable(table)
        }
    };
    let path_style = profile.path_style != profile.provider.path_style_default();
    vec![
        ("provider", Some(profile.provider.id().into())),
        ("account_id", optional(&profile.account_id)),
        ("jurisdiction", optional(&profile.jurisdiction)),
        ("region", optional(&profile.region)),
        ("endpoint", optional(&profile.endpoint)),
        ("bucket", Some(text(&profile.bucket))),
        ("prefix", Some(&profile.prefix).filter(|p| !p.is_empty()).map(|prefix| text(prefix))),
        ("public_url", optional(&profile.public_url)),
        ("cname", profile.cname.then(|| true.into())),
        ("endpoint_kind", profile.endpoint_kind.map(|kind| kind.id().into())),
        ("signature", profile.signature.map(|signature| signature.id().into())),
        ("images", profile.images.map(|images| images.id().into())),
        ("path_style", path_style.then(|| profile.path_style.into())),
        ("naming", optional(&profile.naming)),
        ("transform", optional(&profile.transform)),
        ("transform_place", profile.transform_place.map(|place| place.id().into())),
        ("secret", Some(secret)),
    ]
}

pub(super) fn remove_profile(doc: &mut DocumentMut, name: &str) {
    if let Some(profiles) = doc.get_mut("profiles").and_then(Item::as_table_like_mut) {
        profiles.remove(name);
    }
}

/// Sets a key; what stands around an old value (a comment at its end) stays.
pub(super) fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// The table under `key`, made when it is missing. An implicit one has no header of its own.
fn section<'t>(parent: &'t mut dyn TableLike, key: &str, implicit: bool) -> &'t mut dyn TableLike {
    let missing = parent.get(key).is_none_or(|item| !item.is_table_like());
    if missing {
        // Inside `{ ... }` a table has no header either.
        let mut table = Table::new();
        table.set_implicit(implicit);
        parent.insert(key, Item::Table(table));
    }
    match parent.get_mut(key).and_then(Item::as_table_like_mut) {
        Some(table) => table,
        // Inserted above; a reader refuses files in which it is something else.
        None => unreachable!("a table was just made under {key}"),
    }
}

/// Makes a table of texts hold exactly these, in this order; comments move with their keys.
fn named_strings(table: &mut dyn TableLike, pairs: &[(String, String)]) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    let same_order = names.iter().eq(pairs.iter().map(|(name, _)| name));
    let mut kept: Vec<(String, toml_edit::Key, Item)> = Vec::new();
    if !same_order {
        for name in names {
            let key = table.key(&name).cloned();
            if let (Some(key), Some(item)) = (key, table.remove(&name)) {
                kept.push((name, key, item));
            }
        }
    }
    for (name, text) in pairs {
        if let Some((_, key, item)) = kept.iter().find(|(kept, _, _)| kept == name) {
            table.entry_format(key).or_insert(item.clone());
        }
        let value = Value::from(escape(text).as_ref());
        let same =
            table.get(name).and_then(Item::as_str).is_some_and(|old| Some(old) == value.as_str());
        if !same {
            put(table, name, value);
        }
    }
}
