//! Clients who come all at once, and a server that takes its time.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

/// A listener, and clients who want to be connected to it.
#[derive(Debug)]
pub struct Burst {
    listener: Socket,
    clients: Vec<Client>,
}

/// One of them.
#[derive(Debug)]
struct Client {
    socket: Socket,
    began: Instant,
    /// How long it was until it was connected.
    waited: Option<Duration>,
}

/// So often it is looked who is connected. The clients do not depend on it.
const LOOK: Duration = Duration::from_millis(1);

impl Burst {
    /// Calls `listen(n)`, and then `connect(2)` so many times without waiting for any.
    ///
    /// # Errors
    ///
    /// When the system has no descriptors or ports left.
    pub fn start(n: u32, clients: u32) -> io::Result<Self> {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        listener.listen(i32::try_from(n).unwrap_or(i32::MAX))?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let client = |_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.set_nonblocking(true)?;
            let began = Instant::now();
            match socket.connect(&addr) {
                Err(error) if !is_under_way(&error) => return Err(error),
                _ => {}
            }
            Ok(Client { socket, began, waited: None })
        };
        Ok(Self { clients: (0..clients).map(client).collect::<io::Result<_>>()?, listener })
    }

    /// Looks who is connected now, and counts them.
    pub fn connected(&mut self) -> usize {
        for client in &mut self.clients {
            // getpeername(2) fails until the handshake is done.
            if client.waited.is_none() && client.socket.peer_addr().is_ok() {
                client.waited = Some(client.began.elapsed());
            }
        }
        self.clients.iter().filter(|client| client.waited.is_some()).count()
    }

    /// Accepts whoever is there, again and again, until all are connected or `patience` is over. Gives the times that those
    /// had to wait who were not connected before.
    pub fn accept_all(&mut self, patience: Duration) -> Vec<Duration> {
        self.connected();
        let late: Vec<_> =
            (0..self.clients.len()).filter(|at| self.clients[*at].waited.is_none()).collect();
        let mut accepted = Vec::new();
        let start = Instant::now();
        while self.connected() < self.clients.len() && start.elapsed() < patience {
            while let Ok((socket, _)) = self.listener.accept() {
                accepted.push(socket);
            }
            thread::sleep(LOOK);
        }
        late.into_iter().filter_map(|at| self.clients[at].waited).collect()
    }
}

/// A connection that is not there yet is no failure (`EINPROGRESS`).
fn is_under_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(nix::errno::Errno::EINPROGRESS as i32)
        || error.kind() == io::ErrorKind::WouldBlock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_find_room_are_connected_and_the_others_come_later() {
        let mut burst = Burst::start(2, 5).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while burst.connected() < 3 {
            assert!(Instant::now() < deadline, "{burst:?}");
            thread::sleep(LOOK);
        }
        burst.accept_all(Duration::from_secs(60));
        assert_eq!(burst.connected(), 5);
    }
}
