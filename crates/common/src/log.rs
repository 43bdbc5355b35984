//! Lines for a person, written so that they can never hold up or end a server.
//!
//! `println!` does both: it panics when the reader of a pipe is gone, and it waits, holding a lock that every
//! other `println!` needs, when the reader has stopped reading. A server that is started by another program often
//! has such a reader. Here a line that cannot be written at once is dropped.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::flag;
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::sync::{Arc, OnceLock};

/// A pipe takes so many bytes in one piece or not at all (`PIPE_BUF`, pipe(7)); a longer line is cut.
const LONGEST_LINE: usize = 4096;

static OUT: OnceLock<Option<File>> = OnceLock::new();
static ERR: OnceLock<Option<File>> = OnceLock::new();

/// Opens what the lines will need. Later there may be no descriptor to be had, and that will be worth a line.
pub fn prepare() {
    OUT.get_or_init(|| reopen("/proc/self/fd/1"));
    ERR.get_or_init(|| reopen("/proc/self/fd/2"));
}

/// Lets a write to a file that may not grow any further fail (setrlimit(2), `RLIMIT_FSIZE`), where by default its
/// signal ends the process.
pub fn survive_full_files() -> io::Result<()> {
    flag::register(libc::SIGXFSZ, Arc::default()).map(drop)
}

/// Writes a line to standard output, if it can be written at once.
pub fn out(line: impl Display) {
    prepare();
    write(&OUT, io::stdout(), &line);
}

/// Writes a line to standard error, if it can be written at once.
pub fn err(line: impl Display) {
    prepare();
    write(&ERR, io::stderr(), &line);
}

/// Says on standard output where a server can be found, and what to try there.
pub fn ready(addr: SocketAddr, suggestion: &str) {
    out(format_args!("listening on {addr}"));
    out(format_args!("try: {suggestion}"));
}

/// An error as the system words it, without its number: `address already in use`.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Text that repeats what somebody typed or sent, which may be anything, as one line for a screen, and not a long one.
pub fn one_line(text: &str) -> String {
    let shown = |c: char| match c.is_control() || is_unseen(c) {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().take(LONGEST_QUOTE).map(shown).collect()
}

/// Is it a character that is not seen itself, but moves, joins or turns round the ones beside it, ends a line, or stands
/// between them for nothing? With U+202E in a name, a person reads another name.
pub fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Characters of a text that are shown, however long it is.
const LONGEST_QUOTE: usize = 300;

/// Opens the pipe or terminal behind a descriptor once more, for writing that never waits.
///
/// `O_NONBLOCK` belongs to the open file description, which we share with whoever started us, so setting it on our
/// descriptor would change theirs too. Opening it anew gives a description of our own.
fn reopen(path: &str) -> Option<File> {
    let kind = std::fs::metadata(path).ok()?.file_type();
    if !kind.is_fifo() && !kind.is_char_device() {
        return None;
    }
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    OpenOptions::new().write(true).custom_flags(flags).open(path).ok()
}

fn write(reopened: &OnceLock<Option<File>>, mut standard: impl Write + AsFd, line: &dyn Display) {
    let mut line = line.to_string().into_bytes();
    line.truncate(LONGEST_LINE - 1);
    line.push(b'\n');
    // There is nobody left to tell if this fails.
    let _ = match reopened.get() {
        Some(Some(file)) => (&*file).write(&line).map(drop),
        _ if has_room(standard.as_fd()) => {
            standard.write_all(&line).and_then(|()| standard.flush())
        }
        _ => Ok(()),
    };
}

/// Will a write of one line not wait? Asked of what cannot be opened anew: a socket, or another user's pipe. A pipe
/// that is ready has room for `PIPE_BUF` bytes, a socket for more; a regular file always is.
fn has_room(standard: BorrowedFd<'_>) -> bool {
    let mut asked = [PollFd::new(standard, PollFlags::POLLOUT)];
    poll(&mut asked, PollTimeout::ZERO).is_ok()
        && asked[0].revents().is_some_and(|events| events.contains(PollFlags::POLLOUT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown_as_an_escape() {
        for (text, shown) in [
            ("plain, caf\u{e9}, \u{4f60}", "plain, caf\u{e9}, \u{4f60}"),
            ("a\n\u{1b}[31m", r"a\n\u{1b}[31m"),
            ("\u{200b}\u{200f}\u{2010}", "\\u{200b}\\u{200f}\u{2010}"),
            ("a\u{202e}b\u{2028}\u{2029}", r"a\u{202e}b\u{2028}\u{2029}"),
            ("\u{2066}\u{2069}\u{feff}", r"\u{2066}\u{2069}\u{feff}"),
            ("\u{3164}\u{115f}\u{2800}\u{fe0f}", r"\u{3164}\u{115f}\u{2800}\u{fe0f}"),
            ("\u{34f}\u{180b}\u{e0100}\u{e0041}", r"\u{34f}\u{180b}\u{e0100}\u{e0041}"),
        ] {
            assert_eq!(one_line(text), shown);
        }
        assert_eq!(one_line(&"x".repeat(1000)).len(), LONGEST_QUOTE);
    }
}
