//! The clipboard of a real X server, shared with another program (xclip).
//!
//! It has a main of its own: each test starts this program again, with a display in its
//! environment, to read or write there as Hoist does.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[cfg(target_os = "linux")]
#[path = "clipboard/cases.rs"]
mod cases;
#[cfg(target_os = "linux")]
#[path = "clipboard/display.rs"]
mod display;
#[cfg(target_os = "linux")]
#[path = "clipboard/program.rs"]
mod program;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(code) = program::run(&arguments) {
        return code;
    }
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| filter.is_none_or(|filter| name.contains(filter.as_str()));
    let mut failed = 0;
    for (name, case) in cases::ALL.iter().filter(|(name, _)| wanted(name)) {
        let passed = std::panic::catch_unwind(case).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += u32::from(!passed);
    }
    println!("\n{failed} failed");
    std::process::ExitCode::from(u8::from(failed > 0))
}

#[cfg(not(target_os = "linux"))]
fn main() {}
