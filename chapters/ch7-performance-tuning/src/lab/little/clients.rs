//! A closed loop: so many clients, each of which asks again as soon as it has its reply.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a client waits for a whole reply before it takes the server for dead.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes that a reply may have. The demo application's have some hundred.
const MOST_REPLY: usize = 64 << 10;

/// What the clients saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Replies per second.
    pub per_second: f64,
    /// Mean seconds from the beginning of the connection to the end of the reply.
    pub response: f64,
}

/// Who asks for what.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The server.
    pub server: SocketAddr,
    /// How many.
    pub number: usize,
    /// How many of them the server serves at a time.
    pub at_once: usize,
    /// What they ask for: `/delay/20`.
    pub path: String,
}

impl Clients {
    /// Asks until `length` is over. What comes in the first `warm_up` of it is not counted. While it lasts, `watch` is
    /// called again and again, with `true` when it counts.
    ///
    /// A client has a connection for each request, so that a thread of the server is free for the next client after it.
    ///
    /// # Errors
    ///
    /// When a client cannot connect, or gets something else than a good reply.
    pub fn ask(
        &self,
        warm_up: Duration,
        length: Duration,
        mut watch: impl FnMut(bool),
    ) -> io::Result<Seen> {
        let start = Instant::now();
        let ended = AtomicBool::new(false);
        let replies = thread::scope(|scope| {
            let threads = (0..self.number).map(|_| {
                thread::Builder::new()
                    .spawn_scoped(scope, || self.one_by_one(|| !ended.load(Ordering::Relaxed)))
            });
            let threads: Vec<_> = threads.collect();
            while start.elapsed() < length {
                thread::sleep(Duration::from_millis(1));
                watch(start.elapsed() >= warm_up);
            }
            ended.store(true, Ordering::Relaxed);
            let mut replies = Vec::new();
            for thread in threads {
                replies.extend(thread?.join().expect("a client returns its errors")?);
            }
            Ok::<_, io::Error>(replies)
        })?;
        Ok(seen(&replies, self.at_once, start + warm_up, start + length))
    }

    /// The mean time of so many replies to a client that is alone. The first one does not count.
    ///
    /// # Errors
    ///
    /// Likewise.
    pub fn alone(&self, replies: u32) -> io::Result<f64> {
        let mut requests = 0..=replies;
        let found = self.one_by_one(|| requests.next().is_some())?;
        let times = found.iter().skip(1).map(|(begun, there)| (*there - *begun).as_secs_f64());
        Ok(times.sum::<f64>() / f64::from(replies))
    }

    /// One client, as long as there is more to do. What it tells of each reply is when it was begun, and when it was there.
    fn one_by_one(&self, mut more: impl FnMut() -> bool) -> io::Result<Vec<(Instant, Instant)>> {
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.path, self.server
        );
        let (mut replies, mut reply) = (Vec::new(), Vec::new());
        while more() {
            let begun = Instant::now();
            let mut stream = TcpStream::connect_timeout(&self.server, PATIENCE)?;
            stream.set_write_timeout(Some(PATIENCE))?;
            stream.write_all(request.as_bytes())?;
            read_reply(&mut stream, &mut reply, begun + PATIENCE)?;
            if !reply.starts_with(b"HTTP/1.1 200 ") {
                return Err(io::Error::other(format!("{} was not answered with 200", self.path)));
            }
            replies.push((begun, Instant::now()));
        }
        Ok(replies)
    }
}

/// Reads until the peer closes, but neither more than a reply has, nor beyond the deadline: a peer that sends a byte
/// now and then would never meet a timeout of single reads.
fn read_reply(stream: &mut TcpStream, reply: &mut Vec<u8>, deadline: Instant) -> io::Result<()> {
    reply.clear();
    let mut buffer = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => reply.extend_from_slice(&buffer[..count]),
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Err(late()),
                _ => return Err(error),
            },
        }
        if reply.len() > MOST_REPLY {
            let most = MOST_REPLY >> 10;
            let what =
                format!("a reply is longer than {most} KiB (is it a server of this course?)");
            return Err(io::Error::other(what));
        }
    }
}

fn late() -> io::Error {
    io::Error::other("a reply did not end in time (is it a server of this course?)")
}

/// Counts the replies that came between two moments. Where so many are served at once, they may come in bursts of so
/// many; so the rate is taken from a reply to another one at the same place of a later burst. Whether a burst comes just
/// before an edge or just after it must not matter.
fn seen(replies: &[(Instant, Instant)], at_once: usize, from: Instant, to: Instant) -> Seen {
    let counted = || replies.iter().filter(|(_, there)| (from..to).contains(there));
    let stays: f64 = counted().map(|(begun, there)| (*there - *begun).as_secs_f64()).sum();
    let mut times: Vec<_> = counted().map(|(_, there)| *there).collect();
    times.sort_unstable();
    let response = stays / times.len() as f64;
    let steps = times.len().saturating_sub(1);
    // Less than a burst is told from its first reply to its last.
    let steps = if steps < at_once { steps } else { steps / at_once * at_once };
    let took = times.get(steps).map(|last| (*last - times[0]).as_secs_f64());
    let per_second = match took.filter(|took| *took > 0.0) {
        Some(took) => steps as f64 / took,
        // A single reply has no distance to another one.
        None => times.len() as f64 / (to - from).as_secs_f64(),
    };
    Seen { per_second, response }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_of_the_window_count() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let reply = |begun, there| (at(begun), at(there));
        let replies =
            [reply(0, 50), reply(0, 100), reply(50, 200), reply(100, 299), reply(200, 300)];
        let Seen { per_second, response } = seen(&replies, 1, at(100), at(300));
        // Two more replies, 199 ms after the first one.
        assert!((per_second - 2.0 / 0.199).abs() < 1e-9, "{per_second}");
        assert!((response - (0.1 + 0.15 + 0.199) / 3.0).abs() < 1e-9, "{response}");
        assert_eq!(seen(&replies, 1, at(300), at(400)).per_second, 10.0);
        assert_eq!(seen(&replies, 1, at(301), at(400)).per_second, 0.0);
    }

    #[test]
    fn bursts_at_the_edges_are_counted_as_those_between() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        // Four replies every 20 ms, so 200 per second, although six bursts lie within these 101 ms.
        let replies: Vec<_> = (4..80).map(|n| (at(n / 4 * 20 - 20), at(n / 4 * 20))).collect();
        for (from, to) in [(100, 201), (100, 200), (101, 200), (90, 250)] {
            let Seen { per_second, .. } = seen(&replies, 4, at(from), at(to));
            assert!((per_second - 200.0).abs() < 1e-9, "{per_second}");
        }
        // Less than a burst at different times.
        let few = [(at(0), at(100)), (at(0), at(110)), (at(0), at(120))];
        assert!((seen(&few, 4, at(0), at(200)).per_second - 100.0).abs() < 1e-9);
    }

    /// What a client says of a server that does this with its one connection.
    fn said(serve: impl FnOnce(TcpStream) + Send + 'static, patience: Duration) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = thread::spawn(move || serve(listener.accept().unwrap().0));
        let read = read_reply(&mut stream, &mut Vec::new(), Instant::now() + patience);
        drop(stream);
        server.join().unwrap();
        read.map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn a_reply_without_end_is_an_error() {
        let pour = |mut stream: TcpStream| while stream.write_all(&[b'x'; 4096]).is_ok() {};
        let said = said(pour, PATIENCE);
        assert!(said.contains("longer than 64 KiB") || said.contains("did not end"), "{said}");
    }

    #[test]
    fn a_reply_that_drips_is_an_error() {
        let drip = |mut stream: TcpStream| {
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(5));
            }
        };
        let said = said(drip, Duration::from_millis(50));
        assert!(said.contains("did not end in time"), "{said}");
    }
}
