//! The live page over the wire: who gets what, and who gets nothing.

mod curl;
#[path = "../report/fixture.rs"]
mod fixture;
mod follow;
mod guard;
mod ranks;
mod wishes;

use compare::live::{self, Live};
use compare::progress::Event;
use compare::results::{Cell, Decides, Group, Latency, Outcome, Reading, Scenario, Server};
use harness::{DEADLINE, Reply, Wire};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// A page that nothing has been told to.
fn page() -> Live {
    live::start(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port")
}

/// One request with these fields more, and its reply.
#[track_caller]
fn ask(page: &Live, method: &str, path: &str, fields: &str, body: &str) -> Reply {
    let mut wire = Wire::connect(page.addr(), DEADLINE);
    let length =
        if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    wire.send(format!("{method} {path} HTTP/1.1\r\n{fields}{length}\r\n{body}"));
    wire.reply(method)
}

/// The field without which there is no reply.
fn host(page: &Live) -> String {
    format!("Host: {}\r\n", page.addr())
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

fn planned() -> Event {
    let scenario = |name: &str| Scenario {
        name: name.into(),
        question: "How many?".into(),
        load: "one client".into(),
        group: "main".into(),
        decides: Decides::Throughput,
    };
    let server = |name: &str| Server {
        name: name.into(),
        about: String::new(),
        command: String::new(),
        ours: true,
    };
    Event::Planned {
        scenarios: vec![scenario("throughput"), scenario("latency")],
        servers: vec![server("threads"), server("async")],
        rounds: 3,
        seed: 1,
    }
}

fn started(server: &str, round: u32) -> Event {
    let (scenario, server) = ("throughput".into(), server.into());
    Event::Started { scenario, server, round, left: 10.0 }
}

fn glimpse(server: &str, per_second: f64) -> Event {
    let (scenario, server) = ("throughput".into(), server.into());
    Event::Glimpse { scenario, server, per_second, p99_us: Some(900), faults: 0 }
}

fn finished(server: &str, round: u32, replies: u64) -> Event {
    let mut latency = Latency::new();
    latency.0.record(700).expect("it is below an hour");
    let group = Group {
        name: "main".into(),
        clients: 1,
        served: 1,
        unserved: 0,
        replies,
        bytes: 0,
        connections: 1,
        unsent: 0,
        errors: BTreeMap::new(),
        latency,
    };
    let reading = Reading {
        seconds: 1.0,
        groups: vec![group],
        server: compare::results::Cost::default(),
        generator_busy: 0.1,
    };
    let outcome = Outcome::Measured(Box::new(reading));
    Event::Finished {
        cell: Cell { scenario: "throughput".into(), server: server.into(), round, outcome },
    }
}

#[test]
fn it_is_served_on_the_loopback_only() {
    let error = live::start(SocketAddr::from(([0, 0, 0, 0], 0))).expect_err("not of the loopback");
    assert!(error.to_string().contains("only at a loopback address"), "{error}");
}

#[test]
fn an_address_that_is_taken_is_told_in_one_line() {
    let page = page();
    let error = live::start(page.addr()).expect_err("it is taken").to_string();
    assert!(
        error.starts_with(&format!("cannot serve the live page at {}: ", page.addr())),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1);
}

#[test]
fn the_page_is_whole_and_asks_nobody_else() {
    let page = page();
    let index = text(&ask(&page, "GET", "/", &host(&page), ""));
    let names = index.split('"').filter(|part| part.ends_with(".js") || part.ends_with(".css"));
    let mut names: Vec<_> = names.map(ToOwned::to_owned).collect();
    assert!(names.len() >= 3, "{names:?}");
    while let Some(name) = names.pop() {
        let reply = ask(&page, "GET", &format!("/{name}"), &host(&page), "");
        assert_eq!(reply.status, 200, "{name}");
        assert_eq!(reply.field("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(reply.field("cache-control"), Some("no-store"), "{name}");
        let policy = reply.field("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'self'"), "{name}: {policy}");
        if name != "uplot.js" {
            // What a module imports must be there as well.
            let script = text(&reply);
            let imported =
                script.split("from './").skip(1).filter_map(|rest| rest.split('\'').next());
            names.extend(imported.map(ToOwned::to_owned));
        }
    }
    let missing = ask(&page, "GET", "/nothing", &host(&page), "");
    assert_eq!((missing.status, missing.field("x-content-type-options")), (404, Some("nosniff")));
}

#[test]
fn a_stop_leaves_the_address_free() {
    let page = page();
    let addr = page.addr();
    page.stop();
    live::start(addr).expect("it is free again").stop();
}
