//! The commands of the windows, as Rust registers them and as TypeScript is told of them.

use std::path::Path;

use hoist_core::events::Delta;
use specta_typescript::{Typescript, semantic};
use tauri::Runtime;
use tauri_specta::{Builder, collect_commands};

use crate::commands::{backups, history, profiles, settings, transforms, uploads, window};

/// All commands, for a runtime: the real one or the tests'.
pub fn builder<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .commands(collect_commands![
            window::subscribe,
            window::app_info,
            uploads::upload_paths,
            uploads::upload_clipboard,
            uploads::upload_urls,
            uploads::choose_files,
            uploads::cancel_upload,
            uploads::cancel_all,
            uploads::retry_upload,
            uploads::retry_failed,
            uploads::clear_finished,
            uploads::copy_upload_links,
            history::history_outline,
            history::history_rows,
            history::copy_history_links,
            history::open_history,
            history::delete_history,
            history::undo_deletion,
            history::undo_batch,
            history::reupload_history,
            settings::set_link_format,
            profiles::set_default_profile,
            profiles::provider_list,
            profiles::profile_save,
            profiles::profile_delete,
            profiles::doctor,
            settings::settings_save,
            settings::naming_preview,
            settings::link_preview,
            settings::transform_check,
            transforms::transform_preview,
            transforms::transform_read,
            transforms::transform_sources,
            transforms::copy_transformed,
            backups::backup_list,
            backups::backup_save,
            backups::backup_delete,
            backups::backup_preview,
            backups::backup_folder,
            backups::backup_run,
            backups::choose_backup_folder,
        ])
        .typ::<Delta>()
        // What is written is what is read: no separate shapes for the two directions.
        .disable_serde_phases()
        // Byte counts and ids are never NaN or infinite, so `number` says it all.
        .semantic_types(semantic::Configuration::empty().enable_lossless_floats())
}

/// Writes what `ui/src/bindings.ts` has to say to `path`.
///
/// # Errors
/// A type that TypeScript cannot express, or a file that cannot be written.
pub fn write_typescript(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    Ok(builder::<tauri::Wry>().export(Typescript::default(), path)?)
}
