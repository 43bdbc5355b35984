//! UDP: no connection, no stream, no promise.
//!
//! One `send(2)` is one datagram, and one `recv(2)` takes one. It arrives whole, or not at all, or twice, or after the
//! one that was sent behind it, and nobody tells the sender. `connect(2)` sends nothing here: it notes where our
//! datagrams go, and that only those from there are ours.

use crate::failure::{self, Failure, Kind};
use crate::flags::{Source, Talk};
use crate::input::{Datagrams, Input};
use crate::output::Output;
use crate::patience::Patience;
use crate::receive::{BUFFER, Receiving};
use crate::sending::{Sender, State};
use crate::story::grouped;
use crate::verdict::Seen;
use crate::{connect, talk};
use socket2::{Socket, Type};
use std::io::{ErrorKind, Read};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;
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
    let pace = input.pace;
    let (first, mut datagrams) = first(talk, input)?;
    let Some(first) = first else { return Ok(()) };
    let (socket, sender) = reach(addresses, &first, |peer| talk::sender(talk, peer, pace), talk)?;
    let socket = Arc::new(socket);
    let patience = Patience::new(talk, sender.peer, &socket)?;
    let sending = sender.start({
        let socket = Arc::clone(&socket);
        move |sender| {
            loop {
                sender.reads();
                let datagram = datagrams.read()?;
                sender.has_read();
                let Some(datagram) = datagram else { return Ok(()) };
                sender.send(&socket, &datagram)?;
            }
        }
    })?;
    let mut receiving = Receiving { socket: &socket, sending, patience, output };
    let mut replies = 0;
    receive(&mut receiving, &mut replies).map_err(|failure| {
        let sent = receiving.sending.progress().sends;
        explained(failure, receiving.patience.peer, replies, sent)
    })
}

/// The first datagram. A file may be one that gives nothing, so the time for everything counts here already; standard
/// input may take its time.
fn first(talk: &Talk, input: Input) -> Result<(Option<Vec<u8>>, Datagrams), Failure> {
    let mut datagrams = Datagrams::new(input, talk.source == Source::Stdin);
    if !matches!(talk.source, Source::File(_)) {
        return Ok((datagrams.read()?, datagrams));
    }
    let (tell, answer) = mpsc::channel();
    let read = move || {
        let first = datagrams.read();
        // If nobody waits any longer, nobody misses it.
        let _ = tell.send((first, datagrams));
    };
    let thread = thread::Builder::new().name("read".into()).spawn(read);
    thread.map_err(|error| failure::own("cannot start a thread", &error))?;
    match answer.recv_timeout(talk.max_time) {
        Ok((first, datagrams)) => Ok((first?, datagrams)),
        Err(_) => Err(failure::own("cannot read the input", &ErrorKind::TimedOut.into())
            .hint("the file gave nothing until --max-time")),
    }
}

/// A failure, with what is special about UDP.
fn explained(failure: Failure, peer: SocketAddr, replies: u64, sent: u64) -> Failure {
    match failure.kind {
        Kind::ReplyTimedOut if replies < sent => {
            let (missing, sent) = (grouped(sent - replies), grouped(sent));
            let tried = format!("no reply from {peer} to {missing} of {sent} datagrams");
            let hint = "nobody is there, or one was lost: UDP tells neither; see --read-timeout";
            Failure { tried, ..failure }.hint(hint)
        }
        Kind::Refused => Failure { tried: format!("cannot reach {peer}"), ..failure },
        _ => failure,
    }
}

/// A socket for UDP whose first datagram is on its way to an address at which nobody has refused it, and who sent it.
///
/// There is no handshake that could fail. But a machine on which nobody listens on this port says so, by an ICMP
/// message, and the kernel reports that by the next call: connection refused. So where there are several addresses,
/// this waits a moment for it.
fn reach(
    addresses: &[SocketAddr],
    first: &[u8],
    sender: impl Fn(SocketAddr) -> Sender,
    talk: &Talk,
) -> Result<(Socket, Sender), Failure> {
    let mut failures = Vec::new();
    for &address in addresses {
        let sender = sender(address);
        let attempt = connect::open(address, Type::DGRAM, &talk.options).and_then(|socket| {
            attempt(&socket, first, &sender, addresses.len() > 1)?;
            Ok(socket)
        });
        match attempt {
            Ok(socket) => return Ok((socket, sender)),
            Err(failure) => {
                let failure = explained(failure, address, 0, 0);
                connect::tell(&failure, address, talk.story);
                failures.push(failure);
            }
        }
    }
    Err(connect::most_telling(failures))
}

/// How long a refusal is awaited.
const REFUSAL: Duration = Duration::from_millis(100);

fn attempt(socket: &Socket, first: &[u8], sender: &Sender, wait: bool) -> Result<(), Failure> {
    let address = sender.peer;
    let failed = |error| failure::of(format_args!("cannot send to {address}"), &error);
    let local = socket
        .connect(&address.into())
        .and_then(|()| connect::other_than_ourselves(socket))
        .map_err(failed)?;
    sender
        .story
        .tell(format_args!("sending from {local} to {address}, without a handshake: this is UDP"));
    sender.send(socket, first)?;
    if !wait {
        return Ok(());
    }
    let timeout = socket.read_timeout().map_err(failed)?;
    socket.set_read_timeout(Some(REFUSAL)).map_err(failed)?;
    // A look at what has come, without taking it. A reply or silence: somebody may be there.
    let refused = loop {
        match socket.peek(&mut [MaybeUninit::uninit()]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() != ErrorKind::WouldBlock => break Err(error),
            _ => break Ok(()),
        }
    };
    socket.set_read_timeout(timeout).and(refused).map_err(failed)
}

/// Prints replies until there is one for each datagram that was sent.
fn receive(receiving: &mut Receiving<'_>, replies: &mut u64) -> Result<(), Failure> {
    // More than a datagram can have: of one that does not fit, recv(2) throws the rest away.
    let mut buffer = vec![0; BUFFER];
    loop {
        let progress = receiving.sending.progress();
        let (ended, sent) = match progress.state {
            State::Ended(at, sent) => (Some(at), sent),
            _ => (None, Ok(())),
        };
        let is_owed = progress.sends > *replies;
        if ended.is_some() && !is_owed {
            return sent;
        }
        receiving.patience.bound(receiving.socket, ended)?;
        let seen = if is_owed || receiving.patience.raw.is_none() {
            look(receiving, &mut buffer)
        } else {
            // Nobody owes us a reply yet, so no `recv(2)` may fail for the want of one.
            receiving.sending.wait(receiving.patience.look(), |now| {
                now.sends > *replies || matches!(now.state, State::Ended(..))
            });
            Ok(Seen::Nothing)
        };
        match seen.and_then(|seen| receiving.check().and(Ok(seen))) {
            Ok(Seen::Bytes) => *replies += 1,
            // What failed on our own side can wait until the replies to the rest are here.
            Ok(_) if sent.as_ref().is_err_and(|failure| failure.kind != Kind::Own) => return sent,
            Ok(_) => {}
            Err(failure) => return sent.and(Err(failure)),
        }
    }
}

/// One `recv(2)`, which takes one datagram. One of 0 bytes is a datagram like any other, and no end.
fn look(receiving: &mut Receiving<'_>, buffer: &mut [u8]) -> Result<Seen, Failure> {
    let mut socket = receiving.socket;
    match socket.read(buffer) {
        Ok(n) => receiving.print(&buffer[..n]).and(Ok(Seen::Bytes)),
        Err(error) => receiving.failed(&error),
    }
}
