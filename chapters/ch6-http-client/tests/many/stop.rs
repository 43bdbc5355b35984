//! Ctrl-C: nothing new, what is under way is cut off, and the summary is told.

use crate::run::{DEADLINE, ends, fetch, numbers, objects, ok};
use harness::site::Site;
use harness::{Signal, Stdout, eventually};

/// A site that answers some, and holds the others for ever.
fn site() -> Site {
    Site::start(|request| match request.target.starts_with("/hold") {
        true => ok().after(DEADLINE * 2),
        false => ok(),
    })
}

fn urls(site: &Site) -> Vec<String> {
    let quick = (0..10).map(|n| site.url(&format!("/{n}")));
    quick.chain((0..20).map(|n| site.url(&format!("/hold{n}")))).collect()
}

#[test]
fn a_signal_ends_it_with_the_summary() {
    for signal in [Signal::Interrupt, Signal::Terminate] {
        let site = site();
        let mut running = fetch("--json --at-once 4", [""; 0]).open_stdin().begin();
        running.write(urls(&site).join("\n") + "\n");
        // Its stdin stays open: nobody knows whether more will come.
        eventually(DEADLINE, "four are held", || site.requests().len() == 14);
        running.eventually("ten are told", || running.stdout().lines().count() == 10);
        running.signal(signal);
        let end = running.finish();
        ends(&end, 130);
        let (rows, summary) = objects(&end);
        assert_eq!(rows.len(), 10);
        assert_eq!(numbers(&summary, ["urls", "fetched", "not_fetched"]), [10, 10, 20], "{end}");
        assert_eq!(summary["interrupted"], true);
        assert_eq!(site.requests().len(), 14, "nothing new is started");
    }
}

#[test]
fn the_summary_is_for_people_too() {
    let site = site();
    let running = fetch("--at-once 2 --order input", [site.url("/hold"), site.url("/1")]).begin();
    eventually(DEADLINE, "both are asked for", || site.requests().len() == 2);
    running.signal(Signal::Interrupt);
    let end = running.finish();
    ends(&end, 130);
    assert!(end.stderr.contains("cut off: "), "{end}");
    assert!(end.stderr.lines().last().is_some(), "{end}");
}

#[test]
fn a_stdout_that_nobody_reads_holds_up_no_signal() {
    let site = site();
    let urls = (0..50).map(|n| site.url(&format!("/{n}")));
    let running = fetch("", urls).stdout(Stdout::Full).begin();
    eventually(DEADLINE, "all are asked for", || site.requests().len() == 50);
    running.signal(Signal::Interrupt);
    let end = running.finish();
    ends(&end, 130);
    assert!(end.stderr.starts_with("fetched "), "{end}");
}
