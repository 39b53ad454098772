use std::collections::HashSet;

use super::*;
use crate::problem::{Code, FieldName, Reason, Unfit};

/// Every code; `listed` below makes a new one without a line here a compile error.
const ALL: &[Code] = &[
    Code::FileNotFound,
    Code::FileUnreadable,
    Code::IsDirectory,
    Code::EmptyFile,
    Code::NotAnImage,
    Code::BrokenImage,
    Code::ImageTooLarge,
    Code::TooManyBytes,
    Code::FormatUnsupported,
    Code::ClipboardEmpty,
    Code::ClipboardUnavailable,
    Code::UrlInvalid,
    Code::UrlUnreachable,
    Code::AccessDenied,
    Code::CredentialsRejected,
    Code::CredentialsExpired,
    Code::AccountSuspended,
    Code::PublicEndpointForbidden,
    Code::DomainNotBound,
    Code::BucketNotFound,
    Code::ObjectNotFound,
    Code::AlreadyExists,
    Code::ClockSkew,
    Code::WrongEndpoint,
    Code::WrongRegion,
    Code::InvalidKey,
    Code::Throttled,
    Code::Timeout,
    Code::Network,
    Code::Unsupported,
    Code::Integrity,
    Code::StoreOther,
    Code::BucketTaken,
    Code::BucketNotEmpty,
    Code::BucketNameInvalid,
    Code::BucketAdminDenied,
    Code::PublicAclBlocked,
    Code::BucketSettingRefused,
    Code::PublicUrlUnreachable,
    Code::PublicUrlPrivate,
    Code::PublicUrlNotFound,
    Code::PublicUrlDiffers,
    Code::SourceChanged,
    Code::RemoteChanged,
    Code::LinkSkipped,
    Code::NotAFile,
    Code::UnsafeName,
    Code::SameNameTwice,
    Code::CopyIntoItself,
    Code::ContentDiffers,
    Code::FileUnwritable,
    Code::TransferNotFound,
    Code::TransferOver,
    Code::TransferElsewhere,
    Code::UploadLeftOver,
    Code::AclNotKept,
    Code::StorageClassNotKept,
    Code::TagsNotKept,
    Code::TransferUnreadable,
    Code::TransfersUnavailable,
    Code::TransfersTooNew,
    Code::TransfersDamaged,
    Code::ModelNameInvalid,
    Code::ModelNotFound,
    Code::ModelVersionNotFound,
    Code::ModelVersionExists,
    Code::ModelUnfinished,
    Code::ModelAliasNotFound,
    Code::ModelAliased,
    Code::ModelEmpty,
    Code::ModelManifestBroken,
    Code::ModelAliasesBusy,
    Code::ModelFileBroken,
    Code::BackupNotFound,
    Code::BackupExists,
    Code::BackupInvalid,
    Code::BackupFolderMissing,
    Code::BackupPaused,
    Code::BackupsUnavailable,
    Code::BackupsTooNew,
    Code::BackupsDamaged,
    Code::CertificateInvalid,
    Code::ForcedDownload,
    Code::CorsClosed,
    Code::ImagesUnchanged,
    Code::ImagesRefused,
    Code::CloudflareImagesOff,
    Code::ProfileNotFound,
    Code::ProfileExists,
    Code::ProfileInvalid,
    Code::ProfileBuiltIn,
    Code::ConfigUnreadable,
    Code::ConfigBroken,
    Code::ConfigUnwritable,
    Code::HomeMissing,
    Code::SettingsInvalid,
    Code::PatternInvalid,
    Code::TemplateInvalid,
    Code::TransformInvalid,
    Code::PresetNotFound,
    Code::SecretMissing,
    Code::KeyringUnavailable,
    Code::KeyringLocked,
    Code::SecretTooLong,
    Code::SecretBroken,
    Code::SecretFile,
    Code::SecretFromEnvironment,
    Code::DiskFull,
    Code::DataUnwritable,
    Code::DataInUse,
    Code::HistoryUnavailable,
    Code::HistoryTooNew,
    Code::HistoryDamaged,
    Code::HistoryRowNotFound,
    Code::UndoExpired,
    Code::PortTaken,
    Code::BuiltInStoreUnavailable,
    Code::Cancelled,
    Code::Internal,
];

/// Codes whose sentence is about no thing in particular; settings name their field instead.
const WITHOUT_SUBJECT: &[Code] = &[
    Code::ClipboardEmpty,
    Code::ClipboardUnavailable,
    Code::HomeMissing,
    Code::SettingsInvalid,
    Code::HistoryRowNotFound,
    Code::UndoExpired,
    Code::BuiltInStoreUnavailable,
];

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

fn problem(code: Code) -> Problem {
    Problem::new(code, "sübject.png")
}

#[test]
fn the_list_is_complete() {
    // `Internal` is the last variant, so its place says how many there are.
    assert_eq!(ALL.len(), Code::Internal as usize + 1);
    assert_eq!(ALL.iter().collect::<HashSet<_>>().len(), ALL.len());
}

#[test]
fn every_code_says_what_happened_to_what_and_what_to_do() {
    for &code in ALL {
        for language in LANGUAGES {
            let text = text(&problem(code), language);
            for part in [&text.short, &text.what, &text.fix] {
                assert!(!part.trim().is_empty(), "{code:?} {language:?}");
                assert!(!part.contains(['!', '！']), "{code:?}: {part}");
                assert!(!part.contains("  "), "{code:?}: {part}");
            }
            assert!(!text.short.ends_with(['.', '。']), "{code:?}: {}", text.short);
            let stop = if language == Language::English { '.' } else { '。' };
            assert!(text.what.ends_with(stop) && text.fix.ends_with(stop), "{code:?}: {text:?}");
            let named = text.what.contains("sübject.png");
            assert_eq!(named, !WITHOUT_SUBJECT.contains(&code), "{code:?}: {}", text.what);
        }
    }
}

#[test]
fn every_code_has_sentences_of_its_own() {
    for language in LANGUAGES {
        let mut seen = HashSet::new();
        for &code in ALL {
            let text = text(&problem(code), language);
            assert!(seen.insert((text.what.clone(), text.fix)), "{code:?}: {}", text.what);
        }
    }
}

#[test]
fn english_has_no_chinese_and_chinese_is_chinese() {
    let han = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    for &code in ALL {
        let english = text(&problem(code), Language::English);
        let chinese = text(&problem(code), Language::Chinese);
        for part in [&english.short, &english.what, &english.fix] {
            assert!(!han(part), "{code:?}: {part}");
            assert!(!part.to_ascii_lowercase().contains("please"), "{code:?}: {part}");
        }
        for part in [&chinese.short, &chinese.what, &chinese.fix] {
            assert!(han(part), "{code:?}: {part}");
            // Full-width marks in sentences; a Latin stop would be a slip.
            assert!(!part.ends_with('.') && !part.contains(", "), "{code:?}: {part}");
        }
        let width =
            |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        assert!(
            width(&chinese.what) * 10 <= width(&english.what) * 16 + 160,
            "{code:?} is too wide"
        );
    }
}

#[test]
fn badges_fit_their_place() {
    for &code in ALL {
        assert!(text(&problem(code), Language::English).short.chars().count() <= 16, "{code:?}");
        assert!(text(&problem(code), Language::Chinese).short.chars().count() <= 6, "{code:?}");
    }
}

#[test]
fn nothing_to_name_still_reads_as_a_sentence() {
    for &code in ALL {
        for language in LANGUAGES {
            let text = text(&Problem::new(code, ""), language);
            assert!(
                !text.what.starts_with(' ') && !text.what.contains("  "),
                "{code:?}: {}",
                text.what
            );
        }
    }
}

#[test]
fn the_fact_is_in_the_sentence() {
    for code in [
        Code::ImageTooLarge,
        Code::TooManyBytes,
        Code::ClockSkew,
        Code::WrongEndpoint,
        Code::WrongRegion,
        Code::SecretTooLong,
        Code::SecretMissing,
        Code::StoreOther,
        Code::PresetNotFound,
        Code::PortTaken,
    ] {
        for language in LANGUAGES {
            let text = text(&problem(code).with_detail("42 facts"), language);
            assert!(
                format!("{} {}", text.what, text.fix).contains("42 facts"),
                "{code:?}: {text:?}"
            );
        }
    }
}

/// What stands in the way of a transform, each with what to do in both languages.
#[test]
fn every_unfitness_is_a_clause_and_an_advice() {
    use crate::image::ImageHost::{Cloudflare, Oss};
    let size = |max, width, height| Unfit::OutputPixels { max, width, height };
    let all = [
        Unfit::Needs("text"),
        Unfit::Alone,
        Unfit::NotEncoded,
        Unfit::NotBase64,
        Unfit::Nothing,
        Unfit::NotHere,
        Unfit::NotThere(Cloudflare),
        Unfit::OnlyOss,
        Unfit::Order(Cloudflare),
        Unfit::Enlarges(Cloudflare),
        Unfit::OneStrength,
        Unfit::NotOnDomain(Cloudflare),
        Unfit::Signed,
        Unfit::SourceBytes { host: Oss, max_mb: 20, mb: 25 },
        Unfit::SourceSide { host: Oss, max: 30_000, side: 30_001 },
        Unfit::SourcePixels { host: Oss, max_mp: 250, mp: 251 },
        Unfit::SourceFormat { host: Oss, format: "SVG" },
        Unfit::Still(Oss),
        Unfit::AsItIs(Oss),
        Unfit::AnimatedWebP,
        Unfit::OnlyFromGif,
        Unfit::QualityFormat("PNG"),
        Unfit::NotOnGif,
        Unfit::RotateSide { max: 4096, side: 5000 },
        Unfit::CropOutside { width: 40, height: 30 },
        Unfit::OutputSide { format: "WebP", max: 16_383, width: 16_384, height: 30 },
        Unfit::HostSide { host: Oss, max: 16_384, width: 16_385, height: 30 },
        size(16_777_216, 4097, 4096),
        Unfit::OutputBox { format: "AVIF", max: (4096, 2304), width: 4097, height: 30 },
        Unfit::TextLength { max: 64, length: 65 },
        Unfit::TooManyMarks { max: 3, count: 4 },
        Unfit::NoMark,
        Unfit::NoGlyph('文'),
        Unfit::Script('ع'),
    ];
    let numbers = |text: &str| {
        let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<HashSet<_>>()
    };
    for unfit in all {
        let problem = problem(Code::TransformInvalid).with_reason(Reason::Unfit(unfit.clone()));
        let usual = text(&self::problem(Code::TransformInvalid), Language::English).fix;
        let (english, chinese) =
            (text(&problem, Language::English), text(&problem, Language::Chinese));
        assert_ne!(english.fix, usual, "{unfit:?}");
        assert!(english.what.ends_with('.') && english.fix.ends_with('.'), "{english:?}");
        assert!(chinese.what.ends_with('。') && chinese.fix.ends_with('。'), "{chinese:?}");
        assert!(!english.what.contains("..") && !english.what.contains("  "), "{english:?}");
        assert!(!english.fix.to_lowercase().contains("please"), "{english:?}");
        assert_eq!(numbers(&english.what), numbers(&chinese.what), "{unfit:?}");
        let han = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        assert!(!han(&english.what.replace('文', "")) && !han(&english.fix), "{english:?}");
        assert!(han(&chinese.what) && han(&chinese.fix), "{chinese:?}");
    }
}

/// These come with what a library said, in its words and in English.
#[test]
fn what_a_library_said_is_no_part_of_a_sentence() {
    for code in [
        Code::FileUnreadable,
        Code::BrokenImage,
        Code::ImageTooLarge,
        Code::FormatUnsupported,
        Code::ClipboardUnavailable,
        Code::UrlUnreachable,
        Code::Integrity,
        Code::KeyringUnavailable,
        Code::HistoryUnavailable,
        Code::BuiltInStoreUnavailable,
        Code::Internal,
    ] {
        let problem = problem(code).with_detail("ImageError { kind: Limits } (os error 5)");
        for language in LANGUAGES {
            let text = text(&problem, language);
            assert!(!format!("{text:?}").contains("error 5"), "{code:?}: {text:?}");
        }
    }
    let figure = problem(Code::ImageTooLarge).with_detail("30000 × 20000");
    assert!(text(&figure, Language::Chinese).what.contains("（30000 × 20000）"));
    let media_type = problem(Code::FormatUnsupported).with_detail("image/heic");
    assert!(text(&media_type, Language::English).what.contains("(image/heic)"));
}

#[test]
fn the_field_and_what_is_wrong_with_it_are_named_in_both_languages() {
    let problem = Problem::new(Code::ProfileInvalid, "blog")
        .with_field(FieldName::Region)
        .with_reason(Reason::Missing);
    let english = text(&problem, Language::English);
    assert_eq!(english.what, "Region of the profile blog cannot be used: it is empty.");
    assert_eq!(english.fix, "Change Region, then save again.");
    let chinese = text(&problem, Language::Chinese);
    assert_eq!(chinese.what, "配置 blog 的“区域”无法使用：内容为空。");

    for field in FieldName::ALL {
        let problem = Problem::new(Code::SettingsInvalid, "").with_field(field);
        for language in LANGUAGES {
            assert!(text(&problem, language).fix.contains(field.label(language)), "{field:?}");
        }
    }
}

#[test]
fn every_reason_is_a_clause_in_both_languages() {
    let token = || "nope".to_owned();
    let reasons = [
        Reason::Missing,
        Reason::NotUrl,
        Reason::UrlHasExtras,
        Reason::BadCharacter('\u{7}'),
        Reason::TooLong(64),
        Reason::OutOfRange(1, 16),
        Reason::NotOneOf(vec!["a".into(), "b".into()]),
        Reason::Duplicate(token()),
        Reason::Reserved(token()),
        Reason::NotLike("blog/"),
        Reason::OnlyFor("nope"),
        Reason::VariableMissing(token()),
        Reason::Empty,
        Reason::Unclosed { column: 7 },
        Reason::StrayBrace { column: 7 },
        Reason::UnknownToken { token: token(), column: 7 },
        Reason::BadCount { token: token(), column: 7, max: 64 },
        Reason::NoCount { token: token(), column: 7 },
        Reason::SameForAll,
        Reason::NotADate { token: token(), column: 7 },
        Reason::NotAbsolute,
        Reason::NotAList,
        Reason::LeadsOut(token()),
        Reason::Glob(token()),
        Reason::NoUrl,
        Reason::Lacks(hoist_store::Section::Cors),
        Reason::NoRule(0),
        Reason::NoRule(64),
        Reason::At { line: 3, column: 7, key: token(), reason: Box::new(Reason::NotText) },
        Reason::Syntax("unexpected end".into()),
        Reason::NotUtf8,
        Reason::NotATable,
        Reason::NotTables("nope"),
        Reason::NotPermitted,
        Reason::NoSuchFile,
        Reason::ReadOnly,
        Reason::Os(5),
        Reason::KeyUnknown,
        Reason::SecretWrong,
        Reason::TokenWrong,
        Reason::HostUnknown(token()),
        Reason::ConnectionRefused,
        Reason::Certificate,
        Reason::NoAnswer(64),
        Reason::Interrupted,
        Reason::ThroughLink(token()),
    ];
    for reason in reasons {
        let (english, chinese) = (reason.text(Language::English), reason.text(Language::Chinese));
        assert_ne!(english, chinese, "{reason:?}");
        for clause in [&english, &chinese] {
            assert!(!clause.ends_with(['.', '。']), "{clause}");
        }
        for fact in ["nope", "64", "16", "blog/"] {
            assert_eq!(english.contains(fact), chinese.contains(fact), "{reason:?}");
        }
        if format!("{reason:?}").contains("column: 7") {
            assert!(english.contains("column 7"), "{english}");
            assert!(chinese.contains("第 7 列"), "{chinese}");
        }
    }
}
