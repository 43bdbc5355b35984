//! Servers and people for tests.

pub(crate) mod socket;

pub(crate) use harness::DEADLINE;
use harness::{Launch, Program, Wire};
use std::io::Write;
use std::process::Command;

pub(crate) const CHAT: &str = env!("CARGO_BIN_EXE_chat");

pub(crate) const GREETING: &str =
    "* welcome: type your name (1 to 20 letters, digits, - or _) and press Enter\n";

/// A server, with flags as one would type them.
pub(crate) fn serving(flags: &str) -> Launch {
    let launch = Launch::new(CHAT).args(["--addr", "127.0.0.1:0"]);
    launch.args(flags.split_whitespace()).deadline(DEADLINE)
}

/// Somebody who was greeted, and has not said a name.
#[track_caller]
pub(crate) fn stranger(server: &Program) -> Wire {
    let mut wire = server.connect();
    wire.expect(GREETING);
    wire
}

/// Somebody who has come in and is told to be there: `alone in lobby`, `in lobby with alice, bob`.
#[track_caller]
pub(crate) fn person(server: &Program, name: &str, place: &str) -> Wire {
    let mut wire = stranger(server);
    wire.send(format!("{name}\n"));
    wire.expect(format!("* you are {name}, {place}; /help lists the commands\n"));
    wire
}

/// Three people in the lobby, who know of each other.
#[track_caller]
pub(crate) fn three(server: &Program) -> [Wire; 3] {
    let mut alice = person(server, "alice", "alone in lobby");
    let mut bob = person(server, "bob", "in lobby with alice");
    let carol = person(server, "carol", "in lobby with alice, bob");
    alice.expect("* bob joined\n* carol joined\n");
    bob.expect("* carol joined\n");
    [alice, bob, carol]
}

/// Somebody whose lines are read one by one, or many at a time.
pub(crate) struct Lines {
    pub(crate) wire: Wire,
    unread: Vec<u8>,
}

impl Lines {
    pub(crate) fn of(wire: Wire) -> Self {
        Self { wire, unread: Vec::new() }
    }

    /// Waits for the next lines, complete ones.
    #[track_caller]
    pub(crate) fn some(&mut self) -> Vec<String> {
        loop {
            if let Some(end) = self.unread.iter().rposition(|&byte| byte == b'\n') {
                let rest = self.unread.split_off(end + 1);
                let lines = String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
                return lines.lines().map(str::to_owned).collect();
            }
            let more = self.wire.read_once();
            self.wire.check(!more.is_empty(), "a line, and not the end");
            self.unread.extend(more);
        }
    }

    /// Reads lines until one is as wished; returns all of them.
    #[track_caller]
    pub(crate) fn until(&mut self, wished: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        while !lines.iter().any(|line: &String| wished(line)) {
            lines.extend(self.some());
        }
        lines
    }
}

/// Whether a program is there; if not, says that a test is skipped.
pub(crate) fn has(program: &str, test: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null", program]).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        let _ = writeln!(std::io::stderr(), "skipped: {test}: {program} is missing");
    }
    found
}
