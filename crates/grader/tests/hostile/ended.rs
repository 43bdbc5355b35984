//! Programs that end too early.

use crate::bench::{Bench, Way};

#[test]
fn exits_0_at_once() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let graded = bench.grade("ch2.1", &bench.sh("exit 0"));
        graded.expect_nothing(
            "exits 0 at once",
            "ended-early",
            &["nothing on stdout; it ended with exit code 0"],
        );
    }
}

#[test]
fn prints_the_ready_line_and_exits() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let graded = bench.grade("ch2.1", &bench.sh("echo listening on 127.0.0.1:9; exit 0"));
        graded.expect_nothing(
            "prints the ready line and exits",
            "died|no-listener",
            &["somebody who listens on 127.0.0.1:9"],
        );
    }
}

#[test]
fn exits_in_the_middle_of_a_reply() {
    let bench = Bench::new(Way::Best);
    let script =
        "peer, _ = listen().accept()\npeer.send(peer.recv(99)[4:-1] + b' ')\nos._exit(0)\n";
    let Some(program) = bench.server(script) else { return };
    let graded = bench.grade("ch2.1", &program);
    // How the program ended is known a moment later than that its connection did.
    let symptoms = "died|no-newline|reset|closed-early|wrong-reply";
    graded.expect_nothing("exits in the middle of a reply", symptoms, &["on the wire"]);
}

#[test]
fn a_part_of_the_points_for_a_part_of_the_work() {
    let bench = Bench::new(Way::Best);
    let script = "totals = {}\n\
        peer, _ = listen().accept()\n\
        stream = peer.makefile('rwb', buffering=0)\n\
        for line in stream:\n\
        \x20   words = line.split()\n\
        \x20   totals.setdefault(words[1], 0)\n\
        \x20   if words[0] == b'add':\n\
        \x20       totals[words[1]] += int(words[2])\n\
        \x20   stream.write(b'%s %d\\n' % (words[1], totals[words[1]]))\n";
    let Some(program) = bench.server(script) else { return };
    let graded = bench.grade("ch2.2", &program);
    graded.expect_failed("knows add and get only");
    assert_eq!(graded.earned(), 6, "{}", graded.out);
    assert!(graded.out.contains("quit (2 points)"), "{}", graded.out);
}
