//! Whether a profile can work, before anything is sent; the field that must change is named.

use url::Url;

use super::{Profile, Provider, SecretRef, provider};
use crate::naming::NamePattern;
use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::settings::unique;

/// Whether a text can be a profile's name.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), Reason> {
    if name.is_empty() {
        return Err(Reason::Missing);
    }
    if name.chars().count() > 64 {
        return Err(Reason::TooLong(64));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if let Some(c) = name.chars().find(|c| !allowed(*c)) {
        return Err(Reason::BadCharacter(c));
    }
    // `-f` reads as an option of the command line, `..` as a folder.
    if let Some(c) = name.chars().next().filter(|c| matches!(c, '.' | '-')) {
        return Err(Reason::BadCharacter(c));
    }
    Ok(())
}

impl Profile {
    /// Checks every field the provider has. Expects what [`Profile::normalized`] gives.
    ///
    /// # Errors
    /// [`Code::ProfileInvalid`] with the field and what is wrong with it.
    pub fn validate(&self) -> Result<()> {
        self.check(FieldName::Name, check_name(&self.name))?;
        if (self.provider == Provider::Local) != (self.name == crate::config::LOCAL) {
            let field = if self.provider == Provider::Local {
                FieldName::Provider
            } else {
                FieldName::Name
            };
            return self.check(field, Err(Reason::Reserved(crate::config::LOCAL.into())));
        }
        for field in provider::spec(self.provider).fields {
            let value = self.value(field.field.into());
            if field.required && value.is_some_and(str::is_empty) {
                return self.check(field.field.into(), Err(Reason::Missing));
            }
        }
        self.check(FieldName::Bucket, self.check_bucket())?;
        self.check(FieldName::Region, check_region(self.region.as_deref()))?;
        self.check(FieldName::AccountId, check_account(self.account_id.as_deref()))?;
        self.check(FieldName::Jurisdiction, check_jurisdiction(self.jurisdiction.as_deref()))?;
        self.check(FieldName::Endpoint, check_url(self.endpoint.as_deref()))?;
        self.check(FieldName::PublicUrl, check_url(self.public_url.as_deref()))?;
        self.check(FieldName::Prefix, check_prefix(&self.prefix))?;
        if let SecretRef::Env { access_key, secret_key, session_token } = &self.secret {
            self.check(FieldName::AccessKeyId, check_variable(access_key))?;
            self.check(FieldName::SecretAccessKey, check_variable(secret_key))?;
            let token = session_token.as_deref().map_or(Ok(()), check_variable);
            self.check(FieldName::SessionToken, token)?;
        }
        self.check(FieldName::Presets, unique(self.presets.iter().map(|preset| &*preset.name)))?;
        if self.provider == Provider::Oss {
            provider::oss::address(self)?;
        }
        if let Some(naming) = &self.naming {
            NamePattern::parse(naming).map_err(|problem| problem.with_field(FieldName::Naming))?;
        }
        Ok(())
    }

    fn check(&self, field: FieldName, result: Result<(), Reason>) -> Result<()> {
        result.map_err(|reason| {
            Problem::new(Code::ProfileInvalid, &*self.name).with_field(field).with_reason(reason)
        })
    }

    /// What a text field holds; `None` for the others.
    fn value(&self, field: FieldName) -> Option<&str> {
        Some(match field {
            FieldName::Bucket => &self.bucket,
            FieldName::Prefix => &self.prefix,
            FieldName::Region => self.region.as_deref().unwrap_or_default(),
            FieldName::Endpoint => self.endpoint.as_deref().unwrap_or_default(),
            // An endpoint typed out says the account too.
            FieldName::AccountId => {
                self.account_id.as_deref().or(self.endpoint.as_deref()).unwrap_or_default()
            }
            FieldName::Jurisdiction => self.jurisdiction.as_deref().unwrap_or_default(),
            FieldName::PublicUrl => self.public_url.as_deref().unwrap_or_default(),
            _ => return None,
        })
    }

    fn check_bucket(&self) -> Result<(), Reason> {
        let bucket = &self.bucket;
        if bucket.is_empty() {
            return Err(Reason::Missing);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if let Some(c) = bucket.chars().find(|c| !allowed(*c)) {
            return Err(Reason::BadCharacter(c));
        }
        // Old buckets of us-east-1 may be this long.
        if bucket.len() > 255 {
            return Err(Reason::TooLong(255));
        }
        if self.provider == Provider::Oss {
            // 3 to 63 of a-z, 0-9 and `-`, which stands neither first nor last.
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if let Some(c) = bucket.chars().find(|c| !allowed(*c)) {
                return Err(Reason::BadCharacter(c));
            }
            if !(3..=63).contains(&bucket.len()) || bucket.starts_with('-') || bucket.ends_with('-')
            {
                return Err(Reason::NotLike("blog-images"));
            }
        }
        if self.provider == Provider::Cos {
            let id = bucket.rsplit_once('-').map_or("", |(_, id)| id);
            if id.len() < 6 || !id.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Reason::NotLike("images-1250000000"));
            }
        }
        Ok(())
    }
}

/// The name of an environment variable, not the secret itself typed into the wrong place.
fn check_variable(name: &str) -> Result<(), Reason> {
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if valid { Ok(()) } else { Err(Reason::NotLike("AWS_ACCESS_KEY_ID")) }
}

fn check_region(region: Option<&str>) -> Result<(), Reason> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match region.and_then(|region| region.chars().find(|c| !allowed(*c))) {
        Some(c) => Err(Reason::BadCharacter(c)),
        None => Ok(()),
    }
}

fn check_account(account: Option<&str>) -> Result<(), Reason> {
    match account {
        Some(id) if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Err(Reason::NotLike("023e105f4ecef8ad9ca31a8372d0c353"))
        }
        _ => Ok(()),
    }
}

fn check_jurisdiction(jurisdiction: Option<&str>) -> Result<(), Reason> {
    match jurisdiction {
        None | Some("eu" | "fedramp") => Ok(()),
        Some(_) => Err(Reason::NotOneOf(vec!["eu".into(), "fedramp".into()])),
    }
}

fn check_url(url: Option<&str>) -> Result<(), Reason> {
    let Some(text) = url else { return Ok(()) };
    let url = Url::parse(text).map_err(|_| Reason::NotUrl)?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
        return Err(Reason::NotUrl);
    }
    let has_user = !url.username().is_empty() || url.password().is_some();
    if has_user || url.query().is_some() || url.fragment().is_some() {
        return Err(Reason::UrlHasExtras);
    }
    Ok(())
}

fn check_prefix(prefix: &str) -> Result<(), Reason> {
    if prefix.len() > 512 {
        return Err(Reason::TooLong(512));
    }
    if let Some(c) = prefix.chars().find(|c| c.is_control() || *c == '\\') {
        return Err(Reason::BadCharacter(c));
    }
    let inner = prefix.trim_end_matches('/');
    if !inner.is_empty() && inner.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(Reason::NotLike("blog/"));
    }
    Ok(())
}
