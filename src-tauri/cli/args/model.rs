//! What is typed for models.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::files::rate;

#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    #[command(subcommand)]
    pub(crate) verb: ModelVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelVerb {
    /// Make a version of a folder; what another version holds already is copied inside the bucket.
    Push(PushArgs),
    /// Fetch a version into a folder; files that are there and right are not fetched again.
    Pull(PullArgs),
    /// Models, or the versions of one.
    List(ModelListArgs),
    /// What a version is: manifest, parameters, precision; or what a model file of any key holds.
    Show(ModelShowArgs),
    /// Whether what is in the bucket is what the manifest says.
    Verify(VerifyArgs),
    /// Two versions, file by file.
    Compare(CompareArgs),
    /// Remove a version, or a whole model.
    Rm(ModelRmArgs),
    /// Point an alias such as `production` at a version.
    Alias(AliasArgs),
}

/// Whose models.
#[derive(Debug, Args)]
pub(crate) struct OfProfile {
    /// Profile whose bucket holds the models, instead of the default one.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// Folder with the files of the model, or one file.
    #[arg(value_name = "DIR|FILE")]
    pub(crate) source: OsString,
    /// Without a version, the patch after the latest; v1.0.0 for the first.
    #[arg(value_name = "[PROFILE:]NAME[@VERSION]")]
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// A line that says what is new.
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// JSON file with metrics to keep in the manifest.
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    /// JSON file with the training configuration to keep in the manifest.
    #[arg(long, value_name = "FILE")]
    pub(crate) training_config: Option<PathBuf>,
    /// What it was made from: VERSION, or NAME@VERSION; the latest version when left out.
    #[arg(long, value_name = "VERSION")]
    pub(crate) parent: Option<String>,
    /// Replace a version that is there.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) show: ModelShow,
}

#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// A version or an alias; without one, the latest.
    #[arg(value_name = "[PROFILE:]NAME[@VERSION]")]
    pub(crate) model: String,
    /// Folder the files go to; NAME in the current folder when left out.
    #[arg(value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    #[command(flatten)]
    pub(crate) show: ModelShow,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ModelShow {
    /// Bytes a second at most, such as 500k or 2M; 65,536 or more.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) limit_rate: Option<u64>,
    /// Print the outcome as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress and no summary; failures are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ModelListArgs {
    /// A model, whose versions are listed; all models when left out.
    #[arg(value_name = "[PROFILE:][NAME]")]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// Print one JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ModelShowArgs {
    /// A version, an alias, or the latest; or the key of a .safetensors or .gguf object.
    #[arg(value_name = "[PROFILE:]NAME[@VERSION]|PROFILE:KEY")]
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// List all tensors: type, shape, bytes, name.
    #[arg(long)]
    pub(crate) tensors: bool,
    /// Print it as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A version, an alias, or the latest.
    #[arg(value_name = "[PROFILE:]NAME[@VERSION]")]
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// Read every byte and compare its SHA-256, instead of what the provider tells.
    #[arg(long)]
    pub(crate) deep: bool,
    /// Print one JSON object per file, and one with the sums at the end.
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress and no summary; what is wrong is still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[arg(value_name = "[PROFILE:]NAME")]
    pub(crate) model: String,
    /// A version or an alias.
    #[arg(value_name = "FROM")]
    pub(crate) from: String,
    /// Another one.
    #[arg(value_name = "TO")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// Leave files out that are the same.
    #[arg(long)]
    pub(crate) changes: bool,
    /// Print one JSON object per file, and one with the sums at the end.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ModelRmArgs {
    /// A version or an alias; without one, the whole model with all its versions.
    #[arg(value_name = "[PROFILE:]NAME[@VERSION]")]
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Also when an alias such as `production` points at it; the alias goes too.
    #[arg(long)]
    pub(crate) force: bool,
    /// Only say what would be deleted.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print what is deleted as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AliasArgs {
    #[arg(value_name = "[PROFILE:]NAME")]
    pub(crate) model: String,
    /// Such as `production`. `latest` moves by itself.
    #[arg(value_name = "ALIAS")]
    pub(crate) alias: String,
    /// The version it points at from now on.
    #[arg(value_name = "VERSION", required_unless_present = "remove")]
    pub(crate) version: Option<String>,
    #[command(flatten)]
    pub(crate) of: OfProfile,
    /// Take the alias away.
    #[arg(long, conflicts_with = "version")]
    pub(crate) remove: bool,
    /// Print it as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
