//! `hoist profile` as typed.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Subcommand, ValueEnum};
use hoist_core::profile::{EndpointKind, Images, Provider, Signature};
use hoist_core::settings::TransformPlace;

use super::{JsonArg, NameArg};

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    #[command(subcommand)]
    pub(crate) verb: ProfileVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileVerb {
    /// One profile per line; the default one is marked with `*`.
    List(JsonArg),
    /// Add a profile.
    Add(AddArgs),
    /// Change some fields of a profile; an empty value clears a field.
    Set(SetArgs),
    /// Remove a profile and its secret. What it uploaded stays where it is.
    Remove(NameArg),
    /// Show the fields of a profile. The secret is never shown.
    Show(ShowArgs),
    /// Print the default profile, or make another one the default.
    Default(DefaultArgs),
    /// Check name, endpoint, clock, credentials, listing, writing, the public URL and pictures.
    Doctor(ShowArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DefaultArgs {
    /// Profile that uploads go to from now on.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Profile; the default one when left out.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Print JSON, one object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// 1 to 64 of letters, digits, `.`, `_`, `-`.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[arg(long, value_enum)]
    pub(crate) provider: ProviderArg,
    #[command(flatten)]
    pub(crate) fields: FieldArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// Make it the default profile.
    #[arg(long)]
    pub(crate) default: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// New name.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    #[command(flatten)]
    pub(crate) fields: FieldArgs,
    /// Ask for a new secret, without echo.
    #[arg(long)]
    pub(crate) secret: bool,
    #[command(flatten)]
    pub(crate) source: SecretArgs,
    /// Make it the default profile.
    #[arg(long)]
    pub(crate) default: bool,
}

/// Everything of a profile but its name, provider and secret.
#[derive(Debug, Default, Args)]
pub(crate) struct FieldArgs {
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// Endpoint, where it does not follow from provider and region.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Cloudflare account id (R2).
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// R2 jurisdiction: eu or fedramp.
    #[arg(long, value_name = "NAME")]
    pub(crate) jurisdiction: Option<String>,
    /// Put before every key, such as `blog/`.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// What links start with: your own domain.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Requests go to --public-url too (OSS: accounts since March 2025 need it in mainland China).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) cname: Option<bool>,
    /// Which address requests go to: public, internal, dual-stack, accelerate, accelerate-overseas (OSS).
    #[arg(long, value_name = "KIND", value_parser = words(&EndpointKind::ALL))]
    pub(crate) endpoint_kind: Option<String>,
    /// How requests are signed: v4, or v1 for private clouds that know nothing else (OSS).
    #[arg(long, value_name = "VERSION", value_parser = words(&Signature::ALL))]
    pub(crate) signature: Option<String>,
    /// Who transforms pictures when a link asks for it: oss, cloudflare, none.
    #[arg(long, value_name = "WHO", value_parser = words(&Images::ALL))]
    pub(crate) images: Option<String>,
    /// Bucket in the path (`true`) or in the host name (`false`) of requests.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) path_style: Option<bool>,
    /// Naming pattern of this profile.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) naming: Option<String>,
    /// Transform of this profile.
    #[arg(long, value_name = "SPEC")]
    pub(crate) transform: Option<String>,
    /// Where its transforms are done: auto, host, here.
    #[arg(long, value_name = "PLACE", value_parser = words(&TransformPlace::ALL))]
    pub(crate) transform_at: Option<String>,
}

/// One of these words, or an empty text that clears the field.
fn words<T, const N: usize>(all: &'static [(&'static str, T); N]) -> PossibleValuesParser {
    let empty = PossibleValue::new("").hide(true);
    all.iter().map(|(word, _)| PossibleValue::new(*word)).chain([empty]).collect::<Vec<_>>().into()
}

/// Where the secret comes from. There is no flag that takes it: arguments are seen by every user.
#[derive(Debug, Default, Args)]
pub(crate) struct SecretArgs {
    /// Read it from standard input: access key id, secret access key, and a session token if any, a line each.
    #[arg(long, conflicts_with = "from_env")]
    pub(crate) secret_stdin: bool,
    /// Keep the names of environment variables and read them at each use; without names
    /// AWS_ACCESS_KEY_ID and so on, or ALIYUN_ACCESS_KEY_ID and so on for OSS.
    #[arg(
        long,
        value_name = "ID_VAR,SECRET_VAR[,TOKEN_VAR]",
        num_args = 0..=1,
        require_equals = true
    )]
    pub(crate) from_env: Option<Option<String>>,
    /// Keep it in a file only you can read, instead of the keyring.
    #[arg(long, conflicts_with = "from_env")]
    pub(crate) insecure_storage: bool,
}

/// A provider as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProviderArg {
    Local,
    R2,
    S3,
    Minio,
    Cos,
    Obs,
    Vultr,
    Runpod,
    B2,
    Spaces,
    Wasabi,
    Oss,
}

impl From<ProviderArg> for Provider {
    fn from(value: ProviderArg) -> Self {
        match value {
            ProviderArg::Local => Self::Local,
            ProviderArg::R2 => Self::R2,
            ProviderArg::S3 => Self::S3,
            ProviderArg::Minio => Self::Minio,
            ProviderArg::Cos => Self::Cos,
            ProviderArg::Obs => Self::Obs,
            ProviderArg::Vultr => Self::Vultr,
            ProviderArg::Runpod => Self::Runpod,
            ProviderArg::B2 => Self::B2,
            ProviderArg::Spaces => Self::Spaces,
            ProviderArg::Wasabi => Self::Wasabi,
            ProviderArg::Oss => Self::Oss,
        }
    }
}
