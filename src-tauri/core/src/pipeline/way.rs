//! Where the transform of one image is made: by the host, in the link, or here, before the upload.

use crate::image::link::with_transform;
use crate::image::{ImageHost, SourceFacts, Transform};
use crate::link::public_url;
use crate::problem::{Code, Problem, Reason, Result, Unfit};
use crate::profile::Profile;
use crate::settings::TransformPlace;

/// The way of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// On this computer, or not at all when nothing is asked for.
    Here,
    /// By the host: the image is stored as it is, and this is added to its link.
    Host(String),
}

impl Way {
    pub(crate) fn process(&self) -> Option<&str> {
        match self {
            Way::Here => None,
            Way::Host(process) => Some(process),
        }
    }
}

/// The host that is asked when the place is the host, or is left open.
///
/// The built-in store only when it is named: its links open on this computer only, and what is
/// stored there may go elsewhere later.
///
/// # Errors
/// [`Code::TransformInvalid`] when the host is wanted and the profile has none.
pub(crate) fn host_for(profile: &Profile, place: TransformPlace) -> Result<Option<ImageHost>> {
    match (place, profile.image_host()) {
        (TransformPlace::Here, _) | (TransformPlace::Auto, Some(ImageHost::Builtin) | None) => {
            Ok(None)
        }
        (TransformPlace::Host, None) => Err(Problem::new(Code::TransformInvalid, &profile.name)
            .with_reason(Reason::Unfit(Unfit::NoHost))),
        (_, host) => Ok(host),
    }
}

/// The way of an image under `base`. What the host cannot do is made here when the place is left
/// open, and refused when it is the host, before anything is sent.
pub(crate) fn way(
    profile: &Profile,
    base: &str,
    transform: &Transform,
    place: TransformPlace,
    source: Option<SourceFacts>,
) -> Result<Way> {
    if transform.is_empty() {
        return Ok(Way::Here);
    }
    let Some(host) = host_for(profile, place)? else { return Ok(Way::Here) };
    match process(base, host, transform, source) {
        Ok(process) => Ok(Way::Host(process)),
        Err(problem) if place == TransformPlace::Auto => {
            tracing::debug!(%problem, "made here instead");
            Ok(Way::Here)
        }
        Err(problem) => Err(problem),
    }
}

/// What a link under `base` asks the host for.
///
/// # Errors
/// What the host cannot do, or not with this source.
pub(crate) fn process(
    base: &str,
    host: ImageHost,
    transform: &Transform,
    source: Option<SourceFacts>,
) -> Result<String> {
    transform.check_for(host, source)?;
    // It is the same for every key.
    Ok(with_transform(&public_url(base, "a"), host, transform)?.process)
}

#[cfg(test)]
mod tests;
