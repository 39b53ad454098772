//! `hoist app`: the window is another program, installed beside this one.

use std::process::Command;

use crate::args::AppArgs;
use crate::exit::Outcome;
use crate::say::Say;

/// Becomes the window's program; returns only when that cannot be started.
pub(crate) fn run(args: &AppArgs, say: Say) -> Outcome {
    let name = format!("hoist-desktop{}", std::env::consts::EXE_SUFFIX);
    let program = std::env::current_exe()
        .and_then(|path| path.canonicalize())
        .map(|path| path.with_file_name(&name));
    let program = match program {
        Ok(program) if program.exists() => program,
        _ => {
            say.error(
                format!("{name} {}", say.pick("is not beside hoist", "不在 hoist 旁边")),
                say.pick(
                    "install the Hoist app, or build it with: make build",
                    "请安装 Hoist 应用，或运行：make build",
                ),
            );
            return Outcome::Configuration;
        }
    };
    let mut command = Command::new(&program);
    command.args(&args.paths);
    let error = start(command);
    say.error(
        format!("{}: {error}", program.display()),
        say.pick(
            "check that the libraries it needs are installed; README names them",
            "请检查所需的库是否已安装；README 中有列表",
        ),
    );
    Outcome::Configuration
}

#[cfg(unix)]
fn start(mut command: Command) -> std::io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

#[cfg(not(unix))]
fn start(mut command: Command) -> std::io::Error {
    match command.spawn() {
        Ok(_) => std::process::exit(0),
        Err(error) => error,
    }
}
