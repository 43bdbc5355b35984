//! Programs of chapter 1: here the grader is the server.

use crate::bench::{Bench, Way};

/// Begins every client.
const CLIENT: &str = "def connect():\n\
    \x20   host, port = sys.argv[-1].rsplit(':', 1)\n\
    \x20   return socket.create_connection((host, int(port)))\n";

#[test]
fn clients_that_misbehave_get_their_verdict_too() {
    for (name, script, symptom, words) in [
        (
            "a client that exits 0 at once",
            "sys.exit(0)\n",
            "never-connects",
            "none; it ended with exit code 0",
        ),
        (
            "a client that floods its server",
            "peer = connect()\nwhile True: peer.sendall(b'x' * 65536)\n",
            "wrong-command",
            "x",
        ),
        (
            "a client that floods its stdout",
            "peer = connect()\nwhile True: print('100 of 100 points')\n",
            "silent",
            "",
        ),
        (
            "a client that prints what it was not told",
            "print('apples 100', flush=True)\ntime.sleep(1000)\n",
            "never-connects",
            "none for 20 s",
        ),
    ] {
        let bench = Bench::new(Way::Best);
        let Some(program) = bench.server(&format!("{CLIENT}{script}")) else { return };
        bench.grade("ch1.1", &program).expect_nothing(name, symptom, &[words]);
    }
}
