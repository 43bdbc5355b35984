//! What a socket costs on this machine, over the loopback: everything but the network.
//!
//! `cargo run --release -p ch1-raw-socket-client --example cost`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

/// How often each thing is timed; the median of them is shown.
const ROUNDS: usize = 2_000;

fn main() -> io::Result<()> {
    let (server, udp) = (echo()?, udp_echo()?);
    show("find the addresses of localhost", ROUNDS, look_up)?;
    show("make a socket and close it", ROUNDS, || Socket::new(Domain::IPV4, Type::STREAM, None))?;
    show("make one, connect it and close it", ROUNDS, || connect(server))?;
    show("a byte there and back, over a new connection", ROUNDS, || {
        ask(&mut connect(server)?, &mut [0; 1])
    })?;
    let mut open = connect(server)?;
    show("a byte there and back, over an open one", ROUNDS, || ask(&mut open, &mut [0; 1]))?;
    let datagrams = UdpSocket::bind("127.0.0.1:0")?;
    datagrams.connect(udp)?;
    show("a byte there and back, as datagrams", ROUNDS, || {
        datagrams.send(b"?")?;
        datagrams.recv(&mut [0; 1])
    })?;
    let mut sink = connect(sink()?)?;
    show("a megabyte, 64 KiB at each send", ROUNDS / 20, || send(&mut sink, 64 * 1024))?;
    show("a megabyte, 64 bytes at each send", ROUNDS / 20, || send(&mut sink, 64))
}

/// Times something so often, and shows the median.
fn show<T>(what: &str, rounds: usize, mut act: impl FnMut() -> io::Result<T>) -> io::Result<()> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        act()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    println!("{what:<46}{:>9.1} µs", micros(times[rounds / 2]));
    Ok(())
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// One `getaddrinfo(3)`, which asks no server of names: the answer stands in /etc/hosts.
fn look_up() -> io::Result<usize> {
    Ok(("localhost", 80).to_socket_addrs()?.count())
}

/// `socket(2)` and `connect(2)`: the handshake, to the kernel on the other side and back.
fn connect(server: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.connect(&server.into())?;
    Ok(socket)
}

/// One question and its answer.
fn ask(socket: &mut Socket, buffer: &mut [u8]) -> io::Result<()> {
    socket.write_all(buffer)?;
    socket.read_exact(buffer)
}

/// A megabyte, so many bytes at each `send(2)`.
fn send(socket: &mut Socket, chunk: usize) -> io::Result<()> {
    let bytes = vec![0; chunk];
    (0..(1 << 20) / chunk).try_for_each(|_| socket.write_all(&bytes))
}

/// Starts a server that sends back what it receives, one client after another.
fn echo() -> io::Result<SocketAddr> {
    serve(|bytes, mut stream| stream.write_all(bytes))
}

/// Starts a server that throws away what it receives.
fn sink() -> io::Result<SocketAddr> {
    serve(|_, _| Ok(()))
}

fn serve(
    answer: impl Fn(&[u8], &std::net::TcpStream) -> io::Result<()> + Send + 'static,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let addr = listener.local_addr()?;
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            loop {
                match (&stream).read(&mut buffer) {
                    Ok(n @ 1..) if answer(&buffer[..n], &stream).is_ok() => {}
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    _ => break,
                }
            }
        }
    });
    Ok(addr)
}

fn udp_echo() -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let addr = socket.local_addr()?;
    thread::spawn(move || {
        let mut buffer = [0; 64];
        while let Ok((n, from)) = socket.recv_from(&mut buffer) {
            // Who has gone misses nothing.
            let _ = socket.send_to(&buffer[..n], from);
        }
    });
    Ok(addr)
}
