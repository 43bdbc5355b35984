//! The labs about servers: `little`, `backlog`, `syscalls`, `queue`.

use super::labs::assert_well_formed;
use super::{file, lab, run};
use harness::Finished;
use std::fs;
use std::time::Duration;

/// A first look at a lab, with these flags. Its chart is a file of its own, because tests run side by side.
#[track_caller]
fn quick(name: &str, flags: &[&str], chart: &str) -> Finished {
    let chart = file(chart);
    let args = [name, "--quick", "--out", chart.to_str().unwrap()];
    // It takes 3 s, and on a busy machine much longer.
    let end = lab(&args).args(flags).deadline(Duration::from_secs(300)).run();
    assert_eq!(end.status.code(), Some(0), "{end}");
    assert_well_formed(&fs::read_to_string(chart).unwrap());
    end
}

#[track_caller]
fn has_rows(finished: &Finished, rows: &[&str]) {
    for row in rows {
        let is_row = |line: &str| line.starts_with(row) && line.contains("  ");
        assert!(finished.stdout.lines().any(is_row), "no row '{row}'\n{finished}");
    }
    for head in ["law ", "source ", "method ", "because ", "agreement ", "chart "] {
        let count = finished.stdout.lines().filter(|line| line.starts_with(head)).count();
        assert_eq!(count, 1, "{head}\n{finished}");
    }
}

#[test]
fn little() {
    let finished = quick("little", &["--clients", "4"], "little.svg");
    has_rows(
        &finished,
        &[
            "W: one client, one thread",
            "1 thread",
            "2 threads",
            "4 threads",
            "8 threads",
            "2 threads: time of a reply",
            "8 threads: L, busy threads",
        ],
    );
}

#[test]
fn little_with_a_server_that_runs_already() {
    use ch7_performance_tuning::lab::little::pool::Pool;
    let pool = Pool::start(2).unwrap();
    let server = pool.addr.to_string();
    let flags = ["--server", &server, "--workers", "2", "--clients", "2", "--delay", "5"];
    let finished = quick("little", &flags, "little-server.svg");
    has_rows(&finished, &["W: one client", "1 client", "2 clients", "4 clients"]);
}

#[test]
fn little_with_no_server_says_so() {
    // The port is taken, so nobody else gets it, and nobody listens on it.
    let taken = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    taken.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let closed = taken.local_addr().unwrap().as_socket().unwrap();
    let finished = run(&["little", "--quick", "--server", &closed.to_string()]);
    assert_eq!(finished.status.code(), Some(1), "{finished}");
    let error = format!("error: cannot measure {closed}: connection refused");
    assert!(finished.stderr.lines().any(|line| line.starts_with(&error)), "{finished}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "it reads what Linux counts")]
fn backlog() {
    let finished = quick("backlog", &[], "backlog.svg");
    has_rows(
        &finished,
        &[
            "listen(0): connected",
            "listen(128): connected",
            "ListenOverflows: SYNs that found no room",
            "ListenDrops: SYNs dropped",
            "TCPSynRetrans: SYNs sent again later",
            "accepting after 0.3 s: too late, in after",
            "accepting after 1.3 s: too late, in after",
        ],
    );
}

#[test]
fn syscalls() {
    let finished = quick("syscalls", &["--rounds", "1"], "syscalls.svg");
    use ch7_performance_tuning::lab::syscalls::{price::Price, work::Work};
    has_rows(&finished, &Price::ALL.map(Price::name));
    has_rows(&finished, &Work::ALL.map(Work::name));
}

#[test]
fn queue() {
    let finished = quick("queue", &["--rounds", "1", "--seed", "1"], "queue.svg");
    has_rows(
        &finished,
        &[
            "M/M/1 at 30 %: mean",
            "M/M/1 at 90 %: mean",
            "M/M/1 at 90 %: p99",
            "M/D/1 at 80 %: mean",
            "M/M/2 at 80 %: mean",
            "M/M/1 at 95 %, in virtual time: mean",
        ],
    );
}

#[test]
fn a_service_of_no_time_makes_no_sense() {
    let finished = run(&["queue", "--quick", "--service", "0s"]);
    assert_eq!(finished.status.code(), Some(2), "{finished}");
    assert!(finished.stderr.contains("--service takes at least 200µs"), "{finished}");
}
