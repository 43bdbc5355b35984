//! Who may be asked what, and when: the queues of the hosts, and the manners.
//!
//! A host is asked for its robots.txt before anything else, by no more requests at once than `--per-host`, and rests
//! between two of them. All pages of one depth are asked for before the first of the next, so that the way to each page
//! is a shortest one, however many hosts and connections there are.

use super::answer::Fault;
use super::fetch::Allowed;
use super::flags::Options;
use super::site::{Id, Reason, Site, Task};
use crate::url::{Url, origin};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Requests under way at the same time, to all hosts together.
pub const MOST_AT_ONCE: usize = 16;

/// A host that has not answered so many requests in a row is asked no more. One that takes each of them and never says a
/// word would else hold up the crawl for `--max-time` times the number of its pages.
pub const MOST_IN_VAIN: u32 = 10;

/// The next thing to do.
#[derive(Clone, Debug)]
pub enum Work {
    /// Ask the host of this URL for its robots.txt.
    Robots(Url),
    /// Ask for this.
    Ask(Id),
    /// Do not ask for this one; there may be more to do.
    LeaveOut(Id, Reason),
}

/// All hosts. Nothing here looks through all of them, because links that lead off the site may lead to thousands.
#[derive(Debug)]
pub struct Hosts {
    per_host: usize,
    delay: Duration,
    hosts: Vec<Host>,
    by_origin: HashMap<String, usize>,
    /// The hosts that have something to do and room for it, by the time from which on they may be asked.
    idle: BTreeSet<(Instant, usize)>,
    /// How many pages of each depth are waiting or under way.
    levels: BTreeMap<u32, usize>,
    busy: usize,
}

#[derive(Debug)]
struct Host {
    url: Url,
    allowed: Option<Allowed>,
    pages: BTreeMap<u32, VecDeque<Id>>,
    checks: VecDeque<Id>,
    busy: usize,
    /// The rest between two requests.
    delay: Duration,
    /// Not before that.
    ready: Instant,
    /// Where it stands among the idle ones, if it does.
    idle: Option<Instant>,
    /// How many requests in a row had no answer.
    in_vain: u32,
    /// One of them had one.
    has_answered: bool,
}

impl Hosts {
    /// Nobody yet.
    pub fn new(options: &Options) -> Self {
        Self {
            per_host: options.per_host,
            delay: options.delay,
            hosts: Vec::new(),
            by_origin: HashMap::new(),
            idle: BTreeSet::new(),
            levels: BTreeMap::new(),
            busy: 0,
        }
    }

    /// Puts a URL into the queue of its host: at its end, or at the front if it was there before.
    pub fn add(&mut self, site: &Site, id: Id, again: bool) {
        let known = site.of(id);
        let index = *self.by_origin.entry(origin(&known.url)).or_insert(self.hosts.len());
        if index == self.hosts.len() {
            self.hosts.push(Host::new(&known.url, self.delay));
        }
        let host = &mut self.hosts[index];
        let queue = match known.task {
            Task::Page => {
                *self.levels.entry(known.depth).or_default() += 1;
                host.pages.entry(known.depth).or_default()
            }
            Task::Check => &mut host.checks,
        };
        if again {
            queue.push_front(id);
        } else {
            queue.push_back(id);
        }
        self.file(index);
    }

    /// What can be begun now. With `more_pages` false, no page is.
    pub fn next(&mut self, site: &Site, now: Instant, more_pages: bool) -> Option<Work> {
        let level = self.level().filter(|_| more_pages);
        let (ready, index) = self.first(level)?;
        if ready > now {
            return None;
        }
        let host = &mut self.hosts[index];
        let work = if host.allowed.is_none() {
            Work::Robots(host.url.clone())
        } else {
            let id = host.pop(level)?;
            let known = site.of(id);
            let reason = if !host.allows(&known.url) {
                Some(Reason::Robots)
            } else {
                (host.in_vain >= MOST_IN_VAIN).then_some(Reason::Silent)
            };
            if let Some(reason) = reason {
                let page = (known.task == Task::Page).then_some(known.depth);
                self.file(index);
                self.page_is_done(page);
                return Some(Work::LeaveOut(id, reason));
            }
            Work::Ask(id)
        };
        host.busy += 1;
        host.ready = now + host.delay;
        self.busy += 1;
        self.file(index);
        Some(work)
    }

    /// When something can be begun that cannot be now, if nothing else happens.
    pub fn wake(&self, more_pages: bool) -> Option<Instant> {
        self.first(self.level().filter(|_| more_pages)).map(|(ready, _)| ready)
    }

    /// A request to this host has ended. It rests as long as always, or as long as its answer asks for.
    pub fn done(&mut self, url: &Url, page: Option<u32>, rest: Option<Duration>, is_answer: bool) {
        self.page_is_done(page);
        self.busy -= 1;
        if let Some(index) = self.index(url) {
            let host = &mut self.hosts[index];
            host.busy -= 1;
            host.has_answered |= is_answer;
            host.in_vain = if is_answer { 0 } else { host.in_vain + 1 };
            host.ready = host.ready.max(Instant::now() + host.delay.max(rest.unwrap_or_default()));
            self.file(index);
        }
    }

    /// How long the host of this URL rests between two requests.
    pub fn rest(&self, url: &Url) -> Duration {
        self.index(url).map_or(self.delay, |index| self.hosts[index].delay)
    }

    /// Has the host of this URL answered, the last time it was asked? Then a connection to it may be waiting.
    pub fn is_answering(&self, url: &Url) -> bool {
        let host = self.index(url).map(|index| &self.hosts[index]);
        host.is_some_and(|host| host.has_answered && host.in_vain == 0)
    }

    /// A host allows this.
    pub fn allow(&mut self, url: &Url, allowed: Allowed) {
        let Some(index) = self.index(url) else { return };
        let host = &mut self.hosts[index];
        if let Allowed::Rules(rules) = &allowed {
            host.delay = host.delay.max(rules.delay.unwrap_or_default());
            host.ready = host.ready.max(Instant::now() + host.delay);
        }
        host.allowed = Some(allowed);
        self.file(index);
    }

    /// Why the host of this URL allows nothing at all.
    pub fn closed(&self, url: &Url) -> Option<&Fault> {
        match self.hosts[self.index(url)?].allowed.as_ref()? {
            Allowed::Nothing(fault) => Some(fault),
            Allowed::Rules(_) => None,
        }
    }

    fn index(&self, url: &Url) -> Option<usize> {
        self.by_origin.get(&origin(url)).copied()
    }

    /// The depth whose pages are asked for now: the least that is waiting or under way.
    fn level(&self) -> Option<u32> {
        self.levels.keys().next().copied()
    }

    /// The host that may be asked first, and when. Passed over are those that have only pages of another depth: there
    /// are no more of them than origins the site has, which is a few.
    fn first(&self, level: Option<u32>) -> Option<(Instant, usize)> {
        let can = |(_, index): &&(Instant, usize)| self.hosts[*index].can(level);
        self.idle.iter().find(can).filter(|_| self.busy < MOST_AT_ONCE).copied()
    }

    /// Puts a host where it belongs among the idle ones, after whatever has happened to it.
    fn file(&mut self, index: usize) {
        let host = &mut self.hosts[index];
        let now = host.has_room(self.per_host).then_some(host.ready);
        let before = std::mem::replace(&mut host.idle, now);
        if before != now {
            before.map(|at| self.idle.remove(&(at, index)));
            now.map(|at| self.idle.insert((at, index)));
        }
    }

    fn page_is_done(&mut self, depth: Option<u32>) {
        let Some(depth) = depth else { return };
        if let Some(count) = self.levels.get_mut(&depth) {
            *count -= 1;
            if *count == 0 {
                self.levels.remove(&depth);
            }
        }
    }
}

impl Host {
    /// Nothing is known of it.
    fn new(url: &Url, delay: Duration) -> Self {
        Self {
            url: url.clone(),
            allowed: None,
            pages: BTreeMap::new(),
            checks: VecDeque::new(),
            busy: 0,
            delay,
            ready: Instant::now(),
            idle: None,
            in_vain: 0,
            has_answered: false,
        }
    }

    /// Is anything waiting for it, and has it room?
    fn has_room(&self, per_host: usize) -> bool {
        // While it is asked for its robots.txt, it is asked for nothing else.
        let most = if self.allowed.is_none() { 1 } else { per_host };
        self.busy < most && !(self.pages.is_empty() && self.checks.is_empty())
    }

    /// Is something of it to be asked for now?
    fn can(&self, level: Option<u32>) -> bool {
        !self.checks.is_empty() || level.is_some_and(|level| self.pages.contains_key(&level))
    }

    fn pop(&mut self, level: Option<u32>) -> Option<Id> {
        let Some((level, queue)) =
            level.and_then(|level| Some((level, self.pages.get_mut(&level)?)))
        else {
            return self.checks.pop_front();
        };
        let id = queue.pop_front();
        if queue.is_empty() {
            self.pages.remove(&level);
        }
        id
    }

    fn allows(&self, url: &Url) -> bool {
        match &self.allowed {
            Some(Allowed::Rules(rules)) => rules.allow(&path(url)),
            _ => false,
        }
    }
}

/// What a rule is about: the path, and the query with its `?`.
fn path(url: &Url) -> String {
    url.query().map_or_else(|| url.path().into(), |query| format!("{}?{query}", url.path()))
}
