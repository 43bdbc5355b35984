//! Where a process listens, for programs whose ready line nobody can read, and who is connected there.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// States of the kernel's `tcp_states.h`.
const ESTABLISHED: &str = "01";
const CLOSE_WAIT: &str = "08";
const SYN_RECV: &str = "03";
const LISTEN: &str = "0A";

/// The inodes of the sockets that a process has open. One that was duplicated counts once.
///
/// # Errors
///
/// When there is no such process, or no /proc, or it is somebody else's.
pub fn sockets(pid: u32) -> io::Result<BTreeSet<u64>> {
    super::supported()?;
    let inode = |entry: io::Result<fs::DirEntry>| {
        let link = fs::read_link(entry.ok()?.path()).ok()?;
        link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.filter_map(inode).collect())
}

/// The addresses at which a process listens for TCP connections.
///
/// `/proc/PID/fd` names the inode of each socket, `/proc/PID/net/tcp` the address and the state of each inode.
pub fn listening(pid: u32) -> io::Result<Vec<SocketAddr>> {
    let own = sockets(pid)?;
    let mut found = Vec::new();
    // Linux lists those that listen first. Behind them there may be thousands in TIME_WAIT, which take their time.
    each(&format!("/proc/{pid}/net"), |local, state, inode| {
        if state == LISTEN && inode.parse().is_ok_and(|inode| own.contains(&inode)) {
            found.extend(address(local));
        }
        state == LISTEN || state == SYN_RECV
    });
    Ok(found)
}

/// How many connections at this address of ours a program still has to do with: it has them open, or they wait in its
/// backlog.
pub fn connections(addr: SocketAddr) -> io::Result<usize> {
    super::supported()?;
    let mut n = 0;
    each("/proc/net", |local, state, inode| {
        // What no process holds any more has no inode, and neither has what waits in the backlog.
        let waits = state == ESTABLISHED || state == CLOSE_WAIT;
        if state != LISTEN && (inode != "0" || waits) && address(local) == Some(addr) {
            n += 1;
        }
        true
    });
    Ok(n)
}

/// Gives the local address, the state and the inode of each TCP socket, as long as more are wanted.
fn each(folder: &str, mut row: impl FnMut(&str, &str, &str) -> bool) {
    for table in ["tcp", "tcp6"] {
        // A kernel without IPv6 has no tcp6.
        let Ok(file) = fs::File::open(format!("{folder}/{table}")) else { continue };
        for line in BufReader::new(file).lines().skip(1).map_while(Result::ok) {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            if let [_, local, _, state, _, _, _, _, _, inode, ..] = fields[..]
                && !row(local, state, inode)
            {
                break;
            }
        }
    }
}

/// Reads `0100007F:1F90`: the address in words of the machine's own byte order, the port as a number.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::new();
    for word in ip.as_bytes().chunks(8) {
        bytes.extend(u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok()?.to_ne_bytes());
    }
    let ip = match <[u8; 4]>::try_from(&bytes[..]) {
        Ok(v4) => IpAddr::V4(Ipv4Addr::from(v4)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(not(target_os = "linux"), ignore = "needs /proc")]
    fn our_own_listeners_are_found() {
        for wanted in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = std::net::TcpListener::bind(wanted) else { continue };
            let addr = listener.local_addr().unwrap();
            assert!(listening(std::process::id()).unwrap().contains(&addr), "{addr} was not found");
        }
    }

    #[test]
    #[cfg_attr(not(target_os = "linux"), ignore = "needs /proc")]
    fn a_connection_counts_from_its_backlog_to_its_close() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        assert_eq!(connections(addr).unwrap(), 0);
        let client = std::net::TcpStream::connect(addr).unwrap();
        assert_eq!(connections(addr).unwrap(), 1, "in the backlog");
        let (stream, _) = listener.accept().unwrap();
        assert_eq!(connections(addr).unwrap(), 1, "accepted");
        drop(client);
        assert_eq!(connections(addr).unwrap(), 1, "the peer has closed");
        drop(stream);
        assert_eq!(connections(addr).unwrap(), 0, "closed");
    }
}
