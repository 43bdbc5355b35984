//! What datagrams do not promise, shown on loopback, where they are better than anywhere else.
//!
//! `cargo run --release -p ch2-simple-server --example datagrams`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

/// How many small datagrams are sent to a receiver that does not read.
const SENT: u32 = 10_000;

/// How long to look for what nobody has promised.
const A_WHILE: Duration = Duration::from_millis(200);

fn main() -> io::Result<()> {
    truncation()?;
    loss_and_order()?;
    no_connection()
}

/// A socket on a free port of loopback.
fn socket() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(A_WHILE))?;
    Ok(socket)
}

fn truncation() -> io::Result<()> {
    let (receiver, sender) = (socket()?, socket()?);
    sender.send_to(b"the first datagram", receiver.local_addr()?)?;
    sender.send_to(b"second", receiver.local_addr()?)?;
    println!("truncation: two datagrams, of 18 and 6 bytes, and a buffer of 8 bytes");
    let mut buffer = [0; 8];
    for call in ["first", "second", "third"] {
        let got = match receiver.recv(&mut buffer) {
            Ok(n) => format!("{n} bytes, {:?}", String::from_utf8_lossy(&buffer[..n])),
            Err(_) => "nothing: the other 10 bytes are gone".into(),
        };
        println!("  {:<34} {got}", format!("the {call} recv"));
    }
    Ok(())
}

fn loss_and_order() -> io::Result<()> {
    let (receiver, sender) = (socket()?, socket()?);
    let to = receiver.local_addr()?;
    let failed =
        (0..SENT).filter(|number| sender.send_to(&number.to_be_bytes(), to).is_err()).count();
    let mut numbers = Vec::new();
    let mut number = [0; 4];
    while receiver.recv(&mut number).is_ok() {
        numbers.push(u32::from_be_bytes(number));
    }
    println!(
        "loss: {SENT} datagrams of 4 bytes, numbered, and a receiver that begins to read when all are sent"
    );
    println!("  {:<34} {failed}", "errors that the sender saw");
    println!("  {:<34} {}", "datagrams that were still there", numbers.len());
    println!("  {:<34} {}", "datagrams that were lost", SENT as usize - numbers.len());
    let in_order = numbers.is_sorted_by(|a, b| a < b);
    let said = if in_order { "yes, but no network promises it" } else { "no" };
    println!("  {:<34} {said}", "in order, and none of them twice");
    Ok(())
}

fn no_connection() -> io::Result<()> {
    println!("no connection: two datagrams to a port where nobody listens any more");
    let nobody = socket()?.local_addr()?;
    for connected in [false, true] {
        let socket = socket()?;
        if connected {
            socket.connect(nobody)?;
        }
        for call in ["first", "second"] {
            let sent = if connected { socket.send(b"?") } else { socket.send_to(b"?", nobody) };
            let kind = if connected { "connected socket" } else { "socket" };
            println!("  {:<34} {}", format!("{kind}, {call} send"), said(sent));
        }
    }
    Ok(())
}

fn said(sent: io::Result<usize>) -> String {
    match sent {
        Ok(_) => "success".into(),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "ECONNREFUSED: that is about the first one".into()
        }
        Err(error) => error.to_string(),
    }
}
