//! A server over UDP that is no good server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::stop::Stop;

/// How a server answers a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// It behaves: the same datagram comes back.
    Echo,
    /// The same, but later.
    Late(Duration),
    /// Not at all.
    Never,
    /// From a port that nobody has asked.
    WrongPort,
    /// Only the first half of it comes back.
    Truncated,
    /// The same datagram comes back twice.
    Twice,
    /// A datagram without a byte: it is no end-of-file.
    Empty,
    /// Only every second one is answered, from the first on.
    EverySecond,
}

/// A server over UDP. Dropping it ends it.
#[derive(Debug)]
pub struct Datagrams {
    addr: SocketAddr,
    stop: Arc<Stop>,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Datagrams {
    /// Starts on a free port of 127.0.0.1.
    #[track_caller]
    pub fn start(habit: Habit) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST, habit)
            .unwrap_or_else(|error| panic!("cannot bind to 127.0.0.1: {error}"))
    }

    /// Starts on a free port of another address, which the machine may not have.
    pub fn start_on(ip: impl Into<IpAddr>, habit: Habit) -> io::Result<Self> {
        let ip = ip.into();
        let (socket, other) = (UdpSocket::bind((ip, 0))?, UdpSocket::bind((ip, 0))?);
        let addr = socket.local_addr()?;
        let server = Self { addr, stop: Arc::default(), received: Arc::default() };
        let (stop, received) = (server.stop.clone(), server.received.clone());
        thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            loop {
                let taken = socket.recv_from(&mut buffer);
                if stop.is_stopped() {
                    return;
                }
                // An error tells of an earlier answer that found nobody.
                let Ok((n, client)) = taken else { continue };
                let bytes = &buffer[..n];
                let number = {
                    let mut all = received.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push(bytes.to_vec());
                    all.len()
                };
                let answers: &[&[u8]] = match habit {
                    Habit::Echo | Habit::WrongPort => &[bytes],
                    Habit::Late(time) => {
                        stop.sleep(time);
                        &[bytes]
                    }
                    Habit::Never => &[],
                    Habit::Truncated => &[&bytes[..n / 2]],
                    Habit::Twice => &[bytes, bytes],
                    Habit::Empty => &[&[]],
                    Habit::EverySecond if number % 2 == 1 => &[bytes],
                    Habit::EverySecond => &[],
                };
                let from = if habit == Habit::WrongPort { &other } else { &socket };
                for answer in answers {
                    // A client that has left gets nothing.
                    let _ = from.send_to(answer, client);
                }
            }
        });
        Ok(server)
    }

    /// Where it answers.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What has come so far.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.stop.stop();
        // Any datagram wakes the thread, which then sees the stop.
        if let Ok(socket) = UdpSocket::bind((self.addr.ip(), 0)) {
            let _ = socket.send_to(&[], self.addr);
        }
    }
}
