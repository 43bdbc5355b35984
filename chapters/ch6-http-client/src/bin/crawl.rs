//! `cargo run -p ch6-http-client --bin crawl -- URL`: visits a site politely, and says which of its links are broken.

fn main() -> std::process::ExitCode {
    match ch6_http_client::crawl::main(std::env::args_os().skip(1)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
