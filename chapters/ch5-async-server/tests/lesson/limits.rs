//! Limits: of what waits for a slow reader, and of how many there are.

use super::{MODELS, example, ours, pour};
use harness::Program;

/// What the kernel's buffers may hold on both sides, with room to spare.
const KERNEL: usize = 24 << 20;

/// So much is sent to a server that sends it back, and nobody takes it.
const MUCH: usize = 48 << 20;

/// How the memory of a server may move for reasons of its own.
const ALLOWANCE: u64 = 8 << 20;

/// What a server that echoes takes from a client that never reads: from the client, and of its own memory.
pub(super) fn taken(server: &Program) -> (usize, u64) {
    let client = server.connect();
    let before = server.memory();
    let sent = pour(client.stream(), MUCH);
    (sent, server.memory().saturating_sub(before))
}

#[test]
fn a_queue_without_a_limit_takes_everything() {
    let server = example("wrong_async", &["no-limit"]);
    let (sent, _) = taken(&server);
    assert!(sent >= MUCH, "it never says stop, and did after {sent} bytes");
}

#[test]
fn who_owes_does_not_read_so_the_sender_waits() {
    for model in MODELS {
        let server = ours(model, "--service echo").start();
        let (sent, held) = taken(&server);
        server.check(sent < KERNEL, format!("{model}: the client has to wait, after {sent} bytes"));
        server.check(held < ALLOWANCE, format!("{model}: little is held, got {held}"));
    }
}

#[test]
fn without_a_limit_strangers_decide_how_many_there_are() {
    let server = example("wrong_async", &["sleep-right"]);
    let before = server.reading().fds;
    let clients: Vec<_> = (0..100).map(|_| server.connect()).collect();
    server.eventually("each has a descriptor", || server.reading().fds == before + clients.len());
}

#[test]
fn at_the_limit_clients_wait_and_take_no_descriptor() {
    for model in MODELS {
        let server = ours(model, "--patience 60 --max-connections 4").start();
        let before = server.reading().fds;
        let mut first = super::idle_clients(&server, 4);
        let mut others: Vec<_> = (0..20).map(|_| server.connect()).collect();
        others.iter_mut().for_each(|client| client.request("GET", "/"));
        // The loop has had its turns since the others came.
        first.iter_mut().for_each(|client| drop(client.get("/", 200)));
        let fds = server.reading().fds;
        server.check(fds == before + 4, format!("{model}: 4 descriptors, got {}", fds - before));
        drop(first);
        for mut client in others {
            client.expect_reply("GET", 200);
        }
    }
}
