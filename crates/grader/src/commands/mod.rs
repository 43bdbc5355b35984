//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the grader with these arguments, the first one after the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let _ = args.into_iter().count();
    ExitCode::SUCCESS
}
