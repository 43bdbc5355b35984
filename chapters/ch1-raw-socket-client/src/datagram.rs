//! UDP: no connection, no stream, no promise.
//!
//! One `send(2)` is one datagram, and one `recv(2)` takes one. It arrives whole, or not at all, or twice, or after the
//! one that was sent behind it, and nobody tells the sender. `connect(2)` sends nothing here: it notes where our
//! datagrams go, and that only those from there are ours.

use crate::failure::{Failure, Kind};
use crate::flags::Talk;
use crate::input::{Datagrams, Input};
use crate::output::Output;
use crate::receive::{BUFFER, Receiving};
use crate::sending::Sender;
use crate::story::{Story, count, grouped};
use crate::{connect, talk};
use socket2::{Socket, Type};
use std::io::{self, ErrorKind, Read};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Sends the input as datagrams, and prints as many as come back.
///
/// # Errors
///
/// Nobody is there, or fewer come back than were sent.
pub fn talk(
    talk: &Talk,
    addresses: &[SocketAddr],
    input: Input,
    output: Output,
) -> Result<(), Failure> {
    let mut datagrams = Datagrams::new(input);
    let Some(first) = datagrams.read()? else { return Ok(()) };
    let (socket, peer) = reach(addresses, &first, talk)?;
    let socket = Arc::new(socket);
    let patience = talk::patience(talk, peer, &socket)?;
    let raw_timeout = talk.options.has("SO_RCVTIMEO");

    let send_patience = (!talk.options.has("SO_SNDTIMEO")).then_some(talk.read_timeout);
    let sender = Sender::new(peer, send_patience, talk.story);
    sender.sent_datagram();
    let sending = sender.start({
        let socket = Arc::clone(&socket);
        move |sender| {
            sender.set_idle(datagrams.is_live());
            while let Some(datagram) = datagrams.read()? {
                sender.set_idle(false);
                send(&socket, &datagram, sender.story).map_err(|error| sender.failed(&error))?;
                sender.sent_datagram();
                sender.set_idle(datagrams.is_live());
            }
            Ok(())
        }
    })?;
    let mut receiving = Receiving { socket: &socket, sending, patience, raw_timeout, output };
    let mut replies = 0;
    receive(&mut receiving, &mut replies).map_err(|failure| match failure.kind {
        Kind::ReplyTimedOut => {
            let sent = receiving.sending.datagrams();
            let (missing, sent) = (grouped(sent.saturating_sub(replies)), grouped(sent));
            let tried = format!("no reply from {peer} to {missing} of {sent} datagrams");
            let hint = "nobody is there, or one was lost: UDP tells neither; see --read-timeout";
            Failure { tried, ..failure }.hint(hint)
        }
        Kind::Refused => Failure { tried: format!("cannot reach {peer}"), ..failure },
        _ => failure,
    })
}

/// A socket for UDP whose first datagram is on its way to an address at which nobody has refused it.
///
/// There is no handshake that could fail. But a machine on which nobody listens on this port says so, by an ICMP
/// message, and the kernel reports that by the next call: connection refused. So where there are several addresses,
/// this waits a moment for it.
fn reach(
    addresses: &[SocketAddr],
    first: &[u8],
    talk: &Talk,
) -> Result<(Socket, SocketAddr), Failure> {
    let mut failures = Vec::new();
    for &address in addresses {
        talk.story.tell(format_args!("connecting to {address}"));
        let attempt = connect::open(address, Type::DGRAM, &talk.options).and_then(|socket| {
            attempt(&socket, address, first, addresses.len() > 1, talk.story)
                .map_err(|error| Failure::of(format_args!("cannot send to {address}"), &error))?;
            Ok(socket)
        });
        match attempt {
            Ok(socket) => return Ok((socket, address)),
            Err(failure) => {
                connect::tell(&failure, address, talk.story);
                failures.push(failure);
            }
        }
    }
    Err(connect::most_telling(failures))
}

/// How long a refusal is awaited.
const REFUSAL: Duration = Duration::from_millis(100);

fn attempt(
    socket: &Socket,
    address: SocketAddr,
    first: &[u8],
    wait: bool,
    story: Story,
) -> io::Result<()> {
    socket.connect(&address.into())?;
    let local = connect::local(socket)?;
    story.tell(format_args!("from {local} to {address}, without a handshake: this is UDP"));
    send(socket, first, story)?;
    if !wait {
        return Ok(());
    }
    let timeout = socket.read_timeout()?;
    socket.set_read_timeout(Some(REFUSAL))?;
    // A look at what has come, without taking it. A reply or silence: somebody may be there.
    let refused = socket.peek(&mut [MaybeUninit::uninit()]);
    socket.set_read_timeout(timeout)?;
    match refused {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Err(error),
        _ => Ok(()),
    }
}

/// Sends one datagram: one `send(2)`, which takes it whole or fails.
fn send(socket: &Socket, datagram: &[u8], story: Story) -> io::Result<()> {
    loop {
        match socket.send(datagram) {
            Ok(n) => {
                story.tell(format_args!("sent {} of {}", grouped(n as u64), count(n, "byte")));
                return Ok(());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Prints replies until there is one for each datagram that was sent.
fn receive(receiving: &mut Receiving<'_>, replies: &mut u64) -> Result<(), Failure> {
    // More than a datagram can have: of one that does not fit, recv(2) throws the rest away.
    let mut buffer = vec![0; BUFFER];
    let mut socket = receiving.socket;
    loop {
        let ended = receiving.sending.ended();
        if ended.is_some() && *replies >= receiving.sending.datagrams() {
            return receiving.sending.check();
        }
        receiving.patience.check(ended)?;
        match socket.read(&mut buffer) {
            Ok(n) => {
                receiving.sending.tell(format_args!("received {}", count(n, "byte")));
                receiving.output.print(&buffer[..n])?;
                receiving.patience.heard();
                *replies += 1;
            }
            Err(error) => receiving.failed(&error)?,
        }
    }
}
