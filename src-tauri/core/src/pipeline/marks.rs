//! The images of watermarks, read from the bucket before pixels are worked on.

use std::collections::HashMap;

use bytes::Bytes;
use hoist_store::{Bucket, GetOptions};

use crate::image::{Limits, Marks, Transform};
use crate::problem::{Code, Problem, Result};

/// Those of one transform, by key.
#[derive(Debug, Default)]
pub(crate) struct FetchedMarks(HashMap<String, Bytes>);

impl FetchedMarks {
    /// Reads them; nothing is asked when there are none.
    pub(crate) async fn read(
        transform: &Transform,
        bucket: &dyn Bucket,
        limits: &Limits,
    ) -> Result<Self> {
        let mut fetched = HashMap::new();
        for mark in transform.marks() {
            if fetched.contains_key(&mark.key) {
                continue;
            }
            let failed = |error| Problem::from_store(&error, &mark.key);
            let object = bucket.get(&mark.key, &GetOptions::default()).await.map_err(failed)?;
            let bytes = object.bytes(limits.max_bytes).await.map_err(failed)?;
            fetched.insert(mark.key.clone(), bytes);
        }
        Ok(Self(fetched))
    }
}

impl Marks for FetchedMarks {
    fn mark(&self, key: &str) -> Result<Bytes> {
        self.0.get(key).cloned().ok_or_else(|| Problem::new(Code::ObjectNotFound, key))
    }
}
