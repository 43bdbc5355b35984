//! What the command line comes to: a server, or a client and its exit code.

use crate::files::client::failure::{Failure, Kind};
use crate::files::client::{self, Client};
use crate::files::code::Code;
use crate::files::flags::{self, Command};
use crate::files::name;
use crate::files::server::{Directory, Share};
use crate::threads;
use common::{log, program, server};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Does what the arguments of this process ask for.
pub fn run() -> ExitCode {
    let command = flags::parse(std::env::args_os().skip(1));
    match command {
        Ok(Command::Get { client, names, output }) => get(&client, &names, output.as_deref()),
        Ok(Command::Put { client, sources, name }) => put(&client, &sources, name.as_deref()),
        Ok(Command::List { client, folder }) => each([()], |()| {
            client::list::list(&client, &folder)
                .map_err(|failure| failure.at(&format!("cannot list {}", quoted(&folder))))
        }),
        // The others end as every server of the course does.
        others => program::run(|| serve(others)),
    }
}

fn serve(command: Result<Command, String>) -> Result<(), program::Failure> {
    match command.map_err(program::Failure::Usage)? {
        Command::Serve { folder, policy, addr, patience, settings } => {
            let directory = Directory::open(&folder, policy).map_err(|error| {
                let (folder, reason) = (folder.display(), log::reason(&error));
                program::Failure::Cannot(format!(
                    "cannot serve {folder}: {reason} (name a folder that is there, and that you may read)"
                ))
            })?;
            let share = Arc::new(Share { directory: Arc::new(directory), patience });
            server::serve(&threads::MODEL, addr, share, settings).map_err(program::Failure::Cannot)
        }
        Command::Help(text) => {
            program::help(&text);
            Ok(())
        }
        Command::Get { .. } | Command::Put { .. } | Command::List { .. } => Ok(()),
    }
}

fn get(client: &Client, names: &[OsString], output: Option<&Path>) -> ExitCode {
    each(names, |name| {
        let what = format!("cannot get {}", quoted(name));
        target(name, names.len() > 1, output)
            .and_then(|target| client::get::get(client, name, &target))
            .map_err(|failure| failure.at(&what))
    })
}

/// Where a file goes: beside us under its last name, or where `output` says.
fn target(name: &OsStr, are_several: bool, output: Option<&Path>) -> Result<PathBuf, Failure> {
    let nameless = || Failure::new(Kind::Code(Code::BadName), "this is no name of a file");
    match output {
        Some(folder) if folder.is_dir() => {
            Ok(folder.join(Path::new(name).file_name().ok_or_else(nameless)?))
        }
        Some(output) if are_several || output.as_os_str().as_bytes().ends_with(b"/") => {
            let text = format!("{} is no folder here", quoted(output.as_os_str()));
            Err(Failure::new(Kind::Code(Code::NotAFolder), text))
        }
        Some(output) => Ok(output.to_owned()),
        None => Path::new(name).file_name().map(PathBuf::from).ok_or_else(nameless),
    }
}

fn put(client: &Client, sources: &[PathBuf], name: Option<&OsStr>) -> ExitCode {
    each(sources, |source| {
        let nameless =
            || Failure::new(Kind::Code(Code::BadName), "it has no name; say one by --as");
        name.or_else(|| source.file_name())
            .ok_or_else(nameless)
            .and_then(|name| client::put::put(client, source, name))
            .map_err(|failure| failure.at(&format!("cannot put {}", quoted(source.as_os_str()))))
    })
}

fn quoted(name: &OsStr) -> String {
    name::quoted(name.as_bytes())
}

/// Does something with each, whatever becomes of the others; the exit code is that of the first failure.
fn each<T>(
    all: impl IntoIterator<Item = T>,
    mut act: impl FnMut(T) -> Result<(), Failure>,
) -> ExitCode {
    log::prepare();
    // Without it, a file that may not grow further would end us; the error that remains says more.
    let _ = log::survive_full_files();
    let mut exit = 0;
    for one in all {
        if let Err(failure) = act(one) {
            log::err(format_args!("error: {failure}"));
            exit = if exit == 0 { failure.kind.exit() } else { exit };
        }
    }
    ExitCode::from(exit)
}
