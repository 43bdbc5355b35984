//! A strict client: what is sent and what comes is exact, in time, and written down.

mod ask;
mod receive;
mod reply;
mod send;
mod transcript;

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

pub use reply::Reply;
pub use transcript::{Transcript, compared, shortened};

use crate::program::stderr_of;

/// One connection to a server under test.
///
/// Every method that expects something panics when it does not come: with the transcript of the conversation,
/// a caret under the first wrong byte, and what the server wrote to stderr.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    peer: SocketAddr,
    deadline: Duration,
    transcript: Transcript,
    /// Received, not yet asked for.
    ahead: Vec<u8>,
}

impl Wire {
    /// Connects; each later wait is bounded by `deadline`.
    #[track_caller]
    pub fn connect(addr: SocketAddr, deadline: Duration) -> Self {
        Self::try_connect(addr, deadline).unwrap_or_else(|error| refused(addr, &error))
    }

    /// Connects with short segments and a small receive buffer.
    ///
    /// On the loopback a segment has 64 KiB, and of those the kernel takes dozens from a server before it says that the
    /// client does not read: megabytes that the server believes to be on their way.
    #[track_caller]
    pub fn connect_narrow(addr: SocketAddr, deadline: Duration) -> Self {
        let connected = || {
            let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
            // Both are told to the peer as the connection begins, so they come before it.
            socket.set_tcp_mss(536)?;
            socket.set_recv_buffer_size(4096)?;
            socket.connect_timeout(&addr.into(), deadline)?;
            Self::over(socket.into(), addr, deadline)
        };
        connected().unwrap_or_else(|error| refused(addr, &error))
    }

    /// Connects, or says why not.
    pub fn try_connect(addr: SocketAddr, deadline: Duration) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&addr, deadline)?, addr, deadline)
    }

    fn over(stream: TcpStream, addr: SocketAddr, deadline: Duration) -> io::Result<Self> {
        // Each piece that a test sends is to be a segment of its own.
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(deadline))?;
        let mut transcript = Transcript::new();
        transcript.note(match stream.local_addr() {
            Ok(local) => format!("connected from {local} to {addr}"),
            Err(error) => format!("connected to {addr} ({error})"),
        });
        Ok(Self { stream, peer: addr, deadline, transcript, ahead: Vec::new() })
    }

    /// The socket itself, for what this client does not do; the transcript does not see it.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Changes the bound of each later wait.
    pub fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Panics with a text, the transcript, and what the server wrote to stderr.
    #[track_caller]
    pub fn fail(&self, what: impl std::fmt::Display) -> ! {
        let stderr = stderr_of(self.peer)
            .map(|text| format!("\n  stderr of the server: {text}"))
            .unwrap_or_default();
        panic!("{what}\n  transcript of the connection:\n{}{stderr}", self.transcript)
    }
}

#[track_caller]
fn refused(addr: SocketAddr, error: &io::Error) -> ! {
    let stderr = stderr_of(addr).unwrap_or_else(|| "(not a program of this test)".to_owned());
    panic!("cannot connect to {addr}: {error}\n  stderr of the server: {stderr}")
}
