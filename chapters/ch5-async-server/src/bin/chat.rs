//! `cargo run -p ch5-async-server --bin chat`: rooms in which everybody hears everybody, and `nc` is a client.

use ch5_async_server::chat::server;

fn main() -> std::process::ExitCode {
    server::run()
}
