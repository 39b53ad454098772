//! Bodies that stand still.

use std::time::{Duration, Instant};

use hoist_store::{ErrorKind, Result, StoreError};

use super::SLOWEST;
use super::meter::Flow;

/// Before the first byte and after the last, stores think: they connect, hash, join. None does so for
/// more than this many times as long as a stall.
const THINKING: u32 = 20;

/// What none needs less of, in stalls: clients wait in between when the store asks them to.
const QUICK: u32 = 3;

/// How often the flow is looked at, in parts of a stall.
const LOOKS: u32 = 10;

/// Runs a request that sends `len` bytes and tells `flow` of them. It fails with
/// [`ErrorKind::Timeout`] when the body stands still for `stall` in the middle.
pub(super) async fn unstalled<T>(
    stall: Duration,
    len: u64,
    flow: &Flow,
    send: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut send = std::pin::pin!(send);
    let mut looks = tokio::time::interval((stall / LOOKS).max(Duration::from_millis(1)));
    let (mut seen, mut since) = (flow.total(), Instant::now());
    loop {
        tokio::select! {
            result = &mut send => return result,
            _ = looks.tick() => {}
        }
        let now = flow.total();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
        let patience = if seen == 0 || seen >= len { digesting(stall, len) } else { stall };
        if since.elapsed() >= patience {
            return Err(stalled(patience));
        }
    }
}

/// Waits for the next piece of a body that comes in.
pub(super) async fn in_time<T>(patience: Duration, next: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(patience, next).await.map_err(|_| stalled(patience))
}

/// How long a store may take over `len` bytes before it answers: a moment, and as long as a line at the
/// lowest rate needs for them, since they may still stand in buffers on the way. Requests that join or
/// copy have no body and are not held to this: what they take does not depend on their own bytes.
fn digesting(stall: Duration, len: u64) -> Duration {
    let draining = Duration::from_secs(len.div_ceil(SLOWEST));
    stall.saturating_mul(QUICK).saturating_add(draining).min(thinking(stall))
}

/// How long the answer to a request without a body may take.
pub(super) fn thinking(stall: Duration) -> Duration {
    stall.saturating_mul(THINKING)
}

fn stalled(patience: Duration) -> StoreError {
    StoreError::new(ErrorKind::Timeout, format!("nothing moved for {} seconds", patience.as_secs()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::meter::Meter;
    use super::*;

    /// Long, so that a busy computer does not look like a stalled store.
    const STALL: Duration = Duration::from_secs(2);

    #[tokio::test]
    async fn a_body_that_stands_still_in_the_middle_fails() {
        let flow = Flow::new(&Arc::new(Meter::default()));
        flow.set(5);
        let start = Instant::now();
        let error = unstalled(STALL, 10, &flow, std::future::pending::<Result<()>>()).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
        assert!(start.elapsed() >= STALL && start.elapsed() < STALL * THINKING);
    }

    #[tokio::test]
    async fn a_body_that_moves_slowly_and_a_store_that_thinks_do_not() {
        let flow = Flow::new(&Arc::new(Meter::default()));
        let send = async {
            for total in 1..=10 {
                tokio::time::sleep(STALL / 8).await;
                flow.set(total);
            }
            tokio::time::sleep(STALL + STALL / 8).await;
            Ok(7)
        };
        assert_eq!(unstalled(STALL, 10, &flow, send).await.unwrap(), 7);
    }

    #[test]
    fn a_store_has_time_for_what_it_was_sent() {
        let seconds = Duration::from_secs;
        for (len, expected) in
            [(0, 90), (1, 91), (256 << 10, 94), (8 << 20, 218), (64 << 20, 600), (u64::MAX, 600)]
        {
            assert_eq!(digesting(seconds(30), len), seconds(expected), "{len} bytes");
        }
    }

    #[tokio::test]
    async fn a_store_that_never_answers_is_given_up_soon_when_it_has_little_to_think_about() {
        let stall = Duration::from_millis(100);
        for sent in [0, 10] {
            let flow = Flow::new(&Arc::new(Meter::default()));
            flow.set(sent);
            let start = Instant::now();
            let error = unstalled(stall, 10, &flow, std::future::pending::<Result<()>>()).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
            assert!(start.elapsed() >= stall * QUICK, "{sent} of 10 bytes sent");
        }
    }
}
