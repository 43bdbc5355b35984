//! What these tests have in common: our program, and who holds which socket.
#![allow(dead_code)] // Each test program uses its own part of it.

use harness::{Launch, Program, Wire, proc};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::process::Command;
use std::time::Duration;

/// The program of this chapter.
pub(crate) const OURS: &str = env!("CARGO_BIN_EXE_ch4-process-server");

/// Its models.
pub(crate) const MODELS: [&str; 3] = ["spawn", "fork", "prefork"];

/// The contract: a stop takes no longer.
pub(crate) const STOP: Duration = Duration::from_secs(5);

/// Is there such a program here? If not, says so past the capture of the test runner.
pub(crate) fn is_installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        let _ = writeln!(io::stderr(), "skipped: {program} is not installed");
    }
    found
}

/// Our program with a model, and flags as one would type them. Idle clients of a slow machine may take their time.
pub(crate) fn ours(model: &str, flags: &str) -> Launch {
    let launch = Launch::new(OURS).args(["--addr", "127.0.0.1:0", "--patience", "60"]);
    launch.args(["--model", model]).args(flags.split_whitespace())
}

/// So many clients, each of which has been answered once and keeps its connection.
#[track_caller]
pub(crate) fn idle_clients(server: &Program, count: usize) -> Vec<Wire> {
    let client = |_| {
        let mut client = server.connect();
        client.get("/", 200);
        client
    };
    (0..count).map(client).collect()
}

/// A client whose reply is due only after so many milliseconds, and certainly under way.
#[track_caller]
pub(crate) fn in_flight(server: &Program, milliseconds: u32) -> Wire {
    let mut wire = server.connect();
    ask_late(&mut wire, milliseconds);
    wire
}

/// Asks for a reply that is due only after so many milliseconds, and waits until that is certainly under way.
#[track_caller]
pub(crate) fn ask_late(wire: &mut Wire, milliseconds: u32) {
    // One segment: who has answered the first request has received the second.
    wire.send(format!(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /delay/{milliseconds} HTTP/1.1\r\nHost: a\r\n\r\n"
    ));
    wire.expect_reply("GET", 200);
}

/// The children that a server has just now.
#[track_caller]
pub(crate) fn children(server: &Program) -> BTreeSet<u32> {
    proc::children(server.pid()).expect("/proc can be read").into_iter().collect()
}

/// Has this process ended? One that nobody has waited for has.
pub(crate) fn has_ended(pid: u32) -> bool {
    proc::state(pid).map_or(true, |state| state == 'Z')
}

/// Sends a signal, by its name, to a process, or with a minus to a process group.
#[track_caller]
pub(crate) fn kill(signal: &str, target: impl ToString) {
    let target = target.to_string();
    let status =
        Command::new("sh").args(["-c", r#"kill -s "$0" -- "$1""#, signal, &target]).status();
    assert!(status.is_ok_and(|status| status.success()), "cannot send {signal} to {target}");
}

/// The sockets that a process holds: its descriptors in their order, each with the inode that tells two sockets apart.
pub(crate) fn sockets(pid: u32) -> BTreeMap<u32, u64> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return BTreeMap::new() };
    let socket = |entry: io::Result<fs::DirEntry>| {
        let path = entry.ok()?.path();
        let link = fs::read_link(&path).ok()?;
        let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()?;
        Some((path.file_name()?.to_str()?.parse().ok()?, inode))
    };
    entries.filter_map(socket).collect()
}

/// The socket that the server listens at: the first that it has opened.
#[track_caller]
pub(crate) fn listener(server: &Program) -> u64 {
    *sockets(server.pid()).first_key_value().expect("a server listens").1
}

/// The children that have a client, and the sockets of those clients. It is the stdin of a program that was spawned,
/// and else the one socket that is not the listener.
#[track_caller]
pub(crate) fn clients(server: &Program) -> BTreeMap<u32, u64> {
    let listener = listener(server);
    let mut found = BTreeMap::new();
    // A child has all that its parent has, until it has closed what is not its own. Standard output is another matter:
    // there a program that was spawned has the line to its parent.
    server.eventually("parent and children share no socket but the listener", || {
        let parents: BTreeSet<u64> = sockets(server.pid()).into_values().collect();
        let own = |child| {
            let held =
                sockets(child).into_iter().filter(|(fd, inode)| *fd != 1 && *inode != listener);
            (child, held.map(|(_, inode)| inode).collect::<Vec<u64>>())
        };
        let held: Vec<(u32, Vec<u64>)> = children(server).into_iter().map(own).collect();
        found = held.iter().filter_map(|(child, own)| Some((*child, *own.first()?))).collect();
        !held.iter().flat_map(|(_, own)| own).any(|inode| parents.contains(inode))
    });
    found
}

/// One more client that has been answered once, by this child.
#[track_caller]
pub(crate) fn client_and_child(server: &Program) -> (Wire, u32) {
    let before = clients(server);
    let wire = idle_clients(server, 1).remove(0);
    let after = clients(server);
    let new = after.into_iter().find(|(_, client)| !before.values().any(|other| other == client));
    (wire, new.expect("somebody serves this client").0)
}
