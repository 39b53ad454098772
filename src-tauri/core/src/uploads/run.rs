//! Starting uploads while there is room, and what follows when one ends.

use std::sync::Arc;

use super::Inner;
use super::state::{BatchEnd, Job};
use super::watch::RowWatch;
use crate::pipeline::{Uploaded, Watch};
use crate::problem::{Code, Problem, Result};

impl Inner {
    /// Starts as many as there is room for, then tells what has changed.
    pub(super) fn pump(self: &Arc<Self>) {
        let most = usize::from(self.choices.settings().concurrency.clamp(1, 16));
        loop {
            let job = self.lock().next(most, jiff::Timestamp::now().as_millisecond());
            let Some(job) = job else { break };
            let inner = Arc::clone(self);
            self.runtime.spawn(async move { inner.run(job).await });
        }
        self.tell();
    }

    async fn run(self: Arc<Self>, job: Job) {
        let (id, label) = (job.id, job.input.label());
        // A task of its own: a panic in it costs this upload only.
        let task = self.runtime.spawn(Arc::clone(&self).upload(job));
        let result = match task.await {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(%error, label, "upload ended without a result");
                Err(Problem::new(Code::Internal, label).with_detail(error))
            }
        };
        let end = self.lock().finish(id, result);
        self.ended.notify_waiters();
        self.after(end.into_iter().collect());
    }

    async fn upload(self: Arc<Self>, job: Job) -> Result<Uploaded> {
        let plan = self.plan(&job)?;
        let watch: Arc<dyn Watch> = Arc::new(RowWatch::new(&self, job.id, job.attempt));
        self.pipeline.run(&job.input, &plan, &watch, &job.cancel).await
    }

    /// After rows have ended: the next ones, and the end of each batch of which they were the last.
    pub(super) fn after(self: &Arc<Self>, ends: Vec<BatchEnd>) {
        self.pump();
        for end in ends {
            let inner = Arc::clone(self);
            self.runtime.spawn(async move { inner.end_batch(end).await });
        }
    }
}
