//! Jobs and tasks as rows.

use std::path::Path;

use crate::transfer::{PartMap, Reading, Request, Speed, Standing};
use crate::view::{PartsView, TargetView, TransferKind, TransferView};

/// A job as a row, without what is on its way.
pub(super) fn of_job(standing: &Standing) -> TransferView {
    let job = &standing.job;
    let (kind, name, detail, target) = match &job.request {
        Request::Upload(upload) => {
            let names: Vec<&str> = upload.sources.iter().map(|path| file_name(path)).collect();
            let target = TargetView { prefix: upload.prefix.clone() };
            let detail = format!("{}/{}", job.profile, upload.prefix);
            (TransferKind::Upload, several(&names), detail, Some(target))
        }
        Request::Download(download) => {
            let names: Vec<&str> = download.keys.iter().map(|key| key_name(key)).collect();
            let name = match several(&names) {
                name if name.is_empty() => job.profile.clone(),
                name => name,
            };
            (TransferKind::Download, name, download.into.clone(), None)
        }
    };
    TransferView {
        id: job.id as f64,
        kind,
        place: job.profile.clone(),
        name,
        detail,
        state: job.state,
        priority: job.priority,
        files_total: job.files.total as f64,
        files_done: job.files.succeeded as f64,
        files_failed: job.files.failed as f64,
        files_skipped: job.files.skipped as f64,
        bytes_total: job.files.bytes as f64,
        bytes_done: standing.bytes_done as f64,
        parts: standing.parts.clone().map(parts),
        speed: None,
        seconds_left: None,
        problem: job.problem.as_ref().map(crate::transfer::Failure::view),
        created_at: job.created_at as f64,
        target,
    }
}

/// The row with what its meter shows. Before the files are found the row stays as it was.
pub(super) fn metered(
    view: &TransferView,
    reading: &Reading,
    map: Option<PartMap>,
    speed: &Speed,
) -> TransferView {
    if reading.files_total == 0 {
        return view.clone();
    }
    let done = reading.files_over - reading.files_skipped - reading.files_failed;
    let left = reading.bytes_total.saturating_sub(reading.bytes_done);
    TransferView {
        files_total: reading.files_total as f64,
        files_done: done as f64,
        files_failed: reading.files_failed as f64,
        files_skipped: reading.files_skipped as f64,
        bytes_total: reading.bytes_total as f64,
        bytes_done: reading.bytes_done as f64,
        // Of several files each has parts of its own; one bar cannot show them.
        parts: map.filter(|_| reading.files_total == 1).map(parts),
        speed: speed.per_second().map(f64::round),
        seconds_left: speed.left(left).map(|left| left.as_secs_f64().ceil()),
        ..view.clone()
    }
}

fn parts(map: PartMap) -> PartsView {
    PartsView { total: map.total, done: map.done, flying: map.flying }
}

fn file_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

/// The last name of a key or prefix.
pub(super) fn key_name(key: &str) -> &str {
    let key = key.trim_end_matches('/');
    key.rsplit('/').next().unwrap_or(key)
}

/// `model.bin`, or `model.bin + 3`.
pub(super) fn several(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first, others @ ..] => format!("{first} + {}", others.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_named_by_what_a_person_chose() {
        assert_eq!(key_name("models/eval/"), "eval");
        assert_eq!(key_name("a.bin"), "a.bin");
        assert_eq!(file_name("/home/me/data set"), "data set");
        assert_eq!(several(&["a", "b", "c"]), "a + 2");
        assert_eq!(several(&["a"]), "a");
    }
}
