//! Where an upload comes from: a file, bytes, or a URL.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use tokio::io::AsyncReadExt;

use crate::fetch;
use crate::problem::{Code, Problem, Result};

/// Something to upload, not yet read. Anything wrong with it shows when it is read, so that one bad
/// item of a batch spoils no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file on this computer.
    File { path: PathBuf },
    /// Bytes already in memory, under the name they shall have.
    Bytes { bytes: Bytes, name: String },
    /// An http, https or data URL.
    Url { url: String },
}

/// A source that has been read.
#[derive(Debug, Clone)]
pub struct ReadSource {
    pub bytes: Bytes,
    /// File name, such as `cat.png`; never empty, never a path.
    pub name: String,
    /// Where it came from, as shown and recorded: a path, a URL without credentials, or `clipboard`.
    pub origin: String,
    /// Name of the folder it was in; empty where there is none.
    pub dir: String,
}

impl Source {
    /// A command-line argument, or one item of a list another program sent: a URL, a `file://` URL,
    /// or a path, which some programs send percent-encoded.
    pub fn from_argument(argument: &str) -> Self {
        if let Some(path) = file_url_path(argument) {
            return Self::File { path };
        }
        if fetch::is_url(argument) {
            return Self::Url { url: argument.to_owned() };
        }
        let path = PathBuf::from(argument);
        if argument.contains('%') && !path.exists() {
            let decoded =
                percent_decode_str(argument).decode_utf8().map(|text| PathBuf::from(&*text));
            if let Ok(decoded) = decoded
                && decoded.exists()
            {
                return Self::File { path: decoded };
            }
        }
        Self::File { path }
    }

    /// A path as a drop or a dialog gives it. Drops from a browser arrive as a URL in a path.
    pub fn from_path(path: &Path) -> Self {
        match path.to_str() {
            Some(text) if fetch::is_url(text) || text.starts_with("file:") => {
                Self::from_argument(text)
            }
            _ => Self::File { path: path.to_owned() },
        }
    }

    /// The name a person knows it by, before it is read.
    pub fn label(&self) -> String {
        match self {
            Self::File { path } => file_name(path),
            Self::Bytes { name, .. } => name.clone(),
            Self::Url { url } => fetch::url_name(url),
        }
    }

    /// Where it comes from, as shown and recorded.
    pub fn origin(&self) -> String {
        match self {
            Self::File { path } => path.display().to_string(),
            Self::Bytes { .. } => "clipboard".to_owned(),
            Self::Url { url } => fetch::shown_url(url),
        }
    }

    /// Reads all of it, at most `limit` bytes.
    pub async fn read(&self, limit: u64) -> Result<ReadSource> {
        let read = match self {
            Self::File { path } => ReadSource {
                bytes: read_file(path, limit).await?,
                name: file_name(path),
                origin: self.origin(),
                dir: path.parent().map(file_name).unwrap_or_default(),
            },
            Self::Bytes { bytes, name } => ReadSource {
                bytes: bytes.clone(),
                name: name.clone(),
                origin: self.origin(),
                dir: String::new(),
            },
            Self::Url { url } => {
                let fetched = fetch::fetch(url, limit).await?;
                ReadSource {
                    bytes: fetched.bytes,
                    name: fetched.name,
                    origin: self.origin(),
                    dir: String::new(),
                }
            }
        };
        check_length(read.bytes.len() as u64, limit, &read.name)?;
        Ok(read)
    }
}

async fn read_file(path: &Path, limit: u64) -> Result<Bytes> {
    let subject = path.display().to_string();
    let failed = |error: io::Error| {
        let code = match error.kind() {
            io::ErrorKind::NotFound => Code::FileNotFound,
            io::ErrorKind::IsADirectory => Code::IsDirectory,
            _ => Code::FileUnreadable,
        };
        Problem::from_io(code, &subject, &error)
    };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let metadata = tokio::fs::metadata(path).await.map_err(failed)?;
    if metadata.is_dir() {
        return Err(Problem::new(Code::IsDirectory, subject));
    }
    if !metadata.is_file() {
        return Err(Problem::new(Code::FileUnreadable, subject).with_detail("not a regular file"));
    }
    check_length(metadata.len().max(1), limit, &subject)?;
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    // A file that grows while it is read stays within the limit too.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).await.map_err(failed)?;
    check_length(bytes.len() as u64, limit, &subject)?;
    Ok(bytes.into())
}

/// Refuses nothing at all and too much.
pub(crate) fn check_length(length: u64, limit: u64, subject: &str) -> Result<()> {
    if length == 0 {
        return Err(Problem::new(Code::EmptyFile, subject));
    }
    if length > limit {
        return Err(Problem::new(Code::TooManyBytes, subject).with_detail(megabytes(limit)));
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    match bytes / (1024 * 1024) {
        0 => format!("{bytes} bytes"),
        mib => format!("{mib} MB"),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The path of a `file:` URL on this computer.
fn file_url_path(text: &str) -> Option<PathBuf> {
    if !text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
        return None;
    }
    url::Url::parse(text).ok()?.to_file_path().ok()
}

/// The paths and URLs of a `text/uri-list` or of GNOME's copied files, comments and verbs left out.
pub(crate) fn from_uri_list(list: &str) -> Vec<Source> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| {
            file_url_path(line)
                .map(|path| Source::File { path })
                .or_else(|| fetch::is_url(line).then(|| Source::Url { url: line.to_owned() }))
        })
        .collect()
}

#[cfg(test)]
mod tests;
