//! Requests with `x-oss-process`: by GET, and by POST where the result is saved.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use serde_json::json;

use super::{Pictures, Processed, argument, parse, run, saveas, watermark};
use crate::oss::bucket::style::no_style;
use crate::oss::call::{Call, check_key};
use crate::oss::front::Shared;
use crate::oss::object::read::find;
use crate::oss::state::{Kind, Object, etag};
use crate::oss::wire::content::Store;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::{Reply, full, set, time};

/// Answers GET with the processed image.
pub(crate) async fn get(call: &Call, shared: &Shared, object: &Object, process: &str) -> Reply {
    if process.contains('|') {
        return Err(argument("x-oss-process", process, "saveas is for POST requests"));
    }
    let processed = processed(call, shared, object, process).await?;
    let mut answer = Response::new(full(processed.bytes));
    set(&mut answer, "content-type", processed.content_type);
    set(&mut answer, "etag", &object.etag);
    set(&mut answer, "last-modified", &time::http(object.modified));
    set(&mut answer, "x-oss-object-type", object.kind.name());
    if let Some(control) = object.headers.get("cache-control") {
        answer.headers_mut().insert("cache-control", control.clone());
    }
    Ok(answer)
}

/// ProcessObject: the body says what is done and where the result goes.
pub(crate) async fn save(call: &mut Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let body = call.bytes(shared).await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let request = saveas::read(&text)?;
    let bucket = request.bucket.unwrap_or_else(|| call.bucket().to_owned());
    check_key(&request.key)?;
    let object = find(call, shared)?;
    let processed = processed(call, shared, &object, &request.process).await?;
    let stored = Store::new(shared.folder.path(), u64::MAX, call.flip)
        .chunks(crate::oss::wire::content::Content::from(processed.bytes).all())
        .await
        .map_err(|_| Refusal::new(500, "InternalError", "0099-00000002", "The save failed."))?;
    let size = stored.content.len();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static(processed.content_type));
    let saved = Object {
        etag: etag(&stored.md5),
        md5: Some(stored.md5),
        crc64: stored.crc64,
        content: stored.content,
        modified: call.now,
        kind: Kind::Normal,
        acl: None,
        headers,
        storage_class: object.storage_class.clone(),
    };
    let mut state = shared.state();
    let home = state.bucket(call.bucket())?.region.clone();
    let target = state.bucket_mut(&bucket)?;
    if target.region != home {
        return Err(Refusal::denied("The target bucket is in another region."));
    }
    target.put(&request.key, saved);
    let said = json!({
        "bucket": URL_SAFE_NO_PAD.encode(bucket),
        "fileSize": size,
        "object": URL_SAFE_NO_PAD.encode(request.key),
        "status": "OK",
    });
    let mut answer = Response::new(full(said.to_string()));
    set(&mut answer, "content-type", "application/json");
    Ok(answer)
}

async fn processed(
    call: &Call,
    shared: &Shared,
    object: &Object,
    process: &str,
) -> Result<Processed, Refusal> {
    let process = resolved(call, shared, process)?;
    let bytes = read(object).await?;
    let pictures = pictures(call, shared, &process).await?;
    work(bytes, process, pictures).await
}

/// Pixels are worked on beside the requests, not in their way.
async fn work(bytes: Bytes, process: String, pictures: Pictures) -> Result<Processed, Refusal> {
    let done = tokio::task::spawn_blocking(move || run(&bytes, &process, &pictures)).await;
    done.unwrap_or_else(|_| {
        Err(Refusal::new(500, "InternalError", "0099-00000003", "The processing failed."))
    })
}

/// The operations that a style stands for, or the process as it is.
fn resolved(call: &Call, shared: &Shared, process: &str) -> Result<String, Refusal> {
    let Some(name) = process.strip_prefix("style/") else { return Ok(process.to_owned()) };
    let state = shared.state();
    let style = state.bucket(call.bucket())?.styles.get(name).cloned();
    style.ok_or_else(|| no_style(name))
}

async fn read(object: &Object) -> Result<Bytes, Refusal> {
    object.content.read().await.map_err(|_| {
        Refusal::new(500, "InternalError", "0099-00000004", "The object cannot be read.")
    })
}

/// Reads the images of all watermarks.
async fn pictures(call: &Call, shared: &Shared, process: &str) -> Result<Pictures, Refusal> {
    let mut found = Pictures::new();
    for operation in parse::operations(process)? {
        let Some(mark) = operation.decoded("image")? else { continue };
        let source = watermark::source(&mark);
        let (key, own) = source.split_once("?x-oss-process=").unwrap_or((source, ""));
        let object = {
            let state = shared.state();
            let bucket = state.bucket(call.bucket())?;
            bucket.objects.get(key).cloned().ok_or_else(|| Refusal::no_key(key))?
        };
        let mut bytes = read(&object).await?;
        if !own.is_empty() {
            bytes = work(bytes, own.to_owned(), Pictures::new()).await?.bytes;
        }
        found.insert(source.to_owned(), bytes);
    }
    Ok(found)
}
