//! Retries: again where that does no harm, after the time that the server names, and never for ever.

use crate::downloads::{download, is_whole};
use crate::folder::Folder;
use crate::run::{curl, fails, is_sober, ours, row, succeeds, there_is};
use crate::tree::noise;
use harness::Finished;
use harness::hostile::{self, Script, Step, Until};
use harness::site::{Answer, Site};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The client says that it tries again, and nothing else.
#[track_caller]
fn succeeds_after(retries: usize, end: &Finished) {
    assert!(end.status.success(), "{end}");
    is_sober(end);
    let notes = end.stderr.lines().filter(|line| line.contains("trying again in")).count();
    assert_eq!((notes, end.stderr.lines().count()), (retries, retries), "{end}");
}

/// A server that is busy when asked for the first `times` times.
fn busy(times: usize, retry_after: &'static str) -> Site {
    let asked = AtomicUsize::new(0);
    Site::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        number if number < times => {
            Answer::new(503).field("Retry-After", retry_after).body("busy\n")
        }
        _ => Answer::new(200).body("at last\n"),
    })
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    for way in ["--no-proxy", "--by-hand"] {
        let (site, folder) = (busy(2, "0"), Folder::new());
        succeeds_after(2, &download(&folder, &["--retry", "2", way, &site.url("/")]).run());
        is_whole(&folder, b"at last\n");
        let site = busy(2, "0");
        let end = ours(["--retry", "2", way, &site.url("/")]).run();
        succeeds_after(2, &end);
        assert_eq!(end.stdout, "at last\n");
    }
    row("--retry 2: 503, 503, 200", "", "3 requests", "3 requests");
}

#[test]
fn retry_after_is_obeyed() {
    for way in ["--no-proxy", "--by-hand"] {
        let site = busy(1, "1");
        succeeds_after(1, &ours(["--retry", "1", way, &site.url("/")]).run());
        let times: Vec<_> = site.requests().iter().map(|request| request.at).collect();
        let [first, second] = times[..] else { panic!("two requests: {times:?}") };
        // The first is read a little before the client can know that it must wait.
        assert!((second - first).as_millis() >= 1_000, "{times:?}");
        // Too long a wait is none, and what the server says is shown like any other answer.
        let site = busy(1, "301");
        let end = ours(["--retry", "1", way, &site.url("/")]).run();
        succeeds(&end);
        assert_eq!((&*end.stdout, site.requests().len()), ("busy\n", 1));
    }
    row("--retry 1, Retry-After: 1, and 301", "", "a second later; not at all", "the same");
}

#[test]
fn an_order_is_not_sent_twice() {
    if there_is("curl", &["--version"]) {
        // curl sends it again, and leaves it to its user to know what that may do.
        let site = busy(1, "0");
        let end = curl(["--retry", "1", "-f", "-d", "one of it", &site.url("/")]).run();
        assert_eq!((&*end.stdout, site.requests().len()), ("at last\n", 2), "{end}");
    }
    for way in ["--no-proxy", "--by-hand"] {
        let site = busy(1, "0");
        let end = ours(["--retry", "2", "-f", "-d", "one of it", way, &site.url("/")]).run();
        fails(&end, 22, "503");
        assert_eq!(site.requests().len(), 1);
    }
    row("--retry 2: a POST and 503", "sends it again", "22, 1 request", "22, 1 request");
}

#[test]
fn a_server_that_stays_busy_is_left_alone() {
    for way in ["--no-proxy", "--by-hand"] {
        let (site, folder) = (busy(usize::MAX, "0"), Folder::new());
        fails(&download(&folder, &["--retry", "2", way, &site.url("/")]).run(), 22, "503");
        assert_eq!((site.requests().len(), folder.names().len()), (3, 0));
    }
}

#[test]
fn a_download_that_breaks_goes_on_by_itself() {
    let whole = noise(200_000);
    let head =
        "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nAccept-Ranges: bytes\r\nContent-Length: 200000\r\n\r\n";
    let first = [head.as_bytes(), &whole[..70_000]].concat();
    let rest = "HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 70000-199999/200000\r\nContent-Length: 130000\r\n\r\n";
    let second = [rest.as_bytes(), &whole[70_000..]].concat();
    let server = hostile::Server::in_turn(vec![Script::replies(first), Script::replies(second)]);
    let (folder, url) = (Folder::new(), format!("http://{}/file", server.addr()));
    succeeds_after(1, &download(&folder, &["--retry", "1", &url]).run());
    is_whole(&folder, &whole);
    let seen = server.seen();
    let asked = String::from_utf8_lossy(&seen[1].received).to_lowercase();
    assert!(asked.contains("\r\nrange: bytes=70000-\r\nif-range: \"v1\"\r\n"), "{asked}");
    row("--retry 1: cut in the middle of -o", "", "Range: bytes=70000-, the file is whole", "");
}

#[test]
fn without_a_retry_the_part_stays() {
    let script = Script::new([
        Step::Read(Until::Head),
        Step::Write(b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 10\r\n\r\nhello".into()),
    ]);
    let server = hostile::Server::start(script);
    for way in ["-s", "--by-hand"] {
        let (folder, url) = (Folder::new(), format!("http://{}/file", server.addr()));
        fails(&download(&folder, &[way, &url]).run(), 18, "");
        assert_eq!(folder.read("file.part"), b"hello");
        assert!(!folder.has("file"));
    }
}
