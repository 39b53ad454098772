//! Transforms tried, read and used on what is uploaded already.

use super::{App, UploadOptions, Uploaded};
use crate::events::AppEvent;
use crate::history::{Entry, blocking};
use crate::image::{PrepareInput, Transform, measure, prepare};
use crate::pipeline::Input;
use crate::preview::{SAMPLE_NAME, Subject, Turn, sample};
use crate::problem::{Code, Problem, Result};
use crate::profile::Profile;
use crate::settings::{Preset, TransformPlace};
use crate::source::Source;
use crate::uploads::{Choices as _, links};
use crate::view::{
    CopiedView, HistoryQuery, HistoryRow, Note, PictureView, PreviewRequest, PreviewSource,
    PreviewView,
};

impl App {
    /// What a transform makes of a picture. A newer request of the same window ends this one with
    /// [`Code::Cancelled`].
    ///
    /// # Errors
    /// That the picture cannot be read or shown; why it cannot be transformed stands in the view.
    pub async fn transform_preview(
        &self,
        window: &str,
        request: PreviewRequest,
    ) -> Result<PreviewView> {
        let turn = self.inner.previews.begin(window);
        turn.run(self.preview(&turn, request)).await
    }

    async fn preview(&self, turn: &Turn, request: PreviewRequest) -> Result<PreviewView> {
        let (subject, profile) = self.subject(&request).await?;
        let previews = &self.inner.previews;
        let before = previews.picture(turn, &subject.bytes, subject.measured).await?;
        let made = self.made_here(turn, &subject, &request.spec, &profile).await;
        let (after, notes, problem) = match made {
            Ok((after, notes)) => (Some(after), notes, None),
            Err(problem) if problem.code == Code::Cancelled => return Err(problem),
            Err(problem) => (None, Vec::new(), Some(problem.view())),
        };
        Ok(PreviewView {
            place: TransformPlace::Here,
            host: None,
            name: subject.name,
            before,
            after,
            link: None,
            notes,
            problem,
        })
    }

    /// The picture asked for, and the profile it is or would be uploaded to.
    async fn subject(&self, request: &PreviewRequest) -> Result<(Subject, Profile)> {
        let profile = || {
            let default = self.settings().default_profile;
            self.inner.live.profile(request.profile.as_deref().unwrap_or(&default))
        };
        match &request.source {
            PreviewSource::Sample => {
                let bytes = blocking(sample).await?;
                Ok((Subject::new(SAMPLE_NAME, bytes)?, profile()?))
            }
            PreviewSource::Path { path } => {
                let input = Input::from(Source::from_path(path.as_ref()));
                let (_memory, read) = self.inner.pipeline.read(&input).await?;
                Ok((Subject::new(&read.name, read.bytes)?, profile()?))
            }
            PreviewSource::History { id } => {
                let entry = self.entry(*id as i64).await?;
                let profile = self.inner.live.profile(&entry.profile)?;
                Ok((self.stored(entry).await?, profile))
            }
        }
    }

    async fn entry(&self, id: i64) -> Result<Entry> {
        let entries = self.history()?.by_ids(&[id]).await?;
        let entry = self.addressed(entries).into_iter().next();
        entry.ok_or_else(|| Problem::new(Code::HistoryRowNotFound, id.to_string()))
    }

    /// An upload, read back from its bucket once and then from the disk.
    async fn stored(&self, entry: Entry) -> Result<Subject> {
        let previews = &self.inner.previews;
        let id = format!("{}\u{0}{}\u{0}{}", entry.target, entry.key, entry.sha256);
        if let Some(bytes) = previews.fetched(&id).await {
            return Subject::new(&entry.name, bytes);
        }
        let input = Input::Stored(Box::new(entry));
        let (_memory, read) = self.inner.pipeline.read(&input).await?;
        previews.keep(&id, &read.bytes).await?;
        Subject::new(&read.name, read.bytes)
    }

    async fn made_here(
        &self,
        turn: &Turn,
        subject: &Subject,
        spec: &str,
        profile: &Profile,
    ) -> Result<(PictureView, Vec<Note>)> {
        let transform = Transform::parse(spec, &self.presets_of(profile))?;
        let (bytes, name) = (subject.bytes.clone(), subject.name.clone());
        let strip = self.settings().strip_metadata;
        let previews = &self.inner.previews;
        let made = previews
            .decode(turn, move |limits| {
                prepare(PrepareInput {
                    bytes,
                    name: &name,
                    transform: &transform,
                    strip,
                    limits,
                    marks: None,
                })
            })
            .await?;
        let measured =
            measure(&made.bytes).ok_or_else(|| Problem::new(Code::BrokenImage, &subject.name))?;
        Ok((previews.picture(turn, &made.bytes, measured).await?, made.notes))
    }

    /// The presets a profile can use.
    pub(super) fn presets_of(&self, _profile: &Profile) -> Vec<Preset> {
        self.settings().presets
    }

    /// A spec, out of a spec, a process string or a link.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn transform_read(&self, text: &str) -> Result<String> {
        let text = text.trim();
        let process = text.split_once("x-oss-process=").map_or(text, |(_, process)| process);
        Ok(Transform::parse(process, &self.settings().presets)?.to_string())
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
        _place: TransformPlace,
        profile: Option<&str>,
    ) -> Result<CopiedView> {
        let entries = self.history()?.by_ids(ids).await?;
        if let (true, Some(id)) = (entries.is_empty(), ids.first()) {
            return Err(Problem::new(Code::HistoryRowNotFound, id.to_string()));
        }
        let mut uploads = Vec::new();
        let mut failures = Vec::new();
        for entry in self.addressed(entries) {
            match self.remade(entry, spec, profile).await {
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

    /// A transformed copy of an upload, beside it.
    async fn remade(&self, entry: Entry, spec: &str, profile: Option<&str>) -> Result<Uploaded> {
        let name = entry.name.clone();
        let options = UploadOptions {
            profile: Some(profile.unwrap_or(&entry.profile).to_owned()),
            transform: Some(spec.to_owned()),
            ..UploadOptions::default()
        };
        let inputs = vec![Input::Remade(Box::new(entry))];
        let results = self.inner.uploads.upload_now(inputs, options).await;
        let gone = || Err(Problem::new(Code::Cancelled, name));
        results.into_iter().next().unwrap_or_else(gone)
    }
}
