//! What is sent: standard input, a text, a file, or an HTTP request.

use crate::failure::{Failure, Kind, quoted};
use crate::flags::{Source, Talk};
use crate::story::count;
use http1::{Client, Limits, client::Call};
use session::{Session, Want};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::time::Instant;

/// The most that one `read(2)` brings and one `send(2)` is given, so that a file of any size takes this much memory.
pub const CHUNK: usize = 64 * 1024;

/// What is sent, as it comes.
pub struct Input {
    /// Where the bytes come from.
    pub bytes: Box<dyn Read + Send>,
    /// Does its end end our side of the connection?
    pub half_closes: bool,
    /// Does a person or a program give it to us at leisure?
    pub is_live: bool,
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
        let input = |bytes| Self { bytes, half_closes: true, is_live: false, client: None };
        Ok(match &talk.source {
            // `Stdin` keeps bytes in a buffer of its own, but not when it is asked for as many as that buffer has.
            Source::Stdin => Self { is_live: true, ..input(Box::new(io::stdin())) },
            Source::Text(text) => input(Box::new(Cursor::new(text.clone()))),
            Source::File(path) => {
                let open = || match path.is_dir() {
                    true => Err(ErrorKind::IsADirectory.into()),
                    false => File::open(path),
                };
                let name = quoted(&path.to_string_lossy());
                let tried = || format!("cannot read the file {name}");
                input(Box::new(open().map_err(|error| Failure::own(tried(), &error))?))
            }
            Source::Get(path) => {
                let client = request(talk, path)?;
                let Want::Write { bytes, .. } = client.want() else {
                    return Err(Failure::usage("there is nothing to send"));
                };
                let bytes = Box::new(Cursor::new(bytes.to_vec()));
                // The request says itself where it ends. Some servers take a half-close for a departure.
                Self { half_closes: false, client: Some(Box::new(client)), ..input(bytes) }
            }
        })
    }
}

/// The conversation of `--get`: it says what to send, and later where the reply ends.
fn request(talk: &Talk, path: &str) -> Result<Client, Failure> {
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
    pub fn new(input: Input) -> Self {
        let bytes = BufReader::with_capacity(CHUNK, input.bytes);
        Self { bytes, by_line: input.is_live, is_first: true }
    }

    /// Does a person or a program give it to us at leisure?
    pub fn is_live(&self) -> bool {
        self.by_line
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
        read.map_err(|error| Failure::own("cannot read the input", &error))?;
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

    fn datagrams(bytes: Vec<u8>, is_live: bool) -> Result<Vec<Vec<u8>>, Failure> {
        let bytes = Box::new(Cursor::new(bytes));
        let input = Input { bytes, half_closes: true, is_live, client: None };
        let mut datagrams = Datagrams::new(input);
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
        for is_live in [true, false] {
            assert_eq!(datagrams(vec![b'x'; LARGEST], is_live).unwrap().len(), 1);
            let failure = datagrams(vec![b'x'; LARGEST + 1], is_live).unwrap_err();
            assert!(failure.to_string().contains("longer than 65,507 bytes"), "{failure}");
        }
    }
}
