//! Styles: named ways to process images.

use http::StatusCode;

use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::process;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, empty};

/// Most styles of a bucket, unless the account has more.
const MOST: usize = 50;

fn name(call: &Call) -> Result<String, Refusal> {
    let name = call.query.get("styleName").unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if (1..=63).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(name.to_owned());
    }
    Err(Refusal::argument("styleName", name, "The name of the style is invalid."))
}

/// PutStyle.
pub(crate) async fn put(call: &mut Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let name = name(call)?;
    let root = call.document(shared, "Style").await?;
    let content = root.text_of("Content").unwrap_or_default().to_owned();
    process::check_style(&content)?;
    let mut state = shared.state();
    let styles = &mut state.bucket_mut(call.bucket())?.styles;
    if styles.len() >= MOST && !styles.contains_key(&name) {
        return Err(Refusal::new(
            400,
            "StyleCountExceeded",
            "0016-00000101",
            format!("A bucket has at most {MOST} styles."),
        ));
    }
    styles.insert(name, content);
    Ok(empty(StatusCode::OK))
}

/// GetStyle, and ListStyle when no name is given.
pub(crate) fn get(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let styles = &state.bucket(call.bucket())?.styles;
    let mut xml = Writer::new();
    let entry = |xml: &mut Writer, name: &str, content: &str| {
        xml.open("Style");
        xml.leaf("Name", name);
        xml.leaf("Content", content);
        xml.close("Style");
    };
    if !call.query.has("styleName") {
        xml.open("StyleList");
        for (name, content) in styles {
            entry(&mut xml, name, content);
        }
        xml.close("StyleList");
        return Ok(document(xml.end()));
    }
    let name = name(call)?;
    let content = styles.get(&name).ok_or_else(|| no_style(&name))?;
    entry(&mut xml, &name, content);
    Ok(document(xml.end()))
}

/// DeleteStyle.
pub(crate) fn delete(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let name = name(call)?;
    shared.state().bucket_mut(call.bucket())?.styles.remove(&name);
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(crate) fn no_style(name: &str) -> Refusal {
    Refusal::new(404, "NoSuchStyle", "0016-00000102", "The specified style does not exist.")
        .with("StyleName", name)
}
