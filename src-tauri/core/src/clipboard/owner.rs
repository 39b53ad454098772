//! Text that stays on the clipboard after this process has ended.
//!
//! On X11 and Wayland a clipboard's text lives in the program that put it there. So a child, this
//! same program started with [`OWNER_VERB`], takes the text over from a pipe, says so, and serves it
//! until another program puts something else there. Elsewhere the system keeps it.

use crate::problem::Result;

/// The hidden first argument under which a program must call [`serve_owner`].
pub const OWNER_VERB: &str = "__clipboard-owner";

/// Puts text on the clipboard so that it survives this process. The program must answer to
/// [`OWNER_VERB`].
pub fn write_text_detached(text: &str) -> Result<()> {
    #[cfg(target_os = "linux")]
    return linux::write_text_detached(text);
    #[cfg(not(target_os = "linux"))]
    super::Clipboard::write_text(&super::SystemClipboard, text)
}

/// What the child does: serves the text of standard input until it is replaced.
pub fn serve_owner() -> Result<()> {
    let text = std::io::read_to_string(std::io::stdin()).map_err(super::system::unavailable)?;
    #[cfg(target_os = "linux")]
    return linux::serve(text);
    #[cfg(not(target_os = "linux"))]
    super::Clipboard::write_text(&super::SystemClipboard, &text)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{Read, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use arboard::SetExtLinux;
    use wl_clipboard_rs::copy::{self, MimeType, Options};

    use super::OWNER_VERB;
    use crate::clipboard::system::unavailable;
    use crate::clipboard::x11;
    use crate::problem::Result;

    /// How long the child may take to become the owner.
    const TAKEOVER: Duration = Duration::from_secs(4);
    const LOOK_AGAIN: Duration = Duration::from_millis(2);
    /// What the child says when it owns the clipboard.
    const TAKEN: u8 = b'\n';

    /// Returns once the text is there.
    pub(super) fn write_text_detached(text: &str) -> Result<()> {
        let program = std::env::current_exe().map_err(unavailable)?;
        let mut child = Command::new(program)
            .arg(OWNER_VERB)
            // Whoever waits for our output to end must not wait for the child.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl+C in the terminal is not meant for it.
            .process_group(0)
            .spawn()
            .map_err(unavailable)?;
        let taken = hand_over(&mut child, text);
        if taken.is_err() {
            let _ = child.kill();
            let _ = child.wait();
        }
        taken
    }

    fn hand_over(child: &mut Child, text: &str) -> Result<()> {
        let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(unavailable("no pipe"));
        };
        input.write_all(text.as_bytes()).map_err(unavailable)?;
        drop(input);
        let (tell, told) = mpsc::channel();
        thread::Builder::new()
            .name("clipboard-handover".into())
            .spawn(move || {
                let mut answer = [0];
                let _ = tell.send(output.read_exact(&mut answer).is_ok() && answer == [TAKEN]);
            })
            .map_err(unavailable)?;
        match told.recv_timeout(TAKEOVER) {
            Ok(true) => Ok(()),
            Ok(false) => Err(unavailable("no display")),
            Err(_) => Err(unavailable("it does not answer")),
        }
    }

    fn say_taken() {
        let mut output = std::io::stdout();
        let _ = output.write_all(&[TAKEN]).and_then(|()| output.flush());
    }

    pub(super) fn serve(text: String) -> Result<()> {
        if std::env::var_os("WAYLAND_DISPLAY").is_some() {
            let mut options = Options::new();
            options.foreground(true);
            let source = copy::Source::Bytes(text.clone().into_bytes().into());
            match options.prepare_copy(source, MimeType::Text) {
                Ok(prepared) => {
                    say_taken();
                    return prepared.serve().map_err(unavailable);
                }
                // Not every compositor lets a background program do that: X11 is tried.
                Err(copy::Error::MissingProtocol { .. }) => {}
                Err(error) => return Err(unavailable(error)),
            }
        }
        serve_x11(text)
    }

    /// The owning call only returns when the text has been replaced, so another connection watches
    /// for the change of owner.
    fn serve_x11(text: String) -> Result<()> {
        let watch = x11::Reader::connect()?;
        let before = watch.owner()?;
        let owner = thread::spawn(move || {
            let mut clipboard = arboard::Clipboard::new().map_err(unavailable)?;
            clipboard.set().wait().text(text).map_err(unavailable)
        });
        while !owner.is_finished() {
            let now = watch.owner()?;
            if now.is_some() && now != before {
                say_taken();
                break;
            }
            thread::sleep(LOOK_AGAIN);
        }
        // On a display that is gone nobody would ever replace the text.
        thread::spawn(move || {
            watch.until_closed();
            std::process::exit(0);
        });
        owner.join().unwrap_or_else(|_| Err(unavailable("the owner gave up")))
    }
}
