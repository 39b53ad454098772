//! URLs that any HTTP client can use until they expire.

use std::time::Duration;

use reqwest::Method;

use super::OssBucket;
use super::address::{Resource, check_key};
use super::client::Call;
use crate::cause::Asked;
use crate::{ErrorKind, PresignMethod, PresignRequest, Presigned, Result};

/// The longest a presigned URL may live.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

impl OssBucket {
    /// Everything the URL asks for is inside its signature, the processing too. The time is that of
    /// OSS, once it has refused ours.
    pub(super) fn presign_object(&self, request: &PresignRequest) -> Result<Presigned> {
        check_key(&request.key)?;
        if !(Duration::from_secs(1)..=WEEK).contains(&request.expires) {
            let asked = Asked::read("sign a URL for", &request.key);
            let why = "a URL can live from 1 second to 7 days";
            return Err(self.client().wrong(ErrorKind::Unsupported, asked, why));
        }
        let (method, name) = match request.method {
            PresignMethod::Get => (Method::GET, "GET"),
            PresignMethod::Head => (Method::HEAD, "HEAD"),
            PresignMethod::Put => (Method::PUT, "PUT"),
            PresignMethod::Delete => (Method::DELETE, "DELETE"),
        };
        let mut call = Call::new(method, Resource::Object(&request.key));
        let mut headers = Vec::new();
        if request.method == PresignMethod::Get {
            if let Some(process) = &request.process {
                call = call.query("x-oss-process", process.clone());
            }
            if let Some(disposition) = &request.content_disposition {
                call = call.query("response-content-disposition", disposition.clone());
            }
        }
        if let (PresignMethod::Put, Some(content_type)) = (request.method, &request.content_type) {
            headers.push(("content-type".to_owned(), content_type.clone()));
            call = call.headers(headers.clone());
        }
        let url = self.client().presign(&call, request.expires)?.to_string();
        Ok(Presigned { url, method: name, headers })
    }
}
