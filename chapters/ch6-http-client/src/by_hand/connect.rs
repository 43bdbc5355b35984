//! From a URL to a connected socket: the name is looked up, and its addresses are tried in turn.

use super::Story;
use crate::failure::{Failure, Kind};
use crate::url::{Url, origin};
use base64::Engine;
use common::log::reason;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A connection, and where it leads to.
#[derive(Debug)]
pub struct Connection {
    /// The socket.
    pub stream: TcpStream,
    /// Scheme, host and port of the URL that it was made for.
    pub origin: String,
    /// Where it ended up.
    pub addr: SocketAddr,
}

/// Connects to the URL's host within `patience` for the look-up and for each address, and before `until`.
///
/// # Errors
///
/// The name has no address, or nobody can be reached at any of them.
pub fn open(
    url: &Url,
    patience: Duration,
    until: Instant,
    story: &mut Story,
) -> Result<Connection, Failure> {
    let (host, port) =
        (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    // The brackets of an IPv6 address belong to the URL.
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let left = || until.saturating_duration_since(Instant::now()).min(patience);
    let addrs = match host.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => {
            let begun = Instant::now();
            let addrs = look_up(&host, port, left())?;
            story.resolved(&host, &addrs, begun.elapsed());
            addrs
        }
    };
    let mut last =
        Failure::new(Kind::UnknownName, format_args!("cannot find {host}"), "it has no address");
    for addr in addrs {
        let begun = Instant::now();
        let tried = format!("cannot connect to {addr}");
        // std refuses a timeout of zero.
        match TcpStream::connect_timeout(&addr, left().max(Duration::from_millis(1))) {
            Ok(stream) => {
                // A request is one write: waiting for more to send with it would only hold it up (Nagle).
                let _ = stream.set_nodelay(true);
                story.connected(&stream, addr, begun.elapsed());
                return Ok(Connection { stream, origin: origin(url), addr });
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                last = Failure::new(Kind::TimedOut, tried, "no answer in time");
            }
            Err(error) => last = Failure::new(Kind::Connect, tried, reason(&error)),
        }
    }
    Err(last)
}

/// getaddrinfo(3) has no time limit of its own and cannot be interrupted, so a thread waits for it that may be left
/// behind.
fn look_up(host: &str, port: u16, patience: Duration) -> Result<Vec<SocketAddr>, Failure> {
    let tried = format!("cannot find {host}");
    let (name, (tell, told)) = (host.to_owned(), mpsc::sync_channel(1));
    let ask = move || {
        let addrs = std::net::ToSocketAddrs::to_socket_addrs(&(&*name, port));
        // Nobody listens any more if it took too long.
        let _ = tell.send(addrs.map(Vec::from_iter));
    };
    let thread = thread::Builder::new().name("look-up".into()).spawn(ask);
    thread.map_err(|error| Failure::new(Kind::Own, &tried, reason(&error)))?;
    match told.recv_timeout(patience) {
        Ok(Ok(addrs)) => Ok(addrs),
        Ok(Err(error)) => Err(Failure::new(Kind::UnknownName, tried, words(&error))),
        Err(_) => Err(Failure::new(Kind::TimedOut, tried, "no answer in time")),
    }
}

/// What getaddrinfo(3) says, without the name of the function.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.rsplit(": ").next().unwrap_or(&text).to_lowercase()
}

/// The value of `Authorization` for a URL with a name and a password in it (RFC 7617).
pub fn basic(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let pair =
        [decoded(url.username()), b":".to_vec(), decoded(url.password().unwrap_or_default())];
    Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair.concat())))
}
