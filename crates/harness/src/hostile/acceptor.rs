//! A listener whose connections have a thread each.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::stop::Stop;

/// How long a listener rests when it cannot accept, which mostly means that the process has no descriptor left.
const REST: Duration = Duration::from_millis(10);

/// Accepts until it is dropped, which ends every connection as well.
#[derive(Debug)]
pub(crate) struct Acceptor {
    addr: SocketAddr,
    stop: Arc<Stop>,
}

impl Acceptor {
    /// Calls `accepted` for each connection, with its number, in the order of their coming. What that returns is run on
    /// a thread of its own.
    pub(crate) fn start<A, S>(listener: TcpListener, mut accepted: A) -> io::Result<Self>
    where
        A: FnMut(usize) -> S + Send + 'static,
        S: FnOnce(&TcpStream, &Stop) + Send + 'static,
    {
        let addr = listener.local_addr()?;
        let stop = Arc::<Stop>::default();
        let this = Self { addr, stop: stop.clone() };
        thread::spawn(move || {
            let mut number = 0;
            for stream in listener.incoming() {
                if stop.is_stopped() {
                    return;
                }
                let Ok(stream) = stream else {
                    stop.sleep(REST);
                    continue;
                };
                let (serve, stop, this) = (accepted(number), stop.clone(), number);
                thread::spawn(move || {
                    // A copy of the socket, by which a stop wakes us. Without a descriptor for it we go on unstopped.
                    let known = stream.try_clone().map(|copy| stop.add(this, copy));
                    let _forgotten = Forget { stop: &stop, number: this };
                    if !matches!(known, Ok(false)) {
                        serve(&stream, &stop);
                    }
                });
                number += 1;
            }
        });
        Ok(this)
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        self.stop.stop();
        // This wakes the thread that accepts. If nobody can connect, it has ended.
        let _ = TcpStream::connect_timeout(&self.addr, Duration::from_secs(1));
    }
}

/// Forgets a connection even when the one who serves it panics: else its client would see no end.
struct Forget<'a> {
    stop: &'a Stop,
    number: usize,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.stop.forget(self.number);
    }
}
