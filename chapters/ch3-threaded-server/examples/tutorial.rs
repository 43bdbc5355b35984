//! The server that many tutorials teach, with the faults that they teach along with it.
//!
//! `tests/lesson.rs` shows each fault beside the server of this chapter, which does not have it. Do not start from
//! this file: start from `src/threads.rs`.
//!
//! `cargo run -p ch3-threaded-server --example tutorial -- one` serves one client after the other, `-- threads`
//! starts a thread for each.
#![expect(
    clippy::print_stdout,
    reason = "one of the faults: a server waits for, and dies with, whoever reads this"
)]

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let threads = std::env::args().nth(1).as_deref() == Some("threads");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        // The `?` is a fault: one error of `accept(2)`, such as EMFILE, ends the server for everybody.
        let stream = stream?;
        println!("a client came");
        if threads {
            // No limit, and `spawn` panics when the system has no more threads: two more faults.
            std::thread::spawn(|| greet(stream));
        } else {
            // The next client waits until this one has gone; and its error, by the `?`, ends the server.
            greet(stream)?;
        }
    }
    Ok(())
}

/// Reads something, greets, and closes.
fn greet(mut stream: TcpStream) -> io::Result<()> {
    // No timeout: a client that says nothing is waited for until it goes, and it need not go.
    let n = stream.read(&mut [0; 16])?;
    // What else the client has sent stays unread, so the close that follows is a reset.
    stream.write_all(format!("Hello, you sent {n} bytes or more").as_bytes())
}
