//! Public URLs, and the links made of them.

mod escape;
mod template;
mod url;

pub use self::template::{BUILT_IN_FORMATS, LinkFacts, LinkTemplate};
pub use self::url::public_url;
