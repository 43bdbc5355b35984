//! The smallest event loop that holds nobody up: an echo service on one thread.
//!
//! It is where the lesson begins, and lacks what `src/event_loop` has: fairness, limits, deadlines, a failing accept that
//! does no harm, a stop.
//!
//! `cargo run -p ch5-async-server --example smallest`

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};

const LISTENER: Token = Token(0);

fn main() -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;
    let mut events = Events::with_capacity(128);
    let mut clients = HashMap::new();
    let mut last = LISTENER;
    loop {
        poll.poll(&mut events, None)?; // The one place where this program waits, for all clients at once.
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    last = Token(last.0 + 1);
                    let both = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, last, both)?;
                    clients.insert(last, Client { stream, owed: Vec::new() });
                }
            } else if let Some(client) = clients.get_mut(&event.token()) {
                match client.go_on() {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {} // It waits; we do not.
                    _ => drop(clients.remove(&event.token())),
                }
            }
        }
    }
}

/// One conversation: how far it is stands in these fields, for there is no stack that could remember it.
struct Client {
    stream: TcpStream,
    owed: Vec<u8>,
}

impl Client {
    /// Goes on until it would have to wait, which is an error, `WouldBlock`; or until the conversation is over.
    fn go_on(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1024];
        loop {
            while !self.owed.is_empty() {
                let n = self.stream.write(&self.owed)?;
                self.owed.drain(..n);
            }
            let n = self.stream.read(&mut buffer)?;
            if n == 0 {
                return Ok(());
            }
            self.owed.extend_from_slice(&buffer[..n]);
        }
    }
}
