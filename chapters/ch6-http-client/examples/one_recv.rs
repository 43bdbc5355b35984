//! The client of many tutorials: it sends a request, calls `recv` once, and takes what comes for the response.
//!
//! `cargo run -p ch6-http-client --example one_recv -- 127.0.0.1:8080`

use std::io::{self, Read, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let mut stream = TcpStream::connect(&addr)?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {addr}\r\n\r\n")?;
    let mut buffer = [0; 1024];
    let n = stream.read(&mut buffer)?; // All that has come so far, and no more than fits.
    io::stdout().write_all(&buffer[..n])
}
