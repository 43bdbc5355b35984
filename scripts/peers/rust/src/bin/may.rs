//! may_minihttp: a coroutine with a stack of its own for each connection.

use may_minihttp::{HttpServer, HttpService, Request, Response};
use socket2::{Domain, Socket, Type};
use std::io::{self, Write};
use std::process::ExitCode;

#[derive(Clone)]
struct Hello;

impl HttpService for Hello {
    fn call(&mut self, _: Request, response: &mut Response) -> io::Result<()> {
        response.header("Content-Type: text/plain; charset=utf-8").body(peers::HELLO);
        Ok(())
    }
}

fn serve(flags: &peers::Flags) -> io::Result<()> {
    may::config().set_workers(flags.threads);
    // It does not tell which port it took. But it shares a port, so this socket can hold one for it.
    let holder = Socket::new(Domain::for_address(flags.addr), Type::STREAM, None)?;
    holder.set_reuse_address(true)?;
    holder.set_reuse_port(true)?;
    holder.bind(&flags.addr.into())?;
    let addr = holder.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
    let server = HttpServer(Hello).start(addr)?;
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {addr}")?;
    out.flush()?;
    server.join().map_err(|_| io::Error::other("its accepting coroutine panicked"))
}

fn main() -> ExitCode {
    peers::run(&[], serve)
}
