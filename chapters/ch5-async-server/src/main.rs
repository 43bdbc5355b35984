//! `cargo run -p ch5-async-server`: a server in which nobody waits for a single client.

use ch5_async_server::{coroutines, event_loop};
use common::Program;

static PROGRAM: Program = Program {
    name: "ch5-async-server",
    about: "must anyone wait?",
    models: &[event_loop::MODEL, coroutines::ASYNC, coroutines::ASYNC_SINGLE],
    settings: &[event_loop::MAX_CONNECTIONS],
    datagrams: None,
    inherited: None,
};

fn main() -> std::process::ExitCode {
    PROGRAM.run()
}
