//! Running our client and curl, and what must hold of every run.

use crate::folder::Folder;
use harness::{Finished, Launch};
use std::ffi::OsStr;
use std::fmt::Display;
use std::io::Write;
use std::process::{Command, Stdio};

/// Whether a program can be run; if not, the test says so past the capture, so that a plain `cargo test` shows it.
pub(crate) fn there_is(program: &str, args: &[&str]) -> bool {
    let end = Command::new(program).args(args).stdin(Stdio::null()).output();
    let found = end.is_ok_and(|end| end.status.success());
    if !found {
        skip(format_args!("there is no {program}"));
    }
    found
}

/// Says that a test does nothing here.
pub(crate) fn skip(why: impl Display) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Our client.
pub(crate) fn ours<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Launch {
    ours_told(&[], args)
}

/// Our client, with something in its environment.
pub(crate) fn ours_told<A: AsRef<OsStr>>(
    env: &[(&str, &str)],
    args: impl IntoIterator<Item = A>,
) -> Launch {
    alone(env, env!("CARGO_BIN_EXE_ch6-http-client")).args(args)
}

/// curl, without the settings that somebody may have made for themselves.
pub(crate) fn curl<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Launch {
    alone(&[], "curl").args(["-q", "-sS"]).args(args)
}

/// A program for which the environment names no proxy but these, whatever it is for us. Empty values would not do:
/// `HTTP_PROXY` without one keeps the library from reading `http_proxy`.
fn alone(env: &[(&str, &str)], program: &str) -> Launch {
    let names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
    let both = |name: &str| [name.to_owned(), name.to_uppercase()];
    let unset = names.iter().flat_map(|name| both(name)).map(|name| format!("-u{name}"));
    let set = env.iter().map(|(name, value)| format!("{name}={value}"));
    Launch::new("env").args(unset).args(set).args([program]).keep(1 << 23)
}

/// What a client says of a URL.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    /// 0 if there was none.
    pub(crate) status: u16,
    /// `1.1`, `2`.
    pub(crate) version: String,
    /// The fields of the last head, names in small letters.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: Finished,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| &**value)
    }
}

/// Our client's answer, with `-i`: head and body come on stdout.
#[track_caller]
pub(crate) fn our_answer<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Answer {
    let end = ours(["-i"]).args(args).run();
    is_sober(&end);
    let cut = if end.bytes.starts_with(b"HTTP/") { head_end(&end.bytes) } else { 0 };
    let body = end.bytes[cut..].to_vec();
    let head = String::from_utf8_lossy(&end.bytes[..cut]).into_owned();
    answer(&head, body, end)
}

/// curl's answer; the heads go into a file, of which the last one counts.
#[track_caller]
pub(crate) fn curl_answer<A: AsRef<OsStr>>(
    folder: &Folder,
    args: impl IntoIterator<Item = A>,
) -> Answer {
    let heads = folder.path("curl.heads");
    let _ = std::fs::remove_file(&heads);
    let end = curl(["-D"]).args([&heads]).args(args).run();
    let heads = std::fs::read(&heads).unwrap_or_default();
    let heads = String::from_utf8_lossy(&heads).into_owned();
    let last = heads.trim_end().rsplit("\r\n\r\n").next().unwrap_or_default();
    // With -I, the heads are what is printed too.
    let printed = if end.bytes.starts_with(b"HTTP/") { Vec::new() } else { end.bytes.clone() };
    answer(last, printed, end)
}

fn answer(head: &str, body: Vec<u8>, end: Finished) -> Answer {
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let version = words.next().unwrap_or_default().trim_start_matches("HTTP/");
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Answer {
        code: end.status.code().unwrap_or(-1),
        status: words.next().and_then(|status| status.parse().ok()).unwrap_or(0),
        version: version.trim_end_matches(".0").into(),
        fields: lines.filter_map(field).collect(),
        body,
        end,
    }
}

fn head_end(bytes: &[u8]) -> usize {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    end.map_or(bytes.len(), |at| at + 4)
}

/// What holds of every run of our client: at most one line about a failure, no panic, nothing that moves a cursor.
#[track_caller]
pub(crate) fn is_sober(end: &Finished) {
    let errors = end.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, usize::from(!end.status.success()), "one line about a failure\n{end}");
    assert!(!end.stderr.contains("panicked"), "a panic reached the user\n{end}");
    assert!(!end.stderr.contains("os error"), "numbers of errors are for programs\n{end}");
    assert!(!end.stderr.contains(|c: char| c.is_control() && c != '\n'), "a control\n{end}");
}

/// Our client ends with this code, and with one line on stderr that says this.
#[track_caller]
pub(crate) fn fails(end: &Finished, code: i32, says: &str) {
    assert_eq!(end.status.code(), Some(code), "the exit code should be {code}\n{end}");
    is_sober(end);
    assert!(end.stderr.contains(says), "it should say {says:?}\n{end}");
}

/// Our client succeeds, and has nothing to say about it.
#[track_caller]
pub(crate) fn succeeds(end: &Finished) {
    assert_eq!(end.status.code(), Some(0), "it should succeed\n{end}");
    assert_eq!(end.stderr, "", "it should say nothing\n{end}");
}

/// A line of the table that `--nocapture` shows.
#[expect(clippy::print_stdout, reason = "this is what the test runner captures")]
pub(crate) fn row(case: impl Display, curl: &str, library: &str, by_hand: &str) {
    println!("{case} | {curl} | {library} | {by_hand}");
}
