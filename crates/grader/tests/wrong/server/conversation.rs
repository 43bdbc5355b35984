//! One connection, and what all of them share.

use super::commands::{Outcome, obey};
use super::door::Door;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const LONGEST: usize = 1024;

/// What all conversations share.
#[derive(Debug)]
pub(crate) struct Shared {
    fault: String,
    pub(crate) totals: Mutex<HashMap<Vec<u8>, i64>>,
    streams: Mutex<HashMap<usize, TcpStream>>,
    /// What a leak keeps.
    kept: Mutex<Vec<TcpStream>>,
    /// One buffer for all, where there should be one for each.
    pub(crate) common: Mutex<Vec<u8>>,
    pub(crate) permits: Permits,
    stopping: AtomicBool,
    talking: AtomicUsize,
    number: AtomicUsize,
}

/// Who is served, where those who are not have a thread already.
#[derive(Debug)]
pub(crate) struct Permits(Door);

impl Permits {
    pub(crate) fn wait(&self) {
        self.0.enter();
    }

    pub(crate) fn give_back(&self) {
        self.0.leave();
    }
}

impl Shared {
    pub(crate) fn new(fault: &str, workers: usize) -> Self {
        Self {
            fault: fault.to_owned(),
            totals: Mutex::default(),
            streams: Mutex::default(),
            kept: Mutex::default(),
            common: Mutex::default(),
            permits: Permits(Door::new(workers)),
            stopping: AtomicBool::new(false),
            talking: AtomicUsize::new(0),
            number: AtomicUsize::new(0),
        }
    }

    pub(crate) fn fault(&self) -> &str {
        &self.fault
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    pub(crate) fn get(&self, name: &[u8]) -> i64 {
        self.totals().get(name).copied().unwrap_or(0)
    }

    /// Adds; `None` if the total would not fit.
    pub(crate) fn add(&self, name: &[u8], number: i64) -> Option<i64> {
        let sum = |old: i64| match self.fault() {
            "wraps" => Some(old.wrapping_add(number)),
            _ => old.checked_add(number),
        };
        if self.fault() == "loses-updates" {
            let old = self.get(name);
            thread::sleep(Duration::from_micros(100));
            let new = sum(old)?;
            self.totals().insert(name.to_vec(), new);
            return Some(new);
        }
        let mut totals = self.totals();
        let total = totals.entry(name.to_vec()).or_default();
        *total = sum(*total)?;
        Some(*total)
    }

    fn totals(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, i64>> {
        match self.fault() {
            "poisons" => self.totals.lock().expect("nobody has failed under the lock"),
            _ => self.totals.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Every conversation meets end-of-file.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        let how = match self.fault() {
            "stop-waits-for-clients" => return,
            "stop-drops-replies" => Shutdown::Both,
            _ => Shutdown::Read,
        };
        for stream in self.streams.lock().unwrap_or_else(PoisonError::into_inner).values() {
            let _ = stream.shutdown(how);
        }
    }

    pub(crate) fn wait_for_conversations(&self) {
        let begin = Instant::now();
        let patient = ["stop-waits-for-clients", "stop-sleeps"].contains(&self.fault());
        while self.talking.load(Ordering::SeqCst) > 0
            && (patient || begin.elapsed() < Duration::from_secs(4))
        {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Serves one client to its end. A failing handler ends here, unless that is the fault.
pub(crate) fn converse(shared: &Shared, stream: TcpStream) {
    let number = shared.number.fetch_add(1, Ordering::SeqCst);
    if let Ok(copy) = stream.try_clone() {
        shared.streams.lock().unwrap_or_else(PoisonError::into_inner).insert(number, copy);
    }
    shared.talking.fetch_add(1, Ordering::SeqCst);
    // Between the stop and our insertion nobody has told us.
    if shared.is_stopping() && shared.fault() != "stop-waits-for-clients" {
        let _ = stream.shutdown(Shutdown::Read);
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| talk(shared, &stream)));
    if shared.fault() == "dies-of-a-reset" && matches!(outcome, Ok(Err(_))) {
        std::process::exit(5);
    }
    if shared.fault() != "closes-hard" {
        let _ = stream.shutdown(Shutdown::Write);
        linger(&stream);
    }
    if shared.fault() == "leaks-descriptors"
        && let Ok(copy) = stream.try_clone()
    {
        shared.kept.lock().unwrap_or_else(PoisonError::into_inner).push(copy);
    }
    shared.streams.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    shared.talking.fetch_sub(1, Ordering::SeqCst);
    if shared.fault() == "loses-workers" && matches!(outcome, Ok(Ok(true))) {
        // The place is never given back.
        loop {
            thread::park();
        }
    }
}

/// Reads what still comes, for a moment: a close with unread input would be a reset.
fn linger(mut stream: &TcpStream) {
    let until = Instant::now() + Duration::from_millis(500);
    let mut buffer = [0; 4096];
    while let Some(left) =
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    {
        let _ = stream.set_read_timeout(Some(left));
        if !stream.read(&mut buffer).is_ok_and(|n| n > 0) {
            return;
        }
    }
}

/// The conversation; true if a handler has failed.
fn talk(shared: &Shared, mut stream: &TcpStream) -> io::Result<bool> {
    let (mut own, mut held) = (Vec::new(), Vec::new());
    let mut chunk = [0; 4096];
    let fault = shared.fault();
    // One for all, where there should be one for each.
    let is_common = fault == "one-buffer-for-all";
    let longest = if fault == "limit-of-1000" { 1000 } else { LONGEST };
    loop {
        let n = stream.read(&mut chunk)?;
        if n == 0 {
            let common =
                std::mem::take(&mut *shared.common.lock().unwrap_or_else(PoisonError::into_inner));
            return at_the_end(shared, stream, if is_common { &common } else { &own });
        }
        let mut common = shared.common.lock().unwrap_or_else(PoisonError::into_inner);
        let buffer = if is_common { &mut *common } else { &mut own };
        buffer.extend_from_slice(&chunk[..n]);
        match fault {
            "one-read-one-command" => buffer.push(b'\n'),
            "utf8-only" if std::str::from_utf8(buffer).is_err() => return Ok(false),
            _ => {}
        }
        let mut lines = Vec::new();
        while let Some(end) = buffer.iter().position(|&byte| byte == b'\n') {
            lines.push(buffer.drain(..=end).take(end).collect::<Vec<u8>>());
            match fault {
                "first-line-of-a-piece" => buffer.clear(),
                "one-read-one-command" if buffer == b"\n" => buffer.clear(),
                _ => {}
            }
        }
        let rest = buffer.len() - usize::from(buffer.last() == Some(&b'\r'));
        let endless = rest > longest && !["no-limit", "limit-at-the-end"].contains(&fault);
        drop(common);
        let few = lines.len() <= 5;
        for line in lines {
            if fault == "looks-for-the-end" && few && has_ended(stream) {
                return Ok(false);
            }
            let stripped = line.strip_suffix(b"\r").filter(|_| fault != "keeps-carriage-returns");
            let line = stripped.unwrap_or(&line);
            if line.len() > longest && fault != "no-limit" {
                stream.write_all(b"error line too long\n")?;
                return Ok(false);
            }
            let next = answer(shared, stream, line, &mut held)?;
            if !matches!(next, Next::On) {
                stream.write_all(&std::mem::take(&mut held))?;
                return Ok(matches!(next, Next::Failed));
            }
        }
        stream.write_all(&std::mem::take(&mut held))?;
        if endless {
            stream.write_all(b"error line too long\n")?;
            return Ok(false);
        }
    }
}

fn has_ended(stream: &TcpStream) -> bool {
    // An end that comes right behind the last line is seen as well.
    thread::sleep(Duration::from_millis(300));
    let _ = stream.set_nonblocking(true);
    let ended = stream.peek(&mut [0]).is_ok_and(|n| n == 0);
    let _ = stream.set_nonblocking(false);
    ended
}

/// Whether the conversation goes on.
enum Next {
    On,
    End,
    Failed,
}

/// Answers a line; `held` takes the reply if it is not to be sent yet.
fn answer(
    shared: &Shared,
    mut stream: &TcpStream,
    line: &[u8],
    held: &mut Vec<u8>,
) -> io::Result<Next> {
    let lossy = String::from_utf8_lossy(line).into_owned();
    let line = if shared.fault() == "names-are-text" { lossy.as_bytes() } else { line };
    let (reply, next) = match obey(shared, line) {
        Outcome::Reply(reply) => (reply, Next::On),
        Outcome::Last(reply) if shared.fault() == "stays-after-quit" => (reply, Next::On),
        Outcome::Last(reply) => (reply, Next::End),
        Outcome::Boom => return Ok(Next::Failed),
    };
    if reply.is_empty() {
        return Ok(next);
    }
    let ending: &[u8] = if shared.fault() == "replies-with-crlf" { b"\r\n" } else { b"\n" };
    if shared.fault() == "replies-at-the-end-of-a-read" {
        held.extend_from_slice(&[&reply, ending].concat());
        return Ok(next);
    }
    let locked = (shared.fault() == "writes-under-the-lock").then(|| shared.totals.lock());
    stream.write_all(&[&reply, ending].concat())?;
    drop(locked);
    Ok(next)
}

fn at_the_end(shared: &Shared, mut stream: &TcpStream, rest: &[u8]) -> io::Result<bool> {
    if rest.is_empty() && shared.fault() == "replies-to-nothing" {
        stream.write_all(b"error nothing was said\n")?;
    }
    if !rest.is_empty() && shared.fault() != "drops-the-last-line" {
        let mut held = Vec::new();
        let next = answer(shared, stream, rest, &mut held)?;
        stream.write_all(&held)?;
        return Ok(matches!(next, Next::Failed));
    }
    Ok(false)
}
