//! Objects as a file manager handles them: copied, moved and renamed; folders, headers, links.

mod across;
mod copy;
mod headers;
mod items;
mod report;
mod targets;
#[cfg(test)]
mod tests;

pub(crate) use copy::copy;
pub use headers::Headers;
pub(crate) use headers::{make_folder, put_folder, set_headers, share};
pub use hoist_store::Lost;
pub(crate) use items::preview;
pub(crate) use report::Told;
pub use report::{Copied, CopyReport, CopyResult};
pub use targets::CopyRequest;
