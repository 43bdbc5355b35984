//! What is sent: standard input, a text, a file, or an HTTP request.

use crate::failure::{self, Failure, Kind, quoted};
use crate::flags::{Source, Talk};
use crate::story::count;
use http1::{Client, Limits, client::Call};
use session::{Session, Want};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, IsTerminal, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The most that one `read(2)` brings and one `send(2)` is given, so that a file of any size takes this much memory.
pub const CHUNK: usize = 64 * 1024;

/// How the input comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It is there already.
    Stored,
    /// Another program gives it, at leisure.
    Piped,
    /// A person types it.
    Typed,
}

/// What is sent, as it comes.
pub struct Input {
    /// Where the bytes come from.
    pub bytes: Box<dyn Read + Send>,
    /// Does its end end our side of the connection?
    pub half_closes: bool,
    /// How it comes.
    pub pace: Pace,
    /// For `--get`: where its reply ends.
    pub client: Option<Box<Client>>,
}

impl Input {
    /// Opens what the user wants to send, before any socket is made.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or the path of `--get` cannot be sent.
    pub fn open(talk: &Talk) -> Result<Self, Failure> {
        let stored = |bytes| Self { bytes, half_closes: true, pace: Pace::Stored, client: None };
        Ok(match &talk.source {
            Source::Stdin => {
                let stdin = io::stdin();
                let pace = if stdin.is_terminal() { Pace::Typed } else { Pace::Piped };
                // It keeps bytes in a buffer of its own, but not when it is asked for as many as that buffer has.
                Self { pace, ..stored(Box::new(Retry(stdin))) }
            }
            Source::Text(text) => stored(Box::new(Cursor::new(text.clone()))),
            Source::File(path) => file(path).map_err(|error| {
                let name = quoted(&path.to_string_lossy());
                failure::own(format_args!("cannot read the file {name}"), &error)
            })?,
            Source::Get(path) => {
                let client = request(talk, path)?;
                let Want::Write { bytes, .. } = client.want() else {
                    return Err(Failure::usage("there is nothing to send"));
                };
                let bytes = Box::new(Cursor::new(bytes.to_vec()));
                // The request says itself where it ends. Some servers take a half-close for a departure.
                Self { half_closes: false, client: Some(Box::new(client)), ..stored(bytes) }
            }
        })
    }
}

/// A file, opened before any socket is made. But a named pipe only opens when somebody writes into it, for which only
/// the sending thread can wait.
fn file(path: &Path) -> io::Result<Input> {
    let kind = path.metadata()?.file_type();
    if kind.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let (bytes, pace): (Box<dyn Read + Send>, _) = match kind.is_fifo() {
        true => (Box::new(Later { path: path.into(), file: None }), Pace::Piped),
        false => (Box::new(File::open(path)?), Pace::Stored),
    };
    Ok(Input { bytes, half_closes: true, pace, client: None })
}

/// A file that is opened when it is first read.
struct Later {
    path: PathBuf,
    file: Option<File>,
}

impl Read for Later {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::open(&self.path)?),
        };
        file.read(buffer)
    }
}

/// Standard input whose `read(2)` does not wait: whoever shares it with us may have set `O_NONBLOCK`. Then we wait.
struct Retry(io::Stdin);

impl Read for Retry {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY),
                result => return result,
            }
        }
    }
}

/// How long to wait for a file that does not wait itself.
pub const RETRY: Duration = Duration::from_millis(10);

/// The conversation of `--get`: it says what to send, and later where the reply ends.
fn request(talk: &Talk, path: &str) -> Result<Client, Failure> {
    if !path.starts_with('/') {
        let path = quoted(path);
        return Err(Failure::usage(format_args!(
            "--get takes a path that begins with /, such as /index.html; not {path}"
        )));
    }
    let call = Call::get(&talk.host.authority(talk.port), path).map_err(|why| {
        Failure::usage(format_args!("--get cannot ask {} for {}: {why}", talk.host, quoted(path)))
    })?;
    // How much of a body is too much is for --max-reply to say, not for HTTP.
    let limits = Limits { body: u64::MAX, ..Limits::default() };
    Ok(Client::new(&call, limits, Instant::now()))
}

/// The input, cut into datagrams: a line of standard input each with its line ending, or all of a text or a file.
pub struct Datagrams {
    bytes: BufReader<Box<dyn Read + Send>>,
    by_line: bool,
    is_first: bool,
}

impl Datagrams {
    /// Cuts the input into datagrams.
    pub fn new(input: Input, by_line: bool) -> Self {
        let bytes = BufReader::with_capacity(CHUNK, input.bytes);
        Self { bytes, by_line, is_first: true }
    }

    /// The next datagram, if there is one. Standard input without a line is none, an empty text is an empty one.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or does not fit into a datagram.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut datagram = Vec::new();
        // One byte more than may be sent shows that there are too many, however many there are.
        let mut some = (&mut self.bytes).take(LARGEST as u64 + 1);
        let read = match self.by_line {
            true => some.read_until(b'\n', &mut datagram),
            false => some.read_to_end(&mut datagram),
        };
        read.map_err(|error| failure::own("cannot read the input", &error))?;
        if datagram.len() > LARGEST {
            let what = if self.by_line { "a line" } else { "the input" };
            let happened = format!("it is longer than {}", count(LARGEST, "byte"));
            let failure = Failure::new(Kind::Own, format_args!("cannot send {what}"), happened);
            return Err(failure.hint("one datagram holds no more; TCP has no such limit"));
        }
        let is_datagram = !datagram.is_empty() || (self.is_first && !self.by_line);
        self.is_first = false;
        Ok(is_datagram.then_some(datagram))
    }
}

/// The most that one datagram holds over IPv4: 65,535 bytes, less 20 for the header of IP and 8 for that of UDP.
pub const LARGEST: usize = 65_507;

#[cfg(test)]
mod tests {
    use super::*;

    fn datagrams(bytes: Vec<u8>, by_line: bool) -> Result<Vec<Vec<u8>>, Failure> {
        let bytes = Box::new(Cursor::new(bytes));
        let input = Input { bytes, half_closes: true, pace: Pace::Stored, client: None };
        let mut datagrams = Datagrams::new(input, by_line);
        std::iter::from_fn(|| datagrams.read().transpose()).collect()
    }

    #[test]
    fn each_line_is_a_datagram_with_its_line_ending() {
        let lines = datagrams(b"a\n\nb\r\nlast".to_vec(), true).unwrap();
        assert_eq!(lines, [&b"a\n"[..], b"\n", b"b\r\n", b"last"]);
        assert!(datagrams(vec![], true).unwrap().is_empty());
    }

    #[test]
    fn a_text_is_one_datagram() {
        assert_eq!(datagrams(b"a\nb\n".to_vec(), false).unwrap(), [b"a\nb\n"]);
        assert_eq!(datagrams(vec![], false).unwrap(), [b""]);
    }

    #[test]
    fn a_datagram_has_a_largest_size() {
        for by_line in [true, false] {
            assert_eq!(datagrams(vec![b'x'; LARGEST], by_line).unwrap().len(), 1);
            let failure = datagrams(vec![b'x'; LARGEST + 1], by_line).unwrap_err();
            assert!(failure.to_string().contains("longer than 65,507 bytes"), "{failure}");
        }
    }
}
