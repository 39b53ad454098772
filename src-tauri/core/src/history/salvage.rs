//! Taking over what can still be read of a damaged database.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

/// What is written into the new table; the rest follows from it or belongs to the old process.
const COLUMNS: &str = "id, uploaded_at, month, name, profile, target, key, url, content_type, size, width, \
     height, sha256, source_sha256, recipe, etag, thumb, missing";

const COUNT: usize = 19;

/// Copies the uploads that can be read into `new`; how many. Damage sits in some pages and stops a
/// walk through the table, so it is walked from both ends.
pub(super) fn take_over(damaged: &Path, new: &mut Connection) -> usize {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let result = Connection::open_with_flags(damaged, flags).and_then(|old| copy(&old, new));
    match result {
        Ok(saved) => saved,
        Err(error) => {
            tracing::warn!(%error, "nothing could be read of the damaged history");
            0
        }
    }
}

fn copy(old: &Connection, new: &mut Connection) -> rusqlite::Result<usize> {
    let transaction = new.transaction()?;
    let mut saved = 0;
    {
        let marks = vec!["?"; COUNT].join(", ");
        let sql = format!("INSERT OR IGNORE INTO uploads ({COLUMNS}, process) VALUES ({marks})");
        // A file that was damaged before it could be migrated has no such column.
        let has_process = old.prepare("SELECT process FROM uploads").is_ok();
        let process = if has_process { "process" } else { "NULL" };
        let mut insert = transaction.prepare(&sql)?;
        for order in ["ASC", "DESC"] {
            let sql =
                format!("SELECT {COLUMNS}, {process} FROM uploads NOT INDEXED ORDER BY id {order}");
            // Damage so bad that not even the statement can be made leaves nothing to walk.
            let Ok(mut select) = old.prepare(&sql) else { continue };
            let Ok(mut rows) = select.query([]) else { continue };
            // An error ends this walk; the other one comes from the far side.
            while let Ok(Some(row)) = rows.next() {
                let values: rusqlite::Result<Vec<Value>> = (0..COUNT).map(|n| row.get(n)).collect();
                let Ok(values) = values else { continue };
                // A row that is damaged inside breaks a rule of the new table.
                match insert.execute(params_from_iter(values)) {
                    Ok(0) if order == "DESC" => break,
                    Ok(rows) => saved += rows,
                    Err(error) if is_rule(&error) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    transaction.commit()?;
    Ok(saved)
}

fn is_rule(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::ConstraintViolation | rusqlite::ErrorCode::TypeMismatch)
    )
}
