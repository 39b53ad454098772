//! A folder in a bucket with dates in its name: `training-data/{year}/{month}/`.

use jiff::Zoned;

use super::{Piece, parse, render};
use crate::problem::Reason;

/// A prefix that has been read. Its tokens are year, month, day, hour, minute and second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedPrefix {
    pieces: Vec<Piece>,
}

impl DatedPrefix {
    /// Reads a prefix; an empty one is the root.
    ///
    /// # Errors
    /// What is wrong with it, with the column.
    pub fn parse(prefix: &str) -> Result<Self, Reason> {
        let mut pieces = Vec::new();
        for (column, piece) in parse::pieces(prefix)? {
            match &piece {
                Piece::Token(token, _) if !token.is_date() => {
                    return Err(Reason::NotADate { token: token.word().to_owned(), column });
                }
                _ => pieces.push(piece),
            }
        }
        Ok(Self { pieces })
    }

    /// The folder for a time: empty, or with one `/` at its end. It has no empty, `.` or `..`
    /// segment and does not begin with `/`.
    pub fn render(&self, at: &Zoned) -> String {
        let mut raw = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => raw.push_str(text),
                Piece::Token(token, _) => {
                    raw.push_str(&render::date(*token, at).unwrap_or_default());
                }
            }
        }
        let mut folder = render::clean(&raw);
        if !folder.is_empty() {
            folder.push('/');
        }
        folder
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn november() -> Zoned {
        date(2025, 11, 3).at(9, 5, 7, 0).to_zoned(TimeZone::UTC).unwrap()
    }

    #[test]
    fn dates_are_put_in_and_the_folder_ends_in_one_slash() {
        for (prefix, folder) in [
            ("training-data/{year}/{month}/", "training-data/2025/11/"),
            ("a{year}{month}{day}-{hour}{minute}{second}", "a20251103-090507/"),
            ("", ""),
            ("/", ""),
            ("//a/../b/./c//", "a/b/c/"),
            ("\\a\\{day}", "a/03/"),
            ("{{x}}", "{x}/"),
            ("图/{year}", "图/2025/"),
        ] {
            assert_eq!(DatedPrefix::parse(prefix).unwrap().render(&november()), folder, "{prefix}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused_with_its_column() {
        let reason = |prefix: &str| DatedPrefix::parse(prefix).unwrap_err();
        let no_date = |token: &str, column| Reason::NotADate { token: token.into(), column };
        assert_eq!(reason("a/{name}"), no_date("name", 3));
        assert_eq!(reason("图{year}{sha256:8}"), no_date("sha256", 8));
        assert_eq!(reason("{n"), Reason::Unclosed { column: 1 });
        assert_eq!(reason("a}"), Reason::StrayBrace { column: 2 });
        assert_eq!(reason("{nope}"), Reason::UnknownToken { token: "nope".into(), column: 1 });
    }

    proptest! {
        #[test]
        fn a_folder_never_climbs(prefix in "([a./\\\\{} ]|\\{year\\}|\\{day\\}){0,12}") {
            if let Ok(dated) = DatedPrefix::parse(&prefix) {
                let folder = dated.render(&november());
                prop_assert!(!folder.starts_with('/'));
                prop_assert!(folder.is_empty() || folder.ends_with('/'));
                for segment in folder.split('/').rev().skip(1) {
                    prop_assert!(!matches!(segment, "" | "." | ".."), "{folder:?}");
                }
            }
        }
    }
}
