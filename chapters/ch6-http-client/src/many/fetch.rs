//! The loop: one thread that reads, starts, waits and tells.

use super::attempt::{Attempt, Clients, attempt};
use super::flags::{self, Command, Options};
use super::help;
use super::input::{self, Line};
use super::known::Known;
use super::order::Order;
use super::output::Output;
use super::progress::{Bar, Counts};
use super::row::{Row, json_line};
use super::schedule::{Job, Schedule};
use super::tally::{Summary, Tally};
use crate::failure::{Failure, Kind};
use crate::retry::{Budget, Policy};
use common::log;
use common::stop::{self, Stop};
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::UnixStream;
use tokio::runtime::Builder;
use tokio::sync::mpsc::Receiver;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep_until, timeout};

/// URLs that are known at a time and not told yet. At 8 KiB a line, the longest possible ones take 32 MiB.
pub const WINDOW: usize = 4096;

/// Room for connections that wait for their next request, or to be closed because none comes.
const MOST_IDLE: usize = 16 * 1024;

/// How long a stop waits for standard output.
const GRACE: Duration = Duration::from_secs(1);

/// Does what the arguments ask for.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let done = flags::parse(args).and_then(|command| match command {
        Command::Help => {
            help::print();
            Ok(ExitCode::SUCCESS)
        }
        Command::Fetch(options) => start(*options),
    });
    done.unwrap_or_else(|failure| failure.report())
}

fn start(options: Options) -> Result<ExitCode, Failure> {
    let own = |tried: &str, error: &io::Error| Failure::new(Kind::Own, tried, log::reason(error));
    log::prepare();
    log::survive_full_files().map_err(|error| own("cannot handle signals", &error))?;
    // Before there are threads, so that no signal finds one that does not know it yet.
    let stop = Stop::on_signals().map_err(|error| own(&stop::cannot(&error), &error))?;
    common::listen::allow_descriptors(options.at_once + MOST_IDLE);
    if io::stdin().is_terminal() {
        log::err("reading URLs, one a line, until Ctrl-D");
    }
    let lines = input::read()?;
    // One thread is enough, and two were slower: on two cores, with a server on the same machine, 50,000 small URLs took
    // 746 ms on two threads and 712 ms on one, which needed three quarters of the CPU time.
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| own("cannot start", &error))?;
    let end = runtime.block_on(async {
        let stop = watch(&stop).map_err(|error| own("cannot wait for signals", &error))?;
        Fetch::new(options, lines)?.run(stop).await
    });
    // A name that is being looked up is not waited for.
    runtime.shutdown_background();
    end
}

/// The stop, as something that a coroutine can wait for.
fn watch(stop: &Stop) -> io::Result<UnixStream> {
    let pipe = std::os::unix::net::UnixStream::from(stop.as_fd().try_clone_to_owned()?);
    pipe.set_nonblocking(true)?;
    UnixStream::from_std(pipe)
}

struct Fetch {
    options: Arc<Options>,
    clients: Arc<Clients>,
    began: Instant,
    /// Nothing once standard input has ended.
    lines: Option<Receiver<Result<Line, Failure>>>,
    schedule: Schedule,
    under_way: JoinSet<(Job, Attempt)>,
    known: Known,
    policy: Policy,
    budget: Budget,
    order: Order,
    output: Output,
    tally: Tally,
    counts: Counts,
    /// Why standard input has ended early.
    unread: Option<Failure>,
}

/// Why the loop has ended.
#[derive(PartialEq, Eq)]
enum End {
    Done,
    Interrupted,
    /// Standard output takes no more.
    Lost(Failure),
}

impl Fetch {
    fn new(options: Options, lines: Receiver<Result<Line, Failure>>) -> Result<Self, Failure> {
        let began = Instant::now();
        let counts = Counts::default();
        Ok(Self {
            clients: Arc::new(Clients::new(&options.settings)?),
            began,
            lines: Some(lines),
            schedule: Schedule::new(options.at_once, options.per_host),
            under_way: JoinSet::new(),
            known: Known::default(),
            policy: Policy { most: options.retries },
            budget: Budget::default(),
            order: Order::new(options.in_order),
            output: Output::start(Bar::new(counts.clone()))?,
            tally: Tally::default(),
            counts,
            unread: None,
            options: Arc::new(options),
        })
    }

    async fn run(mut self, stop: UnixStream) -> Result<ExitCode, Failure> {
        let end = self.fetch(&stop).await;
        // What is under way is cut off here.
        self.under_way.abort_all();
        let Self { mut order, mut output, tally, schedule, options, .. } = self;
        order.end(|line| output.push(line));
        let cut_off = schedule.jobs() as u64;
        let summary = tally.summary(self.began.elapsed(), cut_off, end == End::Interrupted);
        if options.json {
            output.push(&json_line(&Whole { summary: &summary }));
        }
        let end = match end {
            End::Lost(_) => end,
            End::Interrupted => {
                // It may be standard output that the user has waited for long enough.
                let _ = timeout(GRACE, output.finish()).await;
                end
            }
            End::Done => tokio::select! {
                written = output.finish() => written.err().map_or(End::Done, End::Lost),
                _ = stop.readable() => End::Interrupted,
            },
        };
        if !options.json {
            summary.lines().into_iter().for_each(log::err);
        }
        Ok(match end {
            End::Interrupted => ExitCode::from(Kind::Interrupted.code()),
            End::Lost(failure) if failure.happened.is_empty() => failure.kind.code().into(),
            End::Lost(failure) => failure.report(),
            End::Done => match self.unread {
                Some(failure) => failure.report(),
                None if summary.failed > 0 => Kind::Some.code().into(),
                None => ExitCode::SUCCESS,
            },
        })
    }

    async fn fetch(&mut self, stop: &UnixStream) -> End {
        let mut some = Vec::new();
        loop {
            self.start_what_may();
            self.output.hand_over();
            self.counts.set(self.tally.urls(), self.schedule.in_flight(), self.tally.failed());
            if self.lines.is_none() && self.schedule.jobs() == 0 {
                return End::Done;
            }
            let room = self.room();
            let due = self.due();
            tokio::select! {
                biased;
                _ = stop.readable() => return End::Interrupted,
                moved = self.output.moved() => if let Err(failure) = moved {
                    return End::Lost(failure);
                },
                Some(done) = self.under_way.join_next() => {
                    self.done(done);
                    while let Some(done) = self.under_way.try_join_next() {
                        self.done(done);
                    }
                }
                n = receive(&mut self.lines, &mut some, room), if room > 0 => match n {
                    0 => self.lines = None,
                    _ => some.drain(..).for_each(|line| self.take(line)),
                },
                () = sleep_until(due.unwrap_or(self.began).into()), if due.is_some() => {}
            }
        }
    }

    /// How many lines may be read now.
    fn room(&self) -> usize {
        match self.output.is_full() || self.lines.is_none() {
            true => 0,
            false => {
                WINDOW.saturating_sub(self.schedule.jobs() + self.order.held()).min(input::QUEUE)
            }
        }
    }

    /// When to look again whether a retry may begin. While all places are taken, the end of a request will tell.
    fn due(&self) -> Option<Instant> {
        self.schedule.due().filter(|_| !self.schedule.is_full() && !self.output.is_full())
    }

    fn start_what_may(&mut self) {
        let now = Instant::now();
        while !self.output.is_full()
            && let Some(job) = self.schedule.start(now)
        {
            match job.attempts {
                1 => self.budget.earn(),
                _ => self.tally.retries += 1,
            }
            self.ask(job, None);
        }
    }

    fn ask(&mut self, job: Job, lost: Option<Duration>) {
        let (clients, options) = (Arc::clone(&self.clients), Arc::clone(&self.options));
        self.under_way.spawn(async move {
            let attempt = attempt(&clients, &job.url, &options, lost).await;
            (job, attempt)
        });
    }

    fn take(&mut self, line: Result<Line, Failure>) {
        match line {
            Ok(Line { number, stands_in, content: Ok(url) }) => {
                self.schedule.add(input::job(number, stands_in, url));
            }
            Ok(Line { number, stands_in, content: Err((typed, failure)) }) => {
                self.tell(Row::wrong(number, stands_in, typed, failure));
            }
            Err(failure) => self.unread = Some(failure),
        }
    }

    fn done(&mut self, done: Result<(Job, Attempt), JoinError>) {
        let (job, attempt) = match done {
            Ok(done) => done,
            // Nobody aborts one while the loop runs: it has panicked, and that is ours.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        match attempt.is_lost {
            // It may have been an idle connection, which the server closed while our request was on its way. GET and HEAD
            // may be made twice.
            true if !attempt.is_second && self.known.has(&job.host) => {
                return self.ask(job, Some(attempt.took));
            }
            true => self.known.forget(&job.host),
            false if attempt.result.is_ok() => self.known.add(&job.host),
            false => {}
        }
        let method = self.options.method.as_str();
        let next = self.policy.next(method, attempt.outcome(), job.attempts, fastrand::f64());
        match next {
            Some(wait) if self.budget.spend() => self.schedule.retry(job, Instant::now() + wait),
            refused => {
                self.tally.over_budget += u64::from(refused.is_some());
                self.schedule.end(&job.host);
                self.tell(Row::of(&job, attempt, &self.options));
            }
        }
    }

    fn tell(&mut self, row: Row) {
        self.tally.add(&row);
        self.order.put(row.number, row.line(self.options.json), |line| self.output.push(line));
    }
}

/// The next lines, as many as there are at the moment and not more than `most`; 0 when there will be none.
async fn receive(
    lines: &mut Option<Receiver<Result<Line, Failure>>>,
    some: &mut Vec<Result<Line, Failure>>,
    most: usize,
) -> usize {
    match lines {
        Some(lines) => lines.recv_many(some, most).await,
        None => 0,
    }
}

#[derive(serde::Serialize)]
struct Whole<'a> {
    summary: &'a Summary,
}
