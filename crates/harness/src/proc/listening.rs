//! Where a process listens, for programs whose ready line nobody can read.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The addresses at which a process listens for TCP connections.
///
/// `/proc/PID/fd` names the inode of each socket, `/proc/PID/net/tcp` the address and the state of each inode.
pub fn listening(pid: u32) -> io::Result<Vec<SocketAddr>> {
    super::supported()?;
    let mut inodes = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/fd"))? {
        let Ok(link) = fs::read_link(entry?.path()) else { continue };
        let link = link.to_string_lossy();
        inodes.extend(
            link.strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'))
                .map(str::to_owned),
        );
    }
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        // A kernel without IPv6 has no tcp6.
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            // 0A is TCP_LISTEN in the kernel's tcp_states.h.
            if let [_, local, _, "0A", _, _, _, _, _, inode, ..] = fields[..]
                && inodes.iter().any(|own| own == inode)
            {
                found.extend(address(local));
            }
        }
    }
    Ok(found)
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
}
