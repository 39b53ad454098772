//! The commands of the windows, as Rust registers them and as TypeScript is told of them.

use std::path::Path;

use hoist_core::events::Delta;
use specta_typescript::{Typescript, semantic};
use tauri::Runtime;
use tauri_specta::{Builder, collect_commands};

use crate::commands::{
    backups, history, models, objects, profiles, settings, transfers, transforms, uploads, window,
};

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
            window::open_manager,
            window::open_main,
            window::copy_text,
            objects::bucket_list,
            objects::object_list,
            objects::object_stat,
            objects::object_headers,
            objects::object_acl,
            objects::object_set_acl,
            objects::object_versions,
            objects::version_restore,
            objects::version_delete,
            objects::version_download,
            objects::object_preview,
            objects::object_count,
            objects::object_delete,
            objects::object_copy,
            objects::folder_create,
            objects::presign,
            objects::copy_object_links,
            transfers::transfer_list,
            transfers::transfer_drop,
            transfers::choose_upload,
            transfers::transfer_download,
            transfers::transfer_pause,
            transfers::transfer_resume,
            transfers::transfer_cancel,
            transfers::transfer_pause_all,
            transfers::transfer_resume_all,
            transfers::transfer_clear,
            transfers::transfer_priority,
            transfers::transfer_failures,
            transfers::set_rate_limit,
            models::object_peek,
            models::model_list,
            models::model_versions,
            models::model_manifest,
            models::model_compare,
            models::model_push,
            models::model_pull,
            models::model_verify,
            models::model_remove,
            models::model_alias,
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
