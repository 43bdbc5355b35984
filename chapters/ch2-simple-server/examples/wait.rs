//! Who waits for whom? Five clients come at the same time and ask a server for a page that takes 200 ms; then one client
//! after another asks for a page that takes no time.
//!
//! `cargo run --release -p ch2-simple-server --example wait -- [HOST:PORT]`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// Where the lesson's servers listen.
const SERVER: &str = "127.0.0.1:8080";

const CLIENTS: usize = 5;

/// How long a client waits: long enough for all of them, one after another.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often the quick page is asked for.
const IN_A_ROW: u32 = 1000;

fn main() {
    let server = std::env::args().nth(1).unwrap_or_else(|| SERVER.to_string());
    if let Err(error) = at_the_same_time(&server).and_then(|()| in_a_row(&server)) {
        println!("cannot ask {server}: {error} (is it there? cargo run -p ch2-simple-server)");
    }
}

fn at_the_same_time(server: &str) -> io::Result<()> {
    let mut times = thread::scope(|scope| {
        let clients = [(); CLIENTS].map(|()| scope.spawn(|| ask(server, "/delay/200")));
        let asked = clients.map(|client| client.join().expect("a client returns its errors"));
        asked.into_iter().collect::<io::Result<Vec<_>>>()
    })?;
    times.sort_by_key(|(_, answered)| *answered);
    println!("client   connected after   answered after");
    for (number, (connected, answered)) in (1..).zip(times) {
        println!("{number:>6} {:>14.1} ms {:>13.0} ms", ms(connected), ms(answered));
    }
    Ok(())
}

fn in_a_row(server: &str) -> io::Result<()> {
    let start = Instant::now();
    for _ in 0..IN_A_ROW {
        ask(server, "/")?;
    }
    let each = start.elapsed() / IN_A_ROW;
    println!("one after another, without the delay: {:.2} ms each", ms(each));
    Ok(())
}

/// How long it took to be connected, and to have the whole answer.
fn ask(server: &str, path: &str) -> io::Result<(Duration, Duration)> {
    let start = Instant::now();
    let mut stream = TcpStream::connect(server)?;
    let connected = start.elapsed();
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if answer.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((connected, start.elapsed()))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
