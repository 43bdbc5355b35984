//! From lines to jobs, on a thread of its own: reading standard input may wait for ever, and nobody else may.

use super::schedule::Job;
use crate::failure::{Failure, Kind};
use crate::url;
use common::log::{one_line, reason};
use std::io::{self, BufRead, ErrorKind};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc;

/// A line longer than this is no URL. RFC 9110 section 4.1 asks for 8,000 bytes at least.
pub const LONGEST_LINE: usize = 8192;

/// Lines that were read and that nobody has taken yet: then the reader waits, and whoever writes into the pipe.
pub const QUEUE: usize = 256;

/// A line that names something.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 0 on: lines that name nothing are not counted.
    pub number: u64,
    /// The number of the line in the file, from 1 on.
    pub stands_in: u64,
    /// What is to be fetched, or what was typed and why that is no URL.
    pub content: Result<url::Url, (String, Failure)>,
}

/// Reads standard input to its end. The last thing that comes is the failure that ended it, if one did.
///
/// # Errors
///
/// The system has no thread for it.
pub fn read() -> Result<mpsc::Receiver<Result<Line, Failure>>, Failure> {
    let (lines, taken) = mpsc::channel(QUEUE);
    let started = thread::Builder::new().name("input".into()).spawn(move || {
        if let Err(error) = each(io::stdin().lock(), |line| lines.blocking_send(Ok(line)).is_ok()) {
            let failure = Failure::new(Kind::Read, "cannot read standard input", reason(&error));
            // Whoever has left wants no more lines.
            let _ = lines.blocking_send(Err(failure));
        }
    });
    match started {
        Ok(_) => Ok(taken),
        Err(error) => Err(Failure::new(Kind::Own, "cannot start a thread", reason(&error))),
    }
}

/// Gives each line to `take`, until that wants no more.
fn each(mut input: impl BufRead, mut take: impl FnMut(Line) -> bool) -> io::Result<()> {
    let (mut line, mut number, mut stands_in) = (Vec::new(), 0, 0);
    loop {
        line.clear();
        if !next(&mut input, &mut line)? {
            return Ok(());
        }
        stands_in += 1;
        let text = line.trim_ascii();
        if text.is_empty() || text.starts_with(b"#") {
            continue;
        }
        if !take(Line { number, stands_in, content: parse(text) }) {
            return Ok(());
        }
        number += 1;
    }
}

/// Reads one line, of which no more is kept than shows that it is too long; false at the end of the file.
fn next(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let mut is_there = false;
    loop {
        let some = match input.fill_buf() {
            Ok(some) => some,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // Whoever shares standard input with us may have set `O_NONBLOCK`. Then it is we who wait.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(AGAIN);
                continue;
            }
            Err(error) => return Err(error),
        };
        if some.is_empty() {
            return Ok(is_there);
        }
        is_there = true;
        let end = some.iter().position(|&byte| byte == b'\n');
        let text = &some[..end.unwrap_or(some.len())];
        let room = (LONGEST_LINE + 1).saturating_sub(line.len());
        line.extend_from_slice(&text[..text.len().min(room)]);
        let used = text.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// How long to wait for a file that does not wait itself.
const AGAIN: Duration = Duration::from_millis(10);

fn parse(text: &[u8]) -> Result<url::Url, (String, Failure)> {
    let typed = one_line(&url::redacted(&String::from_utf8_lossy(text)));
    let bad = |why: String| {
        let failure = Failure::new(Kind::BadUrl, "this is no URL", why);
        (typed.clone(), failure.hint(""))
    };
    if text.len() > LONGEST_LINE {
        return Err(bad(format!("it is longer than {LONGEST_LINE} bytes")));
    }
    let text = std::str::from_utf8(text).map_err(|_| bad("it is not UTF-8".into()))?;
    url::parse(text).map_err(|failure| match failure.kind {
        // It repeats what was typed, password and all.
        Kind::BadUrl => bad(failure.happened),
        _ => (typed.clone(), failure),
    })
}

/// The job of a line.
pub fn job(number: u64, stands_in: u64, url: url::Url) -> Job {
    let port = url.port_or_known_default().unwrap_or_default();
    let host = format!("{}:{port}", url.host_str().unwrap_or_default()).into();
    Job { number, stands_in, url, host, attempts: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    /// What each line comes to: the URL, or the code of its failure.
    fn lines(bytes: &[u8], buffer: usize) -> Vec<(u64, u64, Result<String, u8>)> {
        let mut seen = Vec::new();
        let take = |line: Line| {
            let content = line.content.map(String::from).map_err(|(_, why)| why.kind.code());
            seen.push((line.number, line.stands_in, content));
            true
        };
        each(BufReader::with_capacity(buffer, bytes), take).unwrap();
        seen
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        let input = b"http://a/\r\n\n# no\n  b:80/x  \n\xff\nftp://c/\nlast";
        for buffer in 1..=input.len() {
            let url = |url: &str| Ok(url.to_owned());
            let right = [
                (0, 1, url("http://a/")),
                (1, 4, url("http://b/x")),
                (2, 5, Err(3)),
                (3, 6, Err(1)),
                (4, 7, url("http://last/")),
            ];
            assert_eq!(lines(input, buffer), right);
        }
        assert!(lines(b"", 1).is_empty());
    }

    #[test]
    fn a_line_has_a_longest_length() {
        let path = "x".repeat(LONGEST_LINE - "http://a/".len());
        let seen = lines(format!("http://a/{path}\nhttp://a/{path}y\nb").as_bytes(), 100);
        let is_url: Vec<_> = seen.iter().map(|(_, _, content)| content.is_ok()).collect();
        assert_eq!(is_url, [true, false, true]);
    }

    #[test]
    fn a_password_is_not_shown() {
        for (typed, shown) in [
            ("http://me:secret@h:99999/", "http://***@h:99999/"),
            ("http://me:sec@ret@h:99999/a@b", "http://***@h:99999/a@b"),
            ("http://me:sec?ret@h:99999", "http://***@h:99999"),
            ("me:secret@h:99999//x", "***@h:99999//x"),
            ("ftp://me:secret@h//x", "ftp://***@h//x"),
            ("http://h:99999/@b", "http://h:99999/@b"),
        ] {
            let (said, failure) = parse(typed.as_bytes()).unwrap_err();
            assert_eq!(said, shown);
            assert!(!failure.to_string().contains("ret"), "{failure}");
        }
    }

    #[test]
    fn whoever_wants_no_more_gets_no_more() {
        let mut taken = 0;
        let take = |_| {
            taken += 1;
            taken < 2
        };
        each(&b"a\nb\nc\n"[..], take).unwrap();
        assert_eq!(taken, 2);
    }
}
