//! One question to the kernel about one TCP socket: sock_diag(7).
//!
//! `/proc/net/tcp` tells the same of all sockets at once, and on a machine with ten thousand connections in TIME_WAIT it
//! takes a tenth of a second to do so.

use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Numbers of linux/netlink.h, linux/sock_diag.h and of the address families.
const AF_NETLINK: i32 = 16;
const NETLINK_SOCK_DIAG: i32 = 4;
const NLM_F_REQUEST: u16 = 1;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;

/// Where `idiag_rqueue` stands: behind the header (16 bytes), four bytes, the addresses (48), and a time (4).
const RECEIVE_QUEUE: std::ops::Range<usize> = 72..76;

/// The length of the receive queue of the socket that has these addresses.
pub(super) fn receive_queue(local: SocketAddr, remote: SocketAddr) -> io::Result<u32> {
    let protocol = Some(Protocol::from(NETLINK_SOCK_DIAG));
    let mut socket = Socket::new(Domain::from(AF_NETLINK), Type::DGRAM, protocol)?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    socket.send(&question(local, remote))?;
    let mut answer = [0; 1024];
    let n = socket.read(&mut answer)?;
    let kind = u16::from_ne_bytes([answer[4], answer[5]]);
    match answer[..n].get(RECEIVE_QUEUE) {
        Some(&[a, b, c, d]) if kind == SOCK_DIAG_BY_FAMILY => Ok(u32::from_ne_bytes([a, b, c, d])),
        _ => Err(ErrorKind::NotFound.into()),
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`: numbers in the machine's byte order, addresses and ports in the
/// network's.
fn question(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() { AF_INET } else { AF_INET6 };
    let mut body = vec![family, IPPROTO_TCP, 0, 0];
    let every_state = u32::MAX;
    body.extend(every_state.to_ne_bytes());
    body.extend(local.port().to_be_bytes());
    body.extend(remote.port().to_be_bytes());
    body.extend(words(local.ip()));
    body.extend(words(remote.ip()));
    let any_interface = 0_u32;
    body.extend(any_interface.to_ne_bytes());
    let no_cookie = u64::MAX;
    body.extend(no_cookie.to_ne_bytes());

    let length = 16 + body.len() as u32;
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    message.extend(NLM_F_REQUEST.to_ne_bytes());
    let (sequence, from_kernel) = (0_u32, 0_u32);
    message.extend(sequence.to_ne_bytes());
    message.extend(from_kernel.to_ne_bytes());
    message.extend(body);
    message
}

/// An address fills four words; one of IPv4 only the first.
fn words(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(ip) => ip.octets(),
    }
}
