//! NamePattern: where an upload goes, such as `{year}/{month}/{name}-{sha256:8}.{ext}`.
//!
//! A pattern is read once; a mistake in it is reported with its column. What it renders is always a
//! usable key: no empty, `.` or `..` segment, no control character, at most 1,024 bytes.

mod dated;
mod parse;
mod render;

pub use dated::DatedPrefix;

use jiff::Zoned;

use crate::problem::Result;

/// Longest key of S3 and its kin, in bytes of UTF-8.
pub const MAX_KEY: usize = 1024;

/// A digest a pattern can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    Md5,
    Sha1,
    Sha256,
}

/// A pattern that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Token(Token, Option<usize>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Unix,
    Name,
    Ext,
    Dir,
    Digest(Digest),
    Uuid,
    Ulid,
    Random,
    Counter,
}

/// What is known of one upload when it is named.
pub struct NameFacts<'a> {
    /// Name without extension, as the person knows it.
    pub name: &'a str,
    /// Extension of what is stored, without dot; empty for none.
    pub ext: &'a str,
    /// The folder it came from, `/` or `\` between its parts; empty when it came from none.
    pub dir: &'a str,
    /// When the upload was started, in the person's time zone.
    pub now: &'a Zoned,
    /// Hex digest of what is stored, asked for only when the pattern names it.
    pub digest: &'a dyn Fn(Digest) -> String,
    /// Its number in the batch, from 1.
    pub n: u32,
}

impl std::fmt::Debug for NameFacts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NameFacts")
            .field("name", &self.name)
            .field("n", &self.n)
            .finish_non_exhaustive()
    }
}

impl NamePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`crate::problem::Code::PatternInvalid`], with the column in its reason.
    pub fn parse(pattern: &str) -> Result<Self> {
        let pieces = parse::parse(pattern)?;
        Ok(Self { source: pattern.to_owned(), pieces })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether rendering asks for this digest.
    pub fn needs(&self, digest: Digest) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Token(Token::Digest(d), _) if *d == digest))
    }

    /// The key of one upload, without a profile's prefix.
    pub fn render(&self, facts: &NameFacts<'_>) -> String {
        render::render(&self.pieces, "", facts)
    }

    /// The key of one upload under a profile's prefix. Together they keep within [`MAX_KEY`].
    pub fn render_under(&self, prefix: &str, facts: &NameFacts<'_>) -> String {
        render::render(&self.pieces, prefix, facts)
    }
}

#[cfg(test)]
mod tests;
