//! The processes of each model: who there is, what they hold, and when they end.
#![cfg(target_os = "linux")]

mod support;

use harness::{DEADLINE, Launch, Signal, holds_within, proc};
use std::collections::BTreeSet;
use std::time::Duration;
use support::{
    MODELS, OURS, ask_late, children, client_and_child, clients, has_ended, idle_clients,
    in_flight, is_installed, kill, listener, ours, sockets,
};

#[test]
fn a_child_that_has_ended_is_reaped_at_once() {
    for model in ["spawn", "fork"] {
        let server = ours(model, "").start();
        for _ in 0..3 {
            drop(idle_clients(&server, 10));
            server.eventually(&format!("{model}: no child is left, dead or alive"), || {
                children(&server).is_empty()
            });
        }
    }
    let server = ours("prefork", "--workers 8").start();
    for worker in children(&server) {
        kill("TERM", worker);
    }
    server.eventually("prefork: 8 workers again, and no zombie", || {
        let tree = server.tree();
        tree.processes == 9 && tree.zombies == 0
    });
}

#[test]
fn a_signal_that_our_starter_has_blocked_or_ignores_is_heard() {
    const START: &str = r"
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGTERM])
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
";
    if !is_installed("python3") {
        return;
    }
    for model in MODELS {
        let args = ["-c", START, OURS, "--addr", "127.0.0.1:0", "--workers", "4", "--model", model];
        let mut server = Launch::new("python3").args(args).start();
        drop(idle_clients(&server, 3));
        let at_rest = if model == "prefork" { 4 } else { 0 };
        server.eventually(&format!("{model}: {at_rest} children, and no zombie"), || {
            server.tree().processes == 1 + at_rest && server.tree().zombies == 0
        });
        let mut kept = idle_clients(&server, 1).remove(0);
        let stopped = server.stop();
        server.check(stopped.status.code() == Some(0), format!("{model}: it stops"));
        kept.expect_end();
    }
}

#[test]
fn each_process_has_the_threads_that_the_lesson_says() {
    for (model, of_a_child) in [("spawn", 2), ("fork", 1), ("prefork", 1)] {
        let server = ours(model, "--workers 4").start();
        let clients: Vec<_> = (0..3).map(|_| client_and_child(&server)).collect();
        let threads = |pid| proc::of(pid).map_or(0, |reading| reading.threads);
        let parent = threads(server.pid());
        server.check(parent == 1, format!("{model}: a parent of one thread, got {parent}"));
        for (_, child) in &clients {
            let child = threads(*child);
            server
                .check(child == of_a_child, format!("{model}: {of_a_child} threads, got {child}"));
        }
    }
}

#[test]
fn children_die_with_a_parent_that_is_killed() {
    for model in MODELS {
        let server = ours(model, "--workers 8").start();
        let mut clients = idle_clients(&server, 3);
        clients.push(in_flight(&server, 60_000));
        let orphans = children(&server);
        server.check(orphans.len() >= clients.len(), "a process for each client");
        server.signal(Signal::Kill);
        for orphan in orphans {
            let ended = holds_within(DEADLINE, || has_ended(orphan));
            assert!(ended, "{model}: process {orphan} outlives its parent");
        }
        clients.into_iter().for_each(|mut client| client.expect_gone());
    }
}

#[test]
fn a_process_holds_no_descriptor_that_is_not_its_own() {
    for model in MODELS {
        let server = ours(model, "--workers 8").start();
        let _idle = idle_clients(&server, 5);
        let (listener, clients) = (listener(&server), clients(&server));
        let distinct: BTreeSet<u64> = clients.values().copied().collect();
        server.check(distinct.len() == 5, format!("{model}: a child for each client: {clients:?}"));
        for (child, client) in &clients {
            let held: BTreeSet<u64> = sockets(*child).into_values().collect();
            let of_others = held.iter().any(|other| other != client && distinct.contains(other));
            server.check(!of_others, format!("{model}: no client of another child: {held:?}"));
            let listens = held.contains(&listener);
            server.check(
                listens == (model == "prefork"),
                format!("{model}: the listener in a child? {listens}"),
            );
            // A fork has inherited the parent's pipes for signals, too, and a fresh program has its own.
            let others = held.len() - 1 - usize::from(listens);
            server
                .check(others == 0 || model == "spawn", format!("{model}: {others} other sockets"));
        }
        // The parent gives a client away a moment after the child has begun to serve it.
        server.eventually(&format!("{model}: the parent holds no client"), || {
            sockets(server.pid()).values().all(|held| !distinct.contains(held))
        });
    }
}

#[test]
fn a_client_sees_the_end_when_its_child_has_closed() {
    // A copy of the socket in the parent, or in another child, would keep the connection open.
    for model in MODELS {
        let server = ours(model, "").start();
        let others = idle_clients(&server, 3);
        let mut client = server.connect();
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.expect_reply("GET", 200);
        client.expect_end();
        drop(others);
    }
}

#[test]
fn beyond_the_limit_clients_wait_in_the_backlog() {
    for model in ["spawn", "fork"] {
        let server = ours(model, "--max-children 2").start();
        let alone = sockets(server.pid()).len();
        let first = idle_clients(&server, 2);
        let mut others: Vec<_> = (0..10).map(|_| server.connect()).collect();
        others.iter_mut().for_each(|client| client.request("GET", "/"));
        others.iter_mut().for_each(|client| client.expect_silence(Duration::from_millis(20)));
        server.check(children(&server).len() == 2, format!("{model}: two children"));
        let held = sockets(server.pid()).len();
        server.check(held == alone, format!("{model}: nobody is let in, only to wait: {held}"));
        drop(first);
        for mut client in others {
            client.expect_reply("GET", 200);
        }
    }
}

#[test]
fn an_abort_ends_one_conversation() {
    for model in MODELS {
        let server = ours(model, "--allow-crash --workers 8").limit("-c", 0).start();
        let mut kept = idle_clients(&server, 3);
        let mut failing = server.connect();
        failing.request("GET", "/abort");
        failing.expect_gone();
        let line = "warning: a child was ended by SIGABRT; its connection is closed";
        server.eventually(&format!("{model}: the abort is reported in one line"), || {
            server.stderr().trim_end() == line
        });
        for client in &mut kept {
            client.get("/", 200);
        }
        server.connect().get("/", 200);
        let expected = if model == "prefork" { 8 } else { kept.len() };
        server.eventually(&format!("{model}: {expected} children again"), || {
            children(&server).len() == expected
        });
    }
}

#[test]
fn a_child_asked_to_end_answers_what_it_has() {
    for model in MODELS {
        let server = ours(model, "--workers 8").start();
        let (mut late, child) = client_and_child(&server);
        let mut other = idle_clients(&server, 1).remove(0);
        ask_late(&mut late, 500);
        kill("TERM", child);
        late.expect_reply("GET", 200);
        late.expect_end();
        other.get("/", 200);
        server.check(server.stderr().is_empty(), format!("{model}: nothing to report"));
    }
}

#[test]
fn what_a_parent_hears_of_means_nothing_to_its_child() {
    for model in ["fork", "prefork"] {
        let server = ours(model, "--workers 8").start();
        let (mut client, child) = client_and_child(&server);
        ask_late(&mut client, 300);
        // A terminal sends it to all, and the parent decides. (Its handler, run by a child, would wake the parent.)
        kill("INT", child);
        kill("CHLD", child);
        client.expect_reply("GET", 200);
        client.get("/", 200);
        server.connect().get("/", 200);
        server.check(server.stderr().is_empty(), format!("{model}: nothing to report"));
    }
}
