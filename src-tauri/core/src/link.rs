//! Public URLs, and the links made of them.

mod escape;
mod process;
mod target;
mod template;
mod url;

pub use self::process::with_process;
pub use self::target::Target;
pub use self::template::{BUILT_IN_FORMATS, LinkFacts, LinkTemplate};
pub use self::url::{key_of, public_url};
