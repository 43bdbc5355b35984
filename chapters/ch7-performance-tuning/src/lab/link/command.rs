//! `lab link`: puts a slow line before any server.

use super::super::{Asked, Failure, Flag, Takes, cannot};
use super::{Link, Shape};
use common::stop::Stop;
use common::{listen, log, stop};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

/// What it does, in one line.
pub const ABOUT: &str =
    "a slow line before a server: lab link --to HOST:PORT --rate 1M --delay 20ms";

/// The longest delay.
const LONGEST: Takes = Takes::Time(Duration::from_secs(10));

/// The rate of a line.
pub const RATE: Flag = Flag {
    name: "rate",
    takes: Takes::Bytes(0, 4 << 30),
    default: "20M",
    help: "bytes per second in each direction; 0: as many as come",
};

/// The delay of a line.
pub const DELAY: Flag = Flag {
    name: "delay",
    takes: LONGEST,
    default: "20ms",
    help: "how long a byte flies, one way: a round trip is twice as long",
};

/// The jitter of a line.
pub const JITTER: Flag = Flag {
    name: "jitter",
    takes: LONGEST,
    default: "0s",
    help: "by how much longer it may fly, by chance",
};

/// The loss of a line.
pub const LOSS: Flag = Flag {
    name: "loss",
    takes: Takes::PerCent(100),
    default: "0",
    help: "per cent of pieces that arrive late, as if TCP had sent them again",
};

/// Its flags.
pub const FLAGS: &[Flag] = &[
    Flag { name: "to", takes: Takes::Address, default: "127.0.0.1:8080", help: "the server" },
    Flag {
        name: "addr",
        takes: Takes::Address,
        default: "127.0.0.1:0",
        help: "where to listen; port 0: a free one",
    },
    RATE,
    DELAY,
    JITTER,
    LOSS,
];

/// The line that these flags describe.
pub fn shape(asked: &Asked) -> Shape {
    Shape {
        rate: asked.bytes(RATE.name),
        delay: asked.time(DELAY.name),
        jitter: asked.time(JITTER.name),
        loss: asked.share(LOSS.name),
    }
}

/// Listens, says where, and carries bytes until SIGTERM or SIGINT.
///
/// # Errors
///
/// It cannot listen, or an address is none.
pub fn run(asked: &Asked) -> Result<(), Failure> {
    let [to, at] = [address(asked, "to")?, address(asked, "addr")?];
    if leads_to_itself(at, to) {
        let same =
            format!("--to {to} is the link itself (--addr {at}): what comes would never leave");
        return Err(Failure::Usage(format!("{same}; choose another port for one of them")));
    }
    let stop = Stop::on_signals().map_err(|error| Failure::Cannot(stop::cannot(&error)))?;
    listen::allow_descriptors(2 * super::MOST_CONNECTIONS);
    let link = Link::start(at, to, shape(asked))
        .map_err(|error| Failure::Cannot(listen::cannot(at, &error)))?;
    log::ready(link.addr(), &format!("curl http://{}/", link.addr()));
    stop.wait();
    Ok(())
}

fn address(asked: &Asked, flag: &str) -> Result<SocketAddr, Failure> {
    let text = asked.address(flag).expect("both have a default");
    let found = text.to_socket_addrs().map_err(cannot(&format!("find --{flag} {text}")))?.next();
    found.ok_or_else(|| Failure::Cannot(format!("cannot find --{flag} {text}: it has no address")))
}

/// Would the link connect to the address where it listens? Who listens on all addresses listens on each that is ours, and
/// who connects to none in particular reaches this machine.
fn leads_to_itself(at: SocketAddr, to: SocketAddr) -> bool {
    let is_ours = || to.ip().is_unspecified() || TcpListener::bind((to.ip(), 0)).is_ok();
    let same = at.ip() == to.ip()
        || (at.ip().is_unspecified() && is_ours())
        || (to.ip().is_unspecified() && at.ip().is_loopback());
    // With port 0 the system chooses one that is free, so nobody's.
    at.port() == to.port() && at.port() != 0 && same
}

#[cfg(test)]
mod tests {
    use super::leads_to_itself;

    #[test]
    fn a_link_does_not_lead_to_itself() {
        for (at, to, itself) in [
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("0.0.0.0:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "0.0.0.0:80", true),
            ("0.0.0.0:80", "0.0.0.0:80", true),
            ("127.0.0.1:80", "127.0.0.1:81", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
            ("127.0.0.1:80", "127.0.0.2:80", false),
            // An address for documentation (RFC 5737), so not ours.
            ("0.0.0.0:80", "192.0.2.1:80", false),
        ] {
            let said = leads_to_itself(at.parse().unwrap(), to.parse().unwrap());
            assert_eq!(said, itself, "{at} to {to}");
        }
    }
}
