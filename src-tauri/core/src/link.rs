//! Public URLs, and the links made of them.

mod escape;
mod process;
mod template;
mod url;

pub use self::process::with_process;
pub use self::template::{BUILT_IN_FORMATS, LinkFacts, LinkTemplate};
pub use self::url::public_url;
