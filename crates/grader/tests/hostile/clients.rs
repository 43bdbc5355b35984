//! Programs of chapter 1: here the grader is the server.

use crate::bench::{Bench, Way};

/// Begins every client.
const CLIENT: &str = "host, port = sys.argv[-1].rsplit(':', 1)\n\
    def connect():\n\
    \x20   return socket.create_connection((host, int(port)))\n";

#[track_caller]
fn expect_nothing(name: &str, script: &str, symptom: &str, words: &[&str]) {
    let bench = Bench::new(Way::Best);
    let Some(program) = bench.server(&format!("{CLIENT}{script}")) else { return };
    bench.grade("ch1.1", &program).expect_nothing(name, symptom, words);
}

#[test]
fn exits_0_at_once() {
    let words = ["none; it ended with exit code 0"];
    expect_nothing("a client that exits 0 at once", "sys.exit(0)\n", "never-connects", &words);
}

#[test]
fn floods_its_server() {
    let script = "peer = connect()\nwhile True: peer.sendall(b'x' * 65536)\n";
    expect_nothing("a client that floods its server", script, "wrong-command", &["x"]);
}

#[test]
fn floods_its_stdout() {
    let script = "peer = connect()\nwhile True: print('100 of 100 points')\n";
    expect_nothing("a client that floods its stdout", script, "silent", &["nothing"]);
}
