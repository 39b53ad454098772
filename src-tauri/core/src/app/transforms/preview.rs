//! What a transform makes of a picture, before it is used.

use bytes::Bytes;
use hoist_store::GetOptions;

use super::super::App;
use super::super::previews::key_like;
use crate::fetch;
use crate::history::{Entry, blocking};
use crate::image::{ImageHost, PrepareInput, Transform, measure, prepare};
use crate::link::{public_url, with_process};
use crate::naming::NamePattern;
use crate::pipeline::{FetchedMarks, Input, Places as _, Way, facts, host_for, stem, way};
use crate::preview::{SAMPLE_NAME, Subject, Turn, sample};
use crate::problem::{Code, Problem, Result};
use crate::profile::Profile;
use crate::settings::TransformPlace;
use crate::source::Source;
use crate::uploads::Choices as _;
use crate::uploads::ext;
use crate::view::{LinkView, Note, PictureView, PreviewRequest, PreviewSource, PreviewView};

/// The picture a transform is tried on, and where it is.
struct Trial {
    subject: Subject,
    /// The profile it is at, or would be uploaded to.
    profile: Profile,
    /// Its row, when it is uploaded already.
    entry: Option<Entry>,
}

/// What came of it.
struct Made {
    place: TransformPlace,
    link: Option<LinkView>,
    after: Result<(PictureView, Vec<Note>)>,
}

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
        let trial = self.trial(&request).await?;
        let previews = &self.inner.previews;
        let subject = &trial.subject;
        let before = previews.picture(turn, &subject.bytes, subject.measured).await?;
        let made = match self.try_on(turn, &trial, &request).await {
            Ok(made) => made,
            Err(problem) => {
                let here = host_for(&trial.profile, request.place).is_ok_and(|host| host.is_none());
                let place = if here { TransformPlace::Here } else { TransformPlace::Host };
                Made { place, link: None, after: Err(problem) }
            }
        };
        let (after, notes, problem) = match made.after {
            Ok((after, notes)) => (Some(after), notes, None),
            Err(problem) if problem.code == Code::Cancelled => return Err(problem),
            Err(problem) => (None, Vec::new(), Some(problem.view())),
        };
        Ok(PreviewView {
            place: made.place,
            host: trial.profile.image_host().map(|host| host_name(host).to_owned()),
            name: trial.subject.name,
            before,
            after,
            link: made.link,
            notes,
            problem,
        })
    }

    async fn trial(&self, request: &PreviewRequest) -> Result<Trial> {
        let profile = || {
            let default = self.settings().default_profile;
            self.inner.live.profile(request.profile.as_deref().unwrap_or(&default))
        };
        match &request.source {
            PreviewSource::Sample => {
                let subject = Subject::new(SAMPLE_NAME, blocking(sample).await?)?;
                Ok(Trial { subject, profile: profile()?, entry: None })
            }
            PreviewSource::Path { path } => {
                let input = Input::from(Source::from_path(path.as_ref()));
                let (_memory, read) = self.inner.pipeline.read(&input).await?;
                let subject = Subject::new(&read.name, read.bytes)?;
                Ok(Trial { subject, profile: profile()?, entry: None })
            }
            PreviewSource::History { id } => {
                let entry = self.entry(*id as i64).await?;
                let profile = self.inner.live.profile(&entry.profile)?;
                let subject = self.stored(entry.clone()).await?;
                Ok(Trial { subject, profile, entry: Some(entry) })
            }
        }
    }

    /// One row, with its present address.
    pub(in super::super) async fn entry(&self, id: i64) -> Result<Entry> {
        let entries = self.history()?.by_ids(&[id]).await?;
        let entry = self.addressed(entries).into_iter().next();
        entry.ok_or_else(|| Problem::new(Code::HistoryRowNotFound, id.to_string()))
    }

    /// An upload, read back from its bucket once and then from the disk.
    pub(super) async fn stored(&self, entry: Entry) -> Result<Subject> {
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

    async fn try_on(&self, turn: &Turn, trial: &Trial, request: &PreviewRequest) -> Result<Made> {
        let Trial { subject, profile, entry } = trial;
        let transform = Transform::parse(&request.spec, &self.presets_of(profile))?;
        let host = host_for(profile, request.place)?;
        let source = facts(subject.measured, &subject.bytes);
        let base = self.inner.buckets.address(profile)?.1;
        let way = way(profile, &base, &transform, request.place, Some(source))?;
        let by_host = match &way {
            Way::Host(_) => true,
            Way::Here => transform.is_empty() && host.is_some(),
        };
        let place = if by_host { TransformPlace::Host } else { TransformPlace::Here };
        let stored_at = match entry {
            Some(entry) => entry.url.clone(),
            None => self.would_be_at(&base, trial)?,
        };
        let link = link(stored_at, way.process());
        let after = match (&way, entry, host) {
            (Way::Host(_), Some(entry), Some(host)) => {
                self.made_by_host(turn, entry, host, &transform, &link.url).await
            }
            // Not at the host yet: what it will make of it is shown by what is made here.
            _ => self.made_here(turn, trial, transform).await,
        };
        Ok(Made { place, link: Some(link), after })
    }

    /// The address an upload of this picture would get.
    fn would_be_at(&self, base: &str, trial: &Trial) -> Result<String> {
        let Trial { subject, profile, .. } = trial;
        let settings = self.settings();
        let pattern = NamePattern::parse(profile.naming.as_deref().unwrap_or(&settings.naming))?;
        let key = key_like(&pattern, profile, stem(&subject.name), ext(&subject.name));
        Ok(public_url(base, &key))
    }

    async fn made_by_host(
        &self,
        turn: &Turn,
        entry: &Entry,
        host: ImageHost,
        transform: &Transform,
        url: &str,
    ) -> Result<(PictureView, Vec<Note>)> {
        let previews = &self.inner.previews;
        let bytes = match host {
            // Signed, so that it works for a bucket that strangers cannot read too.
            ImageHost::Oss => self.ask_bucket(entry, transform).await?,
            ImageHost::Builtin => {
                self.inner.buckets.start_store().await?;
                fetch::fetch(url, self.inner.pipeline.limits.max_bytes).await?.bytes
            }
            ImageHost::Cloudflare => {
                fetch::fetch(url, self.inner.pipeline.limits.max_bytes).await?.bytes
            }
        };
        let measured =
            measure(&bytes).ok_or_else(|| Problem::new(Code::NotAnImage, &entry.name))?;
        Ok((previews.picture(turn, &bytes, measured).await?, Vec::new()))
    }

    async fn ask_bucket(&self, entry: &Entry, transform: &Transform) -> Result<Bytes> {
        let place = self.inner.buckets.place(&entry.profile).await?;
        if place.target != entry.target {
            // The profile points at another bucket by now.
            return Err(Problem::new(Code::ObjectNotFound, &entry.key));
        }
        let options =
            GetOptions { process: Some(transform.to_oss_process()?), ..GetOptions::default() };
        let failed = |error| Problem::from_store(&error, &entry.key);
        let object = place.bucket.get(&entry.key, &options).await.map_err(failed)?;
        object.bytes(self.inner.pipeline.limits.max_bytes).await.map_err(failed)
    }

    async fn made_here(
        &self,
        turn: &Turn,
        trial: &Trial,
        transform: Transform,
    ) -> Result<(PictureView, Vec<Note>)> {
        let (subject, previews) = (&trial.subject, &self.inner.previews);
        let (bytes, name) = (subject.bytes.clone(), subject.name.clone());
        let strip = self.settings().strip_metadata;
        let marks = if transform.marks().next().is_some() {
            let place = self.inner.buckets.place(&trial.profile.name).await?;
            let limits = &self.inner.pipeline.limits;
            FetchedMarks::read(&transform, &*place.bucket, limits).await?
        } else {
            FetchedMarks::default()
        };
        let made = previews
            .decode(turn, move |limits| {
                prepare(PrepareInput {
                    bytes,
                    name: &name,
                    transform: &transform,
                    strip,
                    limits,
                    marks: Some(&marks),
                })
            })
            .await?;
        let measured =
            measure(&made.bytes).ok_or_else(|| Problem::new(Code::BrokenImage, &subject.name))?;
        Ok((previews.picture(turn, &made.bytes, measured).await?, made.notes))
    }
}

fn link(base: String, process: Option<&str>) -> LinkView {
    let url = with_process(&base, process);
    LinkView { base, process: process.unwrap_or_default().to_owned(), url }
}

fn host_name(host: ImageHost) -> &'static str {
    match host {
        ImageHost::Oss => "Aliyun OSS",
        ImageHost::Cloudflare => "Cloudflare",
        ImageHost::Builtin => "Built-in store",
    }
}
