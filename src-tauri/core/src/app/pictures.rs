//! A look at an object that is a picture, without its full size where the host can make it smaller.

use std::path::PathBuf;

use bytes::Bytes;
use hoist_store::{GetOptions, ObjectMeta};

use super::App;
use crate::image::measure;
use crate::pipeline::{Place, Places as _};
use crate::preview::Turn;
use crate::problem::{Code, Problem, Result};
use crate::profile::Provider;
use crate::view::PictureFile;

/// Bytes that are fetched for a look.
const MOST: u64 = 20 * 1024 * 1024;

/// What OSS makes of a picture before it is sent: twice the width of the pane, upright.
const SMALL: &str = "image/auto-orient,1/resize,m_lfit,w_640,h_640/format,webp";

/// OSS processes pictures up to this size.
const MOST_OSS: u64 = 20 * 1024 * 1024;

impl App {
    /// A small picture of an object, as a file of the previews; `None` for what is no picture or too
    /// large to be fetched for a look. A newer call of the same window ends this one.
    ///
    /// # Errors
    /// [`Code::ObjectNotFound`], [`Code::Cancelled`], and what the store says.
    pub async fn object_picture(
        &self,
        window: &str,
        place: &str,
        key: &str,
    ) -> Result<Option<PictureFile>> {
        let turn = self.inner.previews.begin(window);
        turn.run(self.look(&turn, place, key)).await
    }

    async fn look(&self, turn: &Turn, place: &str, key: &str) -> Result<Option<PictureFile>> {
        let meta = self.object(place, key).await?;
        if !is_picture(&meta) {
            return Ok(None);
        }
        let place = self.inner.buckets.place(place).await?;
        let name = format!("{} {key} {}", place.target, meta.etag.as_deref().unwrap_or_default());
        let previews = &self.inner.previews;
        if let Some(path) = previews.small(&name).await? {
            return shown(path).await;
        }
        let Some(bytes) = fetch(&place, &meta).await? else { return Ok(None) };
        match previews.make_small(turn, &name, bytes).await? {
            Some(path) => shown(path).await,
            None => Ok(None),
        }
    }
}

fn is_picture(meta: &ObjectMeta) -> bool {
    let told = meta.content_type.as_deref().is_some_and(|kind| kind.starts_with("image/"));
    let named =
        mime_guess::from_path(&meta.key).first().is_some_and(|kind| kind.type_() == "image");
    meta.size > 0 && (told || named)
}

/// Its bytes, or those of a smaller one that the host makes.
async fn fetch(place: &Place, meta: &ObjectMeta) -> Result<Option<Bytes>> {
    let wrong = |error| Problem::from_store(&error, &meta.key);
    if place.profile.provider == Provider::Oss && meta.size <= MOST_OSS {
        let process = Some(SMALL.to_owned());
        let options = GetOptions { process, ..GetOptions::default() };
        // What OSS does not take for a picture may be one all the same.
        if let Ok(object) = place.bucket.get(&meta.key, &options).await {
            return object.bytes(MOST).await.map(Some).map_err(wrong);
        }
    }
    if meta.size > MOST {
        return Ok(None);
    }
    let object = place.bucket.get(&meta.key, &GetOptions::default()).await.map_err(wrong)?;
    object.bytes(MOST).await.map(Some).map_err(wrong)
}

async fn shown(path: PathBuf) -> Result<Option<PictureFile>> {
    crate::history::blocking(move || {
        let subject = || path.display().to_string();
        let bytes = std::fs::read(&path)
            .map_err(|error| Problem::from_io(Code::DataUnwritable, subject(), &error))?;
        let size = measure(&bytes).and_then(|measured| measured.size);
        let (width, height) = size.unwrap_or((0, 0));
        Ok(Some(PictureFile { path: subject(), width, height }))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(key: &str, content_type: Option<&str>, size: u64) -> ObjectMeta {
        let content_type = content_type.map(str::to_owned);
        ObjectMeta { key: key.into(), size, content_type, ..ObjectMeta::default() }
    }

    #[test]
    fn what_says_it_is_a_picture_by_type_or_name_is_looked_at() {
        assert!(is_picture(&meta("a", Some("image/webp"), 1)));
        assert!(is_picture(&meta("a.JPG", Some("application/octet-stream"), 1)));
        assert!(!is_picture(&meta("a.bin", None, 1)));
        assert!(!is_picture(&meta("a.png", None, 0)));
    }
}
