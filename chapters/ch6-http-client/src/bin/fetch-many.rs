//! `fetch-many < URLS`: many requests at once, on one thread.

use std::process::ExitCode;

fn main() -> ExitCode {
    ch6_http_client::many::run(std::env::args_os().skip(1))
}
