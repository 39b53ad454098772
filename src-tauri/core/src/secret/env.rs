//! Secrets in environment variables, read at each use.

use super::Secret;
use crate::problem::{Code, Problem, Reason, Result};

pub(super) fn get(
    profile: &str,
    variables: &dyn Fn(&str) -> Option<String>,
    access_key: &str,
    secret_key: &str,
    session_token: Option<&str>,
) -> Result<Secret> {
    let required = |name: &str| {
        variables(name).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
            Problem::new(Code::SecretMissing, profile)
                .with_detail(name)
                .with_reason(Reason::VariableMissing(name.to_owned()))
        })
    };
    let access_key_id = required(access_key)?;
    let secret_access_key = required(secret_key)?;
    // A token is there only while credentials are temporary, so its variable may be unset.
    let token = session_token.and_then(variables);
    Ok(Secret::new(
        access_key_id.trim(),
        secret_access_key.trim(),
        token.map(|token| token.trim().to_owned()),
    ))
}
