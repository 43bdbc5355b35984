//! A client and a server that answers to the whole request.

use super::way::Way;
use socket2::SockRef;
use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Bytes of each part of a request, and of each part of a reply.
pub(super) const PART: usize = 32;

/// A reply that takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client's connection, and the thread that serves it.
pub(super) struct Pair {
    way: Way,
    stream: TcpStream,
    server: Option<JoinHandle<()>>,
}

impl Pair {
    pub(super) fn open(way: Way) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        stream.set_nodelay(way == Way::NoDelay)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (far, _) = listener.accept()?;
        // Only the client's algorithm is looked at.
        far.set_nodelay(true)?;
        let serve = move || {
            // The client sees the end of the connection, and why.
            let _ = serve(&far, way);
        };
        let server = thread::Builder::new().name("server".into()).spawn(serve)?;
        Ok(Self { way, stream, server: Some(server) })
    }

    pub(super) fn way(&self) -> Way {
        self.way
    }

    /// The microseconds of so many exchanges, one after another.
    pub(super) fn exchanges(&mut self, count: usize) -> io::Result<Vec<f64>> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let begin = Instant::now();
            self.send()?;
            self.stream.read_exact(&mut [0; 2 * PART])?;
            times.push(begin.elapsed().as_secs_f64() * 1e6);
        }
        Ok(times)
    }

    fn send(&mut self) -> io::Result<()> {
        const REQUEST: [u8; 2 * PART] = [b'?'; 2 * PART];
        let (head, tail) = REQUEST.split_at(PART);
        match self.way {
            Way::OneWrite | Way::ReplyInTwo => self.stream.write_all(&REQUEST),
            Way::TwoWrites | Way::NoDelay | Way::QuickAck => {
                self.stream.write_all(head)?;
                self.stream.write_all(tail)
            }
            Way::Gathered => {
                whole(self.stream.write_vectored(&[IoSlice::new(head), IoSlice::new(tail)])?)
            }
            Way::More => {
                send_more(&self.stream, head)?;
                self.stream.write_all(tail)
            }
        }
    }
}

/// So few bytes are taken whole: the buffer is empty, because the last exchange is over.
fn whole(count: usize) -> io::Result<()> {
    if count == 2 * PART { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// One `send(2)` that says that more will follow.
#[cfg(target_os = "linux")]
fn send_more(stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    SockRef::from(stream).send_with_flags(bytes, libc::MSG_MORE).map(drop)
}

/// There is no such flag here, and [`Way::ALL`] does not ask for it.
#[cfg(not(target_os = "linux"))]
fn send_more(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)
}

impl Drop for Pair {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(server) = self.server.take() {
            // It ends with the connection, and returns nothing.
            let _ = server.join();
        }
    }
}

/// Answers each whole request.
fn serve(mut far: &TcpStream, way: Way) -> io::Result<()> {
    const REPLY: [u8; 2 * PART] = [b'!'; 2 * PART];
    let mut request = [0; 2 * PART];
    loop {
        let mut there = 0;
        while there < request.len() {
            match far.read(&mut request[there..])? {
                0 => return Ok(()),
                count => there += count,
            }
            if way == Way::QuickAck {
                acknowledge(far)?;
            }
        }
        if way == Way::ReplyInTwo {
            far.write_all(&REPLY[..PART])?;
            far.write_all(&REPLY[PART..])?;
        } else {
            far.write_all(&REPLY)?;
        }
    }
}

/// Sends the acknowledgement that waits, and lets the next one not wait either; but not for ever (tcp(7)).
#[cfg(target_os = "linux")]
fn acknowledge(far: &TcpStream) -> io::Result<()> {
    SockRef::from(far).set_tcp_quickack(true)
}

/// There is no such option here, and [`Way::ALL`] does not ask for it.
#[cfg(not(target_os = "linux"))]
fn acknowledge(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_gets_its_replies() {
        for way in Way::ALL {
            let mut pair = Pair::open(way).unwrap();
            let times = pair.exchanges(3).unwrap();
            assert!(times.len() == 3 && times.iter().all(|time| *time > 0.0), "{way:?}");
        }
    }
}
