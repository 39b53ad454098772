//! Probes a profile from end to end, and names the exact fix of what does not work.
//!
//! One small picture is written under a name of its own, read with the keys and through the public
//! URL, and deleted again, also when the doctor is stopped halfway.

mod advice;
mod certificate;
mod http;
mod lines;
mod probe;
mod public;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hoist_store::{Bucket, ListRequest, StoreError};
use jiff::{SignedDuration, Timestamp};

use self::lines::Lines;
use crate::link::public_url;
use crate::problem::{Code, Problem, Reason};
use crate::profile::{Profile, Provider, provider};
use crate::view::{Check, CheckView};

/// Every check, in the order they are shown and run.
pub const CHECKS: [Check; 12] = [
    Check::Dns,
    Check::Tls,
    Check::Endpoint,
    Check::Clock,
    Check::Credentials,
    Check::Region,
    Check::List,
    Check::WriteAndDelete,
    Check::PublicUrl,
    Check::ForcedDownload,
    Check::Cors,
    Check::Images,
];

/// How far a clock may be off; providers refuse from 15 minutes on.
const CLOCK_LIMIT: SignedDuration = SignedDuration::from_secs(14 * 60);

/// How long one request may take. RunPod walks a file system for a listing.
const PATIENCE: Duration = Duration::from_secs(30);
const LONG_PATIENCE: Duration = Duration::from_secs(180);

/// Runs every check. `report` is told each time a line changes; the lines as they ended are returned.
///
/// `public_base` is what links start with ([`crate::profile::public_base`], or what the built-in
/// store says).
pub async fn run(
    bucket: Arc<dyn Bucket>,
    profile: &Profile,
    public_base: &str,
    report: impl FnMut(CheckView),
) -> Vec<CheckView> {
    let mut lines = Lines::new(profile, report);
    let address = address(profile, public_base);
    let patience = if profile.provider == Provider::Runpod { LONG_PATIENCE } else { PATIENCE };
    if name(&mut lines, &address).await
        && endpoint(&mut lines, &address).await
        && list(&mut lines, &*bucket, patience).await
    {
        write_read_delete(&mut lines, bucket, public_base, patience).await;
    }
    lines.skip_rest();
    lines.views
}

/// The lines of a profile that has no bucket to probe yet: its keys are missing, or a field is.
pub fn refused(
    profile: &Profile,
    problem: &Problem,
    report: impl FnMut(CheckView),
) -> Vec<CheckView> {
    let mut lines = Lines::new(profile, report);
    let check =
        if problem.code == Code::ProfileInvalid { Check::Endpoint } else { Check::Credentials };
    for before in CHECKS.into_iter().take_while(|other| *other != check) {
        lines.not_needed(before);
    }
    lines.failed(check, problem);
    lines.skip_rest();
    lines.views
}

/// Where the endpoint answers. The built-in store may have moved to another port, which its links say.
fn address(profile: &Profile, public_base: &str) -> String {
    let own = match profile.provider {
        Provider::Local => None,
        _ => provider::endpoint(profile).ok().map(|endpoint| match endpoint.url {
            Some(url) => url,
            None => crate::profile::aws_url(&endpoint.region),
        }),
    };
    own.unwrap_or_else(|| {
        let origin = url::Url::parse(public_base).map(|url| url.origin().ascii_serialization());
        origin.unwrap_or_else(|_| public_base.to_owned())
    })
}

/// Whether the endpoint's name leads to an address.
async fn name<R: FnMut(CheckView)>(lines: &mut Lines<'_, R>, address: &str) -> bool {
    let url = url::Url::parse(address).ok();
    let domain = url.as_ref().and_then(|url| url.domain().zip(url.port_or_known_default()));
    let Some((domain, port)) = domain else {
        lines.not_needed(Check::Dns);
        return true;
    };
    lines.start(Check::Dns);
    match http::resolve(domain, port).await {
        Ok(found) => {
            let first = found.first().map(ToString::to_string).unwrap_or_default();
            let more = found.len().saturating_sub(1);
            let more = if more > 0 { format!(" +{more}") } else { String::new() };
            lines.ok(Check::Dns, Some(format!("{first}{more}")));
            true
        }
        Err(_) if http::has_proxy() => {
            lines.not_needed(Check::Dns);
            true
        }
        Err(reason) => {
            lines.failed(Check::Dns, &Problem::new(Code::Network, address).with_reason(reason));
            false
        }
    }
}

/// Whether the endpoint answers, with a certificate where it should, and what its clock says.
async fn endpoint<R: FnMut(CheckView)>(lines: &mut Lines<'_, R>, address: &str) -> bool {
    let secure = address.starts_with("https:");
    if secure {
        lines.start(Check::Tls);
    } else {
        lines.not_needed(Check::Tls);
        lines.start(Check::Endpoint);
    }
    match http::reach(address).await {
        Ok(reached) => {
            if secure {
                let ends = reached.certificate_ends.map(|ends| ends.strftime("%Y-%m-%d"));
                lines.ok(Check::Tls, ends.map(|ends| format!("≤ {ends}")));
                lines.start(Check::Endpoint);
            }
            lines.ok(Check::Endpoint, Some(millis(reached.took)));
            // Without a time in this answer there may be one in the next.
            if reached.clock_offset.is_some() {
                clock(lines, reached.clock_offset);
            }
            true
        }
        Err(Reason::Certificate) if secure => {
            lines.failed(Check::Tls, &Problem::new(Code::CertificateInvalid, address));
            false
        }
        Err(reason) => {
            if secure {
                lines.not_needed(Check::Tls);
            }
            let problem = Problem::new(Code::Network, address).with_reason(reason);
            lines.failed(Check::Endpoint, &problem);
            false
        }
    }
}

fn clock<R: FnMut(CheckView)>(lines: &mut Lines<'_, R>, offset: Option<SignedDuration>) {
    lines.start(Check::Clock);
    match offset {
        // Whoever sends no Date gives nothing to compare with.
        None => lines.not_needed(Check::Clock),
        Some(offset) if offset.abs() > CLOCK_LIMIT => {
            let problem = Problem::new(Code::ClockSkew, &*lines.profile.name)
                .with_detail(advice::spoken(offset));
            lines.failed(Check::Clock, &problem);
        }
        Some(offset) => {
            let measure = format!("{:+.1} s", offset.as_secs_f64());
            lines.ok(Check::Clock, Some(measure));
        }
    }
}

/// One listing answers three questions: whether the keys are known, whether the bucket is in this
/// region, and whether the keys may list. Returns whether a write is worth trying.
async fn list<R: FnMut(CheckView)>(
    lines: &mut Lines<'_, R>,
    bucket: &dyn Bucket,
    patience: Duration,
) -> bool {
    lines.start(Check::Credentials);
    let request = ListRequest {
        prefix: lines.profile.prefix.clone(),
        max_keys: Some(1),
        ..ListRequest::default()
    };
    let started = Instant::now();
    let result = within(patience, bucket.list(&request)).await;
    if lines.is_waiting(Check::Clock) {
        // The store's clock is ahead of ours by this; the line says how far ours is.
        clock(lines, bucket.clock_offset().map(|offset| -offset));
    }
    let Err(error) = result else {
        lines.ok(Check::Credentials, None);
        region_is_right(lines);
        lines.ok(Check::List, Some(millis(started.elapsed())));
        return true;
    };
    let problem = Problem::from_store(&error, bucket.name());
    match problem.code {
        // The provider knows the keys, or it would not say this. A key that may only write is enough
        // for uploads.
        Code::AccessDenied => {
            lines.ok(Check::Credentials, None);
            region_is_right(lines);
            lines.failed(Check::List, &problem);
            true
        }
        Code::BucketNotFound | Code::ObjectNotFound => {
            lines.ok(Check::Credentials, None);
            lines.skip(Check::Region);
            let problem = Problem { code: Code::BucketNotFound, ..problem };
            lines.failed(Check::List, &problem);
            false
        }
        // Said before anybody looks at the keys.
        Code::WrongRegion | Code::WrongEndpoint => {
            lines.skip(Check::Credentials);
            lines.failed(Check::Region, &problem);
            false
        }
        Code::PublicEndpointForbidden | Code::DomainNotBound => {
            lines.skip(Check::Credentials);
            lines.skip(Check::Region);
            lines.failed(Check::List, &problem);
            false
        }
        _ => {
            lines.failed(Check::Credentials, &problem);
            false
        }
    }
}

fn region_is_right<R: FnMut(CheckView)>(lines: &mut Lines<'_, R>) {
    // Without a region in the profile there is none that could be wrong.
    match lines.profile.region.clone() {
        Some(region) => lines.ok(Check::Region, Some(region)),
        None => lines.not_needed(Check::Region),
    }
}

async fn write_read_delete<R: FnMut(CheckView)>(
    lines: &mut Lines<'_, R>,
    bucket: Arc<dyn Bucket>,
    public_base: &str,
    patience: Duration,
) {
    lines.start(Check::WriteAndDelete);
    let started = Instant::now();
    let probe =
        match probe::Probe::write(Arc::clone(&bucket), &lines.profile.prefix, patience).await {
            Ok(probe) => probe,
            Err(error) => {
                let problem = Problem::from_store(&error, bucket.name());
                lines.failed(Check::WriteAndDelete, &problem);
                return;
            }
        };
    let read = probe.read_back(patience).await;
    let took = started.elapsed();

    let url = public_url(public_base, probe.key());
    public::check(lines, &url, probe.content()).await;

    let key = probe.key().to_owned();
    let started = Instant::now();
    let deleted = probe.delete(patience).await;
    // The object that could not be deleted is named, so that a person can.
    match deleted.and(read) {
        Ok(()) => lines.ok(Check::WriteAndDelete, Some(millis(took + started.elapsed()))),
        Err(error) => lines.failed(Check::WriteAndDelete, &Problem::from_store(&error, key)),
    }
}

async fn within<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(patience, work).await {
        Ok(result) => result,
        Err(_) => {
            let message = format!("no answer in {} s", patience.as_secs());
            Err(StoreError::new(hoist_store::ErrorKind::Timeout, message))
        }
    }
}

fn millis(took: Duration) -> String {
    format!("{} ms", took.as_millis())
}

/// How far this computer's clock is ahead of a `Date` that was received between two moments.
fn clock_offset(date: &str, sent: Timestamp, received: Timestamp) -> Option<SignedDuration> {
    let server = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    // A Date is cut to whole seconds: the true time is half a second later on average.
    let server = server.as_millisecond() + 500;
    let ours = sent.as_millisecond().midpoint(received.as_millisecond());
    let offset = ours - server;
    // Less than what the cut hides is no difference.
    let offset = if offset.abs() <= 600 { 0 } else { offset };
    Some(SignedDuration::from_millis(offset))
}

/// What is wrong with a connection.
async fn connection_reason(error: &reqwest::Error, url: &str, patience: Duration) -> Reason {
    if error.is_timeout() {
        return Reason::NoAnswer(patience.as_secs());
    }
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if cause.is::<rustls::Error>() {
            return Reason::Certificate;
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            // TLS errors travel inside an I/O error, which does not name them as its source.
            if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                return Reason::Certificate;
            }
            if io.kind() == std::io::ErrorKind::ConnectionRefused {
                return Reason::ConnectionRefused;
            }
        }
        next = cause.source();
    }
    if error.is_connect()
        && let Ok(url) = url::Url::parse(url)
        && let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default())
        && tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await.is_err()
    {
        return Reason::HostUnknown(host.to_owned());
    }
    Reason::Interrupted
}

#[cfg(test)]
mod tests;
