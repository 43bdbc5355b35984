//! The server that a client meets: it is ours, and plays what a check wants.

use super::{Client, Lab};
use crate::failure::{Failure, Stop, Symptom};
use crate::talk::{PATIENCE, Talk, is_timeout};
use anyhow::Context as _;
use socket2::SockRef;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

/// What our sockets hold in each direction, in bytes: little, so that whoever does not read is noticed soon.
const BUFFER: usize = 32 * 1024;
/// How often we look whether the client has come, or has ended instead.
const LOOK: Duration = Duration::from_millis(2);

/// A listener on a free port of loopback.
#[derive(Debug)]
pub struct Stage {
    listener: TcpListener,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Stage {
    /// On a free port of this address; `None` if the machine does not have the address.
    ///
    /// # Errors
    ///
    /// The machine has no port.
    pub fn open(ip: impl Into<IpAddr>) -> Result<Option<Self>, Stop> {
        let ip = ip.into();
        let listener = match TcpListener::bind((ip, 0)) {
            Ok(listener) => listener,
            Err(_) if ip.is_ipv6() => return Ok(None),
            Err(error) => {
                return Err(Stop::Fault(
                    anyhow::Error::new(error).context("cannot listen on 127.0.0.1"),
                ));
            }
        };
        // A connection inherits them. With a size of our own the kernel does not let them grow.
        let socket = SockRef::from(&listener);
        socket.set_recv_buffer_size(BUFFER).context("cannot set SO_RCVBUF")?;
        socket.set_send_buffer_size(BUFFER).context("cannot set SO_SNDBUF")?;
        listener.set_nonblocking(true).context("cannot set O_NONBLOCK")?;
        let addr = listener.local_addr().context("a listener without an address")?;
        Ok(Some(Self { listener, addr }))
    }

    /// On 127.0.0.1.
    ///
    /// # Errors
    ///
    /// The machine has no port.
    pub fn on_loopback() -> Result<Self, Stop> {
        Self::open(std::net::Ipv4Addr::LOCALHOST)?
            .context("127.0.0.1 is missing")
            .map_err(Stop::Fault)
    }
}

impl Lab<'_> {
    /// Waits for the client to connect.
    ///
    /// # Errors
    ///
    /// It ends without doing so, or does not come.
    pub fn accept(&mut self, stage: &Stage, client: &Client) -> Result<Talk, Stop> {
        let until = Instant::now() + PATIENCE + PATIENCE;
        loop {
            // Asked before `accept`, so that a client that has come and gone is not missed.
            let exit = self.programs[client.program].exit();
            match stage.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).context("cannot clear O_NONBLOCK")?;
                    let cuts = self.cuts();
                    return Talk::over(stream, cuts, self.until).map_err(Stop::Fault);
                }
                Err(error) if is_timeout(&error) => {}
                Err(error) => {
                    return Err(Stop::Fault(anyhow::Error::new(error).context("accept failed")));
                }
            }
            let expected = format!("a connection to {}", stage.addr);
            if let Some(exit) = exit {
                let symptom = if self.is_unwritten(client.program) {
                    Symptom::NotWritten
                } else {
                    Symptom::NeverConnects
                };
                return Err(Failure::new(symptom, expected, format!("none; {exit}")).into());
            }
            if Instant::now() > until {
                let got = format!("none for {} s", (PATIENCE + PATIENCE).as_secs());
                return Err(Failure::new(Symptom::NeverConnects, expected, got).into());
            }
            thread::sleep(LOOK);
        }
    }
}
