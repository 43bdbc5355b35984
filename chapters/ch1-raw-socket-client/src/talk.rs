//! One conversation over TCP, from the look-up to the last byte.

use crate::failure::Failure;
use crate::flags::{Source, Talk};
use crate::framing::Framing;
use crate::input::Input;
use crate::output::Output;
use crate::patience::Patience;
use crate::receive::{self, Receiving};
use crate::resolve::Lookup;
use crate::send::send_input;
use crate::sending::Sender;
use crate::story::millis;
use crate::{address::Host, connect, datagram};
use socket2::Socket;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Holds the conversation that the user wants.
///
/// # Errors
///
/// Why it did not come to its end.
pub fn talk(talk: &Talk) -> Result<(), Failure> {
    let mut input = Input::open(talk)?;
    let output = Output::open(talk.max_reply)?;
    let addresses = resolve(talk)?;
    if talk.udp {
        return datagram::talk(talk, &addresses, input, output);
    }
    let (socket, peer) =
        connect::connect(&addresses, talk.connect_timeout, &talk.options, talk.story)?;
    let socket = Arc::new(socket);
    let patience = patience(talk, peer, &socket)?;
    let raw_timeout = talk.options.has("SO_RCVTIMEO");
    let framing = Framing::new(input.client.take());

    let send_patience = (!talk.options.has("SO_SNDTIMEO")).then_some(talk.read_timeout);
    let sender = Sender::new(peer, send_patience, talk.story);
    let sending = sender.start({
        let socket = Arc::clone(&socket);
        move |sender| send_input(&socket, input, sender)
    })?;
    let mut receiving = Receiving { socket: &socket, sending, patience, raw_timeout, output };
    let received = receiving.receive(framing);
    receive::decide(received, || receiving.sending.finish(&receiving.patience))
}

/// The addresses of the host, in the order in which to try them.
fn resolve(talk: &Talk) -> Result<Vec<SocketAddr>, Failure> {
    let start = Instant::now();
    let addresses = Lookup::new(talk.host.clone(), talk.port).addresses(talk.connect_timeout)?;
    if let Host::Name(_) = talk.host {
        let list: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
        let (list, took) = (list.join(", "), millis(start.elapsed()));
        talk.story.tell(format_args!("resolved {} to {list} in {took}", talk.host));
    }
    Ok(addresses)
}

/// The limits of the conversation, and the timeouts of its socket: two `setsockopt(2)`. What the user set stays.
///
/// # Errors
///
/// The system does not set them.
pub fn patience(talk: &Talk, peer: SocketAddr, socket: &Socket) -> Result<Patience, Failure> {
    let patience = Patience {
        peer,
        silence: talk.read_timeout,
        total: talk.max_time,
        since: (talk.source != Source::Stdin).then(Instant::now),
        heard: None,
    };
    let set = || {
        if !talk.options.has("SO_RCVTIMEO") {
            socket.set_read_timeout(Some(patience.look()))?;
        }
        if !talk.options.has("SO_SNDTIMEO") {
            socket.set_write_timeout(Some(talk.read_timeout))?;
        }
        Ok(())
    };
    set().map_err(|error| Failure::own("cannot set a timeout", &error))?;
    Ok(patience)
}
