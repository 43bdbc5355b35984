//! The ladder: what has been changed since the event loop of chapter 5, one change a step.

use common::{Setting, Settings};

/// The loop climbs so far.
pub const STEP: Setting = Setting {
    name: "step",
    default: LADDER.len(),
    most: LADDER.len(),
    help: "only the first N changes of the lesson's ladder",
};

/// The changes in their order, each in a line. `--step N` makes the first N of them.
pub const LADDER: [&str; 6] = [
    "who is reported has a turn at once, and stands in no queue",
    "a short read is the last one",
    "one reading of the clock less for each turn",
    "a connection keeps its buffer for the next reply",
    "TCP_NODELAY is inherited from the listening socket",
    "a new client is served before its socket is watched",
];

/// Which of them are made.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Step 2: a read that brings less than there was room for is not followed by one that would bring nothing, unless
    /// the kernel has reported something besides bytes. It saves one system call for each request.
    pub short_read_is_last: bool,
    /// Step 3: a turn begins when the one before it was last seen to go on, and not when the clock is asked again. Each
    /// conversation still asks before its handler and behind it, which may take long, and the loop before it waits.
    pub clock_is_reused: bool,
    /// Step 4: it saves two calls of the allocator for each reply, and costs each connection that has asked for something
    /// 256 bytes, or up to 4 KiB if it asks for many things at once.
    pub buffers_are_kept: bool,
    /// Step 5: Linux makes the socket of a connection as a copy of the listening one, options included. It saves one
    /// system call for each connection.
    pub nodelay_is_inherited: bool,
    /// Step 6: what a client has sent is often there when it is accepted. One that asks for a single reply is served and
    /// closed, and was never watched: that saves an `epoll_ctl(2)` and a report. For one that sends later, a read is in vain.
    pub serves_before_watching: bool,
}

impl Steps {
    /// Those that the user wants.
    pub fn wanted(settings: &Settings) -> Self {
        let step = settings.value(&STEP);
        Self {
            short_read_is_last: step >= 2,
            clock_is_reused: step >= 3,
            buffers_are_kept: step >= 4,
            nodelay_is_inherited: step >= 5 && cfg!(target_os = "linux"),
            serves_before_watching: step >= 6,
        }
    }
}
