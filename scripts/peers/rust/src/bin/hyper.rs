//! hyper with a current-thread runtime of tokio for each thread: nothing is shared, and no task moves. All accept from one socket.
//!
//! With one thread it is the `hyper` of chapter 5's examples. With several, that one has tokio's own scheduler.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use tokio::{net::TcpListener, runtime::Builder, task::LocalSet};

async fn hello(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::new(Bytes::from_static(peers::HELLO.as_bytes())));
    let text = header::HeaderValue::from_static(peers::TEXT);
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}

async fn accept(listener: std::net::TcpListener) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await; // Out of descriptors: some will close.
            continue;
        };
        let _ = stream.set_nodelay(true);
        let mut http = http1::Builder::new();
        let connection = http.pipeline_flush(true);
        tokio::task::spawn_local(
            connection.serve_connection(TokioIo::new(stream), service_fn(hello)),
        );
    }
}

fn worker(listener: std::net::TcpListener) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, accept(listener))
}

fn serve(flags: &peers::Flags) -> io::Result<()> {
    let listener = peers::listen(flags.addr)?;
    listener.set_nonblocking(true)?;
    peers::ready(&listener)?;
    for _ in 1..flags.threads {
        let listener = listener.try_clone()?;
        thread::Builder::new().spawn(|| worker(listener))?;
    }
    worker(listener)
}

fn main() -> ExitCode {
    peers::run(&[], serve)
}
