//! Running the crawler, and what a site has seen of it.

use harness::site::Site;
use harness::{Finished, Launch};
use serde_json::Value;
use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Bounds a failure: with thousands of pages, on a machine that has other things to do.
const DEADLINE: Duration = Duration::from_secs(900);

/// The most memory that the crawler may hold, whatever a site does.
pub(crate) const MOST_MEMORY: u64 = 256 << 20;

/// The crawler with these arguments.
pub(crate) fn crawl(args: &[&str]) -> Launch {
    let crawl = Launch::new(env!("CARGO_BIN_EXE_crawl")).args(args).deadline(DEADLINE);
    // A proxy of this machine's is nothing to these tests.
    crawl.env("NO_PROXY", "*").env("no_proxy", "*").keep(64 << 20)
}

/// The crawler on this site without a rest, with these arguments. Its JSON is on stdout.
pub(crate) fn quickly(site: &Site, args: &[&str]) -> Launch {
    crawl(&["--delay", "0", "--json", "-"]).args(args).args([site.url("/")])
}

/// The JSON of a crawl that ended by this code.
#[track_caller]
pub(crate) fn json(end: &Finished, code: i32) -> Value {
    ends(end, code);
    serde_json::from_slice(&end.bytes).unwrap_or_else(|error| panic!("no JSON: {error}\n{end}"))
}

/// It ends by this code, soberly.
#[track_caller]
pub(crate) fn ends(end: &Finished, code: i32) {
    assert_eq!(end.status.code(), Some(code), "the exit code should be {code}\n{end}");
    assert!(!end.stderr.contains("panicked"), "it should not panic\n{end}");
    assert!(end.peak < MOST_MEMORY, "it held {} bytes\n{end}", end.peak);
}

/// It fails by this code, with one line on stderr that says this.
#[track_caller]
pub(crate) fn fails(end: &Finished, code: i32, says: &str) {
    ends(end, code);
    assert_eq!(end.stderr.lines().count(), 1, "one line about the failure\n{end}");
    assert!(
        end.stderr.starts_with("error: ") && end.stderr.contains(says),
        "it should say '{says}'\n{end}"
    );
}

/// What the site was asked for, in order, without its robots.txt.
pub(crate) fn asked(site: &Site) -> Vec<String> {
    let requests = site.requests().into_iter().map(|request| request.target);
    requests.filter(|target| target != "/robots.txt").collect()
}

/// The same, sorted.
pub(crate) fn asked_sorted(site: &Site) -> Vec<String> {
    let mut all = asked(site);
    all.sort();
    all
}

/// Says past the capture of the test runner that something was not checked, and why.
pub(crate) fn skip(why: impl Display) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// The path of a file that is not there yet, and is removed with this.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = format!("crawl-{}-{number}-{name}", std::process::id());
        Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file))
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("the name of a build folder is text")
    }

    pub(crate) fn read(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
