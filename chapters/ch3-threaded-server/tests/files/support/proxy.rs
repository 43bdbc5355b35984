//! A relay between a client and a server that does something to the first connections, and nothing to the others.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens to a connection, once so many bytes have gone the way.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// Both sides see the end.
    Cut(usize),
    /// Nothing moves any more until the proxy is released; then it is cut.
    Stall(usize),
    /// The next byte is another one.
    Flip(usize),
}

/// Which way the fault watches.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Direction {
    ToServer,
    ToClient,
}

/// A relay that listens.
pub(crate) struct Proxy {
    pub(crate) addr: SocketAddr,
    /// Where it connects to; a test may change it.
    pub(crate) target: Arc<Mutex<SocketAddr>>,
    stalled: Arc<AtomicBool>,
    released: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) fn new(target: SocketAddr, direction: Direction, fault: Fault) -> Self {
        Self::often(target, direction, fault, 1)
    }

    /// Does it to the first so many connections.
    pub(crate) fn often(
        target: SocketAddr,
        direction: Direction,
        fault: Fault,
        times: usize,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            addr: listener.local_addr().unwrap(),
            target: Arc::new(Mutex::new(target)),
            stalled: Arc::default(),
            released: Arc::default(),
        };
        let (target, stalled) = (Arc::clone(&proxy.target), Arc::clone(&proxy.stalled));
        let released = Arc::clone(&proxy.released);
        // The thread ends with the test process.
        thread::spawn(move || {
            for (nth, client) in listener.incoming().enumerate() {
                let Ok(client) = client else { continue };
                let Ok(server) = TcpStream::connect(*target.lock().unwrap()) else { continue };
                for way in [Direction::ToServer, Direction::ToClient] {
                    let (from, to) = match way {
                        Direction::ToServer => (&client, &server),
                        Direction::ToClient => (&server, &client),
                    };
                    let relay = Relay {
                        from: from.try_clone().unwrap(),
                        to: to.try_clone().unwrap(),
                        fault: (nth < times && way == direction).then_some(fault),
                        stalled: Arc::clone(&stalled),
                        released: Arc::clone(&released),
                    };
                    thread::spawn(move || relay.run());
                }
            }
        });
        proxy
    }

    /// Has the fault come to a stall?
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::SeqCst)
    }

    /// Ends the stall by a cut.
    pub(crate) fn release(&self) {
        self.released.store(true, Ordering::SeqCst);
    }
}

/// One way of one connection.
struct Relay {
    from: TcpStream,
    to: TcpStream,
    fault: Option<Fault>,
    stalled: Arc<AtomicBool>,
    released: Arc<AtomicBool>,
}

impl Relay {
    fn run(mut self) {
        // An error means that one side is gone, and then the other one has to know.
        let how = match self.relay() {
            Ok(()) => Shutdown::Write,
            Err(_) => Shutdown::Both,
        };
        let _ = self.to.shutdown(how);
        if how == Shutdown::Both {
            let _ = self.from.shutdown(how);
        }
    }

    fn relay(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        let mut moved = 0;
        loop {
            let n = self.from.read(&mut buffer)?;
            if n == 0 {
                return Ok(());
            }
            let bytes = &mut buffer[..n];
            match self.fault {
                Some(Fault::Cut(at) | Fault::Stall(at)) if moved + n > at => {
                    self.to.write_all(&bytes[..at - moved])?;
                    if matches!(self.fault, Some(Fault::Stall(_))) {
                        self.stalled.store(true, Ordering::SeqCst);
                        while !self.released.load(Ordering::SeqCst) {
                            thread::sleep(Duration::from_millis(5));
                        }
                    }
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
                Some(Fault::Flip(at)) if (moved..moved + n).contains(&at) => bytes[at - moved] ^= 1,
                _ => {}
            }
            self.to.write_all(bytes)?;
            moved += n;
        }
    }
}
