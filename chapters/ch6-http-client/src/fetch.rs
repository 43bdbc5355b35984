//! One URL after the other, by hand or by library, again if need be.

use crate::by_hand::{self, Patience, Story};
use crate::delivery::{Delivery, Place, Verdict};
use crate::download::Part;
use crate::failure::Failure;
use crate::flags::Fetch;
use crate::library;
use crate::output::Output;
use crate::request::Request;
use crate::response::Receiver;
use crate::retry::{Outcome, Policy};
use crate::url::{origin, shown};
use std::collections::HashSet;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

/// Who speaks HTTP.
#[derive(Debug)]
enum Way {
    Hand(Box<by_hand::Client>),
    Library {
        asker: Box<library::Asker>,
        /// Where a connection may be open still.
        known: HashSet<String>,
    },
}

/// Fetches everything. What fails is reported, and the rest goes on.
///
/// # Errors
///
/// The last failure, as curl does it.
pub fn run(fetch: &Fetch) -> Result<(), Failure> {
    let mut way = Way::new(fetch)?;
    let mut last = Ok(());
    for request in &fetch.requests {
        if let Err(failure) = way.fetch(fetch, request)
            && let Err(before) = std::mem::replace(&mut last, Err(failure))
        {
            before.report();
        }
    }
    last
}

impl Way {
    fn new(fetch: &Fetch) -> Result<Self, Failure> {
        let settings = &fetch.settings;
        if fetch.by_hand {
            let patience = Patience {
                connect: settings.connect_timeout,
                read: settings.read_timeout,
                max: fetch.max_time,
                most: fetch.max_filesize,
            };
            let client = by_hand::Client::new(patience, &settings.user_agent, settings.reuse);
            return Ok(Self::Hand(Box::new(client)));
        }
        Story::new(fetch.trace).note(&settings.proxy);
        Ok(Self::Library { asker: Box::new(library::Asker::new(settings)?), known: HashSet::new() })
    }

    fn fetch(&mut self, fetch: &Fetch, request: &Request) -> Result<(), Failure> {
        let mut place = match &fetch.output {
            Some(path) => match Output::special(path)? {
                Some(output) => Place::Output { output, is_used: false },
                None => Place::File(Part::open(path, fetch.anew)?),
            },
            None => Place::Output { output: Output::open()?, is_used: false },
        };
        let done = self.attempts(fetch, request, &mut place);
        match (done, place) {
            (Ok(()), Place::File(part)) => part.finish(fetch.sha256),
            (Err(failure), Place::File(part)) => {
                part.abandon();
                Err(failure)
            }
            (done, Place::Output { .. }) => done,
        }
    }

    fn attempts(
        &mut self,
        fetch: &Fetch,
        request: &Request,
        place: &mut Place,
    ) -> Result<(), Failure> {
        let policy = Policy { most: fetch.retry };
        // By hand nothing but the whole is asked for.
        let mut resume = !fetch.by_hand && !fetch.anew;
        let mut attempt = 1;
        loop {
            let asked = asked(request, place, resume);
            let mut delivery = Delivery::new(fetch, &asked, place, attempt);
            let done = self.exchange(fetch, &asked, &mut delivery);
            let ended = delivery.end();
            let is_sent = delivery.is_sent;
            let (what, wait) = match done.and(ended) {
                Ok(Verdict::Taken) => return Ok(()),
                Ok(Verdict::FromTheStart) => {
                    resume = false;
                    continue;
                }
                Ok(Verdict::Again { status, wait }) => {
                    (format!("the server answers {status}"), wait)
                }
                // What was printed cannot be taken back.
                Err(failure) if matches!(place, Place::Output { is_used: true, .. }) => {
                    return Err(failure);
                }
                Err(failure) => {
                    let outcome = Outcome::failed(failure.kind, is_sent);
                    match policy.next(&request.method, outcome, attempt, fastrand::f64()) {
                        Some(wait) => (failure.happened, wait),
                        None => return Err(failure),
                    }
                }
            };
            announce(request, &what, wait);
            thread::sleep(wait);
            attempt += 1;
        }
    }

    fn exchange(
        &mut self,
        fetch: &Fetch,
        request: &Request,
        delivery: &mut Delivery<'_>,
    ) -> Result<(), Failure> {
        match self {
            Self::Hand(client) => client.get(request, delivery, &mut Story::new(fetch.trace)),
            Self::Library { asker, known } => {
                let begun = Instant::now();
                let mut done = asker.get(None, request, delivery);
                // The connection may have been an idle one, which the server closed while our request was on its way.
                let is_lost = !delivery.has_head
                    && done.as_ref().is_err_and(|failure| failure.kind.is_lost());
                let left = fetch.max_time.saturating_sub(begun.elapsed());
                if is_lost && request.is_idempotent() && known.contains(&origin(&request.url)) {
                    done = asker.get(Some(left), request, delivery);
                }
                match done.is_ok() && fetch.settings.reuse {
                    true => known.insert(origin(&request.url)),
                    false => known.remove(&origin(&request.url)),
                };
                let story = Story::new(fetch.trace);
                story.end_line(delivery.has_open_line());
                story.note(format_args!("over after {}", by_hand::story::ms(begun.elapsed())));
                done
            }
        }
    }
}

/// The request as it is really made: with `-o`, for the rest of what is there already.
fn asked(request: &Request, place: &Place, resume: bool) -> Request {
    let request = request.clone();
    let Place::File(part) = place else { return request };
    let request = request.or_field("Accept-Encoding", "identity");
    let origin = part.origin().filter(|origin| origin.url == shown(&request.url));
    match origin {
        Some(origin) if resume && !part.is_empty() && request.method == "GET" => {
            let fields = origin.rest(part.len()).into_iter().flatten();
            fields.fold(request, |request, (name, value)| request.or_field(name, value))
        }
        _ => request,
    }
}

fn announce(request: &Request, what: &str, wait: Duration) {
    let url = shown(&request.url);
    let line = format!("{url}: {what}; trying again in {:.1} s", wait.as_secs_f64());
    // There is nobody left to tell if this fails.
    let _ = writeln!(std::io::stderr().lock(), "note: {}", common::log::one_line(&line));
}
