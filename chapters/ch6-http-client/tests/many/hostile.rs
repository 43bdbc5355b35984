//! Servers that no client should trust: each costs its own line, in bounded time and memory.

use crate::run::{ends, fetch, numbers, objects, ok};
use harness::hostile::{Script, Server, response};
use harness::site::{Answer, Site};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The most memory that it may hold.
const MOST: u64 = 64 << 20;

#[test]
fn each_has_its_own_failure_and_holds_up_nobody() {
    let page = response("x".repeat(100_000));
    let endless = "HTTP/1.1 200 OK\r\n\r\n";
    let cases = [
        (Script::endless_reply(endless), 63),
        (Script::endless_reply("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), 63),
        (Script::endless_head(), 63),
        (Script::never_answers(), 28),
        (Script::never_reads(), 28),
        (Script::slow(page.clone(), 1, Duration::from_millis(50)), 28),
        (Script::garbage(), 8),
        (Script::close_after_half(&page), 18),
        (Script::reset_after_half(&page), 56),
        (Script::new([]), 52),
    ];
    let good = Site::start(|_| ok());
    let servers: Vec<_> = cases.iter().map(|(script, _)| Server::start(script.clone())).collect();
    let urls = servers.iter().map(|server| format!("http://{}/", server.addr()));
    let urls = urls.chain((0..20).map(|n| good.url(&format!("/{n}"))));
    let end =
        fetch("--json --order input --retry 0 --max-time 5 --max-filesize 1000000", urls).run();
    ends(&end, 103);
    let (rows, summary) = objects(&end);
    for ((script, code), row) in cases.iter().zip(&rows) {
        assert_eq!(row["code"], *code, "{script:?} came to {row}");
        let error = row["error"].as_str().unwrap();
        assert!(error.len() < 400 && !error.contains('\n'), "{error}");
    }
    assert_eq!(numbers(&summary, ["fetched", "failed"]), [20, cases.len() as u64], "{end}");
    assert!(end.peak < MOST, "it held {} bytes", end.peak);
}

#[test]
fn a_silent_server_is_left_after_the_read_timeout() {
    let server = Server::start(Script::never_answers());
    let url = format!("http://{}/", server.addr());
    let end = fetch("--json --retry 0 --read-timeout 0.3", [url]).run();
    ends(&end, 103);
    assert_eq!(numbers(&objects(&end).0[0], ["code"]), [28]);
}

#[test]
fn a_bomb_is_cut_off() {
    let Some(bomb) = bomb() else { return };
    let site =
        Site::start(move |_| Answer::new(200).field("Content-Encoding", "gzip").body(bomb.clone()));
    let end = fetch("--json", (0..8).map(|n| site.url(&format!("/{n}")))).run();
    ends(&end, 103);
    for row in objects(&end).0 {
        let [code, bytes, attempts] = numbers(&row, ["code", "bytes", "attempts"]);
        assert_eq!((code, attempts), (63, 1));
        // A chunk more than the 16 MiB.
        assert!(bytes > 16 << 20 && bytes < 20 << 20, "{bytes}");
    }
    assert!(end.peak < MOST, "it held {} bytes", end.peak);
}

/// 64 MiB of nothing, compressed; `None` where there is no gzip.
fn bomb() -> Option<Vec<u8>> {
    let gzip = Command::new("gzip").arg("-9c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut gzip) = gzip else {
        let _ = writeln!(std::io::stderr(), "skipped: there is no gzip");
        return None;
    };
    let mut stdin = gzip.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&vec![0; 64 << 20]));
    let bomb = gzip.wait_with_output().unwrap().stdout;
    writer.join().unwrap().unwrap();
    Some(bomb)
}
