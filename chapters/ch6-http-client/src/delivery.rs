//! Where a response goes: to standard output, or into a file; and what must not go anywhere.

use crate::by_hand::Story;
use crate::download::Part;
use crate::download::resume::{self, Answer, Origin};
use crate::failure::{Failure, Kind};
use crate::flags::Fetch;
use crate::output::Output;
use crate::request::Request;
use crate::response::{Body, Head, Receiver};
use crate::retry::{self, Outcome, Policy};
use crate::url::{redacted, shown};
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Display;
use std::time::Duration;

/// The response to one attempt, on its way to the user.
#[derive(Debug)]
pub struct Delivery<'a> {
    fetch: &'a Fetch,
    request: &'a Request,
    to: &'a mut Place,
    /// Which attempt it is, from 1 on.
    attempt: u32,
    verdict: Verdict,
    /// Bytes of the whole file, if they are known.
    whole: Option<u64>,
    taken: u64,
    /// Does what was printed last not end its line?
    has_open_line: bool,
    /// Has a head come?
    pub has_head: bool,
    /// Did a server read the request, and send us to another one?
    pub is_sent: bool,
    bar: ProgressBar,
}

/// What came of a response that was right in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is where it should be.
    Taken,
    /// It is one to ask for again.
    Again {
        /// Its status.
        status: u16,
        /// After how long.
        wait: Duration,
    },
    /// What was there already is the beginning of something else.
    FromTheStart,
}

/// Standard output, or a file.
#[derive(Debug)]
pub enum Place {
    /// Standard output, or what takes bytes as it does; and whether anything was printed.
    Output {
        /// Where.
        output: Output,
        /// Was anything printed?
        is_used: bool,
    },
    /// A file in the making.
    File(Part),
}

impl<'a> Delivery<'a> {
    /// Waits for the response to an attempt at this request.
    pub fn new(fetch: &'a Fetch, request: &'a Request, to: &'a mut Place, attempt: u32) -> Self {
        let bar = ProgressBar::hidden();
        Self {
            fetch,
            request,
            to,
            attempt,
            verdict: Verdict::Taken,
            whole: None,
            taken: 0,
            has_open_line: false,
            has_head: false,
            is_sent: false,
            bar,
        }
    }

    /// It is over. What came of a response that was whole?
    ///
    /// # Errors
    ///
    /// It was the end of a file, and did not reach to the end.
    pub fn end(&self) -> Result<Verdict, Failure> {
        self.bar.finish_and_clear();
        let there = match &*self.to {
            Place::File(part) => part.len(),
            Place::Output { .. } => return Ok(self.verdict),
        };
        let (tried, url) = ("cannot get all of", shown(&self.request.url));
        let what = |whole| format!("{there} of {whole} bytes came");
        match self.whole {
            Some(whole) if there < whole => {
                Err(Failure::new(Kind::Partial, format_args!("{tried} {url}"), what(whole)))
            }
            Some(whole) if there > whole => {
                let failure = Failure::new(Kind::Range, format_args!("{tried} {url}"), what(whole));
                Err(failure.hint("begin anew with --no-resume"))
            }
            _ => Ok(self.verdict),
        }
    }

    fn too_long(&self, what: impl Display) -> Failure {
        let tried = format!("stopped reading {}", shown(&self.request.url));
        Failure::new(Kind::TooLarge, tried, what)
    }

    /// Is it an answer to the request for the rest of what is there?
    fn rest(&mut self, head: &Head) -> Result<Option<Body>, Failure> {
        let Place::File(part) = &*self.to else { return Ok(None) };
        // Nobody else may ask for a range of what goes into a file.
        let Some(origin) = part.origin().filter(|_| self.request.has("range")) else {
            return Ok(None);
        };
        Ok(Some(match resume::answer(&self.request.url, head, part.len(), &origin)? {
            Answer::Whole => return Ok(None),
            Answer::Rest { whole } => {
                self.whole = whole;
                self.begin_bar(head, part.len());
                Body::Wanted
            }
            Answer::Nothing => Body::Unwanted,
            Answer::Never => {
                self.verdict = Verdict::FromTheStart;
                Body::Unwanted
            }
        }))
    }

    fn begin_file(&mut self, head: &Head) -> Result<(), Failure> {
        let Place::File(part) = &mut *self.to else { return Ok(()) };
        let has_body = self.request.method != "HEAD" && !matches!(head.status, 204 | 205);
        if !has_body || !matches!(head.status, 200..300) {
            return Err(not_a_file(self.request, head));
        }
        part.restart(&Origin::of(&self.request.url, head))?;
        self.begin_bar(head, 0);
        Ok(())
    }

    fn begin_bar(&mut self, head: &Head, there: u64) {
        self.taken = there;
        if !self.fetch.silent {
            self.bar = bar(head.length.map(|length| length + there), there);
        }
    }
}

impl Receiver for Delivery<'_> {
    fn head(&mut self, head: Head) -> Result<Body, Failure> {
        self.has_head = true;
        let retry_after = retry::asked(head.field("retry-after"));
        let outcome = Outcome::Status { code: head.status, retry_after };
        let policy = Policy { most: self.fetch.retry };
        let wait = policy.next(&self.request.method, outcome, self.attempt, fastrand::f64());
        if let Some(wait) = wait {
            self.verdict = Verdict::Again { status: head.status, wait };
            return Ok(Body::Unwanted);
        }
        if self.fetch.trace && !self.fetch.by_hand {
            Story::new(true).head_of_library(&head);
        }
        if let Some(body) = self.rest(&head)? {
            return Ok(body);
        }
        if self.fetch.fail && head.status >= 400 {
            let status = String::from_utf8_lossy(&head.reason).into_owned();
            let tried = format!("cannot get {}", shown(&self.request.url));
            let what = format!("the server answers {} {status}", head.status);
            return Err(Failure::new(Kind::Status, tried, what.trim_end()));
        }
        let most = self.fetch.max_filesize;
        if let Some(length) = head.length.filter(|length| *length > most) {
            return Err(
                self.too_long(format_args!("it has {length} bytes, and at most {most} are taken"))
            );
        }
        if let Place::Output { output, is_used } = &mut *self.to {
            if self.fetch.include {
                *is_used = true;
                output.write(&head.lines())?;
            }
            return Ok(Body::Wanted);
        }
        self.begin_file(&head)?;
        Ok(Body::Wanted)
    }

    fn sent(&mut self) {
        self.is_sent = true;
    }

    fn body(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let most = self.fetch.max_filesize;
        let fits =
            usize::try_from(most - self.taken.min(most)).unwrap_or(usize::MAX).min(bytes.len());
        match &mut *self.to {
            Place::Output { output, is_used } => {
                *is_used = true;
                self.has_open_line = !bytes[..fits].ends_with(b"\n");
                output.write(&bytes[..fits])?;
            }
            Place::File(part) => part.write(&bytes[..fits])?,
        }
        self.taken += fits as u64;
        self.bar.set_position(self.taken);
        if fits < bytes.len() {
            return Err(self.too_long(format_args!("it is longer than {most} bytes")));
        }
        Ok(())
    }

    fn has_open_line(&self) -> bool {
        self.has_open_line
    }
}

/// With `-o`, only a success is a file: an error page under the name of what was wanted helps nobody.
fn not_a_file(request: &Request, head: &Head) -> Failure {
    let tried = format!("cannot get {}", shown(&request.url));
    let what = format!("the server answers {}, which is no file", head.status);
    match head.field("location") {
        Some(place) => Failure::new(Kind::Status, tried, what)
            .hint(format_args!("it is at {}", redacted(place))),
        None => Failure::new(Kind::Status, tried, what),
    }
}

/// A bar on standard error, if that is a terminal.
fn bar(length: Option<u64>, position: u64) -> ProgressBar {
    const KNOWN: &str = "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    const UNKNOWN: &str = "{spinner} {bytes}, {bytes_per_sec}";
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let template = if length.is_some() { KNOWN } else { UNKNOWN };
    let style =
        ProgressStyle::with_template(template).expect("the template is one of the two above");
    bar.set_style(style);
    bar.set_position(position);
    bar.reset_eta();
    bar
}
