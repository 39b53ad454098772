//! Words for the person, on standard error: what happened, then what to do.

use std::fmt::Display;
use std::io::{self, Write};

use hoist_core::problem::{Language, Problem, ProblemView, Text};

/// Speaks one language on standard error. A closed standard error is no reason to stop working.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say {
    pub(crate) language: Language,
    quiet: bool,
}

impl Say {
    /// In the language of the environment.
    pub(crate) fn from_env() -> Self {
        Self { language: language(|name| std::env::var(name).ok()), quiet: false }
    }

    /// Without notes, which only inform.
    pub(crate) fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }
    }

    /// One of two texts, by language.
    pub(crate) fn pick(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    /// A failure: what happened and what to do next.
    pub(crate) fn problem(self, problem: &Problem) {
        let text = problem.text(self.language);
        let mut what = text.what;
        // What the provider itself said comes last, to be quoted in a question to its support.
        let said: Vec<String> = [
            problem.status.map(|status| format!("HTTP {status}")),
            problem.provider_code.clone(),
            problem.request_id.as_ref().map(|id| format!("request {id}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !said.is_empty() {
            what = format!("{what} [{}]", said.join(", "));
        }
        self.error(what, text.fix);
    }

    /// A failure in our own words.
    pub(crate) fn error(self, what: impl Display, hint: impl Display) {
        line(self.pick("error: ", "错误："), what);
        self.hint(hint);
    }

    /// Something that is not as asked for, although the work was done.
    pub(crate) fn warning(self, what: impl Display) {
        line(self.pick("warning: ", "警告："), what);
    }

    /// A failure beside the work that was done.
    pub(crate) fn warning_of(self, problem: &ProblemView) {
        let text = self.text(problem);
        self.warning(&text.what);
        self.hint(&text.fix);
    }

    /// A failure's sentences in this language.
    pub(crate) fn text(self, problem: &ProblemView) -> &Text {
        match self.language {
            Language::English => &problem.en,
            Language::Chinese => &problem.zh,
        }
    }

    /// What to do next.
    pub(crate) fn hint(self, what: impl Display) {
        let what = what.to_string();
        if !what.is_empty() {
            line(self.pick("hint: ", "提示："), what);
        }
    }

    /// What goes on with something that is not complete.
    pub(crate) fn goes_on_with(self, command: impl Display) {
        let words = self.pick("not complete; it goes on with", "尚未完成；继续请运行");
        self.hint(format!("{words} {command}"));
    }

    /// Something worth knowing, unless quiet was asked for.
    pub(crate) fn note(self, what: impl Display) {
        if !self.quiet {
            line(self.pick("note: ", "说明："), what);
        }
    }

    /// What was done.
    pub(crate) fn done(self, what: impl Display) {
        if !self.quiet {
            line("", what);
        }
    }
}

fn line(head: &str, what: impl Display) {
    // Names come from files and providers: nothing in them may steer the terminal.
    let text: String = what.to_string().chars().filter(|c| !c.is_control()).collect();
    let _ = writeln!(io::stderr().lock(), "{head}{text}");
}

/// The language a POSIX environment asks for: the first of these that is set decides.
fn language(get: impl Fn(&str) -> Option<String>) -> Language {
    let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(get)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    if asked.to_ascii_lowercase().starts_with("zh") { Language::Chinese } else { Language::English }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Language {
        language(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(asked(&[]), Language::English);
        assert_eq!(asked(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(asked(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Language::English);
        assert_eq!(asked(&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW")]), Language::Chinese);
        assert_eq!(asked(&[("LC_MESSAGES", "de_DE"), ("LANG", "zh_CN")]), Language::English);
    }
}
