//! Why something failed, in words that outlive the process that met it.

use serde::{Deserialize, Serialize};

use crate::problem::{Code, Language, Problem, ProblemView, Text};

/// A problem as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The name of its [`Code`].
    pub code: String,
    /// Settings, a profile or its keys must be changed before trying again.
    pub configuration: bool,
    /// Trying again without changing anything can help.
    pub retryable: bool,
    /// In English.
    pub en: Words,
    /// In Simplified Chinese.
    pub zh: Words,
}

/// What happened, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub what: String,
    pub fix: String,
}

impl Failure {
    /// The sentences in one language.
    pub fn words(&self, language: Language) -> &Words {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }

    /// As a window shows it.
    pub fn view(&self) -> ProblemView {
        let code = code_named(&self.code);
        let text = |language| {
            let words = self.words(language);
            // The badge follows from the code.
            let short = Problem::new(code, "").text(language).short;
            Text { short, what: words.what.clone(), fix: words.fix.clone() }
        };
        ProblemView {
            code,
            field: None,
            en: text(Language::English),
            zh: text(Language::Chinese),
            status: None,
            provider_code: None,
            request_id: None,
            retryable: self.retryable,
        }
    }

    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl From<&Problem> for Failure {
    fn from(problem: &Problem) -> Self {
        let words = |language| {
            let text = problem.text(language);
            Words { what: text.what, fix: text.fix }
        };
        Self {
            code: code_name(problem.code),
            configuration: problem.code.is_configuration(),
            retryable: problem.retryable,
            en: words(Language::English),
            zh: words(Language::Chinese),
        }
    }
}

/// As `--json` names it.
fn code_name(code: Code) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "internal".to_owned(),
    }
}

/// The code of this name; one that a newer Hoist has written is none we know.
fn code_named(name: &str) -> Code {
    serde_json::from_value(name.into()).unwrap_or(Code::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_the_same_after_reading_them_again() {
        let failure = Failure::from(&Problem::new(Code::Network, "images"));
        assert_eq!(failure.code, "network");
        assert!(failure.retryable && !failure.configuration);
        assert_eq!(Failure::from_json(&failure.json()), Some(failure.clone()));
        assert_ne!(failure.words(Language::English), failure.words(Language::Chinese));
        assert_eq!(Failure::from_json("{}"), None);
        let view = Problem::new(Code::Network, "images").view();
        assert_eq!(failure.view(), view);
        assert_eq!(code_named("of tomorrow"), Code::Internal);
    }
}
