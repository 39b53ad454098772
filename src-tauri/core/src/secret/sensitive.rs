//! A value that cannot be printed and is wiped when it goes.

use zeroize::{Zeroize, Zeroizing};

/// Holds a secret. It has neither `Debug`, `Display` nor `Serialize`, so that it cannot slip into a
/// log, an error or an event; reading it takes the word `expose`.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "a Debug form is what this type exists to prevent")]
pub struct Sensitive<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Sensitive<T> {
    /// Takes a secret in.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The secret, for the one place that must send it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl From<String> for Sensitive<String> {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}
