//! Gives Tauri the commands of the window, so that each needs a permission.

#[cfg(feature = "gui")]
#[allow(unreachable_pub)]
mod command_names {
    include!("desktop/command_names.rs");
}

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/build.rs");
    #[cfg(feature = "gui")]
    gui();
}

#[cfg(feature = "gui")]
fn gui() {
    // Tauri embeds these into the binary; cargo must notice when they change.
    for path in ["ui/dist", "icons", "src-tauri/desktop/command_names.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    if !std::path::Path::new("ui/dist/index.html").exists() {
        println!(
            "cargo:warning=ui/dist is missing: run `npm --prefix ui ci && npm --prefix ui run build` first"
        );
    }
    let manifest = tauri_build::AppManifest::new().commands(command_names::COMMANDS);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
    {
        println!("cargo:error={error:#}");
    }
}
