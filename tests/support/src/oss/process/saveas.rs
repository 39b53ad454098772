//! `x-oss-process=image/...|sys/saveas,o_KEY,b_BUCKET`, the body of a POST.

use super::parse::decode;
use super::{Refusal, argument};
use crate::oss::wire::query::Query;

/// What is done, and where the result goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SaveAs {
    pub(super) process: String,
    pub(super) key: String,
    /// None for the bucket of the source.
    pub(super) bucket: Option<String>,
}

pub(super) fn read(body: &str) -> Result<SaveAs, Refusal> {
    let wrong = |message: &str| argument("x-oss-process", body, message);
    // A form: some clients encode it, some do not.
    let form = Query::parse(body);
    let process = form
        .as_ref()
        .and_then(|form| form.get("x-oss-process"))
        .ok_or_else(|| wrong("The body must be x-oss-process=..."))?;
    let (process, target) =
        process.split_once('|').ok_or_else(|| wrong("The result must be saved: |sys/saveas"))?;
    let parameters = target
        .strip_prefix("sys/saveas,")
        .ok_or_else(|| wrong("Only sys/saveas is known behind |"))?;
    let (mut key, mut bucket) = (None, None);
    for parameter in parameters.split(',') {
        match parameter.split_once('_') {
            Some(("o", value)) => key = Some(decode(value)?),
            Some(("b", value)) => bucket = Some(decode(value)?),
            _ => return Err(wrong("saveas has o_ and b_")),
        }
    }
    let key = key.filter(|key| !key.is_empty()).ok_or_else(|| wrong("saveas needs o_"))?;
    Ok(SaveAs { process: process.to_owned(), key, bucket })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_bucket_are_decoded() {
        let found =
            read("x-oss-process=image/resize,w_9|sys/saveas,o_YS9iLmpwZw,b_YnVja2V0").unwrap();
        assert_eq!(
            found,
            SaveAs {
                process: "image/resize,w_9".to_owned(),
                key: "a/b.jpg".to_owned(),
                bucket: Some("bucket".to_owned()),
            }
        );
        for bad in ["", "x-oss-process=image/info", "x-oss-process=image/info|sys/saveas,b_YQ"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
