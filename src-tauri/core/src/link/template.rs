//! LinkTemplate: url, markdown, html, bbcode, or the user's own.

use super::escape::{self, Target};
use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::settings::CustomFormat;

/// The formats that are always there, in the order of the window's switcher.
pub const BUILT_IN_FORMATS: [&str; 4] = ["url", "markdown", "html", "bbcode"];

/// How one link is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTemplate {
    pieces: Vec<Piece>,
    target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Token(Token),
    /// ` width="…" height="…"`, when they are known.
    SizeAttributes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Url,
    Name,
    FileName,
    Ext,
    Alt,
    Width,
    Height,
    Size,
}

/// What a link can say of an upload.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinkFacts<'a> {
    /// Its public URL.
    pub url: &'a str,
    /// Original name without extension.
    pub name: &'a str,
    /// Original name with extension.
    pub filename: &'a str,
    /// Extension of what is stored, without dot.
    pub ext: &'a str,
    /// Alternative text; the name where none was given.
    pub alt: &'a str,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Size of what is stored, in bytes.
    pub size: Option<u64>,
}

impl LinkTemplate {
    /// The format of this name: one of [`BUILT_IN_FORMATS`], or a user's own.
    ///
    /// # Errors
    /// [`Code::TemplateInvalid`] when there is none, or when it is not valid.
    pub fn named(format: &str, custom: &[CustomFormat]) -> Result<Self> {
        use Piece::{Literal, Token as T};
        let (pieces, target) = match format {
            "url" => (vec![T(Token::Url)], Target::Plain),
            "markdown" => (
                vec![
                    Literal("![".into()),
                    T(Token::Alt),
                    Literal("](".into()),
                    T(Token::Url),
                    Literal(")".into()),
                ],
                Target::Markdown,
            ),
            "html" => (
                vec![
                    Literal("<img src=\"".into()),
                    T(Token::Url),
                    Literal("\" alt=\"".into()),
                    T(Token::Alt),
                    Literal("\"".into()),
                    Piece::SizeAttributes,
                    Literal(">".into()),
                ],
                Target::Html,
            ),
            "bbcode" => (
                vec![Literal("[img]".into()), T(Token::Url), Literal("[/img]".into())],
                Target::Bbcode,
            ),
            name => {
                let own = custom.iter().find(|own| own.name == name).ok_or_else(|| {
                    let mut choices: Vec<String> = BUILT_IN_FORMATS.map(str::to_owned).to_vec();
                    choices.extend(custom.iter().map(|own| own.name.clone()));
                    Problem::new(Code::TemplateInvalid, name)
                        .with_field(FieldName::LinkFormat)
                        .with_reason(Reason::NotOneOf(choices))
                })?;
                return Self::parse(&own.template);
            }
        };
        Ok(Self { pieces, target })
    }

    /// Reads a user's own template. `{{` and `}}` stand for braces, `\n` for a line end.
    ///
    /// Its values are escaped for Markdown, HTML or BBCode by what it looks like.
    ///
    /// # Errors
    /// [`Code::TemplateInvalid`], with the column in its reason.
    pub fn parse(template: &str) -> Result<Self> {
        let invalid = |reason| {
            Err(Problem::new(Code::TemplateInvalid, template.to_owned()).with_reason(reason))
        };
        if template.trim().is_empty() {
            return invalid(Reason::Empty);
        }
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut chars = template.chars().enumerate().peekable();
        while let Some((index, c)) = chars.next() {
            let column = index + 1;
            match c {
                '{' | '}' if chars.peek().is_some_and(|(_, next)| *next == c) => {
                    chars.next();
                    literal.push(c);
                }
                '\\' if chars.peek().is_some_and(|(_, next)| *next == 'n') => {
                    chars.next();
                    literal.push('\n');
                }
                '}' => return invalid(Reason::StrayBrace { column }),
                '{' => {
                    let mut inside = String::new();
                    loop {
                        match chars.next() {
                            Some((_, '}')) => break,
                            Some((_, '{')) | None => return invalid(Reason::Unclosed { column }),
                            Some((_, c)) => inside.push(c),
                        }
                    }
                    let Some(token) = Token::named(&inside) else {
                        return invalid(Reason::UnknownToken { token: inside, column });
                    };
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Token(token));
                }
                c => literal.push(c),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        if !pieces.contains(&Piece::Token(Token::Url)) {
            return invalid(Reason::NoUrl);
        }
        Ok(Self { pieces, target: guess(template) })
    }

    /// The link of one upload.
    pub fn render(&self, facts: &LinkFacts<'_>) -> String {
        let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
        let mut out = String::with_capacity(facts.url.len() + 64);
        for piece in &self.pieces {
            let value = match piece {
                Piece::Literal(text) => text.clone(),
                Piece::SizeAttributes => match (facts.width, facts.height) {
                    (Some(width), Some(height)) => {
                        format!(" width=\"{width}\" height=\"{height}\"")
                    }
                    _ => String::new(),
                },
                Piece::Token(Token::Url) => escape::url(facts.url, self.target),
                Piece::Token(Token::Name) => escape::text(facts.name, self.target),
                Piece::Token(Token::FileName) => escape::text(facts.filename, self.target),
                Piece::Token(Token::Ext) => escape::text(facts.ext, self.target),
                Piece::Token(Token::Alt) => escape::text(facts.alt, self.target),
                Piece::Token(Token::Width) => number(facts.width.map(u64::from)),
                Piece::Token(Token::Height) => number(facts.height.map(u64::from)),
                Piece::Token(Token::Size) => number(facts.size),
            };
            out.push_str(&value);
        }
        out
    }
}

impl Token {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "url" => Token::Url,
            "name" => Token::Name,
            "filename" => Token::FileName,
            "ext" => Token::Ext,
            "alt" => Token::Alt,
            "width" => Token::Width,
            "height" => Token::Height,
            "size" => Token::Size,
            _ => return None,
        })
    }
}

/// What a user's own template is written in.
fn guess(template: &str) -> Target {
    let lower = template.to_ascii_lowercase();
    if lower.contains("](") {
        Target::Markdown
    } else if lower.contains("[img") || lower.contains("[url") {
        Target::Bbcode
    } else if lower.contains('<') && lower.contains('>') {
        Target::Html
    } else {
        Target::Plain
    }
}

#[cfg(test)]
mod tests;
