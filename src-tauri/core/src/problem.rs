//! What went wrong, as a person is told it: what happened, to what, and what to do next.
//!
//! Callers match on [`Code`], never on text. The texts of both languages live in `problem/text.rs`.

use std::fmt;

use hoist_store::{ErrorKind, StoreError};
use serde::Serialize;

mod code;
mod field;
mod reason;
mod text;

pub use code::Code;
pub use field::FieldName;
pub use reason::{Reason, Unfit};

/// The result of every operation of this crate that a person may see fail.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// One failure.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What happened.
    pub code: Code,
    /// To what: a file name, a profile, a bucket, a field.
    pub subject: String,
    /// A fact that belongs in the sentence: a limit, a port, the right region, a path.
    pub detail: Option<String>,
    /// The field or setting that must change.
    pub field: Option<FieldName>,
    /// What is wrong with it, in both languages.
    pub reason: Option<Box<Reason>>,
    /// HTTP status of the provider's answer.
    pub status: Option<u16>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's request id.
    pub request_id: Option<String>,
    /// Whether trying again without changing anything can help.
    pub retryable: bool,
}

impl Problem {
    /// A failure of `subject`.
    pub fn new(code: Code, subject: impl Into<String>) -> Self {
        let retryable = matches!(
            code,
            Code::Throttled
                | Code::Timeout
                | Code::Network
                | Code::UrlUnreachable
                | Code::Integrity
        );
        Self {
            code,
            subject: subject.into(),
            detail: None,
            field: None,
            reason: None,
            status: None,
            provider_code: None,
            request_id: None,
            retryable,
        }
    }

    /// Adds a fact for the sentence.
    pub fn with_detail(mut self, detail: impl fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Says which field or setting must change.
    pub fn with_field(mut self, field: FieldName) -> Self {
        self.field = Some(field);
        self
    }

    /// Says what is wrong, in both languages.
    pub fn with_reason(mut self, reason: Reason) -> Self {
        self.reason = Some(Box::new(reason));
        self
    }

    /// What the operating system said while reading or writing `subject`.
    ///
    /// `code` is used for everything but a full disk.
    pub fn from_io(code: Code, subject: impl Into<String>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let code = match error.kind() {
            Io::StorageFull | Io::QuotaExceeded => Code::DiskFull,
            _ => code,
        };
        Self::new(code, subject).with_reason(Reason::from_io(error))
    }

    /// What a store said while working on `subject` (a key or a bucket).
    pub fn from_store(error: &StoreError, subject: impl Into<String>) -> Self {
        let said = error.provider_code().and_then(|code| Code::said(code, error.sub_code()));
        let code = match error.kind() {
            _ if said.is_some() => said.unwrap_or(Code::StoreOther),
            ErrorKind::AccessDenied => Code::AccessDenied,
            ErrorKind::NotFound => Code::ObjectNotFound,
            ErrorKind::AlreadyExists | ErrorKind::Precondition => Code::AlreadyExists,
            ErrorKind::ClockSkew => Code::ClockSkew,
            ErrorKind::WrongEndpoint => Code::WrongEndpoint,
            ErrorKind::WrongRegion => Code::WrongRegion,
            ErrorKind::InvalidKey => Code::InvalidKey,
            ErrorKind::Throttled => Code::Throttled,
            ErrorKind::Timeout => Code::Timeout,
            ErrorKind::Network => Code::Network,
            ErrorKind::Unsupported => Code::Unsupported,
            ErrorKind::Integrity => Code::Integrity,
            ErrorKind::Other => Code::StoreOther,
        };
        let mut problem = Self::new(code, subject);
        problem.reason = error.provider_code().and_then(Reason::said).map(Box::new);
        problem.detail = error.hint().map(str::to_owned).or_else(|| match code {
            Code::StoreOther => Some(error.message().to_owned()),
            _ => None,
        });
        problem.status = error.status();
        problem.provider_code = error.shown_code();
        problem.request_id = error.request_id().map(str::to_owned);
        problem.retryable = error.retry() != hoist_store::Retry::Never;
        problem
    }

    /// The sentences in one language.
    pub fn text(&self, language: Language) -> Text {
        text::text(self, language)
    }

    /// As it travels to a window: both languages, so that switching needs no second question.
    pub fn view(&self) -> ProblemView {
        ProblemView {
            code: self.code,
            field: self.field,
            en: self.text(Language::English),
            zh: self.text(Language::Chinese),
            status: self.status,
            provider_code: self.provider_code.clone(),
            request_id: self.request_id.clone(),
            retryable: self.retryable,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text(Language::English);
        write!(f, "{} {}", text.what, text.fix)
    }
}

impl std::error::Error for Problem {}

/// The languages Hoist speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Chinese,
}

/// A failure in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Text {
    /// One or two words for a badge: "Refused", "Not found".
    pub short: String,
    /// What happened, to what. One sentence.
    pub what: String,
    /// What to do next. One sentence.
    pub fix: String,
}

/// A failure as a window shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProblemView {
    pub code: Code,
    /// The field of the form, or the setting, that must change.
    pub field: Option<FieldName>,
    pub en: Text,
    pub zh: Text,
    pub status: Option<u16>,
    pub provider_code: Option<String>,
    pub request_id: Option<String>,
    pub retryable: bool,
}
