//! Which region a bucket is in, when the one that requests are signed for turned out wrong.

use reqwest::Method;

use super::address::Resource;
use super::client::{Call, Client};
use super::config::normal_region;
use crate::StoreError;
use crate::cause::Asked;

/// Adds the right region to an error that says only that ours is wrong.
///
/// A custom domain or an accelerated one does not show it. The endpoint of the wrong region does:
/// asked there for the bucket's location, OSS names the right endpoint. This is no access to data,
/// so it is not forbidden to accounts that must use a custom domain.
pub(super) async fn with_region(client: &Client, error: StoreError) -> StoreError {
    let Some(regional) = client.regional() else { return error };
    let call = Call::new(Method::GET, Resource::Bucket).query("location", "").once();
    let asked = Asked::bucket("find");
    let found = match regional.send_as_it_is(asked, call).await {
        Ok(answer) => {
            let root = answer.xml(asked, "LocationConstraint").await.ok();
            root.map(|root| normal_region(&root.text()))
        }
        Err(answer) => answer.hint().map(normal_region),
    };
    match found.filter(|region| region != client.region()) {
        Some(region) => error.with_hint(region),
        None => error,
    }
}
