//! Programs that take or give more than anybody wants.

use crate::bench::{Bench, Way};

#[test]
fn writes_as_fast_as_it_can() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let graded = bench.grade("ch2.1", &bench.sh("yes & exec yes >&2"));
        graded.expect_nothing("writes lines as fast as it can", "bad-ready-line", &["got \"y\""]);
    }
}

/// Writes to both streams without end, behind a ready line that is right.
const WRITES: &str = "listener = listen()\n\
    def write(stream):\n\
    \x20   while True:\n\
    \x20       os.write(stream, b'listening on you\\n' * BURST)\n\
    \x20       time.sleep(PAUSE)\n\
    for stream in (1, 2):\n\
    \x20   threading.Thread(target=write, args=[stream]).start()\n";

#[test]
fn says_that_it_listens_and_then_only_writes() {
    for (name, burst) in [
        ("writes both streams full behind the ready line", "PAUSE, BURST = 0, 4000\n"),
        ("writes a megabyte a second behind the ready line", "PAUSE, BURST = 0.01, 600\n"),
    ] {
        let bench = Bench::new(Way::Best);
        let Some(program) = bench.server(&format!("{burst}{WRITES}")) else { return };
        let graded = bench.grade("ch2.1", &program);
        graded.expect_nothing(name, "silent", &["stderr ends with", "listening on you"]);
    }
}

#[test]
fn eats_memory() {
    for way in Way::BOTH {
        let bench = Bench::new(way).alone();
        let script = "all = []\nwhile True:\n    all.append(bytearray(os.urandom(1 << 20)))\n";
        let Some(program) = bench.server(script) else { return };
        let graded = bench.grade("ch2.1", &program);
        graded.expect_nothing("eats memory", "limit-hit", &["more than 512 MiB of memory"]);
    }
}

#[test]
fn fills_the_disk() {
    let bench = Bench::new(Way::Best);
    let script =
        "cd \"$TMPDIR\" && i=0; while :; do i=$((i + 1)); head -c 8000000 /dev/zero > file$i; done";
    let graded = bench.grade("ch2.1", &bench.sh(script));
    graded.expect_nothing("fills its scratch folder", "limit-hit", &["in its scratch folder"]);
}

#[test]
fn replies_without_end() {
    for (name, reply, symptom) in [
        ("accepts and floods, without a line ending", "b'x' * 65536", "wrong-reply"),
        ("accepts and floods, in lines", "b'x\\n' * 32768", "wrong-reply"),
    ] {
        let bench = Bench::new(Way::Best);
        let script =
            format!("peer, _ = listen().accept()\nwhile True:\n    peer.sendall({reply})\n");
        let Some(program) = bench.server(&script) else { return };
        let graded = bench.grade("ch2.1", &program);
        graded.expect_nothing(name, symptom, &["x"]);
    }
}
