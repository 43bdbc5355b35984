//! Wake-ups: none is lost, and none is in vain.

use crate::suite::{Target, skipped};
use crate::{Program, Wire};
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Clients that have sent a request.
pub(super) fn asking(server: &Program, count: usize) -> Vec<Wire> {
    let ask = |_| {
        let mut client = server.connect();
        client.request("GET", "/");
        client
    };
    (0..count).map(ask).collect()
}

/// A client whose handler computes for so long, and nobody else is served meanwhile.
fn busy(server: &Program, milliseconds: u32) -> Wire {
    let mut client = server.connect();
    client.request("GET", &format!("/spin/{}", milliseconds * 1000));
    client
}

/// What lies behind an urgent byte is read, though a read stops before it.
pub fn what_lies_behind_urgent_data_is_read(target: &Target) {
    let server = target.launch().args(["--patience", "1000"]).start();
    for _ in 0..3 {
        let mut client = server.connect();
        // From here on nothing is read because it might be there, and nobody is late: only a report makes the loop read.
        client.get("/", 200);
        // While its next request is computed, the rest arrives, and is reported all at once. A read stops before the
        // urgent byte though more is there, and nothing is ever reported of what lies behind.
        let before = server.reading().cpu;
        client.request("GET", "/spin/300000");
        let computing = before + Duration::from_millis(50);
        server.eventually("it computes", || server.reading().cpu > computing);
        client.send("GET / HTTP/1.1\r\nHo");
        client.send_urgent(b'!');
        client.send("st: a\r\n\r\n");
        client.expect_reply("GET", 200);
        client.expect_reply("GET", 200);
    }
}

/// Clients that are reported once, all together, are all let in.
pub fn all_who_came_in_one_burst_are_let_in(target: &Target) {
    let server = target.launch().start();
    let mut busy = busy(&server, 500);
    // They are reported once for all of them, and there are more than a round of the loop lets in.
    let mut clients = asking(&server, 200);
    clients.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
    busy.expect_reply("GET", 200);
}

/// A shortage of descriptors ends when another client leaves.
pub fn who_waits_for_a_descriptor_is_served_when_another_client_leaves(target: &Target) {
    let server = target.launch().limit("-n", 24).start();
    let clients = asking(&server, 60);
    // Nobody else comes who would be reported.
    for mut client in clients {
        client.expect_reply("GET", 200);
    }
}

/// A shortage of descriptors ends when there are more.
pub fn who_waits_for_a_descriptor_is_served_when_there_are_more(target: &Target) {
    let server = target.launch().start();
    let allow = |descriptors: &str| {
        let (pid, limit) = (server.pid().to_string(), format!("--nofile={descriptors}:"));
        let said = Command::new("prlimit").args(["--pid", &pid, &limit]).status();
        said.is_ok_and(|status| status.success())
    };
    if !allow("24") {
        return skipped("prlimit is not installed, or not allowed here");
    }
    let mut clients = asking(&server, 60);
    let line = "warning: cannot accept a connection: too many open files";
    server.eventually("the shortage is reported", || server.stderr().starts_with(line));
    assert!(allow("512"), "what was taken can be given back");
    // Nobody leaves and nobody comes: it is the clock alone that makes the loop try again.
    clients.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
}

/// A full server rests, and lets one in when another leaves.
pub fn who_waits_for_a_place_is_let_in_when_another_client_leaves(target: &Target) {
    let server = target.launch().args(["--max-connections", "1", "--patience", "60"]).start();
    let clients = asking(&server, 20);
    // Until then nobody is asked again and again whether there is a place.
    let before = server.reading().cpu;
    thread::sleep(Duration::from_secs(1));
    let used = server.reading().cpu - before;
    server.check(used <= Duration::from_millis(50), format!("a full server rests, used {used:?}"));
    for mut client in clients {
        client.expect_reply("GET", 200);
    }
}
