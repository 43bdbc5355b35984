//! The options that we know, and what the kernel does with each. See socket(7), tcp(7) and ip(7).

use socket2::Socket;
use std::io;
use std::time::Duration;

/// A number, or `off`.
pub(super) type Value = Option<u32>;

/// A socket option that we know.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    /// What its value may be, for the help.
    pub(super) takes: &'static str,
    pub(super) about: &'static str,
    pub(super) unit: &'static str,
    /// The smallest and the largest number.
    pub(super) range: [u32; 2],
    pub(super) set: fn(&Socket, Value) -> io::Result<()>,
    pub(super) get: fn(&Socket) -> io::Result<Value>,
    /// Why the kernel has another value than the one asked for.
    pub(super) because: fn(asked: u32, has: u32) -> &'static str,
}

/// Every one of them.
pub(super) static KNOWN: [Known; 8] = [
    Known {
        name: "SO_RCVTIMEO",
        takes: "MS",
        about: "how long one recv may wait; 0: for ever. Replaces --read-timeout: a recv that waits so long fails",
        unit: "ms",
        range: [0, LONGEST],
        set: |socket, value| socket.set_read_timeout(value.map(ms)),
        get: |socket| socket.read_timeout().map(in_ms),
        because: |_, _| TICKS,
    },
    Known {
        name: "SO_SNDTIMEO",
        takes: "MS",
        about: "how long one send may wait for room; 0: for ever. Replaces --read-timeout for sending",
        unit: "ms",
        range: [0, LONGEST],
        set: |socket, value| socket.set_write_timeout(value.map(ms)),
        get: |socket| socket.write_timeout().map(in_ms),
        because: |_, _| TICKS,
    },
    Known {
        name: "TCP_NODELAY",
        takes: "0|1",
        about: "1: a small segment does not wait until the one before it is acknowledged (Nagle's algorithm)",
        unit: "",
        range: [0, 1],
        set: |socket, value| socket.set_tcp_nodelay(value == Some(1)),
        get: |socket| socket.tcp_nodelay().map(flag),
        because: |_, _| "it would not",
    },
    Known {
        name: "SO_LINGER",
        takes: "off|SECONDS",
        about: "how long close waits until all is sent; 0: not at all, it throws all away and sends a reset",
        unit: "seconds",
        range: [0, LONGEST],
        set: |socket, value| socket.set_linger(value.map(|n| Duration::from_secs(n.into()))),
        get: |socket| Ok(socket.linger()?.map(|linger| number(linger.as_secs()))),
        because: |_, _| TICKS,
    },
    Known {
        name: "SO_RCVBUF",
        takes: "BYTES",
        about: "room for what has come and was not received yet: the most that TCP's window can offer",
        unit: "bytes",
        range: [0, i32::MAX as u32],
        set: |socket, value| socket.set_recv_buffer_size(size(value)),
        get: |socket| Ok(Some(number(socket.recv_buffer_size()? as u64))),
        because: |asked, has| buffer(asked, has, "its limit, net.core.rmem_max, doubled"),
    },
    Known {
        name: "SO_SNDBUF",
        takes: "BYTES",
        about: "room for what was sent and is not acknowledged yet",
        unit: "bytes",
        range: [0, i32::MAX as u32],
        set: |socket, value| socket.set_send_buffer_size(size(value)),
        get: |socket| Ok(Some(number(socket.send_buffer_size()? as u64))),
        because: |asked, has| buffer(asked, has, "its limit, net.core.wmem_max, doubled"),
    },
    Known {
        name: "SO_KEEPALIVE",
        takes: "0|1",
        about: "1: after two hours of silence (tcp_keepalive_time), ask whether the other side is still there",
        unit: "",
        range: [0, 1],
        set: |socket, value| socket.set_keepalive(value == Some(1)),
        get: |socket| socket.keepalive().map(flag),
        because: |_, _| "it would not",
    },
    Known {
        name: "IP_TTL",
        takes: "HOPS",
        about: "how many routers may pass our packets on (1 to 255); over IPv6 it is IPV6_UNICAST_HOPS",
        unit: "hops",
        range: [1, 255],
        // A socket has a family from its beginning, and getsockname(2) knows it before there is an address.
        set: |socket, value| match socket.local_addr()?.is_ipv6() {
            true => socket.set_unicast_hops_v6(value.unwrap_or_default()),
            false => socket.set_ttl_v4(value.unwrap_or_default()),
        },
        get: |socket| match socket.local_addr()?.is_ipv6() {
            true => socket.unicast_hops_v6().map(Some),
            false => socket.ttl_v4().map(Some),
        },
        because: |_, _| "it would not",
    },
];

/// The longest time, in milliseconds or seconds: a million.
const LONGEST: u32 = 1_000_000;

const TICKS: &str = "it counts in ticks of its own clock";

/// Why a buffer has another size than the one asked for (socket(7)).
fn buffer(asked: u32, has: u32, limit: &'static str) -> &'static str {
    match u64::from(asked) * 2 {
        double if double == u64::from(has) => {
            "it doubles what it is asked for: its bookkeeping takes room too"
        }
        double if double > u64::from(has) => limit,
        _ => "the least that it gives",
    }
}

fn ms(number: u32) -> Duration {
    Duration::from_millis(number.into())
}

/// A timeout that was read back; to the kernel, none at all is 0.
fn in_ms(timeout: Option<Duration>) -> Value {
    Some(number(timeout.map_or(0, |timeout| timeout.as_millis() as u64)))
}

fn flag(is_set: bool) -> Value {
    Some(is_set.into())
}

fn size(value: Value) -> usize {
    value.unwrap_or_default() as usize
}

fn number(number: u64) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}
