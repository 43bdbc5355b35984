//! What the kernel makes of the size of a buffer.

use super::super::{Row, Spread, figure};
use socket2::SockRef;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};

/// Bytes that are asked for.
const ASKED: [usize; 2] = [16 << 10, 64 << 10];

/// What was asked for, and what the kernel says it is.
pub(super) fn rows() -> io::Result<Vec<Row>> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let mut rows = Vec::new();
    for asked in ASKED {
        // Of the listener, because a window is agreed on with the handshake, before accept(2) returns.
        SockRef::from(&listener).set_recv_buffer_size(asked)?;
        let near = TcpStream::connect(listener.local_addr()?)?;
        SockRef::from(&near).set_send_buffer_size(asked)?;
        let (far, _) = listener.accept()?;
        let kib = |bytes: usize| bytes as f64 / 1024.0;
        let received = SockRef::from(&far).recv_buffer_size()?;
        let sent = SockRef::from(&near).send_buffer_size()?;
        for (option, limit, is) in
            [("SO_RCVBUF", "rmem_max", received), ("SO_SNDBUF", "wmem_max", sent)]
        {
            let what = format!("{option} = {}, says getsockopt", figure::bytes(asked as u64));
            let granted = Spread::exact(kib(is));
            rows.push(match doubled(asked, most(limit)) {
                Some(predicted) => Row::new(what, kib(predicted), granted, "KiB"),
                None => Row::input(what, granted, "KiB"),
            });
        }
        let what = format!("both {}: full with, nobody reads", figure::bytes(asked as u64));
        let taken = Spread::exact(kib(taken(&near)?));
        rows.push(Row::input(what, taken, "KiB"));
    }
    Ok(rows)
}

/// Linux grants twice what was asked for, and at most twice the limit (socket(7)).
fn doubled(asked: usize, most: Option<usize>) -> Option<usize> {
    most.map(|most| 2 * asked.min(most))
}

/// A limit of the kernel; `None` where it is not Linux.
fn most(limit: &str) -> Option<usize> {
    std::fs::read_to_string(format!("/proc/sys/net/core/{limit}")).ok()?.trim().parse().ok()
}

/// Bytes that both kernels take in while nobody reads. What is on the way is bounded by it.
fn taken(near: &TcpStream) -> io::Result<usize> {
    near.set_nonblocking(true)?;
    let mut taken = 0;
    loop {
        match (&mut &*near).write(&[b'x'; 1024]) {
            Ok(count) => taken += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(taken),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_doubles_up_to_its_limit() {
        assert_eq!(doubled(16_384, Some(212_992)), Some(32_768));
        assert_eq!(doubled(1 << 20, Some(212_992)), Some(425_984));
        assert_eq!(doubled(1, None), None);
    }

    #[test]
    fn a_buffer_takes_some_bytes_in() {
        let rows = rows().unwrap();
        assert_eq!(rows.len(), 6);
        assert!(rows.iter().all(|row| row.measured.median > 0.0));
        if cfg!(target_os = "linux") {
            assert!(rows.iter().filter(|row| row.predicted.is_some()).all(Row::agrees), "{rows:?}");
        }
    }
}
