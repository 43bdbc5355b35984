//! `--probe`, a small network monitor.

use crate::run::{CLIENT, TempFile, client, fails, is_sober, mounted};
use harness::hostile::{Full, Script, Server};
use harness::{Finished, Signal, Stdout};
use serde_json::Value;
use socket2::{Domain, Socket, Type};
use std::net::SocketAddr;
use std::time::SystemTime;

/// A long timeout, so that a busy machine is not taken for a service that is down.
fn probe<'a>(args: &[&'a str], targets: &[&'a str]) -> harness::Launch {
    client(&[&["--probe", "--connect-timeout", "20"], args, targets].concat())
}

/// A port that many may bind to, one of which may listen.
fn shared_port(addr: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_port(true).unwrap();
    socket.bind(&addr.into()).unwrap();
    socket
}

/// A port of 127.0.0.1 on which nobody listens, and on which nobody can while this is alive.
fn closed_port() -> (Socket, SocketAddr) {
    let socket = shared_port(([127, 0, 0, 1], 0).into());
    let addr = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, addr)
}

/// The objects of a run with `--json`: one of each probe, and one of each target at the end.
fn objects(end: &Finished) -> (Vec<Value>, Vec<Value>) {
    let parse = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}\n{end}"))
    };
    end.stdout.lines().map(parse).partition(|object| object.get("time").is_some())
}

#[test]
fn a_service_that_is_up() {
    let server = Server::start(Script::never_answers());
    let target = server.addr().to_string();
    let end = probe(&["--count", "3", "--interval", "0.05"], &[&target]).run();
    assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{end}");
    is_sober(&end);
    let probes = end.stdout.lines().filter(|line| line.contains(" up ") && line.contains(&target));
    assert!(probes.clone().count() >= 3, "a line each\n{end}");
    let time = probes.clone().next().unwrap().split_whitespace().next().unwrap();
    humantime::parse_rfc3339(time).unwrap_or_else(|error| panic!("{time}: {error}\n{end}"));
    assert!(probes.clone().all(|line| line.contains("ms")), "{end}");
    for head in ["target", "probes", "up", "loss", "min", "median", "p99"] {
        assert!(end.stdout.contains(head), "the table has {head}\n{end}");
    }
    assert_eq!(server.seen().len(), 3, "three connections");
}

#[test]
fn a_service_that_is_down() {
    let (_socket, addr) = closed_port();
    let target = addr.to_string();
    let end = probe(&["--count", "2", "--interval", "0.05"], &[&target]).run();
    assert_eq!(end.status.code(), Some(14), "{end}");
    is_sober(&end);
    let down = |line: &&str| line.contains(" down ") && line.contains("connection refused");
    assert_eq!(end.stdout.lines().filter(down).count(), 2, "{end}");
    assert!(end.stdout.contains("100"), "its loss\n{end}");
    assert!(end.stdout.lines().last().unwrap().contains(" - "), "no times\n{end}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn a_service_that_has_no_room_is_down() {
    let full = Full::start();
    let target = full.addr().to_string();
    let end = client(&["--probe", "--count", "1", "--connect-timeout", "0.3", &target]).run();
    assert_eq!(end.status.code(), Some(14), "{end}");
    assert!(end.stdout.contains(" down ") && end.stdout.contains("timed out"), "{end}");
}

#[test]
fn json_is_one_object_a_line() {
    let server = Server::start(Script::never_answers());
    let (_socket, closed) = closed_port();
    let (up, down) = (server.addr().to_string(), closed.to_string());
    let end = probe(&["--json", "--count", "3", "--interval", "0.05"], &[&up, &down]).run();
    assert_eq!(end.status.code(), Some(14), "{end}");
    let (probes, summary) = objects(&end);
    assert_eq!((probes.len(), summary.len()), (6, 2), "{end}");
    for object in &probes {
        humantime::parse_rfc3339(object["time"].as_str().unwrap()).unwrap();
        if object["target"] == *up {
            assert_eq!(object["up"], true, "{object}");
            assert_eq!(object["address"], *up, "{object}");
            assert!(object["connect_ms"].as_f64().is_some_and(|ms| ms >= 0.0), "{object}");
        } else {
            assert_eq!((&object["target"], &object["up"]), (&down.clone().into(), &false.into()));
            assert!(object["reason"].as_str().unwrap().contains("refused"), "{object}");
            assert!(object.get("connect_ms").is_none_or(Value::is_null), "{object}");
        }
    }
    assert_eq!((&summary[0]["target"], &summary[1]["target"]), (&up.into(), &down.into()));
    let number = |object: &Value, name: &str| object[name].as_f64();
    for (object, up, loss) in [(&summary[0], 3.0, 0.0), (&summary[1], 0.0, 100.0)] {
        assert_eq!(number(object, "probes"), Some(3.0), "{object}");
        assert_eq!(number(object, "up"), Some(up), "{object}");
        assert_eq!(number(object, "loss_percent"), Some(loss), "{object}");
    }
    let times = ["min_ms", "median_ms", "p99_ms"].map(|name| number(&summary[0], name));
    assert!(times.iter().all(Option::is_some) && times.is_sorted(), "{}", summary[0]);
    for name in ["min_ms", "median_ms", "p99_ms"] {
        assert!(summary[1].get(name).is_some_and(Value::is_null), "{}", summary[1]);
    }
}

#[test]
fn a_service_that_goes_down_and_comes_back() {
    let (_holds_the_port, addr) = closed_port();
    let listen = || {
        let socket = shared_port(addr);
        socket.listen(4096).unwrap();
        socket
    };
    let listener = listen();
    let target = addr.to_string();
    let probe = probe(&["--interval", "0.02"], &[&target]).begin();
    let last_is = |state: &str| {
        let out = probe.stdout();
        out.lines().last().is_some_and(|line| line.contains(&format!(" {state} ")))
    };
    probe.eventually("it is up", || last_is("up"));
    drop(listener);
    probe.eventually("it is down", || last_is("down"));
    let _listener = listen();
    probe.eventually("it is up again", || last_is("up"));
    probe.signal(Signal::Interrupt);
    let end = probe.finish();
    assert_eq!(end.status.code(), Some(14), "it was down once\n{end}");
    is_sober(&end);
    assert!(end.stdout.contains("median"), "the summary\n{end}");
}

#[test]
fn a_signal_ends_it_with_a_summary() {
    for (signal, json) in [(Signal::Interrupt, false), (Signal::Terminate, true)] {
        let server = Server::start(Script::never_answers());
        let target = server.addr().to_string();
        // An interval that nobody waits out: the signal must not wait for it either.
        let args =
            if json { &["--interval", "3600", "--json"][..] } else { &["--interval", "3600"] };
        let probe = probe(args, &[&target]).begin();
        probe.eventually("the first probe", || probe.stdout().contains('\n'));
        probe.signal(signal);
        let end = probe.finish();
        assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{end}");
        if json {
            let (probes, summary) = objects(&end);
            assert_eq!((probes.len(), summary.len()), (1, 1), "{end}");
        } else {
            assert!(end.stdout.contains("median"), "{end}");
        }
    }
}

#[test]
fn probes_come_at_their_times() {
    let server = Server::start(Script::never_answers());
    let target = server.addr().to_string();
    let end = probe(&["--json", "--count", "4", "--interval", "0.2"], &[&target]).run();
    let (probes, _) = objects(&end);
    let time = |object: &Value| humantime::parse_rfc3339(object["time"].as_str().unwrap()).unwrap();
    let times: Vec<SystemTime> = probes.iter().map(time).collect();
    // A busy machine may be late, but nobody may be early; the clock of the wall is read in milliseconds.
    let took = times[3].duration_since(times[0]).unwrap().as_secs_f64();
    assert!(took > 0.35, "{took}\n{end}");
    assert!(end.took.as_secs_f64() >= 0.6, "{end}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn ticks_that_are_missed_are_skipped() {
    let full = Full::start();
    let target = full.addr().to_string();
    let times = ["--interval", "0.05", "--connect-timeout", "0.4", "--count", "3", "--json"];
    let end = client(&[&["--probe"], &times[..], &[&target]].concat()).run();
    assert_eq!(end.status.code(), Some(14), "{end}");
    assert_eq!(objects(&end).0.len(), 3, "{end}");
    // One after the other: were they piled up, three would not take so long.
    assert!(end.took.as_secs_f64() > 1.1, "{:?}\n{end}", end.took);
}

#[test]
fn a_name_that_nobody_knows_is_down() {
    let nsswitch = TempFile::new("hosts: files\n");
    let command = [CLIENT, "--probe", "--count", "1", "no-such-host.invalid:80"];
    let Some(launch) = mounted(&[("/etc/nsswitch.conf", &nsswitch)], &command) else { return };
    let end = launch.run();
    assert_eq!(end.status.code(), Some(14), "{end}");
    assert!(end.stdout.contains("name or service not known"), "{end}");
}

#[test]
fn a_bad_target_is_refused_before_anything_starts() {
    let server = Server::start(Script::never_answers());
    let good = server.addr().to_string();
    for (target, code) in [
        ("127.0.0.1:65536", 11),
        ("127.0.0.1:", 11),
        ("127.0.0.1:http", 11),
        ("300.1.1.1:80", 10),
        ("[::zz]:80", 10),
        (":80", 10),
    ] {
        let end = probe(&["--count", "1"], &[&good, target]).run();
        fails(&end, code, &[]);
        assert_eq!(end.stdout, "", "{end}");
    }
    let end = probe(&["--count", "1"], &[&good, "127.0.0.1"]).run();
    let code = end.status.code().unwrap_or(-1);
    assert!([2, 11].contains(&code), "{end}");
    fails(&end, code, &["127.0.0.1"]);
    assert_eq!(server.seen().len(), 0, "nothing was probed");
}

#[test]
fn a_monitor_that_nobody_can_read_ends() {
    let server = Server::start(Script::never_answers());
    let target = server.addr().to_string();
    for (stdout, reason) in [(Stdout::ReaderGone, "broken pipe"), (Stdout::NoSpace, "no space")] {
        let end = probe(&["--interval", "0.05"], &[&target]).stdout(stdout).run();
        fails(&end, 1, &[reason]);
    }
}

#[test]
fn many_services_are_watched_at_once() {
    let server = Server::start(Script::never_answers());
    let target = server.addr().to_string();
    let targets = vec![&*target; 100];
    let end = probe(&["--count", "2", "--interval", "0.2", "--json"], &targets).run();
    assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{end}");
    is_sober(&end);
    let (probes, summary) = objects(&end);
    assert_eq!((probes.len(), summary.len()), (200, 100), "no line is torn\n{end}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn a_service_of_which_nothing_is_known_is_not_up() {
    let (server, full) = (Server::start(Script::never_answers()), Full::start());
    let (up, silent) = (server.addr().to_string(), full.addr().to_string());
    let probe = client(&["--probe", "--connect-timeout", "600", &up, &silent]).begin();
    probe.eventually("the first probe", || probe.stdout().contains('\n'));
    probe.signal(Signal::Interrupt);
    let end = probe.finish();
    assert_eq!(end.status.code(), Some(14), "{end}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn our_own_trouble_is_not_that_of_the_service() {
    let (server, full) = (Server::start(Script::never_answers()), Full::start());
    let (up, silent) = (server.addr().to_string(), full.addr().to_string());
    let times = ["--probe", "--count", "3", "--interval", "0.2", "--connect-timeout", "1"];
    // With just enough descriptors for one socket, the one that waits for the silent service is the only one.
    let troubled = (4..16).any(|descriptors| {
        let args = [&times[..], &["--json", &up, &silent]].concat();
        let end = client(&args).limit("-n", descriptors).run();
        if !end.stdout.contains("too many open files") {
            return false;
        }
        fails(&end, 1, &["too many open files", "ulimit"]);
        let (probes, summary) = objects(&end);
        for probe in &probes {
            let is_ours = probe["reason"] == "too many open files";
            assert_eq!(probe["up"].is_null(), is_ours, "{end}");
        }
        let counted: u64 = summary.iter().filter_map(|object| object["probes"].as_u64()).sum();
        assert_eq!(counted as usize, probes.iter().filter(|probe| !probe["up"].is_null()).count());
        true
    });
    assert!(troubled, "with some limit it can print, and not probe");
}
