//! Probes a profile from end to end, and names the exact fix of what does not work.
//!
//! One object is written under a name of its own, read through the public URL, and deleted again,
//! also when the probe is given up halfway.

mod advice;
mod http;
mod probe;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hoist_store::{Bucket, ListRequest, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::link::public_url;
use crate::problem::{Code, Problem, Reason};
use crate::profile::{Profile, Provider, provider};
use crate::view::{Check, CheckState, CheckView};

/// Every check, in the order they are shown and run.
pub const CHECKS: [Check; 6] = [
    Check::Endpoint,
    Check::Clock,
    Check::Credentials,
    Check::List,
    Check::WriteAndDelete,
    Check::PublicUrl,
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
    // What answers, and what its clock says.
    let address = address(profile, public_base);
    lines.start(Check::Endpoint);
    match http::reach(&address).await {
        Ok(reached) => {
            let secure = if address.starts_with("https:") { ", TLS" } else { "" };
            lines.ok(Check::Endpoint, Some(format!("{}{secure}", millis(reached.took))));
            lines.clock(reached.clock_offset);
        }
        Err(reason) => {
            let problem = Problem::new(Code::Network, &address).with_reason(reason);
            lines.failed(Check::Endpoint, &problem);
            lines.skip_rest();
            return lines.views;
        }
    }
    let patience = if profile.provider == Provider::Runpod { LONG_PATIENCE } else { PATIENCE };
    if lines.list(&*bucket, patience).await {
        lines.write_read_delete(bucket, public_base, patience).await;
    } else {
        lines.skip_rest();
    }
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
        lines.set(before, CheckState::NotNeeded, None, None);
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

/// The lines so far, and whom to tell.
struct Lines<'a, R> {
    profile: &'a Profile,
    views: Vec<CheckView>,
    report: R,
}

impl<'a, R: FnMut(CheckView)> Lines<'a, R> {
    fn new(profile: &'a Profile, report: R) -> Self {
        let waiting = |check| CheckView {
            check,
            state: CheckState::Waiting,
            measure: None,
            problem: None,
            command: None,
        };
        Self { profile, views: CHECKS.into_iter().map(waiting).collect(), report }
    }

    fn set(
        &mut self,
        check: Check,
        state: CheckState,
        measure: Option<String>,
        problem: Option<&Problem>,
    ) {
        let command = problem.and_then(|problem| advice::command(self.profile, problem));
        let view =
            CheckView { check, state, measure, problem: problem.map(Problem::view), command };
        if let Some(line) = self.views.iter_mut().find(|line| line.check == check) {
            *line = view.clone();
        }
        (self.report)(view);
    }

    fn start(&mut self, check: Check) {
        self.set(check, CheckState::Running, None, None);
    }

    fn ok(&mut self, check: Check, measure: Option<String>) {
        self.set(check, CheckState::Ok, measure, None);
    }

    fn failed(&mut self, check: Check, problem: &Problem) {
        self.set(check, CheckState::Failed, None, Some(problem));
    }

    /// Everything not begun yet.
    fn skip_rest(&mut self) {
        let waiting: Vec<Check> = self
            .views
            .iter()
            .filter(|line| line.state == CheckState::Waiting)
            .map(|line| line.check)
            .collect();
        for check in waiting {
            self.set(check, CheckState::Skipped, None, None);
        }
    }

    fn clock(&mut self, offset: Option<SignedDuration>) {
        self.start(Check::Clock);
        match offset {
            // Whoever sends no Date gives nothing to compare with.
            None => self.set(Check::Clock, CheckState::NotNeeded, None, None),
            Some(offset) if offset.abs() > CLOCK_LIMIT => {
                let problem = Problem::new(Code::ClockSkew, &*self.profile.name)
                    .with_detail(advice::spoken(offset));
                self.failed(Check::Clock, &problem);
            }
            Some(offset) => {
                let measure = format!("{:+.1} s", offset.as_secs_f64());
                self.ok(Check::Clock, Some(measure));
            }
        }
    }

    /// One listing answers two questions: whether the keys are known, and whether they may list.
    /// Returns whether a write is worth trying.
    async fn list(&mut self, bucket: &dyn Bucket, patience: Duration) -> bool {
        self.start(Check::Credentials);
        let request = ListRequest {
            prefix: self.profile.prefix.clone(),
            max_keys: Some(1),
            ..ListRequest::default()
        };
        let started = Instant::now();
        let result = within(patience, bucket.list(&request)).await;
        let Err(error) = result else {
            self.ok(Check::Credentials, None);
            self.ok(Check::List, Some(millis(started.elapsed())));
            return true;
        };
        let problem = Problem::from_store(&error, bucket.name());
        match problem.code {
            // The provider knows the keys, or it would not say this.
            Code::AccessDenied => {
                self.ok(Check::Credentials, None);
                self.failed(Check::List, &problem);
                // A key that may only write is enough for uploads.
                true
            }
            Code::BucketNotFound | Code::ObjectNotFound => {
                self.ok(Check::Credentials, None);
                let problem = Problem { code: Code::BucketNotFound, ..problem };
                self.failed(Check::List, &problem);
                false
            }
            _ => {
                self.failed(Check::Credentials, &problem);
                false
            }
        }
    }

    async fn write_read_delete(
        &mut self,
        bucket: Arc<dyn Bucket>,
        public_base: &str,
        patience: Duration,
    ) {
        self.start(Check::WriteAndDelete);
        let started = Instant::now();
        let probe =
            match probe::Probe::write(Arc::clone(&bucket), &self.profile.prefix, patience).await {
                Ok(probe) => probe,
                Err(error) => {
                    let problem = Problem::from_store(&error, bucket.name());
                    self.failed(Check::WriteAndDelete, &problem);
                    self.skip_rest();
                    return;
                }
            };
        let wrote = started.elapsed();

        self.start(Check::PublicUrl);
        let url = public_url(public_base, probe.key());
        let started = Instant::now();
        match http::read_back(&url, probe.content()).await {
            Ok(()) => self.ok(Check::PublicUrl, Some(millis(started.elapsed()))),
            Err(problem) => self.failed(Check::PublicUrl, &problem),
        }

        let key = probe.key().to_owned();
        let started = Instant::now();
        match probe.delete(patience).await {
            Ok(()) => {
                self.ok(Check::WriteAndDelete, Some(millis(wrote + started.elapsed())));
            }
            Err(error) => {
                // The object that could not be deleted is named, so that a person can.
                let problem = Problem::from_store(&error, key);
                self.failed(Check::WriteAndDelete, &problem);
            }
        }
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
