//! Event loops with the faults that tutorials teach; `tests/lesson` shows each beside ours. Do not start from this file.
//!
//! `cargo run -p ch5-async-server --example wrong_loop -- short-read`, or `-- one-write`.

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};

const LISTENER: Token = Token(0);

fn main() -> io::Result<()> {
    let serve = match std::env::args().nth(1).as_deref() {
        Some("short-read") => echo_until_a_short_read,
        Some("one-write") => reply_in_one_write,
        _ => return Err(io::Error::other("it takes short-read or one-write")),
    };
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;
    let (mut events, mut clients, mut last) = (Events::with_capacity(128), HashMap::new(), 0);
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => result?,
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    last += 1;
                    poll.registry().register(&mut stream, Token(last), Interest::READABLE)?;
                    clients.insert(Token(last), stream);
                }
            } else if clients.get_mut(&event.token()).is_some_and(|client| !serve(client)) {
                clients.remove(&event.token());
            }
        }
    }
}

/// Takes a buffer that was not filled for a socket that was emptied. False: the conversation is over.
fn echo_until_a_short_read(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return false,
            Ok(n) => {
                if stream.write_all(&buffer[..n]).is_err() {
                    return false;
                }
                // The fault: no byte more was there, it seems. So the next report is waited for, and none will come.
                if n < buffer.len() {
                    return true;
                }
            }
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}

/// Sends a long reply by one call, closes, and does not look how much of it the call has taken.
fn reply_in_one_write(stream: &mut TcpStream) -> bool {
    let _ = stream.read(&mut [0; 1024]);
    // The fault: the kernel takes what there is room for.
    let _ = stream.write(&vec![b'x'; 64 << 20]);
    false
}
