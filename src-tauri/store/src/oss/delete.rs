//! Deletions: one, or a thousand in a request.

use quick_xml::escape::escape;
use reqwest::Method;

use super::address::{Resource, check_key};
use super::client::{Call, SLOW};
use super::list::decode;
use super::{DELETE_BATCH, OssBucket};
use crate::bucket::delete_singly;
use crate::cause::Asked;
use crate::key::fits_xml;
use crate::{DeleteFailure, Result};

impl OssBucket {
    pub(super) async fn delete_object(&self, key: &str) -> Result<()> {
        check_key(key)?;
        let call = Call::new(Method::DELETE, Resource::Object(key));
        match self.client().send(Asked::read("delete", key), call).await {
            Err(error) if error.provider_code() != Some("NoSuchKey") => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) async fn delete_objects(&self, keys: &[String]) -> Result<Vec<DeleteFailure>> {
        let mut failures = Vec::new();
        let (mut batch, mut single) = (Vec::new(), Vec::new());
        for key in keys {
            match check_key(key) {
                Err(error) => failures.push(DeleteFailure { key: key.clone(), error }),
                Ok(()) if fits_xml(key) => batch.push(key.as_str()),
                Ok(()) => single.push(key.clone()),
            }
        }
        for chunk in batch.chunks(DELETE_BATCH) {
            failures.extend(self.delete_chunk(chunk).await?);
        }
        failures.extend(delete_singly(self, single).await);
        Ok(failures)
    }

    /// The answer names what was deleted; what it does not name was not.
    async fn delete_chunk(&self, keys: &[&str]) -> Result<Vec<DeleteFailure>> {
        let asked = Asked::bucket("delete from");
        let mut document = String::from("<Delete><Quiet>false</Quiet>");
        for key in keys {
            document.push_str(&format!("<Object><Key>{}</Key></Object>", escape(*key)));
        }
        document.push_str("</Delete>");
        let call = Call::new(Method::POST, Resource::Bucket)
            .query("delete", "")
            .query("encoding-type", "url")
            .document("application/xml", document)
            .limit(SLOW);
        let root = self.client().send(asked, call).await?.xml(asked, "DeleteResult").await?;
        let mut failures = Vec::new();
        let mut deleted = std::collections::HashSet::new();
        for entry in root.all("Deleted").filter_map(|entry| entry.text_of("Key")) {
            deleted.insert(decode(&root, &entry)?);
        }
        for entry in root.all("Error") {
            let Some(key) = entry.text_of("Key") else { continue };
            let key = decode(&root, &key)?;
            let code = entry.text_of("Code").unwrap_or_default();
            let message = entry.text_of("Message");
            let message = message.as_deref().unwrap_or("the store gave no reason");
            if code != "NoSuchKey" {
                let error = self.client().entry(Asked::read("delete", &key), &code, message);
                failures.push(DeleteFailure { key: key.clone(), error });
            }
            deleted.insert(key);
        }
        for key in keys.iter().filter(|key| !deleted.contains(**key)) {
            let asked = Asked::read("delete", key);
            let why = "the answer does not say that it was deleted";
            let error = self.client().wrong(crate::ErrorKind::Other, asked, why);
            failures.push(DeleteFailure { key: (*key).to_owned(), error });
        }
        Ok(failures)
    }
}
