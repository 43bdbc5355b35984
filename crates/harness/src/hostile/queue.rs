//! What waits in the queues of a socket, as `/proc/self/net/tcp` shows it (Linux only).

use std::fs;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use crate::holds_within;

/// How long a client may take to read before we go on without that.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits until the client has read all that was written to `stream`. Without `/proc` it waits for a moment.
pub(super) fn wait_until_taken(stream: &TcpStream) {
    let (Ok(own), Ok(client)) = (stream.local_addr(), stream.peer_addr()) else { return };
    // On loopback, what is written mostly lies in the receive queue of the client before `write` returns. A busy
    // kernel may be a little late: then the queue is empty too soon, and so we look again.
    let taken = || received(client, Some(own)).is_none_or(|bytes| bytes == 0);
    holds_within(PATIENCE, || {
        taken() && {
            thread::sleep(Duration::from_millis(1));
            taken()
        }
    });
}

/// How many bytes wait in the receive queue of a connection, or connections in the accept queue of a listener.
pub(super) fn received(local: SocketAddr, remote: Option<SocketAddr>) -> Option<u64> {
    let table = if local.is_ipv4() { "tcp" } else { "tcp6" };
    let text = fs::read_to_string(format!("/proc/self/net/{table}")).ok()?;
    // A listener has no remote address, which is written as zeros.
    let nobody: SocketAddr = if local.is_ipv4() { ([0; 4], 0).into() } else { ([0; 16], 0).into() };
    let (local, remote) = (hex(local), hex(remote.unwrap_or(nobody)));
    text.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        if fields.next()? != local || fields.next()? != remote {
            return None;
        }
        let (_sent, received) = fields.nth(1)?.split_once(':')?;
        u64::from_str_radix(received, 16).ok()
    })
}

/// `0100007F:1F90`: the address in words of the machine's own byte order, the port as a number.
fn hex(addr: SocketAddr) -> String {
    let bytes = match addr.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = bytes.chunks(4).map(|word| {
        let word = [word[0], word[1], word[2], word[3]];
        format!("{:08X}", u32::from_ne_bytes(word))
    });
    format!("{}:{:04X}", words.collect::<String>(), addr.port())
}
