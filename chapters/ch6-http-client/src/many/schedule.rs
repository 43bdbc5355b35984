//! Who may start, and when. There is no I/O in here, and time is an argument.
//!
//! Each host has a queue of its own, and hosts that may start another request take turns: so one with a thousand URLs
//! does not make one with ten wait. That holds among the jobs that are here, which are at most
//! [`WINDOW`](super::fetch::WINDOW): what comes later on standard input waits until there is room. A job that waits for
//! its retry holds no place, neither its host's nor one of all; when its time comes, it goes to the front of its host's
//! queue.

use crate::url::Url;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

/// One URL to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number, from 0 on.
    pub number: u64,
    /// The number of the line in the file, from 1 on.
    pub stands_in: u64,
    /// What to fetch.
    pub url: Url,
    /// Where: `host:port`.
    pub host: Arc<str>,
    /// Attempts so far.
    pub attempts: u32,
}

/// All jobs that have not ended.
#[derive(Debug)]
pub struct Schedule {
    at_once: usize,
    per_host: usize,
    in_flight: usize,
    hosts: HashMap<Arc<str>, Host>,
    /// Hosts that may start a job now, each once.
    turns: VecDeque<Arc<str>>,
    /// Jobs that wait for their retry. Two may be due at the same moment, but have different numbers.
    later: BTreeMap<(Instant, u64), Job>,
    /// Jobs in all.
    jobs: usize,
}

#[derive(Debug, Default)]
struct Host {
    in_flight: usize,
    waiting: VecDeque<Job>,
    has_turn: bool,
}

impl Schedule {
    /// An empty one, with its two limits.
    pub fn new(at_once: usize, per_host: usize) -> Self {
        Self {
            at_once,
            per_host,
            in_flight: 0,
            hosts: HashMap::new(),
            turns: VecDeque::new(),
            later: BTreeMap::new(),
            jobs: 0,
        }
    }

    /// How many jobs have not ended.
    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// How many of them are being fetched.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Adds a job.
    pub fn add(&mut self, job: Job) {
        self.jobs += 1;
        let host = job.host.clone();
        self.hosts.entry(host.clone()).or_default().waiting.push_back(job);
        self.offer_turn(&host);
    }

    /// The next job that may start now: it is being fetched from here on.
    pub fn start(&mut self, now: Instant) -> Option<Job> {
        self.wake(now);
        if self.in_flight == self.at_once {
            return None;
        }
        let name = self.turns.pop_front()?;
        let host = self.hosts.get_mut(&name)?;
        host.has_turn = false;
        let mut job = host.waiting.pop_front()?;
        host.in_flight += 1;
        self.in_flight += 1;
        self.offer_turn(&name);
        job.attempts += 1;
        Some(job)
    }

    /// A job of this host has ended.
    pub fn end(&mut self, host: &Arc<str>) {
        self.jobs -= 1;
        self.leave(host);
    }

    /// An attempt has failed, and the next one may begin at `due`.
    pub fn retry(&mut self, job: Job, due: Instant) {
        let host = job.host.clone();
        self.later.insert((due, job.number), job);
        self.leave(&host);
    }

    /// When the next retry is due.
    pub fn due(&self) -> Option<Instant> {
        self.later.first_key_value().map(|(&(due, _), _)| due)
    }

    /// Are all places taken? Then nothing can start, whatever is due.
    pub fn is_full(&self) -> bool {
        self.in_flight == self.at_once
    }

    fn wake(&mut self, now: Instant) {
        while self.due().is_some_and(|due| due <= now)
            && let Some((_, job)) = self.later.pop_first()
        {
            let host = job.host.clone();
            self.hosts.entry(host.clone()).or_default().waiting.push_front(job);
            self.offer_turn(&host);
        }
    }

    fn leave(&mut self, name: &Arc<str>) {
        self.in_flight -= 1;
        let Some(host) = self.hosts.get_mut(name) else { return };
        host.in_flight -= 1;
        if host.in_flight == 0 && host.waiting.is_empty() {
            self.hosts.remove(name);
            return;
        }
        self.offer_turn(name);
    }

    fn offer_turn(&mut self, name: &Arc<str>) {
        if let Some(host) = self.hosts.get_mut(name)
            && !host.has_turn
            && host.in_flight < self.per_host
            && !host.waiting.is_empty()
        {
            host.has_turn = true;
            self.turns.push_back(name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::many::input;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn schedule(at_once: usize, per_host: usize, hosts: &str) -> Schedule {
        let mut schedule = Schedule::new(at_once, per_host);
        for (number, host) in (0..).zip(hosts.chars()) {
            let url = crate::url::parse(&format!("{host}/{number}")).unwrap();
            schedule.add(input::job(number, number + 1, url));
        }
        schedule
    }

    /// Who starts now.
    fn started(schedule: &mut Schedule, now: Instant) -> Vec<Job> {
        std::iter::from_fn(|| schedule.start(now)).collect()
    }

    fn numbers(jobs: &[Job]) -> Vec<u64> {
        jobs.iter().map(|job| job.number).collect()
    }

    #[test]
    fn hosts_take_turns_within_both_limits() {
        let now = Instant::now();
        let mut schedule = schedule(4, 2, "aaaabbc");
        let first = started(&mut schedule, now);
        assert_eq!(numbers(&first), [0, 4, 6, 1]);
        assert!(schedule.is_full());
        schedule.end(&first[2].host);
        assert_eq!(numbers(&started(&mut schedule, now)), [5]);
        schedule.end(&first[1].host);
        // One place of all is free, but neither of the two of a.
        assert!(started(&mut schedule, now).is_empty() && !schedule.is_full());
        schedule.end(&first[0].host);
        assert_eq!(numbers(&started(&mut schedule, now)), [2]);
        assert_eq!((schedule.jobs(), schedule.in_flight()), (4, 3));
    }

    #[test]
    fn who_waits_for_a_retry_holds_no_place() {
        let now = Instant::now();
        let mut schedule = schedule(1, 1, "aaa");
        let [first] = &started(&mut schedule, now)[..] else { panic!("one at a time") };
        schedule.retry(first.clone(), now + SECOND);
        let [second] = &started(&mut schedule, now)[..] else { panic!("the place is free") };
        assert_eq!(second.number, 1);
        assert_eq!(schedule.due(), Some(now + SECOND));
        schedule.end(&second.host);
        // The retry is before those that have never been tried.
        let [again] = &started(&mut schedule, now + SECOND)[..] else { panic!("it is due") };
        assert_eq!((again.number, again.attempts), (0, 2));
        assert_eq!(schedule.due(), None);
    }

    #[test]
    fn a_retry_is_not_before_its_time_and_the_earliest_is_the_first() {
        let now = Instant::now();
        let mut schedule = schedule(3, 3, "abc");
        for job in started(&mut schedule, now) {
            let due = now + SECOND * (3 - u32::try_from(job.number).unwrap());
            schedule.retry(job, due);
        }
        let before = now + SECOND - Duration::from_nanos(1);
        assert!(started(&mut schedule, before).is_empty());
        assert_eq!(numbers(&started(&mut schedule, now + SECOND)), [2]);
        assert_eq!(numbers(&started(&mut schedule, now + SECOND * 3)), [1, 0]);
    }

    #[test]
    fn a_host_that_has_nothing_left_is_forgotten() {
        let now = Instant::now();
        let mut schedule = schedule(10, 1, "abab");
        while let Some(job) = schedule.start(now) {
            schedule.end(&job.host);
        }
        assert!(schedule.hosts.is_empty() && schedule.turns.is_empty());
        assert_eq!((schedule.jobs(), schedule.in_flight()), (0, 0));
    }
}
