//! The history as the gallery shows it: rows, links, uploads to another place.

use std::collections::HashMap;

use super::{App, UploadOptions, Uploaded};
use crate::history::{Entry, History};
use crate::link::{public_url, with_process};
use crate::pipeline::Input;
use crate::problem::{Code, Problem, Result};
use crate::uploads::{Choices as _, links};
use crate::view::{CopiedView, HistoryOutline, HistoryQuery, HistoryRow};

/// Rows handed out in one answer.
const MOST_ROWS: u32 = 5_000;

impl App {
    pub(super) fn history(&self) -> Result<&History> {
        self.inner.recorder.history()
    }

    /// How many uploads there are, by month.
    pub async fn history_outline(&self, query: &HistoryQuery) -> Result<HistoryOutline> {
        self.history()?.outline(query).await
    }

    /// Uploads `offset..offset + limit` of a query's result, newest first; at most 5,000 at once.
    pub async fn history_rows(
        &self,
        query: &HistoryQuery,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<HistoryRow>> {
        let entries = self.history()?.rows(query, offset, limit.min(MOST_ROWS)).await?;
        Ok(self.show(entries))
    }

    /// These uploads, in the order asked; those that are gone are left out.
    pub async fn history_by_ids(&self, ids: &[i64]) -> Result<Vec<HistoryRow>> {
        let entries = self.history()?.by_ids(ids).await?;
        Ok(self.show(entries))
    }

    /// The links of these uploads, in the order asked; in the window's format unless another is named.
    pub async fn links(&self, ids: &[i64], format: Option<&str>) -> Result<Vec<String>> {
        let settings = self.settings();
        let format = format.unwrap_or(&settings.link_format);
        let entries = self.history()?.by_ids(ids).await?;
        if let (true, Some(id)) = (entries.is_empty(), ids.first()) {
            return Err(Problem::new(Code::HistoryRowNotFound, id.to_string()));
        }
        let uploads: Vec<Uploaded> = self.addressed(entries).into_iter().map(as_uploaded).collect();
        links(&uploads, format, &settings)
    }

    /// Puts the links of these uploads on the clipboard.
    pub async fn copy_links(&self, ids: &[i64], format: Option<&str>) -> Result<CopiedView> {
        let links = self.links(ids, format).await?;
        let format = format.map_or_else(|| self.settings().link_format, str::to_owned);
        let count = u32::try_from(links.len()).unwrap_or(u32::MAX);
        let text = links.join("\n");
        self.copy_text(text.clone()).await?;
        Ok(CopiedView { count, format, text })
    }

    /// Uploads what these rows show to another profile, byte for byte, named by that profile's
    /// pattern; the id of the batch.
    pub async fn reupload(&self, ids: &[i64], profile: &str) -> Result<u32> {
        self.inner.live.profile(profile)?;
        let entries = self.history()?.by_ids(ids).await?;
        if let (true, Some(id)) = (entries.is_empty(), ids.first()) {
            return Err(Problem::new(Code::HistoryRowNotFound, id.to_string()));
        }
        let inputs = self
            .addressed(entries)
            .into_iter()
            .map(|entry| Input::Stored(Box::new(entry)))
            .collect();
        let options =
            UploadOptions { profile: Some(profile.to_owned()), ..UploadOptions::default() };
        Ok(self.inner.uploads.enqueue(inputs, options))
    }

    fn show(&self, entries: Vec<Entry>) -> Vec<HistoryRow> {
        self.addressed(entries)
            .into_iter()
            .map(|entry| HistoryRow {
                id: entry.id as f64,
                name: entry.name,
                profile: entry.profile,
                key: entry.key,
                url: with_process(&entry.url, entry.process.as_deref()),
                process: entry.process,
                content_type: entry.content_type,
                size: entry.size as f64,
                width: entry.width,
                height: entry.height,
                uploaded_at: entry.uploaded_at as f64,
                thumb: entry
                    .thumb
                    .map(|name| self.inner.pipeline.thumbs.path(&name).display().to_string()),
                missing: entry.missing,
            })
            .collect()
    }

    /// With the address each object has now: the domain of its profile may have changed since, or
    /// the built-in store's port. When the profile points at another bucket, or is gone, the
    /// address stays as it was made.
    pub(super) fn addressed(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        let mut addresses = HashMap::new();
        for profile in self.inner.live.profiles() {
            if let Ok((target, base)) = self.inner.buckets.address(&profile) {
                addresses.insert(profile.name, (target, base));
            }
        }
        for entry in &mut entries {
            if let Some((target, base)) = addresses.get(&entry.profile)
                && *target == entry.target
                && !base.is_empty()
            {
                entry.url = public_url(base, &entry.key);
            }
        }
        entries
    }
}

pub(super) fn as_uploaded(entry: Entry) -> Uploaded {
    Uploaded {
        history_id: Some(entry.id),
        name: entry.name,
        origin: String::new(),
        profile: entry.profile,
        key: entry.key,
        url: with_process(&entry.url, entry.process.as_deref()),
        process: entry.process,
        content_type: entry.content_type,
        size_before: entry.size,
        size_after: entry.size,
        width: entry.width,
        height: entry.height,
        sha256: entry.sha256,
        already_stored: true,
        notes: Vec::new(),
        thumb: None,
    }
}
