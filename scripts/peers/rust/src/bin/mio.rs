//! epoll.c in Rust, on mio: edge-triggered, so it reads until nothing is left, or until a read comes back short, which means the same
//! where nobody sends urgent data.

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use peers::talk::{READ, Talk};
use std::io::{self, ErrorKind, Read, Write};
use std::process::ExitCode;

const LISTENER: Token = Token(usize::MAX);

struct Connection {
    stream: TcpStream,
    talk: Talk,
}

impl Connection {
    /// Sends what is owed and reads, in turn, until the kernel makes it wait. Says whether it goes on.
    fn serve(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let mut empty = false;
        loop {
            while !self.talk.owed().is_empty() {
                self.talk.sent(self.stream.write(self.talk.owed())?);
            }
            if empty {
                return Ok(true);
            }
            let n = self.stream.read(buffer)?;
            if n == 0 {
                return Ok(false);
            }
            self.talk.hear(&buffer[..n]);
            empty = n < buffer.len();
        }
    }
}

fn serve(flags: &peers::Flags) -> io::Result<()> {
    flags.one_thread()?;
    let listener = peers::listen(flags.addr)?;
    listener.set_nonblocking(true)?;
    peers::ready(&listener)?;
    let mut listener = TcpListener::from_std(listener);
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut connections: Vec<Option<Connection>> = vec![];
    let mut free = vec![];
    let mut buffer = vec![0; READ];
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    let at = free.pop().unwrap_or(connections.len());
                    poll.registry().register(
                        &mut stream,
                        Token(at),
                        Interest::READABLE | Interest::WRITABLE,
                    )?;
                    let new = Some(Connection { stream, talk: Talk::default() });
                    match connections.get_mut(at) {
                        Some(place) => *place = new,
                        None => connections.push(new),
                    }
                }
                continue;
            }
            let Token(at) = event.token();
            let Some(connection) = &mut connections[at] else { continue };
            match connection.serve(&mut buffer) {
                Ok(true) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                _ => {
                    connections[at] = None;
                    free.push(at);
                }
            }
        }
    }
}

fn main() -> ExitCode {
    peers::run(&[], serve)
}
