//! `cargo run --release -p ch7-performance-tuning --bin lab -- NAME`: predicts, then measures.

use std::process::ExitCode;

fn main() -> ExitCode {
    ch7_performance_tuning::lab::run::run(std::env::args_os().skip(1))
}
