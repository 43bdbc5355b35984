//! The send loop, and the half-close.
//!
//! Sending and receiving go on at the same time. If we sent all first and received then, a server that echoes a large
//! file would stop us both: it fills its socket's buffer with replies that we do not take, so it takes nothing more
//! from us, and our `send(2)` waits for ever.

use crate::failure::{self, Failure};
use crate::input::{CHUNK, Input};
use crate::sending::Sender;
use crate::story::Story;
use socket2::Socket;
use std::io::{self, ErrorKind, Read};
use std::net::Shutdown;

/// Sends all of the input, chunk by chunk, and ends our side when the input ends.
///
/// # Errors
///
/// The input cannot be read, or the server takes no more.
pub fn send_input(socket: &Socket, mut input: Input, sender: &Sender) -> Result<(), Failure> {
    let mut buffer = vec![0; CHUNK];
    loop {
        sender.reads();
        let n = match input.bytes.read(&mut buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(failure::own("cannot read the input", &error)),
        };
        sender.has_read();
        if n == 0 {
            break;
        }
        send_all(socket, &buffer[..n], sender)?;
    }
    if input.half_closes {
        half_close(socket, sender.story).map_err(|error| sender.failed(&error))?;
    }
    Ok(())
}

/// Sends all of these bytes.
///
/// `send(2)` copies bytes into the socket's send buffer, and says how many. The kernel sends them later, and again if
/// they are lost. When the buffer is full, because the other side does not take what is there, `send(2)` waits; and if
/// its wait ends early, it has taken a part. So there must be a loop around it.
fn send_all(socket: &Socket, bytes: &[u8], sender: &Sender) -> Result<(), Failure> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let sent = sender.send(socket, rest)?;
        rest = &rest[sent..];
    }
    Ok(())
}

/// Ends our side of the connection and leaves the other one open: one `shutdown(2)`.
///
/// The kernel sends FIN behind our last byte, and the server reads end-of-file: it knows that no more will come, and
/// can still answer. A `close(2)` would end both directions.
///
/// # Errors
///
/// There is no connection any more. If the socket has kept the reason (`SO_ERROR`), it is that.
pub fn half_close(socket: &Socket, story: Story) -> io::Result<()> {
    match socket.shutdown(Shutdown::Write) {
        Ok(()) => story.tell("half-closed"),
        Err(error) => return Err(socket.take_error()?.unwrap_or(error)),
    }
    Ok(())
}
