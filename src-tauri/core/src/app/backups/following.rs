//! Rules that run by themselves: at the start, and as their files change.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{App, Asked};
use crate::backup::{
    BackupOptions, BackupRule, By, Ended, Runs, Scope, Tell, When, watch as watch_folder,
};
use crate::events::AppEvent;
use crate::problem::Result;
use crate::transfer::Failure;

/// A folder that is being watched, for a rule as it was then.
struct Watched {
    rule: BackupRule,
    root: String,
    /// Dropped, it ends the watch, once what is being sent has been.
    _stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

/// One watched rule, as its watch sees it.
struct OneRule {
    app: App,
    rule: BackupRule,
    tell: Tell,
    ran: Ran,
}

/// Is told of every run of a watched rule: its name, and why it did not get to its end.
pub type Ran = Arc<dyn Fn(&str, Option<&Failure>) + Send + Sync>;

#[async_trait]
impl Runs for OneRule {
    async fn run(&self, scope: Scope, settle: Duration) -> Result<Ended> {
        let settle = Some(settle).filter(|settle| !settle.is_zero());
        let (app, options) = (&self.app, BackupOptions::default());
        let asked = Asked {
            scope,
            options,
            by: By::Itself,
            settle,
            meter: Arc::default(),
            tell: Arc::clone(&self.tell),
        };
        let ended = app.run_rule(self.rule.clone(), asked).await;
        match &ended {
            Ok(ended) => (self.ran)(&self.rule.name, ended.report.problem.as_ref()),
            Err(problem) => (self.ran)(&self.rule.name, Some(&Failure::from(problem))),
        }
        ended
    }

    fn watching(&self, there: bool) {
        self.app.inner.rules.state().watching.insert(self.rule.name.clone(), there);
        let app = self.app.clone();
        self.app.inner.runtime.spawn(async move { app.tell_backups().await });
    }
}

impl App {
    /// Runs what is to run at the start, and watches what is to be watched, for as long as the
    /// process lives. For the window's program.
    pub fn follow_backups(&self) {
        let app = self.clone();
        self.inner.runtime.spawn(async move {
            for rule in app.backup_rules() {
                if !rule.enabled || rule.when != When::Start {
                    continue;
                }
                let asked = Asked {
                    scope: Scope::All,
                    options: BackupOptions::default(),
                    by: By::Itself,
                    settle: None,
                    meter: Arc::default(),
                    tell: Arc::new(|_| {}),
                };
                let name = rule.name.clone();
                match app.run_rule(rule, asked).await {
                    Ok(ended) => app.say_once(&name, ended.report.problem.as_ref()),
                    Err(problem) => app.fail(&problem),
                }
            }
        });
        let (app, saying) = (self.clone(), self.clone());
        let ran: Ran = Arc::new(move |name, failure| saying.say_once(name, failure));
        let watching = async move { app.watch_backups(None, Arc::new(|_| {}), ran).await };
        self.inner.runtime.spawn(watching);
    }

    /// What a rule that runs by itself fails with is said when it is news.
    fn say_once(&self, name: &str, failure: Option<&Failure>) {
        let news = {
            let said = &mut self.inner.rules.state().said;
            match failure {
                Some(failure) => {
                    let before = said.insert(name.to_owned(), failure.code.clone());
                    before.as_ref() != Some(&failure.code)
                }
                None => {
                    said.remove(name);
                    false
                }
            }
        };
        if let Some(failure) = failure.filter(|_| news) {
            self.inner.events.emit(AppEvent::Failure { problem: failure.view() });
        }
    }

    /// Watches the rules of these names, or all that are to be watched, for as long as it is polled;
    /// `tell` hears of every file, `ran` of every run. Changes to the configuration are followed.
    pub async fn watch_backups(&self, names: Option<Vec<String>>, tell: Tell, ran: Ran) {
        let mut changed = self.inner.rules.changed.subscribe();
        let mut watched: HashMap<String, Watched> = HashMap::new();
        loop {
            let mut wanted = self.to_watch(names.as_deref());
            let mut over = Vec::new();
            watched.retain(|name, one| {
                let same = wanted
                    .get(name)
                    .is_some_and(|(rule, root)| (rule, root) == (&one.rule, &one.root));
                if !same {
                    over.push(name.clone());
                }
                same && !one.task.is_finished()
            });
            for name in over {
                self.inner.rules.state().watching.remove(&name);
            }
            wanted.retain(|name, _| !watched.contains_key(name));
            for (name, (rule, root)) in wanted {
                match self.begin(rule, root, &tell, &ran).await {
                    Ok(one) => drop(watched.insert(name, one)),
                    Err(problem) => self.fail(&problem),
                }
            }
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// The rules to be watched that can be, and the folder each goes to.
    fn to_watch(&self, names: Option<&[String]>) -> HashMap<String, (BackupRule, String)> {
        let profiles = self.inner.live.profiles();
        let is_meant = |rule: &BackupRule| match names {
            Some(names) => names.contains(&rule.name),
            None => rule.enabled && rule.when == When::Watch,
        };
        let rules = self.backup_rules().into_iter().filter(is_meant);
        rules
            .filter(|rule| rule.validate(&profiles).is_ok())
            .filter_map(|rule| {
                let root = self.place_of(&rule).ok()?.1;
                Some((rule.name.clone(), (rule, root)))
            })
            .collect()
    }

    async fn begin(
        &self,
        rule: BackupRule,
        root: String,
        tell: &Tell,
        ran: &Ran,
    ) -> Result<Watched> {
        let selection = self.backups().await?.selection(&rule)?;
        let (stop, mut stopped) = watch::channel(());
        let (tell, ran) = (Arc::clone(tell), Arc::clone(ran));
        let runs = OneRule { app: self.clone(), rule: rule.clone(), tell, ran };
        let task = self.inner.runtime.spawn(async move {
            watch_folder(selection, &runs, &mut stopped).await;
        });
        Ok(Watched { rule, root, _stop: stop, task })
    }
}
