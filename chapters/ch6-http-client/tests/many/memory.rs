//! However long its input, it holds a bounded part of it.

use crate::run::{DEADLINE, ends, fetch, launch, numbers, objects, ok};
use harness::eventually;
use harness::site::Site;
use std::sync::Mutex;
use std::sync::mpsc::channel;

/// The most that it may hold: a debug build with its window and its buffers full has half of it.
const MOST: u64 = 96 << 20;

#[test]
fn a_million_lines_take_no_more_memory_than_some() {
    let site = Site::start(|_| ok());
    // Most of them are wrong, to keep it quick; all of them together have 30 MiB.
    let mut lines = String::new();
    for n in 0..1_000_000 {
        match n % 5_000 {
            0 => lines.push_str(&site.url(&format!("/{n}\n"))),
            _ => lines.push_str("ftp://127.0.0.1/a/b/c/d/e/f/g\n"),
        }
    }
    let end = launch("--json --at-once 8 --per-host 8").stdin(lines).deadline(DEADLINE * 5).run();
    ends(&end, 103);
    let last = end.stdout.lines().last().unwrap_or_default();
    assert!(end.peak > 0 && end.peak < MOST, "it held {} bytes", end.peak);
    assert_eq!(site.requests().len(), 200, "{last}");
    assert!(end.stdout.len() < 2 << 20, "we keep a part of its output only");
}

#[test]
fn lines_that_wait_for_an_earlier_one_are_bounded() {
    let (open, opened) = channel::<()>();
    let opened = Mutex::new(opened);
    let site = Site::start(move |request| {
        if request.target == "/slow" {
            let _ = opened.lock().unwrap().recv();
        }
        ok()
    });
    // The first one holds all others back; 4,096 of them may wait, and the last is not among those.
    let wrong = (0..20_000).map(|n| format!("ftp://{n}/"));
    let urls = [site.url("/slow")].into_iter().chain(wrong).chain([site.url("/last")]);
    let running = fetch("--json --order input", urls).keep(16 << 20).begin();
    eventually(DEADLINE, "the first one is asked for", || !site.requests().is_empty());
    assert_eq!(running.stdout(), "");
    drop(open);
    let end = running.finish();
    ends(&end, 103);
    let (rows, summary) = objects(&end);
    assert!(rows.iter().zip(1..).all(|(row, line)| row["line"] == line), "in order");
    assert_eq!(numbers(&summary, ["urls", "fetched"]), [20_002, 2]);
    assert!(end.peak < MOST, "it held {} bytes", end.peak);
}
