//! Accounts, domains and what the doctor finds about them.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};
use super::status;

pub(in super::super) fn sentences(problem: &Problem) -> Option<Sentences> {
    let s = Parts::of(problem, Language::English, "the upload").subject;
    Some(match problem.code {
        Code::CredentialsExpired => (
            "Keys expired",
            format!("The temporary keys for {s} have expired."),
            "Get new ones, and enter Access key ID, Secret key and Session token together.".into(),
        ),
        Code::AccountSuspended => (
            "Suspended",
            format!("The provider has suspended the account behind {s}."),
            "Pay what is open or turn the service on in the provider's console, then retry.".into(),
        ),
        Code::PublicEndpointForbidden => (
            "Needs a domain",
            format!("Aliyun lets this account reach the data of {s} through a custom domain only."),
            "In the OSS console bind a domain to the bucket (Bucket Settings, Map Custom Domain \
             Name) and add the CNAME record it shows, then set Public address to that domain and \
             turn on Requests through the domain."
                .into(),
        ),
        Code::DomainNotBound => (
            "Not bound",
            format!("The domain in the profile is not bound to the bucket of {s}."),
            "Bind it in the OSS console (Bucket Settings, Map Custom Domain Name) and check its \
             CNAME record, or turn off Requests through the domain."
                .into(),
        ),
        Code::CertificateInvalid => (
            "Certificate",
            format!("The TLS certificate of {s} is not valid."),
            "Check the spelling of the address and the clock of this computer; for a custom domain \
             add a certificate for it at the provider."
                .into(),
        ),
        Code::ForcedDownload => (
            "Downloads",
            format!("Links to {s} are saved as files instead of opening; pages still show them."),
            "Bind a custom domain to the bucket at the provider, then set Public address to it."
                .into(),
        ),
        Code::CorsClosed => (
            "No CORS",
            format!("{s} does not let scripts of web pages read pictures; pages still show them."),
            "Where a script of your pages reads them, allow GET and HEAD from their origin.".into(),
        ),
        Code::ImagesUnchanged => (
            "Not resized",
            format!("Asked for a smaller picture, {s} gave it as it is."),
            "Have the CDN in front of the bucket pass on x-oss-process in the query, or set Image \
             service to none."
                .into(),
        ),
        Code::ImagesRefused => (
            "Not resized",
            format!("Asked for a smaller picture, {s} gave an error{}.", status(problem)),
            "Turn on image processing for the bucket at the provider, or set Image service to none."
                .into(),
        ),
        Code::CloudflareImagesOff => (
            "Not resized",
            format!("Cloudflare does not transform pictures at {s}{}.", status(problem)),
            "In the Cloudflare dashboard open Images, Transformations and turn them on for the zone \
             of a custom domain (r2.dev has none), or set Image service to none."
                .into(),
        ),
        _ => return None,
    })
}
