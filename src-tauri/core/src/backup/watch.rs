//! A rule that runs as soon as its files change.
//!
//! What the system tells of changes only says where to look; what counts is what the file looks like.
//! A file is sent once it has looked the same for a few seconds. When more happens than can be told,
//! or the folder was away, all of it is looked at. Memory is bounded: at most 1,024 messages and
//! 10,000 files wait.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::plan::Scope;
use super::run::Ended;
use super::walk::{Look, Selection};
use crate::history::blocking;
use crate::problem::Result;

mod ears;

use ears::{Ears, folder_id};

/// A file that has looked the same for this long is not being written to any more.
const SETTLED: Duration = Duration::from_secs(3);

/// Time between two looks at what waits.
const TICK: Duration = Duration::from_millis(500);

/// Files that wait until they have settled.
const MOST: usize = 10_000;

/// Pause after the first run that failed; it doubles with each, up to [`LONGEST`].
const AGAIN: Duration = Duration::from_secs(30);

/// The longest pause after a run that failed.
const LONGEST: Duration = Duration::from_secs(600);

/// Where the system cannot watch a folder, it is walked this often.
const WALKED: Duration = Duration::from_secs(60);

/// Runs the rule that is watched, and is told how the watch stands.
#[async_trait]
pub(crate) trait Runs: Send + Sync {
    /// Runs it; a run that is in the way is waited for.
    async fn run(&self, scope: Scope, settle: Duration) -> Result<Ended>;
    /// The folder is watched, or is away.
    fn watching(&self, there: bool);
}

/// Watches until nobody holds the other end of `stop`; what is being sent is sent first.
pub(crate) async fn watch(
    selection: Selection,
    runs: &dyn Runs,
    stop: &mut tokio::sync::watch::Receiver<()>,
) {
    let mut watch = Watch {
        selection: Arc::new(selection),
        waiting: HashMap::new(),
        ears: None,
        all: true,
        not_before: Instant::now(),
        pause: AGAIN,
        away: false,
    };
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
        if watch.is_there(runs).await {
            watch.hear().await;
            watch.look(runs).await;
        }
    }
}

struct Watch {
    selection: Arc<Selection>,
    /// Files that have changed, what they looked like last, and since when.
    waiting: HashMap<PathBuf, (Look, Instant)>,
    ears: Option<Ears>,
    /// The whole folder is to be looked at.
    all: bool,
    /// Not until then, after a run that failed or took long.
    not_before: Instant,
    pause: Duration,
    away: bool,
}

impl Watch {
    /// Whether the folder is there; listens to it anew when it has come back or is another.
    async fn is_there(&mut self, runs: &dyn Runs) -> bool {
        let folder = self.selection.folder.clone();
        let heard = self.ears.as_ref().map(|ears| ears.folder);
        let found = blocking(move || {
            Ok(folder_id(&folder).map(|id| match heard == Some(id) {
                true => None,
                false => Some(Ears::new(&folder, id)),
            }))
        });
        match found.await.unwrap_or_default() {
            None => {
                if !self.away {
                    runs.watching(false);
                }
                self.away = true;
                self.ears = None;
                self.waiting.clear();
                false
            }
            Some(ears) => {
                if let Some(ears) = ears {
                    self.ears = Some(ears);
                    self.all = true;
                    self.not_before = Instant::now();
                    self.away = false;
                    runs.watching(true);
                }
                true
            }
        }
    }

    /// Takes in what was told.
    async fn hear(&mut self) {
        let Some(ears) = &mut self.ears else { return };
        let mut paths = HashSet::new();
        while let Ok(path) = ears.told.try_recv() {
            paths.insert(path);
        }
        if ears.missed.swap(false, Ordering::Relaxed)
            || (ears.watcher.is_none() && ears.walked.elapsed() >= WALKED)
        {
            ears.walked = Instant::now();
            self.all = true;
        }
        if paths.is_empty() {
            return;
        }
        let selection = Arc::clone(&self.selection);
        let looked = blocking(move || Ok(look_at(&selection, paths))).await;
        let (files, folder) = looked.unwrap_or((Vec::new(), true));
        // Files may have been in it before it was watched.
        self.all |= folder;
        self.note(files);
    }

    fn note(&mut self, files: Vec<(PathBuf, Look)>) {
        for (path, look) in files {
            if self.waiting.len() >= MOST && !self.waiting.contains_key(&path) {
                self.all = true;
                return;
            }
            match self.waiting.get(&path) {
                Some((before, _)) if *before == look => {}
                _ => {
                    self.waiting.insert(path, (look, Instant::now()));
                }
            }
        }
    }

    /// Runs the rule for what has settled, or for the whole folder.
    async fn look(&mut self, runs: &dyn Runs) {
        if self.all && Instant::now() >= self.not_before {
            self.all = false;
            let start = Instant::now();
            self.ran(runs.run(Scope::All, SETTLED).await);
            // A tree so large that a walk takes minutes is not walked all the time.
            self.not_before = self.not_before.max(Instant::now() + start.elapsed() * 4);
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return;
        }
        let Ok((waiting, settled)) = blocking(move || Ok(settled(waiting))).await else {
            self.all = true;
            return;
        };
        self.waiting = waiting;
        if !settled.is_empty() {
            self.ran(runs.run(Scope::Paths(settled), Duration::ZERO).await);
        }
    }

    /// What a run leaves for later.
    fn ran(&mut self, ended: Result<Ended>) {
        match ended {
            Ok(ended) if ended.report.is_complete() => {
                self.pause = AGAIN;
                self.note(ended.young);
            }
            ended => {
                self.all = true;
                self.not_before = Instant::now() + self.pause;
                self.pause = (self.pause * 2).min(LONGEST);
                if let Ok(ended) = ended {
                    self.note(ended.young);
                }
            }
        }
    }
}

/// The files among these that the rule means, and whether a folder is among them. Blocks.
fn look_at(selection: &Selection, paths: HashSet<PathBuf>) -> (Vec<(PathBuf, Look)>, bool) {
    let (mut files, mut folder) = (Vec::new(), false);
    for path in paths {
        let Some(relative) = selection.relative(&path) else { continue };
        let path = selection.folder.join(&relative);
        match Look::read(&path) {
            Some(look) if selection.means(&relative) => files.push((path, look)),
            Some(_) => {}
            None => folder |= path.is_dir() && !path.is_symlink(),
        }
    }
    (files, folder)
}

/// Files that go on waiting, and those that have looked the same for long enough. Blocks.
fn settled(
    waiting: HashMap<PathBuf, (Look, Instant)>,
) -> (HashMap<PathBuf, (Look, Instant)>, Vec<PathBuf>) {
    let (mut later, mut settled) = (HashMap::new(), Vec::new());
    for (path, (before, since)) in waiting {
        match Look::read(&path) {
            None => {}
            Some(look) if look != before => {
                later.insert(path, (look, Instant::now()));
            }
            Some(_) if since.elapsed() >= SETTLED => settled.push(path),
            Some(look) => {
                later.insert(path, (look, since));
            }
        }
    }
    (later, settled)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::BackupRule;
    use super::*;

    /// Remembers what it was asked to run.
    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    #[async_trait]
    impl Runs for Told {
        async fn run(&self, scope: Scope, _settle: Duration) -> Result<Ended> {
            self.0.lock().unwrap().push(match scope {
                Scope::All => "all".into(),
                Scope::Paths(paths) => paths
                    .iter()
                    .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
                    .collect::<Vec<_>>()
                    .join(" "),
            });
            Ok(Ended::default())
        }

        fn watching(&self, there: bool) {
            self.0.lock().unwrap().push(if there { "there" } else { "away" }.into());
        }
    }

    async fn until(told: &Told, wanted: &[&str]) {
        for _ in 0..600 {
            if told.0.lock().unwrap().as_slice() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("told {:?}, not {wanted:?}", told.0.lock().unwrap());
    }

    #[tokio::test]
    async fn a_file_is_sent_when_it_has_settled_and_the_folder_may_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("runs");
        std::fs::create_dir(&folder).unwrap();
        let rule = BackupRule {
            patterns: vec!["*.npy".into()],
            ..BackupRule::new("r", folder.to_str().unwrap(), "local")
        };
        let selection = Selection::of(&rule, &[]).unwrap();
        let told = Told::default();
        let story = async {
            until(&told, &["there", "all"]).await;
            // A file that grows waits until it does not.
            let begun = Instant::now();
            for _ in 0..4 {
                let mut text = std::fs::read(folder.join("a.npy")).unwrap_or_default();
                text.push(b'x');
                std::fs::write(folder.join("a.npy"), text).unwrap();
                std::fs::write(folder.join("a.txt"), "no").unwrap();
                tokio::time::sleep(Duration::from_millis(700)).await;
            }
            assert_eq!(told.0.lock().unwrap().len(), 2, "sent while it grew");
            until(&told, &["there", "all", "a.npy"]).await;
            assert!(begun.elapsed() > SETTLED + Duration::from_secs(2));

            let moved = dir.path().join("away");
            std::fs::rename(&folder, &moved).unwrap();
            until(&told, &["there", "all", "a.npy", "away"]).await;
            std::fs::rename(&moved, &folder).unwrap();
            until(&told, &["there", "all", "a.npy", "away", "there", "all"]).await;
            std::fs::write(folder.join("b.npy"), "b").unwrap();
            until(&told, &["there", "all", "a.npy", "away", "there", "all", "b.npy"]).await;
        };
        let (stop, mut stopped) = tokio::sync::watch::channel(());
        let story = async {
            story.await;
            drop(stop);
        };
        tokio::join!(watch(selection, &told, &mut stopped), story);
    }
}
