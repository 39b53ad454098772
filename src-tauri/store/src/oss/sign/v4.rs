//! Signature version 4 (`OSS4-HMAC-SHA256`).

use std::time::Duration;

use jiff::Timestamp;
use ring::{digest, hmac};

use super::{Keys, Pairs, TOKEN, Unsigned, encode, encode_path, header_lines, mac, query_string};

const ALGORITHM: &str = "OSS4-HMAC-SHA256";
const PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Where and when a signature holds.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// Such as `cn-hangzhou`.
    pub(crate) region: &'a str,
    pub(crate) time: Timestamp,
    /// Headers signed beside those that always are, lower-case and sorted.
    pub(crate) additional: &'a [&'a str],
}

impl Scope<'_> {
    /// `20260102T030405Z`
    fn second(&self) -> String {
        self.time.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    fn text(&self) -> String {
        format!("{}/{}/oss/aliyun_v4_request", self.time.strftime("%Y%m%d"), self.region)
    }
}

/// The headers that authorize a request.
pub(crate) fn authorize(what: Unsigned<'_>, keys: Keys<'_>, scope: Scope<'_>) -> Pairs {
    let mut added = vec![
        ("x-oss-content-sha256".to_owned(), PAYLOAD.to_owned()),
        ("x-oss-date".to_owned(), scope.second()),
    ];
    if let Some(token) = keys.token {
        added.push((TOKEN.to_owned(), token.to_owned()));
    }
    let canonical = canonical(what, what.query, &added, scope);
    let mut credential = format!("Credential={}/{}", keys.id, scope.text());
    // An empty list of additional headers is refused.
    if !scope.additional.is_empty() {
        credential.push_str(&format!(",AdditionalHeaders={}", scope.additional.join(";")));
    }
    let signature = signature(&canonical, keys, scope);
    let value = format!("{ALGORITHM} {credential},Signature={signature}");
    added.push(("authorization".to_owned(), value));
    added
}

/// The parameters that make a URL work on its own, from now on for `expires`.
pub(crate) fn presign(
    what: Unsigned<'_>,
    keys: Keys<'_>,
    scope: Scope<'_>,
    expires: Duration,
) -> Pairs {
    let mut added = vec![
        ("x-oss-signature-version".to_owned(), ALGORITHM.to_owned()),
        ("x-oss-date".to_owned(), scope.second()),
        ("x-oss-expires".to_owned(), expires.as_secs().to_string()),
        ("x-oss-credential".to_owned(), format!("{}/{}", keys.id, scope.text())),
    ];
    if let Some(token) = keys.token {
        added.push((TOKEN.to_owned(), token.to_owned()));
    }
    if !scope.additional.is_empty() {
        added.push(("x-oss-additional-headers".to_owned(), scope.additional.join(";")));
    }
    let query = [what.query, added.as_slice()].concat();
    let canonical = canonical(what, &query, &[], scope);
    added.push(("x-oss-signature".to_owned(), signature(&canonical, keys, scope)));
    added
}

/// The canonical request.
fn canonical(
    what: Unsigned<'_>,
    query: &[(String, String)],
    added: &[(String, String)],
    scope: Scope<'_>,
) -> String {
    let mut query = query.to_vec();
    query.sort_by_cached_key(|(name, value)| (encode(name), encode(value)));
    let headers = header_lines(what.headers.iter().chain(added), |name| {
        name.starts_with("x-oss-")
            || matches!(name, "content-type" | "content-md5")
            || scope.additional.contains(&name)
    });
    let lines = [
        what.method,
        &encode_path(&what.resource()),
        &query_string(&query),
        &headers,
        &scope.additional.join(";"),
        PAYLOAD,
    ];
    lines.join("\n")
}

fn signature(canonical: &str, keys: Keys<'_>, scope: Scope<'_>) -> String {
    let hash = hex::encode(digest::digest(&digest::SHA256, canonical.as_bytes()));
    let text = format!("{ALGORITHM}\n{}\n{}\n{hash}", scope.second(), scope.text());
    let mut key = format!("aliyun_v4{}", keys.secret).into_bytes();
    for part in scope.text().split('/') {
        key = mac(hmac::HMAC_SHA256, &key, part).as_ref().to_vec();
    }
    hex::encode(mac(hmac::HMAC_SHA256, &key, &text))
}

#[cfg(test)]
pub(super) fn canonical_hash(what: Unsigned<'_>, keys: Keys<'_>, scope: Scope<'_>) -> String {
    let mut added = authorize(what, keys, scope);
    added.pop();
    let canonical = canonical(what, what.query, &added, scope);
    hex::encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
}
