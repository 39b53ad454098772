//! What a bucket's CORS rules mean: answers to preflights, and headers on answers.

use http::StatusCode;

use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::xml::{Element, parse};
use crate::oss::wire::{Answer, Reply, empty, set};

/// Answers OPTIONS.
pub(crate) fn preflight(call: &Call, shared: &Shared) -> Reply {
    let forbidden =
        |message: &str| Err(Refusal::new(403, "AccessForbidden", "0011-00000001", message));
    let (Some(origin), Some(method)) =
        (call.header("origin"), call.header("access-control-request-method"))
    else {
        return Err(Refusal::new(
            400,
            "InvalidRequest",
            "0011-00000002",
            "Origin and Access-Control-Request-Method are needed.",
        ));
    };
    let wanted = call.header("access-control-request-headers").unwrap_or_default();
    let Some(rules) = rules(call, shared)? else {
        return forbidden("CORSResponse: CORS is not enabled for this bucket.");
    };
    let names: Vec<_> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let Some(rule) = find(&rules, &origin, &method, &names) else {
        return forbidden("CORSResponse: This CORS request is not allowed.");
    };
    let mut answer = empty(StatusCode::OK);
    allow(rule, &rules, &origin, &mut answer);
    set(&mut answer, "access-control-allow-methods", &joined(rule, "AllowedMethod"));
    if !wanted.is_empty() {
        set(&mut answer, "access-control-allow-headers", &wanted);
    }
    Ok(answer)
}

/// Adds what the rules say to the answer to a request of a page.
pub(crate) fn decorate(call: &Call, shared: &Shared, answer: &mut Answer) {
    let Some(origin) = call.header("origin") else { return };
    let Ok(Some(rules)) = rules(call, shared) else { return };
    if let Some(rule) = find(&rules, &origin, call.method.as_str(), &[]) {
        allow(rule, &rules, &origin, answer);
        set(answer, "access-control-allow-methods", &joined(rule, "AllowedMethod"));
    }
}

fn rules(call: &Call, shared: &Shared) -> Result<Option<Element>, Refusal> {
    let Some(name) = &call.bucket else { return Ok(None) };
    let state = shared.state();
    let xml = state.bucket(name)?.config.get("cors");
    Ok(xml.and_then(|xml| parse(xml.as_bytes()).ok()))
}

fn find<'a>(
    rules: &'a Element,
    origin: &str,
    method: &str,
    headers: &[&str],
) -> Option<&'a Element> {
    rules.all("CORSRule").find(|rule| {
        rule.all("AllowedOrigin").any(|allowed| matches(&allowed.text, origin))
            && rule.all("AllowedMethod").any(|allowed| allowed.text == method)
            && headers.iter().all(|name| {
                rule.all("AllowedHeader")
                    .any(|allowed| matches(&allowed.text.to_lowercase(), &name.to_lowercase()))
            })
    })
}

/// A pattern has at most one star.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

fn allow(rule: &Element, rules: &Element, origin: &str, answer: &mut Answer) {
    let any = rule.all("AllowedOrigin").any(|allowed| allowed.text == "*");
    set(answer, "access-control-allow-origin", if any { "*" } else { origin });
    let exposed = joined(rule, "ExposeHeader");
    if !exposed.is_empty() {
        set(answer, "access-control-expose-headers", &exposed);
    }
    if let Some(age) = rule.text_of("MaxAgeSeconds") {
        set(answer, "access-control-max-age", age);
    }
    if !any || rules.text_of("ResponseVary") == Some("true") {
        set(
            answer,
            "vary",
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        );
    }
}

fn joined(rule: &Element, name: &str) -> String {
    let all: Vec<_> = rule.all(name).map(|one| one.text.as_str()).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_needs_origin_method_and_every_header() {
        let rules = parse(
            b"<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin>\
              <AllowedMethod>GET</AllowedMethod><AllowedHeader>x-oss-*</AllowedHeader></CORSRule>\
              </CORSConfiguration>",
        )
        .unwrap();
        let found =
            |origin, method, headers: &[&str]| find(&rules, origin, method, headers).is_some();
        assert!(found("https://a.example.com", "GET", &[]));
        assert!(found("https://a.example.com", "GET", &["X-OSS-Meta-A"]));
        assert!(!found("https://a.example.org", "GET", &[]));
        assert!(!found("https://a.example.com", "PUT", &[]));
        assert!(!found("https://a.example.com", "GET", &["x-oss-a", "range"]));
    }
}
