//! What waits in the queues of a socket, as the kernel tells (Linux only).

use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::diag;
use crate::holds_within;

/// Waits until the peer has read all that was written to `stream`, or the patience is over. Where the kernel does not
/// tell, it goes on at once. False if something was still unread at the end.
pub fn wait_until_taken(stream: &TcpStream, patience: Duration) -> bool {
    let (Ok(own), Ok(client)) = (stream.local_addr(), stream.peer_addr()) else { return true };
    // On loopback, what is written mostly lies in the receive queue of the client before `write` returns. A busy
    // kernel may be a little late: then the queue is empty too soon, and so we look again.
    let taken = || received(client, Some(own)).is_none_or(|bytes| bytes == 0);
    holds_within(patience, || {
        taken() && {
            thread::sleep(Duration::from_millis(1));
            taken()
        }
    })
}

/// How many bytes wait in the receive queue of a connection, or connections in the accept queue of a listener.
pub(super) fn received(local: SocketAddr, remote: Option<SocketAddr>) -> Option<u32> {
    // A listener has no remote address.
    let nobody: SocketAddr = if local.is_ipv4() { ([0; 4], 0).into() } else { ([0; 16], 0).into() };
    diag::receive_queue(local, remote.unwrap_or(nobody)).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::{DEADLINE, eventually};
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn the_kernel_tells_what_is_not_read_yet() {
        for host in ["127.0.0.1", "::1"] {
            let Ok(listener) = TcpListener::bind((host, 0)) else { continue };
            let addr = listener.local_addr().unwrap();
            let mut client = TcpStream::connect(addr).unwrap();
            if received(addr, None).is_none() {
                return crate::suite::skipped("queues: this kernel has no sock_diag(7) for TCP");
            }
            eventually(DEADLINE, "one waits to be accepted", || received(addr, None) == Some(1));
            let (mut server, own) = listener.accept().unwrap();
            assert_eq!(received(addr, None), Some(0));
            server.write_all(b"hello").unwrap();
            eventually(DEADLINE, "five bytes wait", || received(own, Some(addr)) == Some(5));
            client.read_exact(&mut [0; 5]).unwrap();
            assert_eq!(received(own, Some(addr)), Some(0));
        }
    }
}
