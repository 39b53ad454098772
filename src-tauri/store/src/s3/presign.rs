//! URLs that any HTTP client can use until they expire.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use super::S3Bucket;
use super::error::Asked;
use crate::{ErrorKind, PresignMethod, PresignRequest, Presigned, Result};

/// The longest a presigned URL may live.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

impl S3Bucket {
    pub(super) async fn presign_object(&self, request: &PresignRequest) -> Result<Presigned> {
        self.check_key(&request.key)?;
        if !self.quirks().presign {
            return Err(self.unsupported("presigned URLs"));
        }
        if request.process.is_some() {
            return Err(self.unsupported("image processing"));
        }
        let asked = Asked::read("sign a URL for", &request.key);
        if !(Duration::from_secs(1)..=WEEK).contains(&request.expires) {
            let why = "a URL can live from 1 second to 7 days";
            return Err(self.wrong(ErrorKind::Unsupported, asked, why));
        }
        let config = PresigningConfig::expires_in(request.expires)
            .map_err(|error| self.wrong(ErrorKind::Other, asked, &error.to_string()))?;
        let (client, bucket, key) = (self.client(), &self.inner.name, &request.key);
        let signed = match request.method {
            PresignMethod::Get => {
                let get = client.get_object().bucket(bucket).key(key);
                let get = get.set_response_content_disposition(request.content_disposition.clone());
                let signed = self.shape(get.customize()).presigned(config).await;
                signed.map_err(|error| self.fail(asked, error))
            }
            PresignMethod::Head => {
                let head = client.head_object().bucket(bucket).key(key);
                let signed = self.shape(head.customize()).presigned(config).await;
                signed.map_err(|error| self.fail(asked, error))
            }
            PresignMethod::Put => {
                let put = client.put_object().bucket(bucket).key(key);
                let put = put.set_content_type(request.content_type.clone());
                let signed = self.shape(put.customize()).presigned(config).await;
                signed.map_err(|error| self.fail(asked, error))
            }
            PresignMethod::Delete => {
                let delete = client.delete_object().bucket(bucket).key(key);
                let signed = self.shape(delete.customize()).presigned(config).await;
                signed.map_err(|error| self.fail(asked, error))
            }
        }?;
        Ok(Presigned {
            url: signed.uri().to_owned(),
            method: match request.method {
                PresignMethod::Get => "GET",
                PresignMethod::Head => "HEAD",
                PresignMethod::Put => "PUT",
                PresignMethod::Delete => "DELETE",
            },
            headers: signed
                .headers()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }
}
