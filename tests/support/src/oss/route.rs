//! Which operation a request is.

use http::Method;

use super::address::Via;
use super::call::Call;
use super::front::Shared;
use super::wire::Reply;
use super::wire::error::Refusal;
use super::{bucket, object, process, versions};

/// Answers a request.
pub(crate) async fn route(call: &mut Call, shared: &Shared) -> Reply {
    if call.method == Method::CONNECT {
        return Err(not_allowed());
    }
    if call.method == Method::OPTIONS {
        return bucket::cors::preflight(call, shared);
    }
    call.authenticate(shared)?;
    check_endpoint(call, shared)?;
    match (&call.bucket, &call.key) {
        (None, _) => of_service(call, shared),
        (Some(_), None) => of_bucket(call, shared).await,
        (Some(_), Some(_)) => of_object(call, shared).await,
    }
}

/// New accounts in China reach their data by custom domains only.
fn check_endpoint(call: &Call, shared: &Shared) -> Result<(), Refusal> {
    let data = call.key.is_some()
        || call.bucket.is_some()
            && (call.query.has("delete")
                || call.query.has("uploads")
                || call.query.has("list-type")
                || call.query.pairs().next().is_none() && call.method == Method::GET);
    let public = matches!(call.via, Via::Public | Via::Ip);
    if data && public && shared.faults.public_is_forbidden() {
        return Err(Refusal::new(
            400,
            "PublicEndpointForbidden",
            "0048-00000401",
            "Data API operations by the default public endpoint are forbidden for this account. \
             Use a custom domain name.",
        ));
    }
    Ok(())
}

fn of_service(call: &Call, shared: &Shared) -> Reply {
    match call.method {
        Method::GET => bucket::service::list(call, shared),
        _ => Err(not_allowed()),
    }
}

async fn of_bucket(call: &mut Call, shared: &Shared) -> Reply {
    let has = |name: &str| call.query.has(name);
    if let Some(kind) = bucket::config::kind(call) {
        return match call.method {
            Method::GET => bucket::config::get(call, shared, kind),
            Method::PUT => bucket::config::put(call, shared, kind).await,
            Method::DELETE => bucket::config::delete(call, shared, kind),
            _ => Err(not_allowed()),
        };
    }
    match call.method {
        Method::GET if has("acl") => bucket::config::get_acl(call, shared),
        Method::PUT if has("acl") => bucket::config::put_acl(call, shared),
        Method::GET if has("style") => bucket::style::get(call, shared),
        Method::PUT if has("style") => bucket::style::put(call, shared).await,
        Method::DELETE if has("style") => bucket::style::delete(call, shared),
        Method::GET if has("bucketInfo") => bucket::info(call, shared),
        Method::GET if has("location") => bucket::location(call, shared),
        Method::GET if has("stat") => bucket::stat(call, shared),
        Method::GET if has("uploads") => bucket::uploads::list(call, shared),
        Method::GET if has("versions") => versions::list(call, shared),
        Method::GET => bucket::list::list(call, shared),
        Method::HEAD => bucket::head(call, shared),
        Method::PUT => bucket::create(call, shared).await,
        Method::DELETE => bucket::delete(call, shared),
        Method::POST if has("delete") => bucket::delete_many::delete(call, shared).await,
        _ => Err(not_allowed()),
    }
}

async fn of_object(call: &mut Call, shared: &Shared) -> Reply {
    let has = |name: &str| call.query.has(name);
    match call.method {
        Method::GET if has("acl") => object::acl::get(call, shared),
        Method::PUT if has("acl") => object::acl::put(call, shared),
        Method::GET if has("tagging") => object::tagging::get(call, shared),
        Method::GET if has("uploadId") => object::parts::list(call, shared),
        Method::GET | Method::HEAD => object::read::get(call, shared).await,
        Method::PUT if has("partNumber") => object::multipart::part(call, shared).await,
        Method::PUT if call.headers.contains_key("x-oss-copy-source") => {
            object::copy::copy(call, shared).await
        }
        Method::PUT => object::write::put(call, shared).await,
        Method::DELETE if has("uploadId") => object::multipart::abort(call, shared),
        Method::DELETE => object::write::delete(call, shared),
        Method::POST if has("x-oss-process") => process::save(call, shared).await,
        Method::POST if has("append") => object::append::append(call, shared).await,
        Method::POST if has("uploads") => object::multipart::begin(call, shared),
        Method::POST if has("uploadId") => object::multipart::complete(call, shared).await,
        _ => Err(not_allowed()),
    }
}

pub(crate) fn not_allowed() -> Refusal {
    Refusal::new(
        405,
        "MethodNotAllowed",
        "0017-00000005",
        "The specified method is not allowed against this resource.",
    )
}
