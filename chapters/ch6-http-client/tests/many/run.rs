//! Running `fetch-many`, and reading what it says.

pub(crate) use harness::DEADLINE;
use harness::site::Answer;
use harness::{Finished, Launch};
use serde_json::Value;
use std::sync::{Arc, Condvar, Mutex};

/// The program with these flags, and these URLs to read. A proxy of the machine is not its business.
pub(crate) fn fetch<U: AsRef<str>>(flags: &str, urls: impl IntoIterator<Item = U>) -> Launch {
    let lines: String =
        urls.into_iter().flat_map(|url| [url.as_ref().to_owned(), "\n".into()]).collect();
    launch(flags).stdin(lines)
}

/// The program with these flags.
pub(crate) fn launch(flags: &str) -> Launch {
    let launch = Launch::new(env!("CARGO_BIN_EXE_fetch-many")).deadline(DEADLINE);
    launch.args(["--no-proxy"]).args(flags.split_whitespace())
}

/// It ends by this code, and said nothing that it should not say.
#[track_caller]
pub(crate) fn ends(end: &Finished, code: i32) {
    assert_eq!(end.status.code(), Some(code), "the exit code should be {code}\n{end}");
    assert!(!end.stderr.contains("panicked"), "a panic reached the user\n{end}");
    assert!(!end.stderr.contains("os error"), "numbers of errors are for programs\n{end}");
}

/// The objects of its rows, and the one of its summary.
#[track_caller]
pub(crate) fn objects(end: &Finished) -> (Vec<Value>, Value) {
    let parse = |line: &str| {
        serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}\n{end}"))
    };
    let mut rows: Vec<Value> = end.stdout.lines().map(parse).collect();
    let summary = rows.pop().unwrap_or_else(|| panic!("there is a summary\n{end}"));
    (rows, summary["summary"].clone())
}

/// The numbers in these fields of an object.
pub(crate) fn numbers<const N: usize>(object: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| object[name].as_u64().unwrap_or_else(|| panic!("no {name} in {object}")))
}

/// A page.
pub(crate) fn ok() -> Answer {
    Answer::new(200).body("hello")
}

/// How many are inside at once, over several sites; and a door that opens when enough were.
#[derive(Clone, Default)]
pub(crate) struct Gauge(Arc<(Mutex<(usize, usize)>, Condvar)>);

impl Gauge {
    /// Goes in, stays until so many have been inside at once, and leaves.
    pub(crate) fn pass(&self, enough: usize) {
        let (inside, changed) = &*self.0;
        let mut now = inside.lock().unwrap();
        now.0 += 1;
        now.1 = now.1.max(now.0);
        changed.notify_all();
        now = changed.wait_timeout_while(now, DEADLINE, |now| now.1 < enough).unwrap().0;
        now.0 -= 1;
    }

    /// The most that were inside at once.
    pub(crate) fn most(&self) -> usize {
        self.0.0.lock().unwrap().1
    }
}
