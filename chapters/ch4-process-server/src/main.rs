//! `cargo run -p ch4-process-server`: a server in which processes wait.

use ch4_process_server::{MAX_CHILDREN, fork, inetd, prefork, spawn};
use common::Program;

static PROGRAM: Program = Program {
    name: "ch4-process-server",
    about: "what may die alone?",
    models: &[spawn::MODEL, fork::MODEL, prefork::MODEL],
    settings: &[MAX_CHILDREN, prefork::WORKERS, inetd::PARENT],
    datagrams: None,
    inherited: Some(inetd::INETD),
};

fn main() -> std::process::ExitCode {
    PROGRAM.run()
}
