use super::*;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Instant;

/// Bounds a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// A link to a server that sends back what comes, and ends when its client does.
fn echo(shape: Shape) -> Link {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap();
    thread::spawn(move || {
        let (stream, _) = server.accept().unwrap();
        io::copy(&mut &stream, &mut &stream).unwrap();
    });
    Link::to(to, shape).unwrap()
}

fn through(shape: Shape, bytes: &[u8]) -> (Vec<u8>, Duration) {
    let link = echo(shape);
    let mut stream = TcpStream::connect(link.addr()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let start = Instant::now();
    let mut writer = stream.try_clone().unwrap();
    let sent = bytes.to_vec();
    let writing = thread::spawn(move || {
        writer.write_all(&sent).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    writing.join().unwrap();
    (back, start.elapsed())
}

#[test]
fn bytes_come_through_unchanged_and_the_end_as_well() {
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    for shape in [
        Shape::default(),
        Shape::new(50_000_000, Duration::from_millis(1)),
        Shape { jitter: Duration::from_millis(3), ..Shape::new(0, Duration::from_millis(2)) },
        Shape { loss: 0.05, ..Shape::new(0, Duration::from_micros(100)) },
    ] {
        assert!(through(shape, &bytes).0 == bytes, "{shape:?}");
    }
}

#[test]
fn nothing_arrives_too_early() {
    let shape = Shape::new(1_000_000, Duration::from_millis(30));
    let (back, took) = through(shape, &[7; 50_000]);
    assert_eq!(back.len(), 50_000);
    // Both ways, and once through each line; the second line works while the first one still does.
    assert!(took >= Duration::from_millis(30 + 30 + 50), "{took:?}");
}

#[test]
fn a_receiver_that_does_not_read_holds_up_the_sender() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = Link::to(server.local_addr().unwrap(), Shape::default()).unwrap();
    let mut stream = TcpStream::connect(link.addr()).unwrap();
    let (_silent, _) = server.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut taken = 0;
    let mut since = Instant::now();
    // Full is what takes nothing for a while.
    while since.elapsed() < Duration::from_millis(300) {
        assert!(Instant::now() < deadline && taken < 4 * MOST_HELD, "{taken}");
        match stream.write(&[0; 65_536]) {
            Ok(count) => (taken, since) = (taken + count, Instant::now()),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
    }
    // Dropping cuts it, although much is still to be written.
    drop(link);
    stream.set_nonblocking(false).unwrap();
    while stream.write(&[0; 65_536]).is_ok() {
        assert!(Instant::now() < deadline);
    }
}

#[test]
fn a_server_that_is_not_there_is_an_end() {
    // Bound, so that nobody else gets the port meanwhile, and not listening.
    let gone = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    gone.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let addr = gone.local_addr().unwrap().as_socket().unwrap();
    let link = Link::to(addr, Shape::default()).unwrap();
    let mut stream = TcpStream::connect(link.addr()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap_or(0), 0);
}
