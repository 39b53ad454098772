//! One segment of a pattern against one segment of a path.

/// A name with wildcards.
#[derive(Debug, Clone)]
pub(super) struct Name(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Char(char),
    /// `?`
    One,
    /// `*`
    Any,
    /// `[a-z]` or `[!a-z]`
    Class {
        not: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Name {
    /// Reads a segment; `None` when a bracket, range or backslash in it is not complete.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                '?' => Piece::One,
                '*' => Piece::Any,
                '\\' => Piece::Char(folded(chars.next()?)),
                '[' => {
                    let not = chars.next_if(|c| matches!(c, '!' | '^')).is_some();
                    let mut ranges = Vec::new();
                    loop {
                        let from = match chars.next()? {
                            // As the first it stands for itself.
                            ']' if !ranges.is_empty() => break,
                            '\\' => chars.next()?,
                            c => c,
                        };
                        let mut ahead = chars.clone();
                        let to = match (ahead.next(), ahead.next()) {
                            (Some('-'), Some(to)) if to != ']' => {
                                chars = ahead;
                                if to == '\\' { chars.next()? } else { to }
                            }
                            _ => from,
                        };
                        if to < from {
                            return None;
                        }
                        ranges.push((from, to));
                    }
                    Piece::Class { not, ranges }
                }
                c => Piece::Char(folded(c)),
            });
        }
        Some(Self(pieces))
    }

    /// Whether a name is like this. Takes a time of at most pieces times characters.
    pub(super) fn is_like(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut piece, mut at) = (0, 0);
        // The last `*`, and how far it reaches by now.
        let mut star: Option<(usize, usize)> = None;
        while at < name.len() {
            match self.0.get(piece) {
                Some(Piece::Any) => {
                    star = Some((piece, at));
                    piece += 1;
                }
                Some(one) if one.is_like(name[at]) => {
                    piece += 1;
                    at += 1;
                }
                _ => match &mut star {
                    Some((of, reached)) => {
                        *reached += 1;
                        (piece, at) = (*of + 1, *reached);
                    }
                    None => return false,
                },
            }
        }
        self.0[piece..].iter().all(|piece| matches!(piece, Piece::Any))
    }
}

impl Piece {
    fn is_like(&self, c: char) -> bool {
        match self {
            Piece::Char(own) => *own == folded(c),
            Piece::One | Piece::Any => true,
            Piece::Class { not, ranges } => {
                let within = |c: char| ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
                (within(c) || within(folded(c))) != *not
            }
        }
    }
}

/// A character as it is compared: where the system minds no case, in lower case.
fn folded(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (cfg!(windows), lower.next(), lower.next()) {
        (true, Some(lower), None) => lower,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_classes() {
        for (pattern, yes, no) in [
            ("*", vec!["", "a", ".b"], vec![]),
            ("a*b*c", vec!["abc", "axbxbxc"], vec!["abcx", "acb"]),
            ("??", vec!["ab", "数据"], vec!["a", "abc"]),
            ("[a-c0]", vec!["a", "b", "0"], vec!["d", "-", "ab"]),
            ("[!a-c]", vec!["d", "数"], vec!["a", ""]),
            ("[]x]", vec!["]", "x"], vec!["a"]),
            ("[a-]", vec!["a", "-"], vec!["b"]),
            ("[\\]]", vec!["]"], vec!["\\"]),
            ("\\*", vec!["*"], vec!["a"]),
            ("**a", vec!["a", "xxa"], vec!["b"]),
        ] {
            let name = Name::read(pattern).unwrap();
            for text in yes {
                assert!(name.is_like(text), "{pattern} is like {text}");
            }
            for text in no {
                assert!(!name.is_like(text), "{pattern} is not like {text}");
            }
        }
        for pattern in ["[", "[a", "[]", "a\\", "[z-a]", "[a-\\"] {
            assert!(Name::read(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let name = Name::read(&"*a".repeat(200)).unwrap();
        assert!(!name.is_like(&"a".repeat(199)));
        assert!(name.is_like(&"a".repeat(2_000)));
    }
}
