//! Every request comes by here: whose it is, and who answers it.

mod body;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use s3s::service::S3Service;
use s3s::{S3Error, S3ErrorCode, StdError};
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use super::error::LOG;
use super::faults::{Fault, FaultRequest, Faults};
use super::public::Public;
use body::{Cut, SharedBody};

/// Where a store says who it is.
pub(crate) const HELLO: &str = "/-/hoist";

pub(crate) type OutBody = UnsyncBoxBody<Bytes, StdError>;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer")]
pub(crate) struct HangUp;

/// The store as an HTTP service.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) s3: S3Service,
    pub(crate) public: Public,
    pub(crate) port: u16,
    /// The body of the answer at [`HELLO`].
    pub(crate) hello: String,
    pub(crate) faults: Option<Arc<dyn Faults>>,
}

impl Front {
    /// Answers one request.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<OutBody>, HangUp> {
        let fault = self.faults.as_ref().and_then(|faults| {
            faults.next(&FaultRequest {
                method: request.method(),
                path: request.uri().path(),
                query: request.uri().query().unwrap_or_default(),
                headers: request.headers(),
            })
        });
        match fault {
            None => Ok(self.route(request).await),
            Some(Fault::Delay(time)) => {
                tokio::time::sleep(time).await;
                Ok(self.route(request).await)
            }
            Some(Fault::Answer { status, code, retry_after }) => {
                // The client may still be sending.
                let (_, shared) = SharedBody::share(request.into_body());
                shared.drain_later();
                Ok(scripted(status, code, retry_after))
            }
            Some(Fault::CutRequest(after)) => {
                body::read_some(request.into_body(), after).await;
                Err(HangUp)
            }
            Some(Fault::CutResponse(after)) => {
                let response = self.route(request).await;
                Ok(response.map(|body| Cut::new(body, after).boxed_unsync()))
            }
            Some(Fault::LoseAnswer) => {
                let response = self.route(request).await;
                drop(response);
                Err(HangUp)
            }
        }
    }

    async fn route(&self, request: Request<Incoming>) -> Response<OutBody> {
        let mut response = self.dispatch(request).await;
        let id = uuid::Uuid::new_v4().simple().to_string();
        if let Ok(id) = HeaderValue::from_str(&id[..16]) {
            response.headers_mut().insert(HeaderName::from_static("x-amz-request-id"), id);
        }
        response
    }

    async fn dispatch(&self, request: Request<Incoming>) -> Response<OutBody> {
        if !self.is_ours(&request) {
            // A page on the web can point its own name at 127.0.0.1; its Host gives it away.
            return error(S3Error::with_message(
                S3ErrorCode::AccessDenied,
                "This store answers to 127.0.0.1 and localhost only.",
            ));
        }
        if request.uri().path() == HELLO {
            return self.hello(request.method());
        }
        if let Some(key) = Public::key_of(&request) {
            return self.public.answer(&request, key).await;
        }
        if is_form(&request) {
            // Any page may send one here, and s3s would read its file into memory before asking
            // who sent it.
            return error(S3Error::with_message(
                S3ErrorCode::NotImplemented,
                "Uploads by HTML form are not possible here.",
            ));
        }
        let waits = request.headers().contains_key(header::EXPECT);
        let (parts, incoming) = request.into_parts();
        let (sent, shared) = SharedBody::share(incoming);
        let request = Request::from_parts(parts, s3s::Body::http_body_unsync(sent));
        // s3s logs every missing key as an error, and requests with their signatures.
        let outer = tracing::dispatcher::get_default(Clone::clone);
        let call = self.s3.call(request).with_subscriber(NoSubscriber::default());
        match LOG.scope(outer, call).await {
            Ok(response) => {
                // A refusal in the middle of a body reaches the client only if the rest is read.
                if response.status().as_u16() >= 400 && !waits {
                    shared.drain_later();
                }
                response.map(|body| body.boxed_unsync())
            }
            Err(failure) => {
                tracing::error!(error = ?failure, "the built-in store could not answer");
                error(S3Error::new(S3ErrorCode::InternalError))
            }
        }
    }

    /// Whether the request names this address, and not another that leads here.
    fn is_ours(&self, request: &Request<Incoming>) -> bool {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        let named = host.to_str().is_ok_and(|host| self.is_our_name(host));
        let target =
            request.uri().authority().is_none_or(|authority| self.is_our_name(authority.as_str()));
        named && target
    }

    fn is_our_name(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else { return false };
        let local =
            name == "127.0.0.1" || name == "[::1]" || name.eq_ignore_ascii_case("localhost");
        local && port.parse() == Ok(self.port)
    }

    fn hello(&self, method: &Method) -> Response<OutBody> {
        if method != Method::GET && method != Method::HEAD {
            return error(S3Error::new(S3ErrorCode::MethodNotAllowed));
        }
        let mut response = Response::new(full(self.hello.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

fn is_form<B>(request: &Request<B>) -> bool {
    let content_type = text(request.headers(), header::CONTENT_TYPE).unwrap_or_default();
    request.method() == Method::POST
        && content_type.trim_start().to_ascii_lowercase().starts_with("multipart/")
}

pub(crate) fn full(bytes: impl Into<Bytes>) -> OutBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// An S3 error as an answer.
pub(crate) fn error(error: S3Error) -> Response<OutBody> {
    match error.to_http_response() {
        Ok(response) => response.map(|body| body.boxed_unsync()),
        Err(_) => {
            let mut response = Response::new(full(Bytes::new()));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

fn scripted(status: u16, code: &'static str, retry_after: Option<u32>) -> Response<OutBody> {
    let mut refusal = S3Error::with_message(S3ErrorCode::Custom(code.into()), "As scripted.");
    refusal
        .set_status_code(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE));
    let mut response = error(refusal);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A header's text, when it is plain.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
