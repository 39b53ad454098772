//! Names that point at versions: set by hand, in `aliases.json` of the model.

use std::collections::BTreeMap;

use hoist_store::{Body, ErrorKind, PutOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::name::{check_alias, full};
use super::registry::Registry;
use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::{RetryPolicy, Trouble, look_up_object, retrying};

/// No list of aliases is larger, in bytes.
const MOST: u64 = 1 << 20;

/// How often a change is made anew because somebody else was faster.
const TRIES: usize = 5;

/// The aliases of one model, without `latest`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Aliases {
    /// Alias -> version.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// What other programs wrote.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Aliases {
    /// The version an alias points at.
    pub fn get(&self, alias: &str) -> Option<&str> {
        self.aliases.get(alias).map(String::as_str)
    }

    /// The aliases of a version.
    pub fn of(&self, version: &str) -> Vec<String> {
        let of = self.aliases.iter().filter(|(_, target)| *target == version);
        of.map(|(alias, _)| alias.clone()).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.aliases.keys().map(String::as_str)
    }
}

impl Registry {
    /// The aliases of a model.
    ///
    /// # Errors
    /// [`Code::ModelManifestBroken`].
    pub(crate) async fn aliases(&self, name: &str) -> Result<Aliases> {
        Ok(self.aliases_with_etag(name).await?.0)
    }

    /// And the ETag they had; `None` when there is no such object.
    async fn aliases_with_etag(&self, name: &str) -> Result<(Aliases, Option<Option<String>>)> {
        let key = self.aliases_key(name);
        let Some((bytes, meta)) = self.small(&key, MOST).await? else {
            return Ok((Aliases::default(), None));
        };
        let aliases = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::new(Code::ModelManifestBroken, &key).with_detail(error))?;
        Ok((aliases, Some(meta.etag)))
    }

    /// Points an alias at a version, or takes it away. What it pointed at before.
    ///
    /// # Errors
    /// [`Code::ModelNameInvalid`] for `latest`, a version's name, or what no alias can be called;
    /// [`Code::ModelVersionNotFound`], [`Code::ModelUnfinished`], [`Code::ModelAliasNotFound`].
    pub(crate) async fn set_alias(
        &self,
        name: &str,
        alias: &str,
        version: Option<&str>,
    ) -> Result<Option<String>> {
        check_alias(alias)?;
        let versions = self.known(name).await?;
        let target = match version {
            None => None,
            Some(version) => {
                if versions.iter().any(|version| version == alias) {
                    return Err(Problem::new(Code::ModelNameInvalid, alias)
                        .with_reason(Reason::Duplicate(alias.to_owned())));
                }
                Some(self.resolve(name, Some(version)).await?.version)
            }
        };
        let mut before = None;
        let (alias, gone) = (alias.to_owned(), target.is_none());
        self.change_aliases(name, |aliases| {
            before = match &target {
                Some(target) => aliases.insert(alias.clone(), target.clone()),
                None => aliases.remove(&alias),
            };
            before != target
        })
        .await?;
        if gone && before.is_none() {
            return Err(Problem::new(Code::ModelAliasNotFound, full(name, &alias)));
        }
        Ok(before)
    }

    /// Changes the aliases as long as nobody else does at the same time; `change` tells whether there
    /// is anything to write, and may be asked again.
    pub(super) async fn change_aliases(
        &self,
        name: &str,
        mut change: impl FnMut(&mut BTreeMap<String, String>) -> bool,
    ) -> Result<()> {
        for _ in 0..TRIES {
            let (mut aliases, etag) = self.aliases_with_etag(name).await?;
            if !change(&mut aliases.aliases) || self.write_aliases(name, &aliases, etag).await? {
                return Ok(());
            }
        }
        Err(Problem::new(Code::ModelAliasesBusy, name))
    }

    /// `false` when they are not as they were read. Stores without conditions are asked just before.
    async fn write_aliases(
        &self,
        name: &str,
        aliases: &Aliases,
        etag: Option<Option<String>>,
    ) -> Result<bool> {
        let key = self.aliases_key(name);
        let mut bytes = serde_json::to_vec_pretty(aliases)
            .map_err(|error| Problem::new(Code::Internal, &key).with_detail(error))?;
        bytes.push(b'\n');
        let has = self.bucket.capabilities();
        let options = PutOptions {
            content_type: Some("application/json".to_owned()),
            if_absent: has.put_if_absent && etag.is_none(),
            if_match: etag.clone().flatten(),
            ..PutOptions::default()
        };
        if !has.put_if_match || (etag.is_none() && !has.put_if_absent) {
            let there = look_up_object(&*self.bucket, &key).await?;
            if there.map(|meta| meta.etag) != etag {
                return Ok(false);
            }
        }
        let body = Body::from(bytes.clone());
        let retry = RetryPolicy::default();
        let put = retrying(&retry, || async {
            match self.bucket.put(&key, body.clone(), &options).await {
                Ok(_) => Ok(true),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Precondition | ErrorKind::AlreadyExists
                    ) =>
                {
                    // The answer to an earlier attempt may have been lost.
                    let there = self.small(&key, MOST).await?;
                    Ok(there.is_some_and(|(there, _)| there == bytes))
                }
                Err(error) => Err(Trouble::Store(error)),
            }
        });
        put.await.map_err(|trouble| trouble.problem(&key))
    }
}
