//! Models: versions, aliases, manifests, headers of model files.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::English, "the model");
    let (s, because, why) = (parts.subject, parts.because(": "), parts.why(": "));
    let there = |rest: &str| parts.detail.map(|d| format!("{rest}{d}.")).unwrap_or_default();
    match problem.code {
        Code::ModelNameInvalid => (
            "Bad name",
            format!("{s} cannot be used here{because}."),
            "Names have letters, digits and . _ - and begin with a letter or digit; a version is like v1.2.0."
                .into(),
        ),
        Code::ModelNotFound => (
            "No model",
            format!("There is no model {s} in this place."),
            "hoist model list shows those there are.".into(),
        ),
        Code::ModelVersionNotFound => (
            "No version",
            format!("{s} is no version and no alias.{}", there(" There are: ")),
            "hoist model list NAME shows its versions and aliases.".into(),
        ),
        Code::ModelVersionExists => (
            "Exists",
            format!("{s} is complete, and a version does not change."),
            "Push a new version; --force replaces this one.".into(),
        ),
        Code::ModelUnfinished => (
            "Unfinished",
            format!("{s} has no manifest: its push was not finished."),
            "Push it again, which goes on with what is there, or remove it.".into(),
        ),
        Code::ModelAliasNotFound => (
            "No alias",
            format!("There is no alias {s}."),
            "hoist model list NAME shows its aliases.".into(),
        ),
        Code::ModelAliased => (
            "Has an alias",
            format!("{s} is in use{}.", parts.detail.map(|d| format!(" as {d}")).unwrap_or_default()),
            "Point the alias at another version first; --force removes both.".into(),
        ),
        Code::ModelEmpty => (
            "No files",
            format!("{s} holds no file that a version could be made of."),
            "Choose the folder with the files of the model.".into(),
        ),
        Code::ModelAliasesBusy => (
            "Changed",
            format!("The aliases of {s} are being changed by somebody else."),
            "Look at the aliases, then try again.".into(),
        ),
        Code::ModelFileBroken => (
            "Unreadable",
            format!("The header of {s} cannot be read{because}."),
            "Check that it is a whole safetensors or GGUF file; upload it again if it is not.".into(),
        ),
        _ => (
            "Damaged",
            format!("{s} cannot be read{why}."),
            "Restore the file in the bucket, or push the version again.".into(),
        ),
    }
}
