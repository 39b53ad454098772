//! What can happen, without words; and what follows from it.

use serde::{Deserialize, Serialize};

/// What happened. Each has its sentences in `problem/text.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Code {
    // Input
    FileNotFound,
    FileUnreadable,
    IsDirectory,
    EmptyFile,
    NotAnImage,
    BrokenImage,
    ImageTooLarge,
    TooManyBytes,
    FormatUnsupported,
    ClipboardEmpty,
    ClipboardUnavailable,
    UrlInvalid,
    UrlUnreachable,
    // The store
    AccessDenied,
    CredentialsRejected,
    /// Temporary keys whose time is over.
    CredentialsExpired,
    /// A bill is open, or the service is turned off.
    AccountSuspended,
    /// Aliyun lets newer accounts reach their data through a custom domain only.
    PublicEndpointForbidden,
    /// The custom domain requests go to is not bound to the bucket.
    DomainNotBound,
    BucketNotFound,
    ObjectNotFound,
    AlreadyExists,
    ClockSkew,
    WrongEndpoint,
    WrongRegion,
    InvalidKey,
    Throttled,
    Timeout,
    Network,
    Unsupported,
    Integrity,
    StoreOther,
    // Buckets: made, removed, set up
    /// The name belongs to a bucket already, of whomever.
    BucketTaken,
    /// Only an empty bucket can be removed.
    BucketNotEmpty,
    /// No provider takes the name.
    BucketNameInvalid,
    /// The key may use buckets, but not manage them.
    BucketAdminDenied,
    /// A public ACL is wanted where public access is blocked.
    PublicAclBlocked,
    /// The provider does not accept what was set, or it is no document.
    BucketSettingRefused,
    // The doctor's own
    /// The public URL cannot be reached: name, connection or TLS.
    PublicUrlUnreachable,
    /// The public URL answers, but refuses to show the object.
    PublicUrlPrivate,
    /// The public URL answers that there is no such object: another bucket or prefix.
    PublicUrlNotFound,
    /// The public URL answers with something else than the object.
    PublicUrlDiffers,
    // Transfers
    /// Changed while it was read.
    SourceChanged,
    /// Changed while it was downloaded.
    RemoteChanged,
    /// A link inside a folder that is uploaded.
    LinkSkipped,
    /// A device, socket or folder where a file is expected.
    NotAFile,
    /// A name that would lead elsewhere, or that the other side cannot have.
    UnsafeName,
    /// Two sources of one key, or two objects of one file name.
    SameNameTwice,
    /// A copy, move or sync whose target is its own source, or lies in it.
    CopyIntoItself,
    /// What came is not what its SHA-256 says.
    ContentDiffers,
    /// A file that is the user's own cannot be written.
    FileUnwritable,
    TransferNotFound,
    /// It has ended, or stands still already.
    TransferOver,
    /// Its profile leads to another bucket than when it began; the detail is its number.
    TransferElsewhere,
    /// What a cancelled transfer has sent is still in the bucket.
    UploadLeftOver,
    /// A copy has the ACL of its bucket, not that of its source; the detail says how many more.
    AclNotKept,
    /// A copy has the default storage class, not that of its source.
    StorageClassNotKept,
    /// A copy has no tags, or they could not be looked up.
    TagsNotKept,
    /// What the list of transfers says of it is damaged.
    TransferUnreadable,
    TransfersUnavailable,
    TransfersTooNew,
    TransfersDamaged,
    // Models
    /// A name, version or alias that no model can have; see `reason`.
    ModelNameInvalid,
    ModelNotFound,
    /// No such version or alias; the detail lists those there are.
    ModelVersionNotFound,
    /// It is complete, and versions do not change.
    ModelVersionExists,
    /// Its manifest is missing: the push was not finished.
    ModelUnfinished,
    /// There is no such alias.
    ModelAliasNotFound,
    /// Aliases point at what is to be removed; the detail names them.
    ModelAliased,
    /// Nothing in the folder to make a version of.
    ModelEmpty,
    /// A manifest or list of aliases that cannot be read; the detail says why.
    ModelManifestBroken,
    /// Others changed the aliases all the time.
    ModelAliasesBusy,
    /// Neither safetensors nor GGUF, or damaged; see `reason`.
    ModelFileBroken,
    // Backups
    BackupNotFound,
    BackupExists,
    /// A field of a backup rule; see `field` and `reason`.
    BackupInvalid,
    /// The folder of a rule is not there now: moved, or on a disk that is not connected.
    BackupFolderMissing,
    /// The transfer of a rule was paused by a person, so it does not go on by itself.
    BackupPaused,
    BackupsUnavailable,
    BackupsTooNew,
    /// It was set aside: what is in the bucket already is found there again.
    BackupsDamaged,
    /// The endpoint's certificate is for another name, over, or from nobody known.
    CertificateInvalid,
    /// The public URL has browsers save what they should show.
    ForcedDownload,
    /// The public URL does not let scripts of pages read.
    CorsClosed,
    /// Asked for a smaller picture, the public URL gave it as it is.
    ImagesUnchanged,
    /// Asked for a smaller picture, the public URL gave an error.
    ImagesRefused,
    /// Cloudflare does not transform on this zone.
    CloudflareImagesOff,
    // Configuration
    ProfileNotFound,
    ProfileExists,
    /// A field of a profile; see `field` and `reason`.
    ProfileInvalid,
    /// `local` cannot be removed or renamed.
    ProfileBuiltIn,
    /// config.toml cannot be read.
    ConfigUnreadable,
    /// config.toml is not valid; see `reason` for line and column.
    ConfigBroken,
    /// config.toml cannot be written.
    ConfigUnwritable,
    /// There is no home directory to keep anything in.
    HomeMissing,
    SettingsInvalid,
    PatternInvalid,
    TemplateInvalid,
    TransformInvalid,
    PresetNotFound,
    // Secrets
    SecretMissing,
    KeyringUnavailable,
    KeyringLocked,
    /// The keyring holds no entry this long.
    SecretTooLong,
    /// A kept secret is not what Hoist wrote.
    SecretBroken,
    /// The file of secrets cannot be read or written.
    SecretFile,
    /// The secret comes from the environment, so it cannot be set here.
    SecretFromEnvironment,
    // This computer
    DiskFull,
    /// A file or folder of Hoist's own data cannot be written.
    DataUnwritable,
    /// Another Hoist works on the same data.
    DataInUse,
    HistoryUnavailable,
    HistoryTooNew,
    /// It was set aside; the detail says how many uploads were taken over into a new one.
    HistoryDamaged,
    /// The upload is not in the history any more.
    HistoryRowNotFound,
    /// The time for undo is over, or it was undone already.
    UndoExpired,
    PortTaken,
    /// The built-in store could not be started.
    BuiltInStoreUnavailable,
    Cancelled,
    Internal,
}

impl Code {
    /// Whether its sentences are those of transfers.
    pub(crate) fn is_transfer(self) -> bool {
        matches!(
            self,
            Code::SourceChanged
                | Code::RemoteChanged
                | Code::LinkSkipped
                | Code::NotAFile
                | Code::UnsafeName
                | Code::SameNameTwice
                | Code::CopyIntoItself
                | Code::ContentDiffers
                | Code::FileUnwritable
                | Code::TransferNotFound
                | Code::TransferOver
                | Code::TransferElsewhere
                | Code::UploadLeftOver
                | Code::AclNotKept
                | Code::StorageClassNotKept
                | Code::TagsNotKept
                | Code::TransferUnreadable
                | Code::TransfersUnavailable
                | Code::TransfersTooNew
                | Code::TransfersDamaged
        )
    }

    /// Whether its sentences are those of models.
    pub(crate) fn is_model(self) -> bool {
        matches!(
            self,
            Code::ModelNameInvalid
                | Code::ModelNotFound
                | Code::ModelVersionNotFound
                | Code::ModelVersionExists
                | Code::ModelUnfinished
                | Code::ModelAliasNotFound
                | Code::ModelAliased
                | Code::ModelEmpty
                | Code::ModelManifestBroken
                | Code::ModelAliasesBusy
                | Code::ModelFileBroken
        )
    }

    /// Whether its sentences are those of backups.
    pub(crate) fn is_backup(self) -> bool {
        matches!(
            self,
            Code::BackupNotFound
                | Code::BackupExists
                | Code::BackupInvalid
                | Code::BackupFolderMissing
                | Code::BackupPaused
                | Code::BackupsUnavailable
                | Code::BackupsTooNew
                | Code::BackupsDamaged
        )
    }

    /// What a provider's own code means, where that is more than the kind of an error tells. The finer
    /// code of OSS beside it stays the same when the words change.
    pub(crate) fn said(code: &str, sub_code: Option<&str>) -> Option<Self> {
        if sub_code == Some("0048-00000401") {
            return Some(Code::PublicEndpointForbidden);
        }
        Some(match code {
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidToken"
            | "InvalidSecurityToken"
            | "AccessKeyIdAndSecurityTokenNotMatch" => Code::CredentialsRejected,
            "ExpiredToken" | "SecurityTokenExpired" => Code::CredentialsExpired,
            "UserDisable" | "InDebt" | "UserNotRegister" | "AccountProblem" => {
                Code::AccountSuspended
            }
            "PublicEndpointForbidden" => Code::PublicEndpointForbidden,
            "CnameDenied" => Code::DomainNotBound,
            "NoSuchBucket" => Code::BucketNotFound,
            _ => return None,
        })
    }

    /// Whether settings, a profile or its secret must be changed before trying again (exit code 3
    /// of the command line), as opposed to the input, the store or this computer.
    pub fn is_configuration(self) -> bool {
        matches!(
            self,
            Code::ProfileNotFound
                | Code::ProfileExists
                | Code::ProfileInvalid
                | Code::ProfileBuiltIn
                | Code::ConfigUnreadable
                | Code::ConfigBroken
                | Code::ConfigUnwritable
                | Code::HomeMissing
                | Code::SettingsInvalid
                | Code::PatternInvalid
                | Code::TemplateInvalid
                | Code::TransformInvalid
                | Code::PresetNotFound
                | Code::BackupNotFound
                | Code::BackupExists
                | Code::BackupInvalid
                | Code::SecretMissing
                | Code::KeyringUnavailable
                | Code::KeyringLocked
                | Code::SecretTooLong
                | Code::SecretBroken
                | Code::SecretFile
                | Code::SecretFromEnvironment
                | Code::AccessDenied
                | Code::CredentialsRejected
                | Code::CredentialsExpired
                | Code::AccountSuspended
                | Code::PublicEndpointForbidden
                | Code::DomainNotBound
                | Code::BucketNotFound
                | Code::BucketAdminDenied
                | Code::WrongEndpoint
                | Code::WrongRegion
        )
    }
}
