//! A sender with a window, and a receiver that says how far it is.

use super::super::Spread;
use super::super::link::{Link, Shape};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Bytes that are written at once. A window is so many of them.
pub(super) const BLOCK: usize = 1 << 10;

/// An answer that takes longer will not come: the line is shorter than that.
const PATIENCE: Duration = Duration::from_secs(30);

/// The sender's end of a connection through the link. At the other end a thread reads, and answers each `read` with the
/// number of bytes that have come so far, as eight bytes.
pub(super) struct Exchange {
    sender: Sender,
    receiver: Option<JoinHandle<()>>,
    _link: Link,
}

impl Exchange {
    pub(super) fn open(shape: Shape) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let link = Link::to(listener.local_addr()?, shape)?;
        let stream = TcpStream::connect(link.addr())?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (far, _) = listener.accept()?;
        far.set_nodelay(true)?;
        let receiver =
            thread::Builder::new().name("receiver".into()).spawn(move || answer(&far))?;
        let sender = Sender { stream, sent: 0, arrived: 0 };
        Ok(Self { sender, receiver: Some(receiver), _link: link })
    }

    /// Seconds from a block to the answer that it has come, with nothing else on the line.
    pub(super) fn round_trip(&mut self, times: usize) -> io::Result<Spread> {
        let mut took = Vec::with_capacity(times);
        // The first one finds threads that were never awake, and does not count.
        for _ in 0..=times {
            let begin = Instant::now();
            self.sender.fill(BLOCK)?;
            self.sender.settle()?;
            took.push(begin.elapsed().as_secs_f64());
        }
        Ok(Spread::of(&took[1..]))
    }

    /// Bytes per second, with at most `window` bytes unacknowledged: the volume, after two windows to begin with.
    pub(super) fn throughput(&mut self, window: usize, volume: usize) -> io::Result<f64> {
        // The clock starts at an answer and stops at one, so that whole round trips lie between them.
        self.sender.advance(window, 2 * window)?;
        let (begin, from) = (Instant::now(), self.sender.arrived);
        self.sender.advance(window, volume)?;
        let (took, to) = (begin.elapsed().as_secs_f64(), self.sender.arrived);
        self.sender.settle()?;
        Ok((to - from) as f64 / took)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let _ = self.sender.stream.shutdown(Shutdown::Both);
        if let Some(receiver) = self.receiver.take() {
            // It ends with the connection, and returns nothing.
            let _ = receiver.join();
        }
    }
}

/// Counts what it has sent, and what has arrived of it.
struct Sender {
    stream: TcpStream,
    sent: u64,
    arrived: u64,
}

impl Sender {
    /// Keeps the window full until so many bytes more have arrived.
    fn advance(&mut self, window: usize, bytes: usize) -> io::Result<()> {
        let goal = self.arrived + bytes as u64;
        while self.arrived < goal {
            self.fill(window)?;
            self.hear()?;
        }
        Ok(())
    }

    /// Waits for the rest, so that the line is idle again.
    fn settle(&mut self) -> io::Result<()> {
        while self.arrived < self.sent {
            self.hear()?;
        }
        Ok(())
    }

    /// Sends blocks as long as the window has room for them.
    fn fill(&mut self, window: usize) -> io::Result<()> {
        while self.sent + BLOCK as u64 <= self.arrived + window as u64 {
            self.stream.write_all(&[b'x'; BLOCK])?;
            self.sent += BLOCK as u64;
        }
        Ok(())
    }

    /// Waits for an answer.
    fn hear(&mut self) -> io::Result<()> {
        let mut answer = [0; 8];
        self.stream.read_exact(&mut answer)?;
        self.arrived = u64::from_be_bytes(answer);
        Ok(())
    }
}

fn answer(far: &TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    let mut count = 0_u64;
    let mut once = || -> io::Result<()> {
        loop {
            match (&mut &*far).read(&mut buffer)? {
                0 => return Ok(()),
                read => count += read as u64,
            }
            (&mut &*far).write_all(&count.to_be_bytes())?;
        }
    };
    // The sender sees the end of the connection, and why.
    let _ = once();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_window_is_on_the_way() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut far, _) = listener.accept().unwrap();
        let mut sender = Sender { stream, sent: 0, arrived: 0 };
        let block = BLOCK as u64;
        sender.fill(3 * BLOCK).unwrap();
        assert_eq!(sender.sent, 3 * block);
        far.write_all(&100_u64.to_be_bytes()).unwrap();
        sender.hear().unwrap();
        sender.fill(3 * BLOCK).unwrap();
        assert_eq!(
            (sender.sent, sender.arrived),
            (3 * block, 100),
            "a part of a block makes no room"
        );
        far.write_all(&(2 * block).to_be_bytes()).unwrap();
        sender.hear().unwrap();
        sender.fill(3 * BLOCK).unwrap();
        assert_eq!((sender.sent, sender.arrived), (5 * block, 2 * block));
    }

    #[test]
    fn a_round_trip_takes_both_flights() {
        let mut exchange = Exchange::open(Shape::new(0, Duration::from_millis(15))).unwrap();
        assert!(exchange.round_trip(3).unwrap().min >= 0.030);
        let begin = Instant::now();
        assert!(exchange.throughput(4 * BLOCK, 8 * BLOCK).unwrap() > 0.0);
        // Two windows before the clock starts and two after it, each of which waits for the one before. A bound on the
        // throughput itself would not be exact: answers may come together, and how many bytes the clock saw depends on it.
        assert!(begin.elapsed() >= Duration::from_millis(4 * 30));
        assert!(exchange.round_trip(1).unwrap().min >= 0.030, "the line is idle again");
    }
}
