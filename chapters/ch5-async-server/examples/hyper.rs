//! The same hello by hyper on tokio, to measure the models of this chapter against:
//! `cargo run --release -p ch5-async-server --example hyper -- --threads 1`.
//!
//! It has no timers, no limit on connections and no orderly stop.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use lexopt::{Arg, ValueExt};
use std::convert::Infallible;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZeroU8;
use std::process::ExitCode;
use std::time::Duration;
use tokio::{net::TcpListener, runtime::Builder};

const TEXT: header::HeaderValue = header::HeaderValue::from_static("text/plain; charset=utf-8");

async fn hello(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"Hello, World!")));
    response.headers_mut().insert(header::CONTENT_TYPE, TEXT);
    Ok(response)
}

async fn serve(addr: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(addr).await?;
    let _ = writeln!(io::stdout(), "listening on {}", listener.local_addr()?);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await; // Out of descriptors: some will close.
            continue;
        };
        let _ = stream.set_nodelay(true);
        // Replies to requests that came together leave together, as ours do.
        let mut http = http1::Builder::new();
        let connection = http.pipeline_flush(true);
        tokio::spawn(connection.serve_connection(TokioIo::new(stream), service_fn(hello)));
    }
}

fn flags() -> Result<(SocketAddr, NonZeroU8), lexopt::Error> {
    let (mut addr, mut threads) = (SocketAddr::from(([127, 0, 0, 1], 0)), NonZeroU8::MIN);
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("addr") => addr = parser.value()?.parse()?,
            Arg::Long("threads") => threads = parser.value()?.parse()?,
            _ => return Err(arg.unexpected()),
        }
    }
    Ok((addr, threads))
}

fn run() -> Result<(), (u8, String)> {
    let usage = |error| (2, format!("{error} (it takes --addr HOST:PORT and --threads 1 to 255)"));
    let (addr, threads) = flags().map_err(usage)?;
    // One thread needs no scheduler that moves work between threads, and none of its locks.
    let mut builder = match threads.get() {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    let runtime = builder.worker_threads(threads.get().into()).enable_all().build();
    let served = runtime.and_then(|runtime| runtime.block_on(serve(addr)));
    served.map_err(|error| (1, format!("cannot serve on {addr}: {error} (try --addr 127.0.0.1:0)")))
}

fn main() -> ExitCode {
    let Err((code, error)) = run() else { return ExitCode::SUCCESS };
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(code)
}
