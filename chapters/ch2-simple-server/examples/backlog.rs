//! What the number in `listen(n)` does on this machine: how many clients are connected although nobody accepts,
//! and what becomes of the next one.
//!
//! `cargo run --release -p ch2-simple-server --example backlog`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use socket2::{Domain, Socket, Type};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

/// The values of n that are tried.
const TRIED: [i32; 4] = [0, 1, 5, 128];

/// How long the client that finds no room is watched before anybody accepts.
const WATCHED: Duration = Duration::from_millis(500);

/// How long it may take to come in then.
const PATIENCE: Duration = Duration::from_secs(4);

fn main() -> io::Result<()> {
    // All at the same time: each of them waits for most of a second.
    let rows = TRIED.map(|n| thread::spawn(move || row(n)));
    println!(
        "listen(n)   connected, none accepted   half a second later, the next   after one accept"
    );
    for row in rows {
        println!("{}", row.join().expect("a row returns its errors")?);
    }
    match fs::read_to_string("/proc/sys/net/core/somaxconn") {
        Ok(most) => println!("net.core.somaxconn: a larger n than {} counts as that", most.trim()),
        Err(_) => println!("this is no Linux: expect other numbers in the manuals"),
    }
    Ok(())
}

/// Listens, accepts nothing, and connects until that does not work any more; then accepts once.
fn row(n: i32) -> io::Result<String> {
    let listener = socket()?;
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    listener.listen(n)?;
    let addr = listener.local_addr()?;

    let mut clients = Vec::new();
    let (next, since) = loop {
        let (client, since) = (socket()?, Instant::now());
        match client.connect_timeout(&addr, WATCHED) {
            // The call has given up, the socket has not: the kernel repeats its SYN, and nobody need wait for it.
            Err(error) if error.kind() == io::ErrorKind::TimedOut && !is_connected(&client) => {
                break (client, since);
            }
            Err(error) if error.kind() != io::ErrorKind::TimedOut => return Err(error),
            _ => clients.push(client),
        }
    };
    let state = match next.take_error()? {
        None => "neither in nor refused".to_string(),
        Some(error) => error.to_string(),
    };

    let _accepted = listener.accept()?;
    let start = Instant::now();
    while !is_connected(&next) && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(5));
    }
    let end = match is_connected(&next) {
        true => format!("in, {:.1} s after its first try", since.elapsed().as_secs_f64()),
        false => format!("not in, {PATIENCE:?} later"),
    };
    Ok(format!("{n:>9}   {:>24}   {state:>29}   {end}", clients.len()))
}

fn socket() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

/// `getpeername(2)` fails with `ENOTCONN` until the handshake is done.
fn is_connected(client: &Socket) -> bool {
    client.peer_addr().is_ok()
}
