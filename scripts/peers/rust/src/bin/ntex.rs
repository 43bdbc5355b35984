//! ntex on tokio: a current-thread runtime for each worker, and a thread that accepts for all.

use ntex::web::{self, App, HttpResponse, HttpServer};
use ntex::{SharedCfg, http};
use std::io;
use std::process::ExitCode;

async fn hello() -> HttpResponse {
    HttpResponse::Ok().content_type(peers::TEXT).body(peers::HELLO)
}

#[ntex::main]
async fn run(listener: std::net::TcpListener, threads: usize) -> io::Result<()> {
    let keep = http::HttpServiceConfig::new().set_keepalive(http::KeepAlive::Os);
    HttpServer::new(async || App::new().service(web::resource("/").route(web::get().to(hello))))
        .workers(threads)
        .disable_signals()
        .config(SharedCfg::new("hello").add(keep))
        .listen(listener)?
        .run()
        .await
}

fn serve(flags: &peers::Flags) -> io::Result<()> {
    let listener = peers::listen(flags.addr)?;
    peers::ready(&listener)?;
    run(listener, flags.threads)
}

fn main() -> ExitCode {
    peers::run(&[], serve)
}
