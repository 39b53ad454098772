//! Operations on objects.

pub(crate) mod acl;
pub(crate) mod append;
pub(crate) mod attributes;
pub(crate) mod copy;
pub(crate) mod multipart;
pub(crate) mod parts;
pub(crate) mod range;
pub(crate) mod read;
pub(crate) mod tagging;
pub(crate) mod write;
