//! The crawl itself: one coroutine knows everything, and starts others that ask.

use super::answer::{Answer, Fault};
use super::fetch::{Allowed, Fetched, Fetcher};
use super::flags::Options;
use super::hosts::{Hosts, Work};
use super::journal::Journal;
use super::progress::Progress;
use super::site::{Id, Site, Task};
use crate::failure::{Failure, Kind};
use crate::retry::{Budget, Outcome, Policy};
use crate::url::Url;
use common::log::reason;
use std::collections::HashMap;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// How long a wish to end waits for what is under way.
const GRACE: Duration = Duration::from_secs(3);

/// A crawl that has ended.
#[derive(Debug)]
pub struct Crawled {
    /// What is known of the site.
    pub site: Site,
    /// Why the host of the start allows nothing, if it does.
    pub closed: Option<Fault>,
    /// A signal has ended it.
    pub is_interrupted: bool,
    /// How long it took.
    pub took: Duration,
}

/// Visits the site.
///
/// # Errors
///
/// Our own side fails: the state file, the HTTP library, the system. What the site does is no error.
pub async fn crawl(options: &Options) -> Result<Crawled, Failure> {
    let begun = Instant::now();
    let mut signals = Signals::new()?;
    let mut run = Run::new(options)?;
    let mut end = None;
    loop {
        while end.is_none() && run.begin() {}
        let wake = if end.is_none() { run.hosts.wake(run.more_pages()) } else { end };
        if run.tasks.is_empty() && (wake.is_none() || end.is_some()) {
            break;
        }
        tokio::select! {
            biased;
            () = signals.next() => {
                // The second one does not wait.
                end = Some(end.map_or_else(|| Instant::now() + GRACE, |_| Instant::now()));
            }
            Some(done) = run.tasks.join_next() => {
                let done = done.map_err(|error| {
                    Failure::new(Kind::Own, "cannot go on", error).hint("this is a fault of the program")
                })?;
                run.done(done)?;
            }
            () = sleep_until(wake.unwrap_or(begun)), if wake.is_some() => {
                if end.is_some() {
                    break;
                }
            }
        }
    }
    run.progress.finish();
    let Run { site, hosts, .. } = run;
    let closed = site.known().iter().rfind(|known| known.is_start);
    let closed = closed.and_then(|start| hosts.closed(&start.url)).cloned();
    Ok(Crawled { closed, is_interrupted: end.is_some(), took: begun.elapsed(), site })
}

struct Run {
    site: Site,
    hosts: Hosts,
    fetcher: Fetcher,
    journal: Option<Journal>,
    progress: Progress,
    tasks: JoinSet<Done>,
    policy: Policy,
    budget: Budget,
    /// How often something was asked for in vain.
    attempts: HashMap<Subject, u32>,
    /// Pages that may still be begun.
    pages_left: u64,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Robots(Url),
    Known(Id),
}

/// What has come.
enum Done {
    Robots(Url, Allowed, Outcome),
    Known(Id, Box<Fetched>),
}

impl Run {
    fn new(options: &Options) -> Result<Self, Failure> {
        let mut site = Site::new(options);
        let learn = |answer: Answer| {
            // What had no response is asked for again: this time the host may be there.
            if answer.status.is_some() {
                site.learn(answer);
            }
        };
        let journal = options.state.as_deref().map(|path| Journal::open(path, options, learn));
        let journal = journal.transpose()?;
        let mut hosts = Hosts::new(options);
        let mut pages = 0;
        for (id, known) in site.known().iter().enumerate() {
            match &known.answer {
                Some(_) => pages += u64::from(known.task == Task::Page),
                None => hosts.add(&site, id, false),
            }
        }
        Ok(Self {
            site,
            hosts,
            fetcher: Fetcher::new(options)?,
            journal,
            progress: Progress::new(options.verbose),
            tasks: JoinSet::new(),
            policy: Policy { most: options.retry },
            budget: Budget::default(),
            attempts: HashMap::new(),
            pages_left: options.pages.saturating_sub(pages),
        })
    }

    fn more_pages(&self) -> bool {
        self.pages_left > 0
    }

    /// Begins one thing, if there is one that can be begun now.
    fn begin(&mut self) -> bool {
        let Some(work) = self.hosts.next(&self.site, Instant::now(), self.more_pages()) else {
            return false;
        };
        let fetcher = self.fetcher.clone();
        match work {
            Work::LeaveOut(id, reason) => self.site.leave_out(id, reason),
            Work::Robots(host) => {
                self.tasks.spawn(async move {
                    let (allowed, outcome) = fetcher.robots(&host).await;
                    Done::Robots(host, allowed, outcome)
                });
            }
            Work::Ask(id) => {
                let known = self.site.of(id);
                let (url, task) = (known.url.clone(), known.task);
                self.progress.asks(&url);
                self.pages_left -= u64::from(task == Task::Page);
                if !self.attempts.contains_key(&Subject::Known(id)) {
                    self.budget.earn();
                }
                let (rest, is_answering) = (self.hosts.rest(&url), self.hosts.is_answering(&url));
                self.tasks.spawn(async move {
                    let fetched = match task {
                        Task::Page => fetcher.page(&url, is_answering).await,
                        Task::Check => fetcher.check(&url, rest, is_answering).await,
                    };
                    Done::Known(id, Box::new(fetched))
                });
            }
        }
        true
    }

    fn done(&mut self, done: Done) -> Result<(), Failure> {
        match done {
            Done::Robots(host, allowed, outcome) => {
                let is_nothing = matches!(allowed, Allowed::Nothing(_));
                let again = is_nothing.then(|| self.again(Subject::Robots(host.clone()), outcome));
                let again = again.flatten();
                let is_answer = !is_silence(outcome);
                self.hosts.done(&host, None, again, is_answer);
                if again.is_none() {
                    self.hosts.allow(&host, allowed);
                }
                Ok(())
            }
            Done::Known(id, fetched) => self.answered(id, *fetched),
        }
    }

    fn answered(&mut self, id: Id, fetched: Fetched) -> Result<(), Failure> {
        let Fetched { answer, outcome } = fetched;
        let known = self.site.of(id);
        let page = (known.task == Task::Page).then_some(known.depth);
        let again = self.again(Subject::Known(id), outcome);
        let is_answer = !is_silence(outcome);
        self.hosts.done(&self.site.of(id).url, page, again, is_answer);
        if again.is_some() {
            self.pages_left += u64::from(page.is_some());
            self.hosts.add(&self.site, id, true);
            return Ok(());
        }
        if let Some(journal) = &mut self.journal {
            journal.keep(&answer)?;
        }
        self.progress.answered(&answer, self.site.of(id).depth);
        let first_new = self.site.known().len();
        self.site.learn(answer);
        for new in first_new..self.site.known().len() {
            self.hosts.add(&self.site, new, false);
        }
        self.progress.counts(&self.site);
        Ok(())
    }

    /// How long to wait before it is asked for once more, if it is.
    fn again(&mut self, subject: Subject, outcome: Outcome) -> Option<Duration> {
        let attempts = self.attempts.get(&subject).copied().unwrap_or(0) + 1;
        let wait = self.policy.next("GET", outcome, attempts, fastrand::f64());
        let wait = wait.filter(|_| self.budget.spend());
        match wait {
            Some(_) => self.attempts.insert(subject, attempts),
            None => self.attempts.remove(&subject),
        };
        wait
    }
}

/// Did the server say nothing, or not enough of it in time?
fn is_silence(outcome: Outcome) -> bool {
    use Kind::{Connect, Empty, Receive, Send, TimedOut, UnknownName};
    matches!(outcome, Outcome::Failed(Connect | Empty | Receive | Send | TimedOut | UnknownName))
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::new(Kind::Own, "cannot wait for signals", reason(&error)))
        };
        let interrupt = listen(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: listen(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
