//! From a name to addresses, and in which order to try them.
//!
//! A socket connects to an address. Names are for people, and `getaddrinfo(3)` looks them up: in `/etc/hosts`, then
//! over the network, in the DNS. A name may have many addresses, of both families.

use crate::address::Host;
use crate::failure::{self, Failure, Kind, is_shortage};
use crate::story::seconds;
use common::log::reason;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Looks up the addresses of a host, as often as it is asked.
#[derive(Debug)]
pub struct Lookup {
    host: Host,
    port: u16,
    /// A look-up that was given up, and goes on in its thread.
    pending: Option<Receiver<io::Result<Vec<SocketAddr>>>>,
}

impl Lookup {
    /// Prepares to look up a host.
    pub fn new(host: Host, port: u16) -> Self {
        Self { host, port, pending: None }
    }

    /// The addresses of the host, in the order in which to try them.
    ///
    /// `getaddrinfo(3)` takes no timeout and cannot be interrupted: a name server that is silent holds it up for many
    /// seconds. So it runs in a thread of its own, and it is only our waiting that ends.
    ///
    /// # Errors
    ///
    /// The name has no address, or nobody said so in time.
    pub fn addresses(&mut self, within: Duration) -> Result<Vec<SocketAddr>, Failure> {
        let name = match &self.host {
            Host::Name(name) => name,
            Host::Address(address) => {
                let mut address = *address;
                address.set_port(self.port);
                return Ok(vec![address]);
            }
        };
        let tried = format!("cannot find the address of {}", self.host);
        let answer = match self.pending.take() {
            Some(answer) => answer,
            None => ask(name.clone(), self.port).map_err(|error| failure::own(&tried, &error))?,
        };
        match answer.recv_timeout(within) {
            Ok(Ok(addresses)) if !addresses.is_empty() => Ok(in_turn(addresses)),
            Ok(Err(error)) if is_shortage(&error) => Err(failure::own(tried, &error)),
            Ok(Err(error)) => {
                let why = why(&error);
                // EAI_AGAIN: it is not known whether there is such a name.
                let is_silent = why.starts_with("temporary failure");
                let hint = if is_silent { NOBODY } else { HINT };
                Err(Failure::new(Kind::UnknownName, tried, why).hint(hint))
            }
            Err(RecvTimeoutError::Timeout) => {
                self.pending = Some(answer);
                let happened = format!("timed out after {}", seconds(within));
                let failure = Failure::new(Kind::ConnectTimedOut, tried, happened);
                Err(failure.hint("is the network up? an IP address needs no look-up"))
            }
            // No address at all, or the thread is gone without an answer.
            _ => Err(Failure::new(Kind::UnknownName, tried, "it has no address").hint(HINT)),
        }
    }
}

const NOBODY: &str = "the name server does not answer: is the network up?";
const HINT: &str = "check the spelling, or give an IP address";

/// Starts the thread that calls `getaddrinfo(3)`.
fn ask(name: String, port: u16) -> io::Result<Receiver<io::Result<Vec<SocketAddr>>>> {
    let (tell, answer) = mpsc::channel();
    thread::Builder::new().name("look-up".into()).spawn(move || {
        let addresses = (&*name, port).to_socket_addrs().map(Iterator::collect);
        // If nobody waits any longer, nobody misses the answer.
        let _ = tell.send(addresses);
    })?;
    Ok(answer)
}

/// The words of `gai_strerror(3)`, without those that say the same for every failure.
fn why(error: &io::Error) -> String {
    let text = reason(error);
    let words = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The order in which the addresses are tried.
///
/// The resolver has sorted them already, the most promising first (RFC 6724). But where a whole family does not work,
/// say IPv6 behind a bad router, all its addresses could come first, each with its timeout. So the families take turns
/// (RFC 8305 section 4), beginning with that of the first address. Duplicates are dropped.
///
/// This is half of what is called happy eyeballs. The other half is a race: an address that has not answered within
/// 250 ms is not given up, but the next one is tried beside it, and the first connection wins. A browser does that,
/// so that nobody notices a broken family. We try one after the other, so that you can follow.
pub fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let Some(first) = addresses.first().copied() else { return addresses };
    let (preferred, others): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv4() == first.is_ipv4());
    let (mut preferred, mut others) = (preferred.into_iter(), others.into_iter());
    let mut order = Vec::new();
    loop {
        let pair = [preferred.next(), others.next()];
        if pair == [None, None] {
            return order;
        }
        for address in pair.into_iter().flatten() {
            if !order.contains(&address) {
                order.push(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        let order = |text: &str| {
            let addresses = text.split(' ').map(|ip| SocketAddr::new(ip.parse().unwrap(), 80));
            let order = in_turn(addresses.collect());
            order.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order("::1 ::2 ::3 10.0.0.1 10.0.0.2"), "::1 10.0.0.1 ::2 10.0.0.2 ::3");
        assert_eq!(order("10.0.0.1 ::1 ::2"), "10.0.0.1 ::1 ::2");
        assert_eq!(order("10.0.0.1 10.0.0.2"), "10.0.0.1 10.0.0.2");
        assert_eq!(order("::1 ::1 10.0.0.1 ::1 10.0.0.1"), "::1 10.0.0.1");
        assert_eq!(in_turn(vec![]), []);
    }

    #[test]
    fn an_address_needs_no_look_up() {
        let mut lookup = Lookup::new(Host::parse("::1").unwrap(), 80);
        assert_eq!(lookup.addresses(Duration::ZERO).unwrap(), ["[::1]:80".parse().unwrap()]);
    }

    #[test]
    fn the_words_of_the_resolver() {
        let text = "failed to lookup address information: Name or service not known";
        assert_eq!(why(&io::Error::other(text)), "name or service not known");
    }
}
