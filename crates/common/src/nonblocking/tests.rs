use super::*;
use session::{Echo, Hello, Want};
use std::net::{TcpListener, TcpStream as Client};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);
const HOUR: Duration = Duration::from_secs(3600);

/// The two ends of a connection, ours with a session.
fn pair(session: impl Session + Send + 'static) -> (Client, Connection<Client>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Client::connect(listener.local_addr().unwrap()).unwrap();
    // A failure ends by itself.
    client.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    let stream = listener.accept().unwrap().0;
    stream.set_nonblocking(true).unwrap();
    (client, Connection::new(stream, Box::new(session), Instant::now()))
}

fn echo() -> Echo {
    Echo::new(Instant::now(), PATIENCE)
}

/// Waits until so many bytes have arrived at our end, and lets it know.
fn arrived(connection: &mut Connection<Client>, count: usize) {
    let (mut buffer, start) = ([0; 1 << 16], Instant::now());
    while !connection.stream.peek(&mut buffer).is_ok_and(|n| n >= count) {
        assert!(start.elapsed() < Duration::from_secs(15), "{count} bytes arrive");
        std::thread::yield_now();
    }
    connection.readable = true;
}

#[test]
fn without_a_report_nothing_is_read() {
    let (mut client, mut connection) = pair(echo());
    client.write_all(b"words").unwrap();
    arrived(&mut connection, 5);
    connection.readable = false;
    let turn = connection.turn(Instant::now(), &mut [0; 64], false);
    assert!(matches!(turn, Turn::Waiting { until: Some(_) }));
    connection.stream.peek(&mut [0; 5]).unwrap();
}

#[test]
fn a_turn_ends_when_nothing_is_left_or_before_its_second_write() {
    let (mut client, mut connection) = pair(echo());
    client.write_all(b"0123456789").unwrap();
    arrived(&mut connection, 10);
    // Two bytes at a time: a read and a write for each two.
    let buffer = &mut [0; 2];
    for turn in 1..=4 {
        let ended = connection.turn(Instant::now(), buffer, false);
        assert!(matches!(ended, Turn::Unfinished), "turn {turn}");
    }
    let ended = connection.turn(Instant::now(), buffer, false);
    assert!(matches!(ended, Turn::Waiting { .. }));
    assert!(!connection.readable);
    let mut reply = [0; 10];
    client.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"0123456789");
}

/// Answers a batch of requests each time that it has sent the replies to the last one, and counts the batches.
struct Batches(Arc<AtomicU32>);

impl Session for Batches {
    fn want(&self) -> Want<'_> {
        Want::Write { bytes: b"replies", until: None }
    }

    fn handle(&mut self, _: Input<'_>, _: Instant) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn in_a_turn_one_batch_follows_the_first_write_and_no_other() {
    let handled = Arc::new(AtomicU32::new(0));
    let (_client, mut connection) = pair(Batches(Arc::clone(&handled)));
    for turn in 1..=5 {
        let ended = connection.turn(Instant::now(), &mut [0; 64], false);
        assert!(matches!(ended, Turn::Unfinished));
        assert_eq!(handled.load(Ordering::SeqCst), turn);
    }
}

/// Reads for ever.
struct Reader;

impl Session for Reader {
    fn want(&self) -> Want<'_> {
        Want::Read { until: None }
    }

    fn handle(&mut self, _: Input<'_>, _: Instant) {}
}

#[test]
fn a_turn_ends_when_the_steps_are_used_up() {
    let (mut client, mut connection) = pair(Reader);
    client.write_all(b"0123456789").unwrap();
    arrived(&mut connection, 10);
    assert!(matches!(connection.turn(Instant::now(), &mut [0; 2], false), Turn::Unfinished));
    assert_eq!(connection.stream.peek(&mut [0; 10]).unwrap(), 2);
    assert!(matches!(connection.turn(Instant::now(), &mut [0; 2], false), Turn::Waiting { .. }));
}

#[test]
fn who_is_late_is_dropped_but_what_has_arrived_is_answered_first() {
    let (_client, mut silent) = pair(echo());
    silent.expired();
    let now = Instant::now() + HOUR;
    assert!(matches!(silent.turn(now, &mut [0; 64], false), Turn::Over));

    let (mut client, mut connection) = pair(echo());
    client.write_all(b"in time").unwrap();
    arrived(&mut connection, 7);
    let _ = connection.turn(now, &mut [0; 64], false);
    let mut reply = [0; 7];
    client.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"in time");
}

#[test]
fn at_a_stop_what_has_arrived_is_answered_before_the_end() {
    let (mut client, mut connection) = pair(echo());
    client.write_all(b"last words").unwrap();
    arrived(&mut connection, 10);
    connection.end_reading();
    let (mut pauses, mut now) = (0, Instant::now());
    loop {
        match connection.turn(now, &mut [0; 64], true) {
            Turn::Unfinished => {}
            Turn::Waiting { until } => (now, pauses) = (until.unwrap(), pauses + 1),
            Turn::Over => break,
        }
    }
    assert!(pauses > 1, "one look is not enough to know that nothing more comes");
    drop(connection);
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"last words");
}

#[test]
fn after_our_own_end_a_stop_leaves_the_reading_alone() {
    let (mut client, mut connection) = pair(Hello::new(Instant::now(), PATIENCE));
    let turn = connection.turn(Instant::now(), &mut [0; 64], false);
    assert!(matches!(turn, Turn::Waiting { until: Some(_) }), "our side has ended, theirs has not");
    connection.end_reading();
    // To bytes that nobody would read the kernel answers with a reset, at once.
    client.write_all(b"late").unwrap();
    arrived(&mut connection, 4);
    let turn = connection.turn(Instant::now(), &mut [0; 64], true);
    assert!(matches!(turn, Turn::Waiting { .. }));
    client.shutdown(Shutdown::Write).unwrap();
    while !matches!(connection.turn(Instant::now(), &mut [0; 64], true), Turn::Over) {
        connection.readable = true;
    }
    drop(connection);
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"Hello, world!");
}

/// A session whose handler fails.
struct Broken;

impl Session for Broken {
    fn want(&self) -> Want<'_> {
        Want::Write { bytes: b"so far so good", until: None }
    }

    fn handle(&mut self, _: Input<'_>, _: Instant) {
        panic!("a handler that fails");
    }
}

#[test]
fn a_panic_is_the_end_of_this_conversation() {
    let (_client, mut connection) = pair(Broken);
    assert!(matches!(connection.turn(Instant::now(), &mut [0; 64], false), Turn::Over));
}

#[test]
fn a_wait_without_a_deadline_has_none() {
    let (_client, mut connection) = pair(Broken);
    connection.writable = false;
    let turn = connection.turn(Instant::now(), &mut [0; 64], false);
    assert!(matches!(turn, Turn::Waiting { until: None }));
}

/// Brings a word with each read, as a socket does before and behind urgent data.
struct Words(Client, Vec<&'static [u8]>);

impl std::os::fd::AsFd for Words {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Read for Words {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let word = self.1.pop().ok_or(ErrorKind::WouldBlock)?;
        buffer[..word.len()].copy_from_slice(word);
        Ok(word.len())
    }
}

impl Write for Words {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        unreachable!("a reader writes nothing")
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_short_read_is_the_last_one_only_if_nothing_but_bytes_has_come() {
    let left_after_a_turn = |bytes_alone, room, has_expired| {
        let words = Words(pair(Reader).0, vec![b"second", b"first"]);
        let mut connection = Connection::new(words, Box::new(Reader), Instant::now());
        connection.reported(Report { readable: true, writable: true, bytes_alone });
        if has_expired {
            connection.expired();
        }
        let turn = connection.turn(Instant::now(), &mut vec![0; room], false);
        assert!(matches!(turn, Turn::Waiting { until: None }));
        connection.stream.1.len()
    };
    assert_eq!(left_after_a_turn(true, 64, false), 1);
    assert_eq!(left_after_a_turn(false, 64, false), 0);
    assert_eq!(left_after_a_turn(true, 64, true), 0, "nobody knows what has come since");
    // What filled the room may not have been all.
    let words = Words(pair(Reader).0, vec![b"6bytes", b"first!"]);
    let mut connection = Connection::new(words, Box::new(Reader), Instant::now());
    connection.reported(Report { readable: true, writable: true, bytes_alone: true });
    let _ = connection.turn(Instant::now(), &mut [0; 6], false);
    assert_eq!(connection.stream.1.len(), 0);
}
