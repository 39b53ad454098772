//! The least a Tauri program can be: one window with one line of text. What Hoist's window costs
//! is measured against it, built with the same profile.

fn main() {
    let context = tauri::generate_context!("bench/bare-window/tauri.conf.json");
    if let Err(error) = tauri::Builder::default().run(context) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}
