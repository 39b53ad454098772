//! Who may do what: whoever signed with the store's keys, everything; nobody else, nothing.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

/// The only region there is.
pub(crate) const REGION: &str = "us-east-1";

/// Takes requests signed for [`REGION`], or for `auto` by clients that know no region.
pub(crate) struct Access;

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_none() {
            return Err(s3_error!(
                AccessDenied,
                "This request must be signed with the store's keys."
            ));
        }
        match signed_region(context.headers(), context.uri()) {
            None | Some(REGION | "auto") => Ok(()),
            Some(region) => Err(wrong_region(region)),
        }
    }
}

/// The region of the credential scope, `KEY/DATE/REGION/s3/aws4_request`.
fn signed_region<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(header) = header {
        return header.split_once("Credential=")?.1.split('/').nth(2);
    }
    let query = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
    // The slashes of a query may be encoded; nothing else in it needs to be.
    query
        .split(['/', '%'])
        .filter(|part| !part.is_empty())
        .nth(2)
        .map(|part| part.strip_prefix("2F").or_else(|| part.strip_prefix("2f")).unwrap_or(part))
}

fn wrong_region(region: &str) -> S3Error {
    let mut error = S3Error::with_message(
        S3ErrorCode::AuthorizationHeaderMalformed,
        format!("The region '{region}' is wrong; expecting '{REGION}'."),
    );
    error.set_status_code(StatusCode::BAD_REQUEST);
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-bucket-region", HeaderValue::from_static(REGION));
    error.set_headers(headers);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_found_in_header_and_query() {
        let mut headers = HeaderMap::new();
        let bare = Uri::from_static("/b/k");
        assert_eq!(signed_region(&headers, &bare), None);
        for query in [
            "/b?X-Amz-Credential=KEY%2F20260101%2Feu-x-1%2Fs3%2Faws4_request&a=b",
            "/b?a=b&X-Amz-Credential=KEY/20260101/eu-x-1/s3/aws4_request",
        ] {
            assert_eq!(signed_region(&headers, &Uri::from_static(query)), Some("eu-x-1"));
        }
        let value = "AWS4-HMAC-SHA256 Credential=KEY/20260101/us-east-1/s3/aws4_request, SignedHeaders=host";
        headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
        assert_eq!(signed_region(&headers, &bare), Some("us-east-1"));
    }
}
