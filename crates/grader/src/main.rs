//! `cargo grade`.

use std::process::ExitCode;

fn main() -> ExitCode {
    grader::commands::main(std::env::args_os().skip(1))
}
