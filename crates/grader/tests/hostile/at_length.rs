//! Programs that take their time. They cost the grader's whole patience, so several run at the same time.

use crate::bench::{Bench, Way};
use crate::forging::UGLY;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many are graded at once: they hardly need the CPU.
const AT_ONCE: usize = 8;

/// A program, the check that it is graded by, and what is seen.
struct Slow {
    name: &'static str,
    ways: &'static [Way],
    check: &'static str,
    program: fn(&Bench) -> Option<Vec<String>>,
    symptom: &'static str,
    words: &'static [&'static str],
}

const BEST: &[Way] = &[Way::Best];
const BOTH: &[Way] = &Way::BOTH;

/// The slowest ones first.
const ALL: &[Slow] = &[
    Slow {
        name: "a byte every 9 s",
        ways: BEST,
        check: "ch2.1",
        program: |bench| {
            let script = "peer, _ = listen().accept()\n\
                while True:\n\
                \x20   time.sleep(9)\n\
                \x20   peer.send(b'x')\n";
            bench.server(script)
        },
        symptom: "wrong-reply",
        words: &["\"x"],
    },
    Slow {
        name: "leaves a stubborn daemon that does nothing",
        ways: BOTH,
        check: "ch2.1",
        program: |bench| {
            let script = "import signal\n\
                signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                daemon()\n\
                time.sleep(1000)\n";
            bench.server(script)
        },
        symptom: "ended-early",
        words: &["nothing on stdout; it ended with exit code 0"],
    },
    Slow {
        name: "serves, and ignores SIGTERM",
        ways: BOTH,
        check: "ch2.11",
        program: |bench| {
            let script = "import signal\n\
                signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                listener = listen()\n\
                while True:\n\
                \x20   stream = listener.accept()[0].makefile('rwb', buffering=0)\n\
                \x20   for line in stream:\n\
                \x20       stream.write(line.split()[1] + b' 0\\n')\n\
                \x20   stream.close()\n";
            bench.server(script)
        },
        symptom: "ignores-term",
        words: &["a program that still ran"],
    },
    Slow {
        name: "waits for ever, and ignores whatever can be ignored",
        ways: BOTH,
        check: "ch2.1",
        program: |bench| {
            Some(bench.sh("trap '' TERM INT HUP PIPE USR1; while :; do sleep 1; done"))
        },
        symptom: "no-ready-line",
        words: &["nothing on stdout for 20 s, and nobody listens"],
    },
    Slow {
        name: "waits for ever without a line",
        ways: BEST,
        check: "ch2.1",
        program: |bench| Some(bench.sh("while :; do sleep 1; done")),
        symptom: "no-ready-line",
        words: &["nothing on stdout for 20 s, and nobody listens"],
    },
    Slow {
        name: "says ugly things on stderr, and waits",
        ways: BEST,
        check: "ch2.1",
        program: |bench| {
            let script = format!(
                "printf '::error::x\\n{UGLY}\\n```\\n</details>\\n##[error]\\n{UGLY}' >&2; \
                 while :; do sleep 1; done"
            );
            Some(bench.sh(&script))
        },
        symptom: "no-ready-line",
        words: &["its stderr ends with:", r"\x1b[2J"],
    },
    Slow {
        name: "listens, and does not say so",
        ways: BEST,
        check: "ch2.1",
        program: |bench| {
            bench.server("sys.stdout = sys.stderr\nlistener = listen()\ntime.sleep(1000)\n")
        },
        symptom: "no-ready-line",
        words: &["nothing on stdout for 20 s, while it listens on 127.0.0.1:"],
    },
    Slow {
        name: "a ready line of 10 MB without its end",
        ways: BEST,
        check: "ch2.1",
        program: |bench| {
            Some(bench.sh("head -c 10000000 /dev/zero | tr '\\0' x; while :; do sleep 1; done"))
        },
        symptom: "no-ready-line",
        words: &["a first line without its end, for 20 s"],
    },
    Slow {
        name: "a client that prints what it was not told",
        ways: BEST,
        check: "ch1.1",
        program: |bench| bench.server("print('apples 100', flush=True)\ntime.sleep(1000)\n"),
        symptom: "never-connects",
        words: &["none for 20 s"],
    },
    Slow {
        name: "leaves a daemon that only listens",
        ways: BOTH,
        check: "ch2.1",
        program: |bench| bench.server("daemon()\nlistener = listen()\ntime.sleep(1000)\n"),
        symptom: "silent",
        words: &["nothing for 10 s", "it ended with exit code 0"],
    },
    Slow {
        name: "accepts and says nothing",
        ways: BEST,
        check: "ch2.1",
        program: |bench| bench.server("peer = listen().accept()\ntime.sleep(1000)\n"),
        symptom: "silent",
        words: &["nothing for 10 s"],
    },
];

#[test]
fn those_that_wait_are_not_waited_for() {
    let all: Vec<_> =
        ALL.iter().flat_map(|slow| slow.ways.iter().map(move |way| (slow, *way))).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((slow, way)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bench = Bench::new(*way);
                    let Some(program) = (slow.program)(&bench) else { continue };
                    let graded = bench.grade(slow.check, &program);
                    graded.expect_nothing(slow.name, slow.symptom, slow.words);
                }
            });
        }
    });
}
