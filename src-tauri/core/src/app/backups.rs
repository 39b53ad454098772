//! Backup rules: kept, tried, run.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Zoned;
use tokio::sync::{OnceCell, watch};

use super::App;
use crate::backup::{
    BackupFiles, BackupOptions, BackupReport, BackupRule, Backups, By, Counted, Ended, Run, Scope,
    Tell,
};
use crate::events::AppEvent;
use crate::history::blocking;
use crate::naming::DatedPrefix;
use crate::problem::{Code, FieldName, Problem, Result};
use crate::profile::Profile;
use crate::transfer::{Meter, Remotes};
use crate::uploads::Choices as _;
use crate::view::{BackupExample, BackupPreview, BackupView};

mod following;

pub use following::Ran;

/// How often a window is told how far a run is.
const TOLD: Duration = Duration::from_millis(500);

/// What the app knows of its rules beside what is on the disk.
#[derive(Debug, Default)]
pub(super) struct Rules {
    backups: OnceCell<Backups>,
    state: Mutex<State>,
    /// The number of the newest preview: an older one need not be finished.
    previews: Arc<AtomicU64>,
    /// Told when a rule may have changed.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    running: HashMap<String, Arc<Meter>>,
    watching: HashMap<String, bool>,
    /// The code a rule that runs by itself last failed with: it is said once.
    said: HashMap<String, String>,
}

impl Rules {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    async fn backups(&self) -> Result<&Backups> {
        let open = || async {
            let home = &self.inner.home;
            let files = BackupFiles {
                database: home.backups_db(),
                lock: home.lock_file(),
                locks: home.backups_dir(),
                own: vec![home.data_dir().to_owned(), home.cache_dir().to_owned()],
            };
            let remotes = Arc::clone(&self.inner.buckets) as Arc<dyn Remotes>;
            let transfers = self.transfers().await?.clone();
            let (backups, aside) =
                blocking(move || Backups::open(files, transfers, remotes)).await?;
            if let Some(problem) = aside {
                self.fail(&problem);
            }
            Ok(backups)
        };
        self.inner.rules.backups.get_or_try_init(open).await
    }

    /// The rules as they are configured, without how they stand.
    pub fn backup_rules(&self) -> Vec<BackupRule> {
        self.inner.live.backups()
    }

    /// The rule of this name.
    ///
    /// # Errors
    /// [`Code::BackupNotFound`].
    pub fn backup_rule(&self, name: &str) -> Result<BackupRule> {
        let found = self.backup_rules().into_iter().find(|rule| rule.name == name);
        found.ok_or_else(|| Problem::new(Code::BackupNotFound, name))
    }

    /// All rules, and how they stand.
    ///
    /// # Errors
    /// [`Code::BackupsTooNew`] or [`Code::BackupsUnavailable`].
    pub async fn backup_list(&self) -> Result<Vec<BackupView>> {
        let rules = self.backup_rules();
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let backups = self.backups().await?;
        let profiles = self.inner.live.profiles();
        let mut views = Vec::with_capacity(rules.len());
        for rule in rules {
            let last = backups.last(&rule.name).await?.map(Into::into);
            let state = self.inner.rules.state();
            views.push(BackupView {
                running: state.running.get(&rule.name).map(|meter| meter.read().into()),
                watching: state.watching.get(&rule.name).copied(),
                last,
                problem: rule.validate(&profiles).err().map(|problem| problem.view()),
                rule,
            });
        }
        Ok(views)
    }

    /// Adds a rule, or changes the one called `previous`.
    ///
    /// # Errors
    /// Which field is wrong, that the name is taken, or that config.toml cannot be written.
    pub async fn save_backup(
        &self,
        rule: BackupRule,
        previous: Option<&str>,
    ) -> Result<Vec<BackupView>> {
        let rule = rule.normalized();
        let name = rule.name.clone();
        let was = previous.map(str::to_owned);
        self.inner.live.change(move |config| config.put_backup(rule, was.as_deref())).await?;
        if let Some(previous) = previous.filter(|previous| *previous != name) {
            self.backups().await?.rename(previous, &name).await?;
        }
        self.backups_changed().await;
        self.backup_list().await
    }

    /// Removes a rule. What it has sent stays in the bucket.
    ///
    /// # Errors
    /// [`Code::BackupNotFound`], or that config.toml cannot be written.
    pub async fn delete_backup(&self, name: &str) -> Result<()> {
        let of_config = name.to_owned();
        self.inner.live.change(move |config| config.remove_backup(&of_config)).await?;
        self.backups().await?.remove(name).await?;
        self.backups_changed().await;
        Ok(())
    }

    /// What a rule that is being written would do. A newer call ends an older one.
    ///
    /// # Errors
    /// Which field is wrong, that the folder is not there, and [`Code::Cancelled`] when a newer call
    /// has come.
    pub async fn backup_preview(&self, rule: BackupRule) -> Result<BackupPreview> {
        let rule = rule.normalized();
        rule.validate(&self.inner.live.profiles())?;
        let (place, root) = self.place_of(&rule)?;
        let target = self.inner.buckets.address(&place).ok().map(|(target, _)| target);
        let newest = Arc::clone(&self.inner.rules.previews);
        let mine = newest.fetch_add(1, Ordering::Relaxed) + 1;
        let wanted = move || newest.load(Ordering::Relaxed) == mine;
        let counted = self.backups().await?.count(rule, target, root, wanted).await?;
        Ok(shown(counted))
    }

    /// The folder in the bucket that files changed now would go to.
    ///
    /// # Errors
    /// What is wrong with the prefix, or that there is no such profile.
    pub fn backup_folder(&self, rule: &BackupRule) -> Result<String> {
        let (_, root) = self.place_of(rule)?;
        let dated = DatedPrefix::parse(rule.prefix.trim()).map_err(|reason| {
            Problem::new(Code::BackupInvalid, &*rule.name)
                .with_field(FieldName::Destination)
                .with_reason(reason)
        })?;
        Ok(format!("{root}{}", dated.render(&Zoned::now())))
    }

    /// The profile behind a rule's place, with its bucket, and its own folder there.
    fn place_of(&self, rule: &BackupRule) -> Result<(Profile, String)> {
        let profile = self.inner.live.profile(rule.profile_name())?;
        match rule.profile.split_once('/') {
            Some((_, bucket)) => {
                Ok((Profile { bucket: bucket.to_owned(), ..profile }, String::new()))
            }
            None => {
                let root = profile.prefix.clone();
                Ok((profile, root))
            }
        }
    }

    /// Runs a rule because a person asks for it, whether it is enabled or not.
    ///
    /// # Errors
    /// [`Code::BackupNotFound`], what is wrong with the rule, and [`Code::DataInUse`] when it runs
    /// already. What goes wrong in the run stands in the report.
    pub async fn run_backup(
        &self,
        name: &str,
        options: BackupOptions,
        meter: Arc<Meter>,
        tell: Tell,
    ) -> Result<BackupReport> {
        let rule = self.backup_rule(name)?;
        let (by, settle) = (By::Hand, None);
        let asked = Asked { scope: Scope::All, options, by, settle, meter, tell };
        Ok(self.run_rule(rule, asked).await?.report)
    }

    async fn run_rule(&self, rule: BackupRule, asked: Asked) -> Result<Ended> {
        rule.validate(&self.inner.live.profiles())?;
        let (_, root) = self.place_of(&rule)?;
        let backups = self.backups().await?;
        let name = rule.name.clone();
        let Asked { scope, options, by, settle, meter, tell } = asked;
        let shown = Shown::new(self, &name, &meter, options.dry_run);
        let run = Run { rule, root, scope, options, by, settle, meter, tell };
        let mut running = std::pin::pin!(backups.run_rule(run));
        let mut ticks = tokio::time::interval(TOLD);
        let ended = loop {
            tokio::select! {
                ended = &mut running => break ended,
                _ = ticks.tick() => if shown.is_some() { self.tell_backups().await },
            }
        };
        drop(shown);
        self.tell_backups().await;
        ended
    }

    /// Waits until no rule runs in this process.
    pub async fn backups_at_rest(&self) {
        while !self.inner.rules.state().running.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Rules may have changed: windows are told, and what is watched follows.
    pub(super) async fn backups_changed(&self) {
        self.inner.rules.changed.send_replace(());
        self.tell_backups().await;
    }

    async fn tell_backups(&self) {
        match self.backup_list().await {
            Ok(backups) => self.inner.events.emit(AppEvent::Backups { backups }),
            Err(problem) => tracing::warn!(%problem, "how the backups stand cannot be told"),
        }
    }
}

/// How a run is asked for.
struct Asked {
    scope: Scope,
    options: BackupOptions,
    by: By,
    settle: Option<Duration>,
    meter: Arc<Meter>,
    tell: Tell,
}

/// A run that is shown, until it is dropped.
struct Shown<'a> {
    app: &'a App,
    name: &'a str,
}

impl<'a> Shown<'a> {
    /// A dry run shows nothing, and one that runs already stays as it is.
    fn new(app: &'a App, name: &'a str, meter: &Arc<Meter>, dry: bool) -> Option<Self> {
        let mut state = app.inner.rules.state();
        if dry || state.running.contains_key(name) {
            return None;
        }
        state.running.insert(name.to_owned(), Arc::clone(meter));
        Some(Self { app, name })
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.app.inner.rules.state().running.remove(self.name);
    }
}

fn shown(counted: Counted) -> BackupPreview {
    use crate::view::number;
    let Counted { files, bytes, changed, changed_bytes, left_out, examples, complete } = counted;
    BackupPreview {
        files: number(files),
        bytes: number(bytes),
        changed: number(changed),
        changed_bytes: number(changed_bytes),
        left_out: number(left_out),
        examples: examples.into_iter().map(|(path, key)| BackupExample { path, key }).collect(),
        complete,
    }
}
