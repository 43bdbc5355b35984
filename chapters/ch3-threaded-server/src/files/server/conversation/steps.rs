//! What the server does with a command, and with the bytes of files: a step at a time.

use super::{Conversation, Doing};
use crate::files::code::{Code, Refusal, count};
use crate::files::name;
use crate::files::protocol::{LONGEST_LINE, Request};
use crate::files::server::directory::Entries;
use crate::files::server::download::Download;
use crate::files::server::upload::Upload;

/// Whom the next step waits for.
pub(super) enum Waits {
    No,
    ForPeer,
    ForUs,
}

impl Conversation {
    /// One step of what is being done: what is to be done next, and whom that waits for.
    pub(super) fn step(&mut self, doing: Doing) -> (Doing, Waits) {
        match doing {
            Doing::Closing => (Doing::Closing, Waits::ForPeer),
            Doing::Listening => self.listen(),
            Doing::Listing { entries, count } => (self.list(entries, count), Waits::No),
            Doing::Skipping(mut download) => match download.skip() {
                Ok(true) => (Doing::Sending(download), Waits::No),
                Ok(false) => (Doing::Skipping(download), Waits::ForUs),
                Err(_) => (Doing::Closing, Waits::No),
            },
            Doing::Sending(mut download) => {
                match self.output.fill(|buffer| download.next(buffer)) {
                    Ok(0) => {
                        self.output.shrink();
                        self.output.line(format_args!("sha256 {}", download.digest()));
                        (Doing::Listening, Waits::No)
                    }
                    Ok(_) => (Doing::Sending(download), Waits::No),
                    // We owe bytes that we cannot have, and no line could be told from them. The client will see that
                    // they are too few, and ask again.
                    Err(_) => (Doing::Closing, Waits::No),
                }
            }
            Doing::Checking(mut upload) => match upload.check() {
                Ok(true) => {
                    self.output.line(format_args!("ok {}", upload.received()));
                    (Doing::Receiving(upload), Waits::No)
                }
                Ok(false) => (Doing::Checking(upload), Waits::ForUs),
                Err(refusal) => (self.part_with(&refusal), Waits::No),
            },
            Doing::Receiving(upload) => self.receive(upload),
        }
    }

    /// Takes the next command, if there is a whole line.
    fn listen(&mut self) -> (Doing, Waits) {
        let end = self.input.iter().take(LONGEST_LINE + 1).position(|&byte| byte == b'\n');
        let next = match end {
            Some(end) => {
                let line: Vec<_> = self.input.drain(..=end).collect();
                self.obey(&line[..end])
            }
            None if self.input.len() > LONGEST_LINE => {
                let text = format!("a line has at most {LONGEST_LINE} bytes");
                self.part_with(&Refusal::new(Code::BadRequest, text))
            }
            None if !self.ended => return (Doing::Listening, Waits::ForPeer),
            None if self.input.is_empty() => Doing::Closing,
            // Half a command may look like a whole one, of another name.
            None => self.part_with(&Refusal::new(Code::BadRequest, "the last line has no end")),
        };
        (next, Waits::No)
    }

    fn obey(&mut self, line: &[u8]) -> Doing {
        let request = Request::parse(line);
        let began = request.and_then(|request| match request {
            Request::List { folder } => {
                let entries = self.directory.entries(&folder)?;
                self.output.line("ok");
                Ok(Doing::Listing { entries, count: 0 })
            }
            Request::Get { name, offset } => {
                let download = Download::begin(&self.directory, &name, offset)?;
                self.output.line(format_args!("ok {}", download.length()));
                Ok(Doing::Skipping(download))
            }
            Request::Put { length, digest, name } => {
                Upload::begin(&self.directory, name, length, digest).map(Doing::Checking)
            }
            Request::Quit => {
                self.output.line("bye");
                Ok(Doing::Closing)
            }
        });
        match began {
            Ok(doing) => doing,
            // A client that did not wait for our `ok` has sent the file, and that must not be taken for commands.
            Err(refusal) if refusal.code == Code::BadRequest || line.starts_with(b"put") => {
                self.part_with(&refusal)
            }
            Err(refusal) => {
                self.output.line(&refusal);
                Doing::Listening
            }
        }
    }

    fn list(&mut self, mut entries: Entries, mut count: u64) -> Doing {
        while self.output.has_room() {
            match entries.next() {
                Some(Ok(line)) => {
                    self.output.line(line);
                    count += 1;
                }
                Some(Err(error)) => {
                    self.output.line(Refusal::system(&error));
                    return Doing::Listening;
                }
                None => {
                    self.output.line(format_args!("end {count}"));
                    return Doing::Listening;
                }
            }
        }
        Doing::Listing { entries, count }
    }

    /// Takes what has come of a file.
    fn receive(&mut self, mut upload: Upload) -> (Doing, Waits) {
        let taken = upload.take(&self.input);
        let result = taken.and_then(|n| {
            self.input.drain(..n);
            match upload.missing() {
                0 => upload.finish().map(|()| true),
                missing if self.ended => {
                    let missing = count(missing, "byte is", "bytes are");
                    let text = format!("{missing} missing; what came is kept for the next time");
                    Err(Refusal::new(Code::Incomplete, text))
                }
                _ => Ok(false),
            }
        });
        match result {
            Ok(true) => {
                self.output.line(format_args!("done {}", name::encode(upload.name().bytes())));
                (Doing::Listening, Waits::No)
            }
            Ok(false) => (Doing::Receiving(upload), Waits::ForPeer),
            Err(refusal) => (self.part_with(&refusal), Waits::No),
        }
    }

    /// Gives what has just come to the file that it belongs to, without a detour. Returns what is left of it.
    pub(super) fn pass_on<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        match &mut self.doing {
            Doing::Receiving(upload) if self.input.is_empty() => match upload.take(bytes) {
                Ok(n) => &bytes[n..],
                Err(refusal) => {
                    self.doing = self.part_with(&refusal);
                    &[]
                }
            },
            _ => bytes,
        }
    }

    /// Refuses something after which nobody knows where the next command begins.
    fn part_with(&mut self, refusal: &Refusal) -> Doing {
        self.output.line(refusal);
        self.input = Vec::new();
        Doing::Closing
    }
}
