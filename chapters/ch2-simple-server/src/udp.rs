//! `--udp`: an echo of datagrams.
//!
//! There is no connection: no `listen(2)`, no `accept(2)`, no end-of-file, nobody who is served first. One socket
//! receives from everybody, and each datagram says whom it came from. So this server serves one client at a time as
//! well, but a client's time is one datagram.

use common::{Datagrams, Setting};
use std::io;

/// What does not fit into the buffer is cut off by the kernel and lost, without an error: see recv(2), `MSG_TRUNC`.
pub const BUFFER: Setting = Setting {
    name: "buffer",
    default: LARGEST,
    most: LARGEST,
    help: "--udp: receive at most N bytes of a datagram; the rest of it is lost",
};

/// The largest datagram, in bytes: 65,535, less the UDP header of 8. Over IPv4 its header of 20 counts too, so no more
/// than 65,507 come that way.
pub const LARGEST: usize = 65_527;

/// Ports of services of the system, such as echo (7), DNS (53) or NTP (123).
///
/// A datagram is easily sent in another's name. If it claims to come from such a port, our answer goes to a service
/// that may answer in turn, and two servers would talk to each other for ever.
const SYSTEM_PORTS: std::ops::Range<u16> = 0..1024;

/// Sends each datagram back to where it says that it came from, until the server stops.
///
/// A reply is never larger than its request, so that nobody can use this server to multiply what they send to somebody
/// else (an amplifier: RFC 8085 section 6).
///
/// # Errors
///
/// None: what goes wrong concerns one datagram, or passes.
pub fn serve(datagrams: &Datagrams) -> io::Result<()> {
    let mut buffer = vec![0; datagrams.setting(&BUFFER)];
    while let Some((length, from)) = datagrams.next(&mut buffer) {
        if SYSTEM_PORTS.contains(&from.port()) || from == datagrams.addr {
            continue;
        }
        // An error means that this reply is lost. Datagrams get lost, and their senders have to live with it.
        let _ = datagrams.socket.send_to(&buffer[..length], from);
    }
    Ok(())
}
