//! The sentences. Each code has a badge, what happened to what, and what to do next.
//!
//! English in `text/english.rs`, Simplified Chinese in `text/chinese.rs`; the rules for both are the
//! design's: no exclamation, no "please", the field, permission or number by name.

use super::{Language, Problem, Text};

mod chinese;
mod english;

/// Badge, what happened, what to do next.
type Sentences = (&'static str, String, String);

pub(super) fn text(problem: &Problem, language: Language) -> Text {
    let (short, what, fix) = match language {
        Language::English => english::sentences(problem),
        Language::Chinese => chinese::sentences(problem),
    };
    Text { short: short.to_owned(), what, fix }
}

/// What the sentences are made from.
struct Parts<'a> {
    /// To what it happened; a general word when nothing is known.
    subject: &'a str,
    /// The fact, when there is one.
    detail: Option<&'a str>,
    /// The label of the field, when there is one.
    field: Option<&'static str>,
    /// What exactly is wrong, when it is known.
    reason: Option<String>,
    /// What to do next, when the reason knows.
    remedy: Option<String>,
}

impl<'a> Parts<'a> {
    fn of(problem: &'a Problem, language: Language, nothing: &'a str) -> Self {
        Self {
            subject: Some(&*problem.subject).filter(|s| !s.is_empty()).unwrap_or(nothing),
            detail: problem.detail.as_deref().filter(|detail| !detail.is_empty()),
            field: problem.field.map(|field| field.label(language)),
            reason: problem.reason.as_ref().map(|reason| reason.text(language)),
            remedy: problem.reason.as_ref().and_then(|reason| reason.fix(language)),
        }
    }

    /// The reason after a separator. Where the detail is what a library said, it is left to the log.
    fn because(&self, separator: &str) -> String {
        self.reason.as_ref().map(|reason| format!("{separator}{reason}")).unwrap_or_default()
    }

    /// The detail when it is a figure, such as a size in pixels.
    fn figure(&self) -> Option<&'a str> {
        self.detail.filter(|detail| detail.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// The detail when it is a media type.
    fn media_type(&self) -> Option<&'a str> {
        self.detail.filter(|detail| detail.contains('/') && !detail.contains(' '))
    }

    /// What to do next, as the reason says or else as usual.
    fn remedy(&self, usual: &str) -> String {
        self.remedy.clone().unwrap_or_else(|| usual.to_owned())
    }

    /// The reason, or else the fact, after a separator.
    fn why(&self, separator: &str) -> String {
        match self.reason.as_deref().or(self.detail) {
            Some(why) => format!("{separator}{}", why.trim_end_matches(['.', '。'])),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
