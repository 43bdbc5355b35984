//! A server of datagrams: no connections, so one socket for all clients.

use crate::accept::Backoff;
use crate::flags::{Setting, Settings};
use crate::stop::{self, GRACE};
use crate::{listen, log};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a datagram server is given to serve with.
#[derive(Debug)]
pub struct Datagrams {
    /// Where datagrams come to, and go out from.
    pub socket: Arc<UdpSocket>,
    /// The address of the socket, with the port that it really has.
    pub addr: SocketAddr,
    settings: Settings,
    stopping: Arc<AtomicBool>,
}

impl Datagrams {
    /// Waits for the next datagram, and says how many bytes of it are in the buffer, and who sent them. `None`: the
    /// server stops, and what had arrived is answered.
    pub fn next(&self, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        let mut backoff = Backoff::default();
        loop {
            // Asked before the call: what a stop finds in the receive buffer is still received.
            let stopping = self.stopping.load(Ordering::SeqCst);
            match self.socket.recv_from(buffer) {
                Ok(received) => return Some(received),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // After its shutdown(2) an empty socket reports end-of-file at once, without an address.
                Err(_) if stopping => return None,
                // A shortage that will pass, or the shutdown that has just come.
                Err(_) => std::thread::sleep(backoff.pause()),
            }
        }
    }

    /// The value of one of the program's settings.
    pub fn setting(&self, setting: &Setting) -> usize {
        self.settings.value(setting)
    }
}

/// Binds a datagram socket to `addr` and lets `answer` serve there, until a signal stops it.
///
/// # Errors
///
/// One line that says why it could not begin, and what to try.
pub fn serve(
    answer: fn(&Datagrams) -> io::Result<()>,
    addr: SocketAddr,
    settings: Settings,
) -> Result<(), String> {
    let cannot = |error| listen::cannot(addr, &error);
    let socket = Arc::new(UdpSocket::bind(addr).map_err(cannot)?);
    let addr = socket.local_addr().map_err(cannot)?;
    let stopping = Arc::new(AtomicBool::new(false));
    stop::on_signal({
        let (socket, stopping) = (Arc::clone(&socket), Arc::clone(&stopping));
        move || {
            stopping.store(true, Ordering::SeqCst);
            listen::close_datagrams(&socket);
            std::thread::sleep(GRACE);
            std::process::exit(0);
        }
    })
    .map_err(|error| stop::cannot(&error))?;

    let datagrams = Datagrams { socket, addr, settings, stopping };
    log::ready(addr, &format!("nc -u {} {}", addr.ip(), addr.port()));
    answer(&datagrams).map_err(|error| format!("cannot serve: {}", log::reason(&error)))
}
