//! What the public URL gives: downloads, CORS, smaller pictures, and a provider's own words.

use super::*;
use crate::profile::Images;

async fn examined(domain: Domain, images: Option<Images>) -> Vec<CheckView> {
    let place = Place::new(domain, SignedDuration::ZERO).await;
    let profile = Profile { images, ..place.profile() };
    let base = format!("{}/images", place.base);
    let bucket: Arc<dyn Bucket> = Arc::new(place.bucket.clone());
    let lines = run(bucket, &profile, &base, |_| {}).await;
    assert!(place.is_empty().await, "the probe was left behind");
    lines
}

#[tokio::test]
async fn links_that_are_saved_instead_of_shown_are_noted() {
    for header in [
        "Content-Disposition: attachment\r\n",
        "Content-Disposition: ATTACHMENT; filename=a.png\r\n",
        "x-oss-force-download: true\r\n",
        "x-cos-force-download: true\r\n",
    ] {
        let lines = examined(Domain::With(header), None).await;
        let found = line(&lines, Check::ForcedDownload);
        assert_eq!(found.state, Noted, "{header}");
        assert_eq!(code(&lines, Check::ForcedDownload), Some(Code::ForcedDownload));
        let command = found.command.as_deref();
        assert_eq!(command, Some("hoist profile set blog --public-url https://YOUR.DOMAIN"));
    }
    let lines = examined(Domain::With("Content-Disposition: inline\r\n"), None).await;
    assert_eq!(line(&lines, Check::ForcedDownload).state, Fine);
}

#[tokio::test]
async fn pages_may_read_where_their_origin_is_allowed() {
    for (header, state) in [
        ("Access-Control-Allow-Origin: *\r\n", Fine),
        ("Access-Control-Allow-Origin: https://example.com\r\n", Fine),
        ("Access-Control-Allow-Origin: https://other.example\r\n", Noted),
        ("", Noted),
    ] {
        let lines = examined(Domain::With(header), None).await;
        assert_eq!(line(&lines, Check::Cors).state, state, "{header}");
    }
}

#[tokio::test]
async fn a_host_of_images_must_make_them_smaller() {
    use Images::{Cloudflare, Oss};
    for (domain, images, state, found) in [
        (Domain::Resizes, Some(Oss), Fine, None),
        (Domain::Resizes, Some(Cloudflare), Fine, None),
        (Domain::Resizes, Some(Images::None), NotNeeded, None),
        (Domain::Resizes, None, NotNeeded, None),
        (Domain::Public, Some(Oss), Failed, Some(Code::ImagesUnchanged)),
        (Domain::ResizesNot, Some(Oss), Failed, Some(Code::ImagesRefused)),
        (Domain::ResizesNot, Some(Cloudflare), Failed, Some(Code::CloudflareImagesOff)),
    ] {
        let lines = examined(domain, images).await;
        let images = line(&lines, Check::Images);
        assert_eq!((images.state, code(&lines, Check::Images)), (state, found), "{lines:?}");
        let command = images.command.as_deref();
        assert_eq!(command.is_some(), state == Failed);
    }
}

#[tokio::test]
async fn the_words_of_a_provider_count_more_than_its_number() {
    for (status, text, expected) in [
        (
            400,
            "<Error><Code>PublicEndpointForbidden</Code><EC>0048-00000401</EC></Error>",
            Code::PublicEndpointForbidden,
        ),
        (403, "<Error><Code>UserDisable</Code></Error>", Code::AccountSuspended),
        (403, "<Error><Code>CnameDenied</Code></Error>", Code::DomainNotBound),
        (403, "<Error><Code>AccessDenied</Code></Error>", Code::PublicUrlPrivate),
        // Nothing was signed that could be wrong.
        (403, "<Error><Code>InvalidAccessKeyId</Code></Error>", Code::PublicUrlPrivate),
    ] {
        let lines = examined(Domain::Says(status, text), None).await;
        assert_eq!(code(&lines, Check::PublicUrl), Some(expected), "{text}");
        let problem = line(&lines, Check::PublicUrl).problem.as_ref().unwrap();
        assert_eq!(problem.status, Some(status));
        assert!(problem.provider_code.is_some());
        assert_eq!(line(&lines, Check::Images).state, Skipped);
    }
}
