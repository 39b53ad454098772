//! What windows and the command line are shown: plain values, no behaviour.
//!
//! Byte counts are `f64` because they cross into JavaScript, where integers are exact to 2^53.

use serde::{Deserialize, Serialize};

use crate::problem::ProblemView;
use crate::profile::{Profile, Provider};

mod backup;
mod models;
mod objects;
mod transfers;
mod transform;

pub(crate) use backup::number;
pub use backup::{BackupExample, BackupPreview, BackupProgress, BackupRunView, BackupView};
pub use models::{ModelFile, ModelManifest};
pub use objects::{
    BucketRow, ObjectCount, ObjectDetails, ObjectHeaders, ObjectPage, ObjectRow, PictureFile,
    ShareLink, VersionRow,
};
pub use transfers::{PartsView, TargetView, TransferFailure, TransferKind, TransferView};
pub use transform::{LinkView, PictureView, PreviewRequest, PreviewSource, PreviewView};

/// Where one upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum UploadState {
    Waiting,
    Reading,
    Transforming,
    Uploading,
    Verifying,
    Done,
    /// The same content is stored already; its link is used.
    AlreadyStored,
    Failed,
    Cancelled,
}

impl UploadState {
    /// Whether nothing more comes of it by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::AlreadyStored | Self::Failed | Self::Cancelled)
    }
}

/// One row of the uploads.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct UploadView {
    pub id: u32,
    pub batch: u32,
    /// Name as the person knows it.
    pub name: String,
    /// Where it came from: a path, a URL, or `clipboard`.
    pub origin: String,
    pub profile: String,
    pub state: UploadState,
    /// Key, known once named.
    pub key: Option<String>,
    pub url: Option<String>,
    pub size_before: Option<f64>,
    pub size_after: Option<f64>,
    /// Bytes of the body handed to the connection.
    pub sent: f64,
    /// Path of the thumbnail, inside the asset scope.
    pub thumb: Option<String>,
    /// What `url` asks the host to make of the stored image: `?x-oss-process=...`, or
    /// `/cdn-cgi/image/...` in front of the path.
    pub process: Option<String>,
    /// Its row in the history.
    pub history_id: Option<f64>,
    /// The link was put on the clipboard.
    pub copied: bool,
    pub problem: Option<ProblemView>,
    /// Said beside a success: "animation kept as it is", "link opens on this computer only".
    pub notes: Vec<Note>,
}

/// A remark that is no failure. The window has its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Note {
    /// An animation, an SVG or a format Hoist cannot decode was uploaded as it is, although a
    /// transform was asked for.
    PassedThrough,
    /// `interlace` was asked for, of a format other than JPEG.
    NotInterlaced,
    /// GPS or camera metadata was removed.
    MetadataStripped,
    /// Metadata was to be removed but could not be, safely: it is in the upload.
    MetadataKept,
    /// The upload is stored but could not be written to the history.
    NotInHistory,
    /// The link opens on this computer only.
    LocalOnly,
    /// No public URL is set for the profile: the link is the endpoint's address.
    NoPublicUrl,
}

/// A batch that has ended.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BatchView {
    pub id: u32,
    pub done: u32,
    pub failed: u32,
    pub cancelled: u32,
    /// How many links were put on the clipboard; 0 when none.
    pub copied: u32,
    /// Link format of the copied links.
    pub format: String,
    /// Started by the shortcut or the tray, so a notification tells of it.
    pub background: bool,
}

/// A profile as shown: no secret, only where it is kept and whether it is there.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    pub profile: Profile,
    pub is_default: bool,
    /// What links start with, as computed.
    pub public_base: String,
    /// The access key id, to tell keys apart; never the secret.
    pub access_key_id: Option<String>,
    pub secret_set: bool,
    /// The keyring's refusal, when it could not be asked.
    pub secret_problem: Option<ProblemView>,
}

/// A secret as typed. Write-only: it goes in and is never shown again.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SecretInput {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

impl std::fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretInput")
    }
}

/// What a provider needs, from which its form is made.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProviderView {
    pub provider: Provider,
    /// "Cloudflare R2".
    pub label: String,
    /// Badge of at most four letters: "R2".
    pub badge: String,
    /// Fields in order, with whether they must be filled.
    pub fields: Vec<FieldView>,
    pub path_style_default: bool,
}

/// One field of a provider's form.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    pub field: Field,
    pub required: bool,
    /// An example, shown while empty.
    pub example: String,
    /// Values to choose from; anything else may be typed.
    pub choices: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Field {
    AccountId,
    Jurisdiction,
    Region,
    Endpoint,
    Bucket,
    Prefix,
    PublicUrl,
    PathStyle,
    AccessKeyId,
    SecretAccessKey,
    SessionToken,
    Cname,
    EndpointKind,
    Signature,
    Images,
}

/// One line of the doctor.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    pub check: Check,
    pub state: CheckState,
    /// "38 ms", "+0.4 s", "TLS valid".
    pub measure: Option<String>,
    pub problem: Option<ProblemView>,
    /// A command line that repairs it, where there is one.
    pub command: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The endpoint's host name leads to an address.
    Dns,
    /// Its certificate is valid.
    Tls,
    Endpoint,
    Clock,
    Credentials,
    Region,
    List,
    WriteAndDelete,
    PublicUrl,
    /// Links open in a browser instead of being saved as a file.
    ForcedDownload,
    /// Web pages may read the pictures, not only show them.
    Cors,
    /// The host transforms pictures when a link asks for it.
    Images,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    Waiting,
    Running,
    Ok,
    NotNeeded,
    /// Works, with a remark and what to do about it.
    Noted,
    Failed,
    /// An earlier one failed.
    Skipped,
}

/// Which uploads of the history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct HistoryQuery {
    /// Words to find in name, key and URL; empty for all.
    pub text: String,
    /// Only this profile.
    pub profile: Option<String>,
}

/// One month of the gallery, newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MonthView {
    pub year: i16,
    pub month: i8,
    pub count: u32,
    pub bytes: f64,
}

/// The shape of a query's result: enough to lay out every row before any is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct HistoryOutline {
    pub total: u32,
    pub bytes: f64,
    pub months: Vec<MonthView>,
    /// Changes with every change of the history.
    pub revision: u32,
}

/// One upload of the history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct HistoryRow {
    pub id: f64,
    pub name: String,
    pub profile: String,
    pub key: String,
    /// The link, with the process.
    pub url: String,
    /// What the link asks the host to make of the stored image, if anything.
    pub process: Option<String>,
    pub content_type: String,
    pub size: f64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Milliseconds since 1970, UTC.
    pub uploaded_at: f64,
    pub thumb: Option<String>,
    /// The object was not there when it was last asked for.
    pub missing: bool,
}

/// Links that were put on the clipboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CopiedView {
    pub count: u32,
    pub format: String,
    pub text: String,
}

/// A deletion that can still be undone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeletionView {
    pub id: u32,
    pub count: u32,
    /// Milliseconds in which `undo` still works.
    pub undo_for: u32,
}

/// How a key would look, as the naming page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PatternPreview {
    pub key: String,
    pub url: String,
}

/// The built-in store, as the status bar shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StoreStatus {
    pub running: bool,
    pub public_base: String,
    pub port: u16,
    /// The port differs from the one in the settings, because that was taken.
    pub moved: bool,
}
