//! `cargo run -p ch1-raw-socket-client -- HOST PORT`: a client on raw sockets.

use ch1_raw_socket_client::flags::{self, Command};
use ch1_raw_socket_client::{failure, help, probe, talk};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = flags::parse(std::env::args_os().skip(1)).and_then(|command| match command {
        Command::Help => help::print(),
        Command::Talk(talk) => talk::talk(&talk),
        Command::Probe(probe) => probe::watch(probe),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure::report(&failure),
    }
}
