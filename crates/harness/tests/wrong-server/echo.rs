//! The line services.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use crate::wrong;

pub(crate) fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    let mut held = Vec::new();
    loop {
        let n = match stream.read(&mut buffer) {
            Ok(n) => n,
            // The peer's patience with us is no error of this stream.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock) => 0,
            Err(error) => return Err(error),
        };
        if n == 0 {
            break;
        }
        if total / 1_000_000 != (total + n) / 1_000_000 && wrong("changes-a-byte") {
            buffer[n - 1] ^= 1;
        }
        total += n;
        let bytes = &buffer[..n];
        let to = if wrong("ends-at-nul") {
            bytes.iter().position(|&byte| byte == 0).unwrap_or(n)
        } else {
            n
        };
        held.extend_from_slice(&bytes[..to]);
        if wrong("waits-for-lines") && !held.ends_with(b"\n") {
            continue;
        }
        // The first round trip is in time; what comes then is not sent back before the end.
        if wrong("holds-back-echo") && total > n {
            continue;
        }
        if !wrong("answers-at-the-end") {
            stream.write_all(&std::mem::take(&mut held))?;
        }
    }
    if !wrong("waits-for-lines") {
        stream.write_all(&held)?;
    }
    stream.shutdown(Shutdown::Write)
}

pub(crate) fn greet(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(if wrong("wrong-greeting") {
        b"Hello, World!\n"
    } else {
        b"Hello, world!\n"
    })?;
    if wrong("never-closes") {
        loop {
            std::thread::park();
        }
    }
    if !wrong("closes-with-rst") {
        stream.shutdown(Shutdown::Write)?;
        drain(stream);
    }
    Ok(())
}

/// Reads what the peer still sends, so that the close is no reset.
pub(crate) fn drain(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).is_ok_and(|n| n > 0) {}
}
