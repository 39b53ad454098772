//! The bytes of an answer on their way into a part file.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use hoist_store::{ErrorKind, ObjectStream, StoreError};
use md5::{Digest as _, Md5};

use super::pace::Pace;
use super::part_file::PartFile;
use super::retry::Trouble;
use super::stall::in_time;
use crate::history::blocking;

/// Bytes gathered before they are written.
const GATHERED: usize = 256 * 1024;

/// What holds for the bytes that come.
pub(super) struct Rules<'a> {
    pub(super) stall: Duration,
    pub(super) pace: &'a Pace,
}

/// How far bytes have come, and their MD5 where it is wanted. A later answer may go on from here.
#[derive(Default)]
pub(super) struct Incoming {
    /// Where the next byte belongs in the file.
    pub(super) at: u64,
    pub(super) md5: Option<Md5>,
}

impl Incoming {
    /// Writes the bytes up to `end` as they come; `told` hears where they have come to.
    ///
    /// # Errors
    /// More or fewer bytes, a silent store, and what the disk says. What is written stays counted.
    pub(super) async fn take(
        &mut self,
        mut stream: ObjectStream,
        file: &Arc<PartFile>,
        end: u64,
        rules: &Rules<'_>,
        told: impl Fn(u64),
    ) -> Result<(), Trouble> {
        let begin = self.at;
        let (mut pieces, mut gathered): (Vec<Bytes>, usize) = (Vec::new(), 0);
        loop {
            let next = in_time(rules.stall, stream.try_next()).await??;
            let ended = next.is_none();
            if let Some(piece) = next {
                let last = piece.len() as u64;
                gathered += piece.len();
                pieces.push(piece);
                let come = self.at + gathered as u64;
                if come > end {
                    let why = "more bytes than asked for";
                    return Err(StoreError::new(ErrorKind::Integrity, why).into());
                }
                told(come);
                rules.pace.rest(last).await;
            }
            if gathered > 0 && (ended || gathered >= GATHERED) {
                let (file, at) = (Arc::clone(file), self.at);
                let (some, mut md5) = (std::mem::take(&mut pieces), self.md5.take());
                self.md5 = blocking(move || {
                    file.write(&some, at)?;
                    if let Some(md5) = &mut md5 {
                        some.iter().for_each(|piece| md5.update(piece));
                    }
                    Ok(md5)
                })
                .await?;
                self.at += std::mem::take(&mut gathered) as u64;
            }
            if ended {
                break;
            }
        }
        if self.at == end {
            return Ok(());
        }
        let why = format!("{} of {} bytes came", self.at - begin, end - begin);
        Err(StoreError::new(ErrorKind::Network, why).into())
    }
}
