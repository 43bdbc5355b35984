//! `cargo run -p ch3-threaded-server`: a server in which threads wait.

use ch3_threaded_server::{channel, pool, threads};
use common::Program;

static PROGRAM: Program = Program {
    name: "ch3-threaded-server",
    about: "who waits? a thread",
    models: &[threads::MODEL, pool::MODEL, channel::MODEL],
    settings: &[threads::MAX_CONNECTIONS, pool::WORKERS, channel::QUEUE],
    datagrams: None,
    inherited: None,
};

fn main() -> std::process::ExitCode {
    PROGRAM.run()
}
