//! The command line.

use crate::sandbox;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the grader with these arguments, the first one after the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // The sandbox starts the grader again, as the supervisor of a program.
    if let Some(code) = sandbox::stage(&args) {
        return code;
    }
    ExitCode::SUCCESS
}
