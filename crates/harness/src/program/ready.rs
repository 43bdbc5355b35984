//! Where a program listens: by its own word, or by the kernel's.

use std::net::{SocketAddr, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

use super::output::Output;
use crate::{holds_within, proc};

/// Reads `listening on ADDR`, the first line of every program.
pub(super) fn line(output: &Output, deadline: Duration) -> Result<SocketAddr, String> {
    let Some(line) = output.line(0, deadline) else {
        let so_far = output.stdout();
        return Err(format!(
            "no ready line: expected `listening on ADDR` within {deadline:?}, stdout so far is {so_far:?}"
        ));
    };
    let addr = line.strip_prefix("listening on ").and_then(|addr| addr.parse().ok());
    addr.ok_or_else(|| format!("the first line of stdout must be `listening on ADDR`, like `listening on 127.0.0.1:43210`; it is {line:?}"))
}

/// Waits until somebody listens at an address, or the program that should do so has ended.
pub(super) fn by_connecting(
    addr: SocketAddr,
    child: &mut Child,
    deadline: Duration,
) -> Result<SocketAddr, String> {
    let mut listens = false;
    holds_within(deadline, || {
        listens = TcpStream::connect_timeout(&addr, deadline).is_ok();
        listens || !matches!(child.try_wait(), Ok(None))
    });
    listens.then_some(addr).ok_or_else(|| format!("nobody listens on {addr} within {deadline:?}"))
}

/// Finds the address of a program whose ready line nobody can read.
pub(super) fn in_proc(pid: u32, deadline: Duration) -> Result<SocketAddr, String> {
    let start = Instant::now();
    let mut found = Ok(Vec::new());
    holds_within(deadline, || {
        found = proc::listening(pid);
        !matches!(&found, Ok(addrs) if addrs.is_empty()) || start.elapsed() > deadline
    });
    match found {
        Ok(addrs) => {
            addrs.first().copied().ok_or_else(|| format!("it listens nowhere after {deadline:?}"))
        }
        Err(error) => Err(format!("cannot see where it listens: {error}")),
    }
}
