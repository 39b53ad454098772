//! Backup rules in config.toml: `[[backup]]`, in the order of the file.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

use super::Config;
use super::expand::escape;
use super::read::{Read, Reader};
use super::write::put;
use crate::backup::{BackupRule, When};
use crate::problem::{Code, Problem, Reason, Result};

/// The key the rules stand under.
const KEY: &str = "backup";

impl Config {
    /// The backup rules, in the order of the file.
    pub fn backups(&self) -> &[BackupRule] {
        &self.backups
    }

    /// The rule of this name.
    ///
    /// # Errors
    /// [`Code::BackupNotFound`].
    pub fn backup(&self, name: &str) -> Result<&BackupRule> {
        let found = self.backups.iter().find(|rule| rule.name == name);
        found.ok_or_else(|| Problem::new(Code::BackupNotFound, name))
    }

    /// Adds a rule, or changes the one called `previous`, which may get a new name this way.
    ///
    /// # Errors
    /// [`Code::BackupInvalid`] with the field; [`Code::BackupExists`] when the name is taken by
    /// another; [`Code::BackupNotFound`] when `previous` is gone; or that the file cannot be read or
    /// written.
    pub fn put_backup(&mut self, rule: BackupRule, previous: Option<&str>) -> Result<()> {
        let rule = rule.normalized();
        self.edit(|doc, now| {
            rule.validate(&now.profiles)?;
            let old = previous.map(|previous| now.backup(previous)).transpose()?;
            let taken = now
                .backups
                .iter()
                .any(|other| other.name == rule.name && Some(&*other.name) != previous);
            if taken {
                return Err(Problem::new(Code::BackupExists, &*rule.name));
            }
            let at =
                old.and_then(|old| now.backups.iter().position(|other| other.name == old.name));
            write(doc, at.zip(old), &rule);
            Ok(())
        })
    }

    /// Removes a rule.
    ///
    /// # Errors
    /// [`Code::BackupNotFound`], or that the file cannot be read or written.
    pub fn remove_backup(&mut self, name: &str) -> Result<()> {
        self.edit(|doc, now| {
            let at = now.backups.iter().position(|rule| rule.name == name);
            let at = at.ok_or_else(|| Problem::new(Code::BackupNotFound, name))?;
            rules(doc).remove(at);
            if rules(doc).is_empty() {
                doc.remove(KEY);
            }
            Ok(())
        })
    }
}

impl Reader<'_> {
    /// The rules of a file. Whether they can work is seen when they are used: a rule that cannot
    /// must not keep pictures from being uploaded.
    pub(super) fn backups(&self, item: &Item) -> Read<Vec<BackupRule>> {
        let mut tables: Vec<&dyn TableLike> = Vec::new();
        match item {
            Item::ArrayOfTables(all) => tables.extend(all.iter().map(|one| one as &dyn TableLike)),
            Item::Value(Value::Array(all)) => {
                for one in all {
                    let table = one.as_inline_table();
                    tables.push(table.ok_or_else(|| self.at(item, KEY, Reason::NotATable))?);
                }
            }
            _ => return Err(self.at(item, KEY, Reason::NotTables(KEY))),
        }
        let mut rules: Vec<BackupRule> = Vec::with_capacity(tables.len());
        for table in tables {
            let rule = self.backup(item, table)?;
            if rules.iter().any(|other| other.name == rule.name) {
                let twice = table.get("name").unwrap_or(item);
                return Err(self.at(twice, "name", Reason::Duplicate(rule.name)));
            }
            rules.push(rule);
        }
        Ok(rules)
    }

    fn backup(&self, item: &Item, table: &dyn TableLike) -> Read<BackupRule> {
        let required = |key: &str| {
            let text = self.string(table, key)?.filter(|text| !text.is_empty());
            text.ok_or_else(|| self.at(table.get(key).unwrap_or(item), key, Reason::Missing))
        };
        let mut rule =
            BackupRule::new(required("name")?, required("folder")?, required("profile")?);
        rule.patterns = self.list(table, "patterns")?.unwrap_or_default();
        rule.excludes = self.list(table, "excludes")?.unwrap_or_default();
        rule.prefix = self.string(table, "prefix")?.unwrap_or_default();
        rule.keep_folders = self.bool(table, "keep_folders")?.unwrap_or(rule.keep_folders);
        rule.when = self.choice(table, "when", &When::ALL)?.unwrap_or_default();
        rule.enabled = self.bool(table, "enabled")?.unwrap_or(rule.enabled);
        Ok(rule.normalized())
    }
}

/// The rules that go to a profile go to it under its new name.
pub(super) fn follow_profile(doc: &mut DocumentMut, all: &[BackupRule], from: &str, to: &str) {
    for (at, rule) in all.iter().enumerate().filter(|(_, rule)| rule.profile_name() == from) {
        let profile = format!("{to}{}", &rule.profile[from.len()..]);
        write(doc, Some((at, rule)), &BackupRule { profile, ..rule.clone() });
    }
}

/// Writes a rule over the one at a place, or behind the others.
fn write(doc: &mut DocumentMut, old: Option<(usize, &BackupRule)>, new: &BackupRule) {
    let rules = rules(doc);
    let (table, before) = match old {
        Some((at, old)) => (rules.get_mut(at), Some(fields(old))),
        None => {
            rules.push(Table::new());
            (rules.get_mut(rules.len() - 1), None)
        }
    };
    let Some(table) = table else { return };
    for (index, (key, value)) in fields(new).into_iter().enumerate() {
        let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
        if before.as_ref().is_some_and(|before| text(&before[index].1) == text(&value)) {
            continue;
        }
        match value {
            Some(value) => put(table, key, value),
            None => {
                table.remove(key);
            }
        }
    }
}

/// The keys of a rule in order; `None` is left out of the file.
fn fields(rule: &BackupRule) -> Vec<(&'static str, Option<Value>)> {
    let text = |text: &str| Value::from(escape(text).as_ref());
    let list = |texts: &[String]| {
        (!texts.is_empty())
            .then(|| Value::Array(texts.iter().map(|one| text(one)).collect::<Array>()))
    };
    vec![
        ("name", Some(text(&rule.name))),
        ("folder", Some(text(&rule.folder))),
        ("patterns", list(&rule.patterns)),
        ("excludes", list(&rule.excludes)),
        ("profile", Some(text(&rule.profile))),
        (
            "prefix",
            Some(&rule.prefix).filter(|prefix| !prefix.is_empty()).map(|prefix| text(prefix)),
        ),
        ("keep_folders", (!rule.keep_folders).then(|| false.into())),
        ("when", (rule.when != When::Manual).then(|| rule.when.id().into())),
        ("enabled", (!rule.enabled).then(|| false.into())),
    ]
}

/// The rules as tables of their own, also when a person wrote them in one line.
fn rules(doc: &mut DocumentMut) -> &mut ArrayOfTables {
    let item = doc.as_table_mut().entry(KEY).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if !item.is_array_of_tables() {
        // A reader refuses files in which it is something else than tables in a list.
        *item = match std::mem::take(item).into_array_of_tables() {
            Ok(tables) => Item::ArrayOfTables(tables),
            Err(_) => Item::ArrayOfTables(ArrayOfTables::new()),
        };
    }
    match item.as_array_of_tables_mut() {
        Some(tables) => tables,
        None => unreachable!("a list of tables was just made under {KEY}"),
    }
}
