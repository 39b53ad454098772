//! From text to pieces.

use super::{Digest, Piece, Token};
use crate::problem::{Code, Problem, Reason, Result};

pub(super) fn parse(pattern: &str) -> Result<Vec<Piece>> {
    let invalid =
        |reason| Problem::new(Code::PatternInvalid, pattern.to_owned()).with_reason(reason);
    if pattern.trim().is_empty() {
        return Err(invalid(Reason::Empty));
    }
    let pieces = pieces(pattern).map_err(invalid)?.into_iter().map(|(_, piece)| piece);
    let pieces: Vec<Piece> = pieces.collect();
    // The second upload would silently replace the first.
    if !pieces.iter().any(|piece| matches!(piece, Piece::Token(token, _) if token.tells_apart())) {
        return Err(invalid(Reason::SameForAll));
    }
    Ok(pieces)
}

/// The pieces of a text with tokens, each with the column it begins in, from 1.
pub(super) fn pieces(pattern: &str) -> Result<Vec<(usize, Piece)>, Reason> {
    let mut pieces = Vec::new();
    let mut begins = 1;
    let mut literal = String::new();
    let mut chars = pattern.chars().enumerate().peekable();
    while let Some((index, c)) = chars.next() {
        let column = index + 1;
        if literal.is_empty() {
            begins = column;
        }
        match c {
            '{' | '}' if chars.peek().is_some_and(|(_, next)| *next == c) => {
                chars.next();
                literal.push(c);
            }
            '}' => return Err(Reason::StrayBrace { column }),
            '{' => {
                let mut inside = String::new();
                loop {
                    match chars.next() {
                        Some((_, '}')) => break,
                        Some((_, '{')) | None => return Err(Reason::Unclosed { column }),
                        Some((_, c)) => inside.push(c),
                    }
                }
                if !literal.is_empty() {
                    pieces.push((begins, Piece::Literal(std::mem::take(&mut literal))));
                }
                let (token, count) = token(&inside, column)?;
                pieces.push((column, Piece::Token(token, count)));
            }
            c if c.is_control() => return Err(Reason::BadCharacter(c)),
            // One kind of separator, also from people who are used to the other.
            '\\' => literal.push('/'),
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        pieces.push((begins, Piece::Literal(literal)));
    }
    Ok(pieces)
}

fn token(inside: &str, column: usize) -> Result<(Token, Option<usize>), Reason> {
    let (name, count) = match inside.split_once(':') {
        Some((name, count)) => (name, Some(count)),
        None => (inside, None),
    };
    let token = match name {
        "year" => Token::Year,
        "month" => Token::Month,
        "day" => Token::Day,
        "hour" => Token::Hour,
        "minute" => Token::Minute,
        "second" => Token::Second,
        "ms" => Token::Millisecond,
        "unix" => Token::Unix,
        "name" => Token::Name,
        "ext" => Token::Ext,
        "dir" => Token::Dir,
        "md5" => Token::Digest(Digest::Md5),
        "sha1" => Token::Digest(Digest::Sha1),
        "sha256" => Token::Digest(Digest::Sha256),
        "uuid" => Token::Uuid,
        "ulid" => Token::Ulid,
        "random" => Token::Random,
        "n" => Token::Counter,
        _ => return Err(Reason::UnknownToken { token: inside.to_owned(), column }),
    };
    let Some(count) = count else { return Ok((token, None)) };
    let Some(max) = token.max_count() else {
        return Err(Reason::NoCount { token: name.to_owned(), column });
    };
    match count.parse::<usize>() {
        Ok(count) if (1..=max).contains(&count) => Ok((token, Some(count))),
        _ => Err(Reason::BadCount { token: name.to_owned(), column, max }),
    }
}

impl Token {
    /// What `:N` may be: digits of a digest, characters of a name, folders of a path, width of a number.
    fn max_count(self) -> Option<usize> {
        match self {
            Token::Digest(Digest::Md5) => Some(32),
            Token::Digest(Digest::Sha1) => Some(40),
            Token::Digest(Digest::Sha256) => Some(64),
            Token::Random => Some(64),
            Token::Name => Some(200),
            Token::Dir | Token::Counter => Some(9),
            _ => None,
        }
    }

    /// As it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Token::Year => "year",
            Token::Month => "month",
            Token::Day => "day",
            Token::Hour => "hour",
            Token::Minute => "minute",
            Token::Second => "second",
            Token::Millisecond => "ms",
            Token::Unix => "unix",
            Token::Name => "name",
            Token::Ext => "ext",
            Token::Dir => "dir",
            Token::Digest(Digest::Md5) => "md5",
            Token::Digest(Digest::Sha1) => "sha1",
            Token::Digest(Digest::Sha256) => "sha256",
            Token::Uuid => "uuid",
            Token::Ulid => "ulid",
            Token::Random => "random",
            Token::Counter => "n",
        }
    }

    /// Whether it says a date or a time of day, to the second.
    pub(super) fn is_date(self) -> bool {
        matches!(
            self,
            Token::Year | Token::Month | Token::Day | Token::Hour | Token::Minute | Token::Second
        )
    }

    /// Whether two uploads in a row differ by it.
    fn tells_apart(self) -> bool {
        matches!(
            self,
            Token::Name
                | Token::Digest(_)
                | Token::Uuid
                | Token::Ulid
                | Token::Random
                | Token::Counter
        )
    }
}
