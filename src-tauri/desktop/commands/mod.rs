//! Commands of the windows: convert, call core, map the error.

pub(crate) mod backups;
pub(crate) mod history;
pub(crate) mod models;
pub(crate) mod objects;
pub(crate) mod profiles;
pub(crate) mod settings;
pub(crate) mod transfers;
pub(crate) mod transforms;
pub(crate) mod uploads;
pub(crate) mod window;

use specta::Types;
use specta::datatype::DataType;
use specta::function::FunctionArg;
use tauri::ipc::{CommandArg, CommandItem, InvokeError};
use tauri::{Runtime, State};

use crate::Desktop;

/// The state every command takes.
pub(crate) type Shared<'a> = State<'a, Desktop>;

/// Ids of the history as JavaScript has them: whole numbers below 2^53.
pub(crate) fn row_ids(ids: Vec<f64>) -> Vec<i64> {
    ids.into_iter().map(|id| id as i64).collect()
}

/// Label of the window that calls, whatever the runtime.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) String);

impl<'de, R: Runtime> CommandArg<'de, R> for Caller {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        Ok(Self(command.message.webview_ref().label().to_owned()))
    }
}

impl FunctionArg for Caller {
    fn to_datatype(_: &mut Types) -> Option<DataType> {
        None // known from the call itself
    }
}
