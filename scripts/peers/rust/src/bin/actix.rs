//! actix-web: a current-thread runtime of tokio for each worker, and a thread that accepts for all.

use actix_web::{App, HttpResponse, HttpServer, http::KeepAlive, rt::System, web};
use std::io;
use std::process::ExitCode;

async fn hello() -> HttpResponse {
    HttpResponse::Ok().content_type(peers::TEXT).body(peers::HELLO)
}

fn serve(flags: &peers::Flags) -> io::Result<()> {
    let listener = peers::listen(flags.addr)?;
    peers::ready(&listener)?;
    let server = HttpServer::new(|| App::new().route("/", web::get().to(hello)))
        .workers(flags.threads)
        .keep_alive(KeepAlive::Os)
        .tcp_nodelay(true)
        .disable_signals()
        .listen(listener)?;
    System::new().block_on(server.run())
}

fn main() -> ExitCode {
    peers::run(&[], serve)
}
