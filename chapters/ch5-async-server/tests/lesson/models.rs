//! What the three models are, and what nobody has to wait for.

use super::{
    MODELS, ONE_THREAD, PACKAGE, all_threads_are, example, idle_clients, ours, send_all_at_once,
};
use harness::{Launch, Program, Signal, Wire, build_example, holds_within};
use std::cell::Cell;
use std::io::{self, Write};
use std::thread::available_parallelism;
use std::time::Duration;

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

#[test]
fn the_smallest_event_loop_holds_nobody_up() {
    let server = example("smallest", &[]);
    let mut silent = server.connect();
    for _ in 0..100 {
        let mut client = server.connect();
        client.send("hello");
        client.expect("hello");
    }
    silent.send("I am still here");
    silent.expect("I am still here");
    silent.half_close();
    silent.expect_end();
    // It owes more than the kernel takes at once, and loses none of it.
    let mut slow = server.connect_narrow();
    let long = "0123456789".repeat(100_000);
    let mut sender = slow.stream().try_clone().unwrap();
    let text = long.clone();
    let sending = std::thread::spawn(move || sender.write_all(text.as_bytes()));
    slow.expect(long);
    sending.join().unwrap().unwrap();
    assert_eq!(server.reading().threads, 1);
}

#[test]
fn the_state_machine_by_hand_does_what_the_compilers_does() {
    let said = Launch::new(build_example(PACKAGE, "by_hand")).run();
    assert!(said.status.success(), "{said}");
    let lines: Vec<_> = said.stdout.lines().collect();
    let turns = ["Pending", "Pending", "no turn", "Ready(\"Ada of London\")"];
    for (line, turn) in lines[1..].iter().zip(turns) {
        let columns = format!("{turn:26}{turn}");
        assert_eq!(line.get(16..), Some(columns.as_str()), "{said}");
    }
    // What both have in common needs no table: a buffer that outlives a wait lies in the future.
    let bytes = |line: &str| -> usize {
        let words: Vec<_> = line.split(' ').collect();
        words[words.len() - 2].parse().unwrap()
    };
    let [.., before, behind] = lines[..] else { panic!("{said}") };
    assert!(bytes(before) < 100 && bytes(behind) >= 4096, "{said}");
}

#[test]
fn threads_are_as_many_as_the_lesson_says() {
    for (model, threads) in MODELS.into_iter().zip([1, cores() + 1, 1]) {
        let server = ours(model, "").start();
        let idle = idle_clients(&server, 100);
        // A thread that was just started may not be listed yet.
        let what = format!("{model} serves 100 clients by {threads} threads");
        server.eventually(&what, || server.tree().threads == threads);
        drop(idle);
    }
}

#[test]
fn nobody_waits_for_the_delay_of_another() {
    for model in MODELS {
        let server = ours(model, "--patience 60").start();
        let mut late = idle_clients(&server, 50);
        late.iter_mut().for_each(|client| client.request("GET", "/delay/60000"));
        server.connect().get("/", 200);
        late.iter().for_each(|client| client.check(!client.has_bytes(), "no reply yet"));
    }
}

#[test]
fn one_wake_up_serves_all_who_are_ready() {
    const CLIENTS: usize = 64;
    for model in ONE_THREAD {
        let server = ours(model, "--patience 60").start();
        let mut clients = idle_clients(&server, CLIENTS);
        send_all_at_once(&server, &mut clients, |client| client.request("GET", "/"));
        let before = server.reading().voluntary;
        server.signal(Signal::Resume);
        clients.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
        let waits = server.reading().voluntary - before;
        // Past the capture of the test harness: the lesson sends readers here for the figure.
        let _ = writeln!(io::stderr(), "{model}: {CLIENTS} requests at once, {waits} wake-ups");
        server.check(waits <= CLIENTS as u64 / 4, format!("few wake-ups for {CLIENTS} requests"));
    }
}

/// A handler that computes for a second. Those of one client's requests compute before the first reply is sent.
const SPIN: &str = "GET /spin/1000000 HTTP/1.1\r\nHost: a\r\n\r\n";

/// Lets a client's handler compute, and returns when it does: not when its thread is merely about to.
fn compute(server: &Program, client: &mut Wire) {
    let before = server.reading().cpu;
    client.send(SPIN);
    let used = || server.reading().cpu > before + Duration::from_millis(30);
    server.eventually("the handler computes", || used() || client.has_bytes());
}

#[test]
fn on_one_thread_a_handler_that_computes_holds_up_everybody() {
    for model in ONE_THREAD {
        let server = ours(model, "").start();
        let mut clients = idle_clients(&server, 2);
        let [first, other] = &mut clients[..] else { unreachable!("these are two") };
        compute(&server, first);
        other.get("/", 200);
        // Told by the order: the reply of the first was written before, and is at most on its way.
        let came = holds_within(Duration::from_millis(200), || first.has_bytes());
        first.check(came, format!("{model}: the first client is served first"));
    }
}

/// A server on all cores, and two clients. `None` where there is one core.
fn on_all_cores() -> Option<(Program, [Wire; 2])> {
    if cores() < 2 {
        let _ = writeln!(io::stderr(), "skipped: there is one core");
        return None;
    }
    let server = ours("async", "").start();
    let clients = [(); 2].map(|()| idle_clients(&server, 1).remove(0));
    Some((server, clients))
}

/// Which thread does what is up to tokio and to the kernel. What the lesson says *can* happen is tried so often.
const TRIES: usize = 5;

#[test]
fn on_all_cores_a_handler_that_computes_can_leave_a_core_to_the_others() {
    let tried = || {
        let Some((server, mut clients)) = on_all_cores() else { return true };
        // One look brings two reports, so tokio wakes a second thread, which then looks for reports itself.
        let sent = Cell::new(0);
        send_all_at_once(&server, &mut clients, |client| match sent.replace(sent.get() + 1) {
            0 => client.send(SPIN.repeat(10)),
            _ => client.request("GET", "/"),
        });
        server.signal(Signal::Resume);
        let [first, mut other] = clients;
        other.expect_reply("GET", 200);
        other.get("/", 200);
        server.connect().get("/", 200);
        !first.has_bytes()
    };
    assert!((0..TRIES).any(|_| tried()), "the others are served while the first one waits");
}

#[test]
fn unless_it_has_taken_the_thread_that_looks_for_reports() {
    // This is tokio's issue 4730. When a later version wakes another thread, so much the better: then this test fails,
    // and the lesson has a paragraph less.
    let tried = || {
        let Some((server, [mut first, mut other])) = on_all_cores() else { return true };
        // Twice, with no switch in between: otherwise one may have slept before another one woke it.
        let switches = || server.reading().voluntary + server.reading().involuntary;
        server.eventually("all threads sleep, one of them in epoll_wait(2)", || {
            let before = switches();
            all_threads_are(&server, 'S') && all_threads_are(&server, 'S') && switches() == before
        });
        compute(&server, &mut first);
        other.get("/", 200);
        holds_within(Duration::from_millis(200), || first.has_bytes())
    };
    assert!((0..TRIES).any(|_| tried()), "another core is idle, and nobody looks for reports");
}
