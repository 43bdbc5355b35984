//! `socket(2)` and `connect(2)`, for each address in turn.

use crate::failure::{self, Failure, Kind};
use crate::options::Options;
use crate::story::{Story, millis, seconds};
use socket2::{Domain, Protocol, Socket, Type};
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Connects to the first of these addresses that lets us, and says which one it was.
///
/// # Errors
///
/// Why none of them did: the most telling of their failures.
pub fn connect(
    addresses: &[SocketAddr],
    within: Duration,
    options: &Options,
    story: Story,
) -> Result<(Socket, SocketAddr), Failure> {
    let mut failures = Vec::new();
    for &address in addresses {
        story.tell(format_args!("connecting to {address}"));
        let start = Instant::now();
        let attempt = open(address, Type::STREAM, options).and_then(|socket| {
            let local = attempt(&socket, address, within)?;
            Ok((socket, local))
        });
        match attempt {
            Ok((socket, local)) => {
                let took = millis(start.elapsed());
                story.tell(format_args!("connected in {took} from {local} to {address}"));
                return Ok((socket, address));
            }
            Err(failure) => {
                tell(&failure, address, story);
                failures.push(failure);
            }
        }
    }
    Err(most_telling(failures))
}

/// A new socket of this family and type with its options set: `socket(2)`, `setsockopt(2)`.
///
/// A socket belongs to one family, IPv4 or IPv6, and after a `connect(2)` that failed it is used up. So each address
/// gets a socket of its own.
///
/// # Errors
///
/// The system has no socket to give, or not of this family; or an option cannot be set.
pub fn open(address: SocketAddr, r#type: Type, options: &Options) -> Result<Socket, Failure> {
    let protocol = if r#type == Type::STREAM { Protocol::TCP } else { Protocol::UDP };
    let socket = Socket::new(Domain::for_address(address), r#type, Some(protocol))
        .map_err(|error| failure::of(format_args!("cannot make a socket for {address}"), &error))?;
    options.set(&socket)?;
    Ok(socket)
}

/// One `connect(2)`: the kernel sends SYN, waits for SYN and ACK, sends ACK. Gives the address that it chose for us.
///
/// Left alone, `connect(2)` repeats its SYN for about two minutes. With a time limit it is asked not to wait
/// (`O_NONBLOCK`), and `poll(2)` waits for the answer instead.
///
/// # Errors
///
/// Why there is no connection.
pub fn attempt(
    socket: &Socket,
    address: SocketAddr,
    within: Duration,
) -> Result<SocketAddr, Failure> {
    let start = Instant::now();
    let connected = socket.connect_timeout(&address.into(), within);
    connected.and_then(|()| other_than_ourselves(socket)).map_err(|error| {
        let failure = failure::of(format_args!("cannot connect to {address}"), &error);
        // An error number comes from the kernel, which gave up before we did.
        let took = match error.raw_os_error() {
            Some(_) => Duration::from_millis(start.elapsed().as_millis() as u64),
            None => within,
        };
        match failure.kind {
            Kind::ConnectTimedOut => {
                Failure { happened: format!("timed out after {}", seconds(took)), ..failure }
            }
            _ => failure,
        }
    })
}

/// Our own end of a connection: one `getsockname(2)`. That of the other side is another one: one `getpeername(2)`.
///
/// # Errors
///
/// Refused: nobody has that port, and of all the ports that are free for clients the kernel has given us this very
/// one. Then our own packets come back to us, and a socket may even answer its own SYN.
pub fn other_than_ourselves(socket: &Socket) -> io::Result<SocketAddr> {
    let local = socket.local_addr()?;
    // Without a peer, the connection is gone already. Why, the first recv(2) will say.
    if socket.peer_addr().is_ok_and(|peer| peer == local) {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    local.as_socket().ok_or(ErrorKind::AddrNotAvailable.into())
}

/// Tells how an attempt failed.
pub fn tell(failure: &Failure, address: impl Display, story: Story) {
    match failure.kind {
        Kind::Refused => story.tell(format_args!("refused by {address}")),
        _ => story.tell(format_args!("{address} failed: {}", failure.happened)),
    }
}

/// Which failure says most about why nothing worked: that of a machine which answered, before silence, before no way.
/// Of several equal ones, it is the last.
pub fn most_telling(failures: Vec<Failure>) -> Failure {
    let tried = failures.len();
    let rank = |failure: &Failure| match failure.kind {
        Kind::Refused => 0,
        Kind::Reset => 1,
        Kind::ConnectTimedOut => 2,
        Kind::Unreachable => 3,
        _ => 4,
    };
    match failures.into_iter().rev().min_by_key(rank) {
        Some(failure) if tried == 1 => failure,
        Some(failure) => {
            let hint = format!("{tried} addresses tried; {}", failure.hint);
            failure.hint(hint.trim_end_matches("; "))
        }
        None => Failure::new(Kind::UnknownName, "cannot connect", "there is no address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_to_ourselves_is_none() {
        // Whoever connects to 0.0.0.0 means this machine, and gets 127.0.0.1.
        for to in ["127.0.0.1", "0.0.0.0"] {
            let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
            let socket = open(anywhere, Type::STREAM, &Options::default()).unwrap();
            socket.bind(&anywhere.into()).unwrap();
            let port = socket.local_addr().unwrap().as_socket().unwrap().port();
            let ourselves = SocketAddr::new(to.parse().unwrap(), port);
            let failure = attempt(&socket, ourselves, Duration::from_secs(10)).unwrap_err();
            assert_eq!(failure.kind, Kind::Refused);
        }
    }

    #[test]
    fn the_most_telling_failure_is_reported() {
        let failure = |kind: Kind, at: &str| Failure::new(kind, at, "x").hint("y");
        let (refused, silent) = (Kind::Refused, Kind::ConnectTimedOut);
        let unreachable = Kind::Unreachable;
        assert_eq!(most_telling(vec![failure(refused, "a")]).to_string(), "a: x (y)");
        for (failures, expected) in [
            (vec![(refused, "a"), (refused, "b")], "b: x (2 addresses tried; y)"),
            (vec![(refused, "a"), (unreachable, "b")], "a: x (2 addresses tried; y)"),
            (vec![(unreachable, "a"), (silent, "b")], "b: x (2 addresses tried; y)"),
            (vec![(silent, "a"), (refused, "b"), (silent, "c")], "b: x (3 addresses tried; y)"),
        ] {
            let failures = failures.into_iter().map(|(kind, at)| failure(kind, at)).collect();
            assert_eq!(most_telling(failures).to_string(), expected);
        }
    }
}
