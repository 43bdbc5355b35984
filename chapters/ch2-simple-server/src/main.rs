//! `cargo run -p ch2-simple-server`: a server for one client at a time.

use ch2_simple_server::{iterative, udp};
use common::Program;

static PROGRAM: Program = Program {
    name: "ch2-simple-server",
    about: "what does a server do?",
    models: &[iterative::MODEL],
    settings: &[udp::BUFFER],
    datagrams: Some(udp::serve),
    inherited: None,
};

fn main() -> std::process::ExitCode {
    PROGRAM.run()
}
