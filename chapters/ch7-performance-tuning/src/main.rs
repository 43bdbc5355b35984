//! `cargo run --release -p ch7-performance-tuning`: an event loop for each core, all on one port.

use ch7_performance_tuning::sharded;
use common::Program;

static PROGRAM: Program = Program {
    name: "ch7-performance-tuning",
    about: "where does the time go?",
    models: &[sharded::MODEL],
    settings: &[sharded::MAX_CONNECTIONS, sharded::SHARDS, sharded::STEP],
    datagrams: None,
    inherited: None,
};

fn main() -> std::process::ExitCode {
    PROGRAM.run()
}
