//! Objects as a file manager handles them: copied, moved and renamed; folders, headers, links.

mod across;
mod copy;
mod headers;
mod targets;

pub use copy::{Copied, CopyReport, CopyResult};
pub(crate) use copy::{Told, copy, preview};
pub use headers::Headers;
pub(crate) use headers::{make_folder, put_folder, set_headers, share};
pub use targets::CopyRequest;
