//! Signature V4: everything of a request that matters, under a key derived for a day and a region.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::hmac::hmac;
use super::{Claim, Expected, Sign, Signed, Validity};
use crate::oss::wire::error::Refusal;
use crate::oss::wire::query::{encode, encode_path};
use crate::oss::wire::{header, time};

const ALGORITHM: &str = "OSS4-HMAC-SHA256";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// A presigned URL lasts at most a week.
const LONGEST: u64 = 604_800;

/// `id/date/region/oss/aliyun_v4_request`.
struct Credential {
    id: String,
    date: String,
    region: String,
}

impl Credential {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<_> = text.split('/').collect();
        let [id, date, region, "oss", "aliyun_v4_request"] = parts[..] else { return None };
        let whole = !id.is_empty() && date.len() == 8 && !region.is_empty();
        whole.then(|| Self { id: id.into(), date: date.into(), region: region.into() })
    }

    /// The scope must be of the day of the request and of the region of the bucket.
    fn check(&self, signed: &Signed<'_>, date: &str, ec: &'static str) -> Result<(), Refusal> {
        if !date.starts_with(&self.date) {
            return Err(invalid("0002-00000225", "Invalid date in the credential scope.")
                .with("Credential", &self.date));
        }
        if self.region == signed.region {
            return Ok(());
        }
        Err(invalid(ec, format!("Invalid signing region in the credential: {}.", self.region))
            .with("Region", signed.region))
    }
}

pub(super) fn header_claim(
    signed: &Signed<'_>,
    authorization: &str,
) -> Result<(Claim, Sign), Refusal> {
    let mut fields = Fields::default();
    for field in authorization.trim_start_matches(ALGORITHM).split(',') {
        let (name, value) = field
            .trim()
            .split_once('=')
            .ok_or_else(|| invalid("0002-00000201", "Authorization header is invalid."))?;
        let place = match name {
            "Credential" => &mut fields.credential,
            "AdditionalHeaders" => &mut fields.additional,
            "Signature" => &mut fields.signature,
            _ => return Err(invalid("0002-00000201", "Authorization header is invalid.")),
        };
        if value.is_empty() || place.replace(value.to_owned()).is_some() {
            return Err(invalid("0002-00000201", "Authorization header is invalid."));
        }
    }
    let signature = fields
        .signature
        .ok_or_else(|| invalid("0002-00000202", "Missing Signature in Authorization header."))?;
    let credential =
        fields.credential.as_deref().and_then(Credential::parse).ok_or_else(|| {
            invalid("0002-00000222", "Invalid Credential in Authorization header.")
        })?;
    check_additional(fields.additional.as_deref())?;
    let payload = header(signed.headers, "x-oss-content-sha256");
    if payload.as_deref() != Some(UNSIGNED) {
        return Err(invalid("0002-00000212", "Invalid x-oss-content-sha256 header."));
    }
    let date = date_of(signed)
        .ok_or_else(|| invalid("0002-00000210", "Missing or invalid x-oss-date header."))?;
    credential.check(signed, &date, "0002-00000226")?;
    let made = time::from_basic(&date)
        .ok_or_else(|| invalid("0002-00000210", "Missing or invalid x-oss-date header."))?;
    let claim = Claim {
        id: credential.id,
        signature,
        token: header(signed.headers, "x-oss-security-token"),
        validity: Validity::Made(made),
    };
    Ok((claim, of_header))
}

#[derive(Default)]
struct Fields {
    credential: Option<String>,
    additional: Option<String>,
    signature: Option<String>,
}

pub(super) fn query_claim(signed: &Signed<'_>) -> Result<(Claim, Sign), Refusal> {
    let query = signed.query;
    let parameter = |name: &str| {
        query
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| invalid("0002-00000220", format!("Missing parameter {name}.")))
    };
    if parameter("x-oss-signature-version")? != ALGORITHM {
        return Err(invalid("0002-00000203", "Invalid x-oss-signature-version."));
    }
    let credential = Credential::parse(parameter("x-oss-credential")?)
        .ok_or_else(|| invalid("0002-00000223", "Invalid x-oss-credential."))?;
    let date = parameter("x-oss-date")?;
    let made =
        time::from_basic(date).ok_or_else(|| invalid("0002-00000224", "Invalid x-oss-date."))?;
    let expires: u64 = parameter("x-oss-expires")?
        .parse()
        .ok()
        .filter(|seconds| (1..=LONGEST).contains(seconds))
        .ok_or_else(|| invalid("0002-00000227", "Invalid x-oss-expires: 1 to 604800 seconds."))?;
    check_additional(query.get("x-oss-additional-headers"))?;
    let signature = parameter("x-oss-signature")?.to_owned();
    credential.check(signed, date, "0002-00000228")?;
    let claim = Claim {
        id: credential.id,
        signature,
        token: query.get("x-oss-security-token").map(str::to_owned),
        validity: Validity::Until(made + Duration::from_secs(expires)),
    };
    Ok((claim, of_query))
}

/// `x-oss-date`, or else `Date` in the same form.
fn date_of(signed: &Signed<'_>) -> Option<String> {
    header(signed.headers, "x-oss-date").or_else(|| header(signed.headers, "date"))
}

fn check_additional(list: Option<&str>) -> Result<(), Refusal> {
    let Some(list) = list else { return Ok(()) };
    let names: Vec<_> = list.split(';').collect();
    let plain = |name: &&str| {
        !name.is_empty()
            && *name == name.to_ascii_lowercase()
            && !name.starts_with("x-oss-")
            && !["content-type", "content-md5"].contains(name)
    };
    if names.is_sorted() && names.iter().all(plain) {
        return Ok(());
    }
    Err(invalid("0002-00000204", "Invalid AdditionalHeaders."))
}

fn of_header(signed: &Signed<'_>, secret: &str) -> Expected {
    let authorization = header(signed.headers, "authorization").unwrap_or_default();
    let additional = authorization
        .split(',')
        .find_map(|field| field.trim().strip_prefix("AdditionalHeaders="))
        .unwrap_or_default();
    expected(signed, secret, &date_of(signed).unwrap_or_default(), additional)
}

fn of_query(signed: &Signed<'_>, secret: &str) -> Expected {
    let additional = signed.query.get("x-oss-additional-headers").unwrap_or_default();
    expected(signed, secret, signed.query.get("x-oss-date").unwrap_or_default(), additional)
}

fn expected(signed: &Signed<'_>, secret: &str, date: &str, additional: &str) -> Expected {
    let request = canonical_request(signed, additional);
    let day = date.get(..8).unwrap_or_default();
    let region = signed.region;
    let string_to_sign = format!(
        "{ALGORITHM}\n{date}\n{day}/{region}/oss/aliyun_v4_request\n{}",
        hex::encode(Sha256::digest(&request))
    );
    let key = hmac::<Sha256>(format!("aliyun_v4{secret}").as_bytes(), day.as_bytes());
    let key = hmac::<Sha256>(&key, region.as_bytes());
    let key = hmac::<Sha256>(&key, b"oss");
    let key = hmac::<Sha256>(&key, b"aliyun_v4_request");
    let signature = hex::encode(hmac::<Sha256>(&key, string_to_sign.as_bytes()));
    Expected { signature, string_to_sign, canonical_request: Some(request) }
}

pub(super) fn canonical_request(signed: &Signed<'_>, additional: &str) -> String {
    let mut query: Vec<_> = signed
        .query
        .pairs()
        .filter(|(name, _)| *name != "x-oss-signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    query.sort();
    let query: Vec<_> = query
        .into_iter()
        .map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") })
        .collect();
    let is_signed = |name: &str| {
        name.starts_with("x-oss-")
            || ["content-type", "content-md5"].contains(&name)
            || additional.split(';').any(|known| known == name)
    };
    let mut names: Vec<_> = signed.headers.keys().map(|name| name.as_str()).collect();
    names.retain(|name| is_signed(name));
    names.sort_unstable();
    let headers: String = names
        .into_iter()
        .map(|name| format!("{name}:{}\n", header(signed.headers, name).unwrap_or_default()))
        .collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{additional}\n{UNSIGNED}",
        signed.method,
        encode_path(&signed.resource()),
        query.join("&"),
    )
}

fn invalid(ec: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidArgument", ec, message)
}
