//! One piece of work at a time per name: a key of a bucket, or the content of an image.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

type Gate = Arc<tokio::sync::Mutex<()>>;

/// Locks by name. Two uploads never race for one key, and a deletion never meets an upload that
/// has just found the object to be there. Clones share their locks.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameLocks {
    gates: Arc<Mutex<HashMap<String, Gate>>>,
}

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Held {
    locks: NameLocks,
    name: String,
    guard: Option<OwnedMutexGuard<()>>,
}

impl NameLocks {
    /// Waits until nobody else holds `name`.
    pub(crate) async fn lock(&self, name: String) -> Held {
        let gate = {
            let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(gates.entry(name.clone()).or_default())
        };
        // Made before the wait: a cancelled wait then cleans up as well.
        let mut held = Held { locks: self.clone(), name, guard: None };
        held.guard = Some(gate.lock_owned().await);
        held
    }

    /// Takes many at once, in one order for everybody, so that two takers never wait for each other.
    pub(crate) async fn lock_all(&self, names: impl IntoIterator<Item = String>) -> Vec<Held> {
        let names: BTreeSet<String> = names.into_iter().collect();
        let mut held = Vec::with_capacity(names.len());
        for name in names {
            held.push(self.lock(name).await);
        }
        held
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.guard = None;
        let mut gates = self.locks.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.get(&self.name).is_some_and(|gate| Arc::strong_count(gate) == 1) {
            gates.remove(&self.name);
        }
    }
}

/// The lock of one object.
pub(crate) fn object_lock(target: &str, key: &str) -> String {
    format!("{target}\u{0}{key}")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_at_a_time_and_nothing_is_left_behind() {
        let locks = NameLocks::default();
        let inside = Arc::new(AtomicU32::new(0));
        let mut tasks = Vec::new();
        for _ in 0..50 {
            let (locks, inside) = (locks.clone(), Arc::clone(&inside));
            tasks.push(tokio::spawn(async move {
                let _held = locks.lock("a".into()).await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(locks.len(), 0);
    }

    #[tokio::test]
    async fn other_names_do_not_wait_and_a_given_up_wait_leaves_nothing() {
        let locks = NameLocks::default();
        let a = locks.lock("a".into()).await;
        drop(locks.lock("b".into()).await);
        let waiting = locks.lock("a".into());
        let gave_up = tokio::time::timeout(std::time::Duration::from_millis(10), waiting).await;
        assert!(gave_up.is_err());
        drop(a);
        drop(locks.lock_all(["a", "b", "a"].map(str::to_owned)).await);
        assert_eq!(locks.len(), 0);
    }
}
