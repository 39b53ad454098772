//! Transforms read, and used on what is uploaded already.

use super::{App, UploadOptions, Uploaded, gallery};
use crate::events::AppEvent;
use crate::history::Entry;
use crate::image::link::split_transform;
use crate::image::{Format, SourceFacts, Transform};
use crate::pipeline::{Input, Way, facts, host_for, way};
use crate::problem::{Code, Problem, Reason, Result};
use crate::profile::Profile;
use crate::settings::{Preset, TransformPlace};
use crate::uploads::{Choices as _, links};
use crate::view::{CopiedView, HistoryQuery, HistoryRow};

mod preview;

impl App {
    /// The presets a profile can use: its own, then those of the settings.
    pub(super) fn presets_of(&self, profile: &Profile) -> Vec<Preset> {
        profile.presets_with(&self.settings().presets)
    }

    /// A spec, out of a spec, a process string or a link.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn transform_read(&self, text: &str) -> Result<String> {
        let text = text.trim();
        let link = match text {
            _ if text.starts_with("http://") || text.starts_with("https://") => text.to_owned(),
            _ if text.starts_with("?x-oss-process=") => format!("https://x/a{text}"),
            _ if text.starts_with("x-oss-process=") => format!("https://x/a?{text}"),
            _ if text.starts_with("/cdn-cgi/image/") => {
                format!("https://x{}/a", text.trim_end_matches('/'))
            }
            spec => return Ok(Transform::parse(spec, &self.settings().presets)?.to_string()),
        };
        let (_, transform) = split_transform(&link).ok_or_else(|| {
            Problem::new(Code::TransformInvalid, text)
                .with_reason(Reason::NotLike("https://...?x-oss-process=image/resize,w_800"))
        })?;
        Ok(transform.to_string())
    }

    /// The newest upload, to try transforms on.
    pub async fn transform_source(&self) -> Result<Option<HistoryRow>> {
        let rows = self.history_rows(&HistoryQuery::default(), 0, 20).await?;
        Ok(rows.into_iter().find(|row| !row.missing && row.content_type != "image/svg+xml"))
    }

    /// Puts links to transformed uploads on the clipboard. What the host does not do is made here
    /// and uploaded beside the original.
    ///
    /// # Errors
    /// Why the first one failed, when none was left; else failures are told as events.
    pub async fn copy_transformed(
        &self,
        ids: &[i64],
        spec: &str,
        place: TransformPlace,
        profile: Option<&str>,
    ) -> Result<CopiedView> {
        let entries = self.history()?.by_ids(ids).await?;
        if let (true, Some(id)) = (entries.is_empty(), ids.first()) {
            return Err(Problem::new(Code::HistoryRowNotFound, id.to_string()));
        }
        let mut uploads = Vec::new();
        let mut failures = Vec::new();
        for entry in self.addressed(entries) {
            match self.transformed(entry, spec, place, profile).await {
                Ok(uploaded) => uploads.push(uploaded),
                Err(problem) => failures.push(problem),
            }
        }
        if let (true, Some(problem)) = (uploads.is_empty(), failures.first()) {
            return Err(problem.clone());
        }
        for problem in failures {
            self.inner.events.emit(AppEvent::Failure { problem: problem.view() });
        }
        let settings = self.settings();
        let format = settings.link_format.clone();
        let links = links(&uploads, &format, &settings)?;
        let count = u32::try_from(links.len()).unwrap_or(u32::MAX);
        let text = links.join("\n");
        self.copy_text(text.clone()).await?;
        Ok(CopiedView { count, format, text })
    }

    async fn transformed(
        &self,
        entry: Entry,
        spec: &str,
        place: TransformPlace,
        profile: Option<&str>,
    ) -> Result<Uploaded> {
        let own = self.inner.live.profile(&entry.profile)?;
        let presets = match profile {
            Some(name) => self.presets_of(&self.inner.live.profile(name)?),
            None => self.presets_of(&own),
        };
        let transform = Transform::parse(spec, &presets)?;
        let base = self.inner.buckets.address(&own)?.1;
        let way = match host_for(&own, place)? {
            Some(_) => {
                let facts = self.facts_of(&entry).await?;
                way(&own, &base, &transform, place, facts)?
            }
            None => Way::Here,
        };
        if way == Way::Here && !transform.is_empty() {
            return self.remade(entry, &transform, profile).await;
        }
        let process = way.process().map(str::to_owned);
        Ok(gallery::as_uploaded(Entry { process, ..entry }))
    }

    /// What a host is told of a stored image. Only its content says whether it moves.
    pub(super) async fn facts_of(&self, entry: &Entry) -> Result<Option<SourceFacts>> {
        let moves = ["image/gif", "image/webp"].contains(&&*entry.content_type);
        let format = Format::of_mime(&entry.content_type);
        match (format, entry.width, entry.height) {
            (Some(format), Some(width), Some(height)) if !moves => {
                Ok(Some(SourceFacts { format, animated: false, width, height, bytes: entry.size }))
            }
            _ => {
                let subject = self.stored(entry.clone()).await?;
                Ok(Some(facts(subject.measured, &subject.bytes)))
            }
        }
    }

    /// A transformed copy of an upload, beside it.
    async fn remade(
        &self,
        entry: Entry,
        transform: &Transform,
        profile: Option<&str>,
    ) -> Result<Uploaded> {
        let name = entry.name.clone();
        let options = UploadOptions {
            profile: Some(profile.unwrap_or(&entry.profile).to_owned()),
            transform: Some(transform.to_string()),
            transform_place: Some(TransformPlace::Here),
            ..UploadOptions::default()
        };
        let inputs = vec![Input::Remade(Box::new(entry))];
        let results = self.inner.uploads.upload_now(inputs, options).await;
        let gone = || Err(Problem::new(Code::Cancelled, name));
        results.into_iter().next().unwrap_or_else(gone)
    }
}
