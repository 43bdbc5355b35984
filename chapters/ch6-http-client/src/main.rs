//! `cargo run -p ch6-http-client -- URL`: an HTTP client, by library and by hand.

use ch6_http_client::flags::{self, Command};
use ch6_http_client::{fetch, help};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = flags::parse(std::env::args_os().skip(1)).and_then(|command| match command {
        Command::Help => {
            help::print();
            Ok(())
        }
        Command::Fetch(fetch) => fetch::run(&fetch),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
