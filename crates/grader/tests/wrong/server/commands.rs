//! One command, one reply.

use super::conversation::Shared;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

/// What comes of a command.
pub(crate) enum Outcome {
    Reply(Vec<u8>),
    /// This reply, and then the end.
    Last(Vec<u8>),
    /// The end, without a reply.
    Boom,
}

const HOUR: u64 = 3_600_000;

/// Carries a command out.
pub(crate) fn obey(shared: &Shared, line: &[u8]) -> Outcome {
    let words: Vec<&[u8]> =
        line.split(|&byte| byte == b' ').filter(|word| !word.is_empty()).collect();
    match words[..] {
        [b"add", name, number] => add(shared, name, number),
        [b"get", name] => Outcome::Reply(total(name, shared.get(name))),
        [b"wait", time] => wait(shared, time),
        [b"boom"] => boom(shared),
        [b"quit"] if shared.fault() == "quit-without-bye" => Outcome::Boom,
        [b"quit"] => Outcome::Last(b"bye".to_vec()),
        _ if shared.fault() == "closes-on-error" => {
            Outcome::Last(b"error no such command".to_vec())
        }
        [] if shared.fault() == "ignores-empty-lines" => Outcome::Reply(Vec::new()),
        _ => error("no such command"),
    }
}

fn error(what: &str) -> Outcome {
    Outcome::Reply(format!("error {what}").into_bytes())
}

fn total(name: &[u8], total: i64) -> Vec<u8> {
    [name, format!(" {total}").as_bytes()].concat()
}

fn add(shared: &Shared, name: &[u8], text: &[u8]) -> Outcome {
    let number = match shared.fault() {
        "unsigned" => number(text).filter(|number| *number >= 0),
        "takes-plus" => std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()),
        "number-or-zero" => number(text).or(Some(0)),
        _ => number(text),
    };
    let Some(number) = number else { return error("no number") };
    if shared.fault() == "replies-the-addend" {
        return shared
            .add(name, number)
            .map_or_else(|| error("total too large"), |_| Outcome::Reply(total(name, number)));
    }
    match shared.add(name, number) {
        Some(sum) => Outcome::Reply(total(name, sum)),
        None => error("total too large"),
    }
}

/// `-?[0-9]+`, in 64 bits.
fn number(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let right = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    right.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

fn wait(shared: &Shared, text: &[u8]) -> Outcome {
    let time = number(text).and_then(|time| u64::try_from(time).ok()).filter(|&time| time <= HOUR);
    let time = match (time, shared.fault()) {
        (_, "wait-too-short") => Some(0),
        (None, "wait-takes-anything") => Some(0),
        (time, _) => time,
    };
    let Some(time) = time else { return error("no time") };
    let locked = (shared.fault() == "sleeps-under-the-lock").then(|| shared.totals.lock());
    let until = Instant::now() + Duration::from_millis(time);
    while Instant::now() < until {
        // A conversation that is over anyway does not hold up the stop.
        if shared.is_stopping()
            && until > Instant::now() + Duration::from_secs(2)
            && shared.fault() != "stop-sleeps"
        {
            return Outcome::Boom;
        }
        thread::sleep(
            Duration::from_millis(5).min(until.saturating_duration_since(Instant::now())),
        );
    }
    drop(locked);
    Outcome::Reply(b"ok".to_vec())
}

fn boom(shared: &Shared) -> Outcome {
    match shared.fault() {
        "boom-aborts" => std::process::abort(),
        "boom-replies" => error("boom"),
        "poisons" => {
            let _locked = shared.totals.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("boom, under the lock");
        }
        _ => Outcome::Boom,
    }
}
