//! `${NAME}` in a text of config.toml.

use std::borrow::Cow;

use crate::problem::Reason;

/// Puts variables in. `$${` stands for a plain `${`; what is no name stays as it is.
pub(super) fn expand(
    text: &str,
    variables: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Reason> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("$${") {
            out.push_str("${");
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix("${").and_then(|r| r.split_once('}'))
            && is_name(name)
        {
            let value = variables(name).ok_or_else(|| Reason::VariableMissing(name.to_owned()))?;
            out.push_str(&value);
            rest = after;
        } else {
            out.push('$');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// What [`expand`] turns back into this text.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if text.contains("${") { text.replace("${", "$${").into() } else { text.into() }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables(name: &str) -> Option<String> {
        match name {
            "BUCKET" => Some("blog-images".into()),
            "_A1" => Some("${BUCKET}".into()),
            _ => None,
        }
    }

    #[test]
    fn exact_forms() {
        let cases = [
            ("${BUCKET}", "blog-images"),
            ("a-${BUCKET}-${BUCKET}.b", "a-blog-images-blog-images.b"),
            // A value is not expanded again.
            ("${_A1}", "${BUCKET}"),
            ("$${BUCKET}", "${BUCKET}"),
            ("$$${BUCKET}", "$${BUCKET}"),
            ("${year}-".replace("year", "not a name").as_str(), "${not a name}-"),
            ("{year}/$5/${", "{year}/$5/${"),
            ("", ""),
        ]
        .map(|(text, expanded)| (text.to_owned(), expanded.to_owned()));
        for (text, expanded) in cases {
            assert_eq!(expand(&text, &variables).unwrap(), expanded, "{text}");
        }
        let missing = expand("x${NOPE}", &variables).unwrap_err();
        assert_eq!(missing, Reason::VariableMissing("NOPE".into()));
    }

    proptest! {
        #[test]
        fn what_is_escaped_reads_back(text in "[${}A-Za-z_ ]{0,40}") {
            prop_assert_eq!(expand(&escape(&text), &variables).unwrap(), text);
        }
    }
}
