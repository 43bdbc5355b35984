//! Programs that take their time. They cost the grader's whole patience, so they all run at the same time.

use crate::bench::{Bench, Way};
use crate::graded::Graded;
use std::thread;
use std::time::Duration;

/// A program, the check that it is graded by, and what is seen.
struct Slow {
    name: &'static str,
    check: &'static str,
    program: fn(&Bench) -> Option<Vec<String>>,
    symptom: &'static str,
    words: &'static [&'static str],
}

const ALL: &[Slow] = &[
    Slow {
        name: "waits for ever without a line",
        check: "ch2.1",
        program: |bench| Some(bench.sh("while :; do sleep 1; done")),
        symptom: "no-ready-line",
        words: &["nothing on stdout for 20 s, and nobody listens"],
    },
    Slow {
        name: "waits for ever, and ignores every signal that one can ignore",
        check: "ch2.1",
        program: |bench| {
            Some(bench.sh("trap '' TERM INT HUP PIPE USR1; while :; do sleep 1; done"))
        },
        symptom: "no-ready-line",
        words: &["nothing on stdout for 20 s, and nobody listens"],
    },
    Slow {
        name: "listens, and does not say so",
        check: "ch2.1",
        program: |bench| bench.server("sys.stdout = sys.stderr\nlisten()\ntime.sleep(1000)\n"),
        symptom: "no-ready-line",
        words: &["nothing on stdout for 20 s, while it listens on 127.0.0.1:"],
    },
    Slow {
        name: "a ready line of 10 MB without its end",
        check: "ch2.1",
        program: |bench| {
            Some(bench.sh("head -c 10000000 /dev/zero | tr '\\0' x; while :; do sleep 1; done"))
        },
        symptom: "no-ready-line",
        words: &["a first line without its end, for 20 s"],
    },
    Slow {
        name: "accepts and says nothing",
        check: "ch2.1",
        program: |bench| bench.server("peers = listen().accept()\ntime.sleep(1000)\n"),
        symptom: "silent",
        words: &["nothing"],
    },
    Slow {
        name: "a byte every 9 s",
        check: "ch2.1",
        program: |bench| {
            bench.server(
                "peer, _ = listen().accept()\nfor byte in b'x' * 1000:\n    time.sleep(9)\n    peer.send(bytes([byte]))\n",
            )
        },
        symptom: "wrong-reply",
        words: &["xx"],
    },
    Slow {
        name: "serves, and ignores SIGTERM",
        check: "ch2.11",
        program: |bench| {
            bench.server(
                "import signal\n\
                 signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                 listener = listen()\n\
                 while True:\n\
                 \x20   stream = listener.accept()[0].makefile('rwb', buffering=0)\n\
                 \x20   for line in stream:\n\
                 \x20       stream.write(line.split()[1] + b' 0\\n')\n\
                 \x20   stream.close()\n",
            )
        },
        symptom: "ignores-term",
        words: &["a program that still ran"],
    },
];

#[test]
fn those_that_wait_are_not_waited_for() {
    thread::scope(|scope| {
        let gradings = ALL.iter().flat_map(|slow| Way::BOTH.map(|way| (slow, way)));
        let gradings = gradings.map(|(slow, way)| {
            let grade = move || {
                let bench = Bench::new(way);
                let program = (slow.program)(&bench)?;
                Some(bench.grade(slow.check, &program))
            };
            (slow, scope.spawn(grade))
        });
        for (slow, graded) in gradings.collect::<Vec<_>>() {
            let graded: Option<Graded> = graded.join().unwrap();
            if let Some(graded) = graded {
                graded.expect_nothing(slow.name, slow.symptom, slow.words);
                // A part that takes its whole time takes 60 s, and the verdict then says so.
                assert!(graded.took > Duration::from_secs(5), "{:?}", graded.took);
            }
        }
    });
}
