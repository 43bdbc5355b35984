//! One conversation over TCP, from the look-up to the last byte.

use crate::failure::Failure;
use crate::flags::Talk;
use crate::framing::Framing;
use crate::input::{Input, Pace};
use crate::output::Output;
use crate::patience::Patience;
use crate::receive::Receiving;
use crate::resolve::Lookup;
use crate::send::send_input;
use crate::sending::Sender;
use crate::story::millis;
use crate::{address::Host, connect, datagram};
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
    let patience = Patience::new(talk, peer, &socket)?;
    let framing = Framing::new(input.client.take());
    let sending = sender(talk, peer, input.pace).start({
        let socket = Arc::clone(&socket);
        move |sender| send_input(&socket, input, sender)
    })?;
    Receiving { socket: &socket, sending, patience, output }.receive(framing)
}

/// Who sends to this peer.
pub fn sender(talk: &Talk, peer: SocketAddr, pace: Pace) -> Sender {
    let patience = (!talk.options.has("SO_SNDTIMEO")).then_some(talk.read_timeout);
    Sender::new(peer, patience, pace, talk.story)
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
