//! What a person names when asking for a link: an upload of the history, an object, or a URL.

/// What is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Any http or https URL.
    Url(String),
    /// A row of the history.
    Id(i64),
    /// A key in the bucket of a profile; `None` where the profile is said elsewhere.
    Key { profile: Option<String>, key: String },
}

impl Target {
    /// Reads `URL`, `ID`, `PROFILE:KEY` or `KEY`. Only names in `profiles` make a prefix, so that a
    /// key may hold a colon; a key of digits alone is written with its profile.
    pub fn read(text: &str, profiles: &[String]) -> Self {
        if ["http://", "https://"].iter().any(|scheme| {
            text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        }) {
            return Target::Url(text.to_owned());
        }
        if let Ok(id) = text.parse()
            && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Target::Id(id);
        }
        match text.split_once(':') {
            Some((name, key)) if profiles.iter().any(|profile| profile == name) => {
                Target::Key { profile: Some(name.to_owned()), key: key.to_owned() }
            }
            _ => Target::Key { profile: None, key: text.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_from_the_others() {
        let profiles = ["blog".to_owned()];
        let key = |profile: Option<&str>, key: &str| Target::Key {
            profile: profile.map(str::to_owned),
            key: key.to_owned(),
        };
        let cases = [
            ("https://x/a.png", Target::Url("https://x/a.png".into())),
            ("HTTP://x/a.png", Target::Url("HTTP://x/a.png".into())),
            ("12", Target::Id(12)),
            ("+12", key(None, "+12")),
            ("blog:12", key(Some("blog"), "12")),
            ("2026/a.png", key(None, "2026/a.png")),
            ("other:a.png", key(None, "other:a.png")),
            ("blog:a:b.png", key(Some("blog"), "a:b.png")),
        ];
        for (text, target) in cases {
            assert_eq!(Target::read(text, &profiles), target, "{text}");
        }
    }
}
