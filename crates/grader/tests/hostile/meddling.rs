//! Programs that turn against whoever has started them.

use crate::bench::{Bench, Way, skipped};

/// Sends signals to everybody of this grading whom it finds, the grader and the supervisor among them, to its parent and
/// to its group. It touches nobody else: should the sandbox fail, that is all that is lost.
const KILLER: &str = "trap '' TERM INT HUP\n\
    is_ours() { tr '\\0' '\\n' < /proc/$1/cmdline 2>/dev/null | grep -q -x -e \"$2\"; }\n\
    found=\n\
    for pid in $PPID $(cd /proc && echo [0-9]*); do\n\
    \x20 [ $pid != $$ ] && is_ours $pid \"$1\" && found=\"$found $pid\"\n\
    done\n\
    for name in STOP TERM INT HUP USR1 KILL; do\n\
    \x20 for pid in $found; do kill -s $name $pid 2>/dev/null && echo killed $pid; done\n\
    done\n\
    echo it has tried $found\n\
    kill -s KILL 0\n";

#[test]
fn kills_whomever_it_can() {
    for way in Way::BOTH {
        let probe = Bench::new(way);
        let graded = probe.grade("ch2.1", &probe.sh("exit 0"));
        let isolation = graded.files.json["isolation"].to_string();
        if isolation.contains("no landlock for “signals") && isolation.contains("no bubblewrap") {
            skipped("this kernel cannot keep a program from sending signals");
            continue;
        }
        let bench = Bench::new(way);
        let graded = bench.grade("ch2.1", &bench.sh(KILLER));
        let words = ["got \"it has tried "];
        graded.expect_nothing("kills whomever it can", "bad-ready-line", &words);
        let bench = Bench::new(way);
        let graded = bench.grade("ch2.1", &bench.sh("kill -s KILL 0"));
        let words = ["nothing on stdout; it was ended by SIGKILL"];
        graded.expect_nothing("kills its process group", "ended-early", &words);
    }
}

#[test]
fn closes_and_opens_what_it_has_been_given() {
    let bench = Bench::new(Way::Best);
    let script = "listener = listen()\nos.close(0); os.close(1); os.close(2)\n\
        for number in range(3, 60):\n\
        \x20   if number != listener.fileno():\n\
        \x20       try: os.write(number, b'{\"Exited\":{\"Code\":0}}\\n')\n\
        \x20       except OSError: pass\n\
        while True: listener.accept()[0].close()\n";
    let Some(program) = bench.server(script) else { return };
    let graded = bench.grade("ch2.1", &program);
    graded.note("closes its streams and writes to every descriptor");
    graded.expect_failed("closes its streams and writes to every descriptor");
    assert_eq!(graded.earned(), 0);
}
