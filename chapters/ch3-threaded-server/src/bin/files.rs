//! `cargo run -p ch3-threaded-server --bin files`: a folder that others can read and write, and a client for it.

use ch3_threaded_server::files::command;

fn main() -> std::process::ExitCode {
    command::run()
}
