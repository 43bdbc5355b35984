//! What a client must make of each kind of case.

use super::met::{Met, Response, Way};
use harness::hostile::http::{Case, Expected, Kind, Then};

/// The most memory that a client may hold. Most of it is what TLS brings along.
const MOST_MEMORY: u64 = 64 << 20;

/// Exit codes of a response that is refused: malformed, partial, empty, broken, badly compressed, too large.
const REFUSED: [i32; 6] = [8, 18, 52, 56, 61, 63];

/// What only a decoder notices, and by hand nothing is decoded.
const CODED: [&str; 3] = ["gzip-cut", "gzip-sum", "gzip-not"];

/// hyper has no limit for these, but they need no memory either: `--max-time` ends them.
pub(crate) const UNLIMITED: [&str; 3] = ["interim-endless", "interim-endless-100", "endless-size"];

/// Says what was wrong, if anything was.
pub(crate) fn judge(case: &Case, met: &Met) -> Result<(), String> {
    let (code, end) = (met.code(), &met.end);
    let fail = |what: String| {
        Err(format!("{} ({}, {:?}): {what}\n{end}", case.name, case.section, met.way))
    };
    // What is sent is held, and once more while it goes out.
    if end.peak > MOST_MEMORY + 4 * case.sends as u64 {
        return fail(format!("it held {} bytes of memory", end.peak));
    }
    let lines = end.stderr.lines().count();
    if code != 0 && (lines != 1 || !end.stderr.starts_with("error: ")) {
        return fail("a failure is one line".into());
    }
    if !(0..=63).contains(&code) {
        return fail(format!("the exit code is {code}"));
    }
    let is_refused = REFUSED.contains(&code);
    let outcome = match &case.kind {
        Kind::WellFormed(expected) => reads(case, met, expected),
        Kind::Malformed | Kind::Early if CODED.contains(&case.name) && met.way == Way::Hand => {
            if code == 0 {
                Ok(())
            } else {
                Err("by hand nothing is decoded".into())
            }
        }
        Kind::Malformed | Kind::Early if is_refused => Ok(()),
        Kind::Malformed | Kind::Early => Err("it should be refused".into()),
        Kind::Unclear(_) if is_refused => Ok(()),
        Kind::Unclear(expected) => reads(case, met, expected),
        Kind::Silent if code == 28 => Ok(()),
        Kind::Silent => Err("--max-time should end it".into()),
        Kind::Endless if code == 63 || code == 8 => Ok(()),
        Kind::Endless if UNLIMITED.contains(&case.name) && met.way == Way::Library => {
            if code == 28 { Ok(()) } else { Err("--max-time should end it".into()) }
        }
        Kind::Endless => Err("a limit of size should end it".into()),
        Kind::Bomb { .. } if code == 63 && met.way == Way::Library => Ok(()),
        // Who does not decode it is not harmed.
        Kind::Bomb { decoded } if code == 0 && (end.bytes.len() as u64) < *decoded => Ok(()),
        Kind::Bomb { .. } => Err("--max-filesize should end it".into()),
        Kind::Once => once(case, met),
        Kind::Redirect { status, .. } if met.way == Way::Hand => {
            let shown = met.responses(1).first().map(|response| response.status);
            let is_shown = code == 0 && shown == Some(*status);
            if is_shown || is_refused { Ok(()) } else { Err("by hand it is shown".into()) }
        }
        Kind::Redirect { status, then } => follows(case, met, *status, then),
    };
    outcome.or_else(fail)
}

fn reads(case: &Case, met: &Met, expected: &Expected) -> Result<(), String> {
    if met.code() != 0 {
        return Err("it should be read".into());
    }
    let responses = met.responses(case.requests);
    if responses.len() != case.requests {
        return Err(format!("there should be {} responses", case.requests));
    }
    for Response { status, fields, body } in responses {
        let wanted = match (&expected.decoded, met.way) {
            (Some(decoded), Way::Library) => decoded,
            _ => &expected.body,
        };
        if (status, &body) != (expected.status, wanted) {
            return Err(format!("it should be {} with {} bytes", expected.status, wanted.len()));
        }
        for (name, value) in &expected.fields {
            let name = name.to_lowercase();
            // Who decodes the body takes away what says how it was coded.
            if expected.decoded.is_some() && met.way == Way::Library && name.starts_with("content-")
            {
                continue;
            }
            if !fields.iter().any(|(other, there)| *other == name && there == value) {
                return Err(format!("the field {name} is missing, or not {value:?}"));
            }
        }
    }
    Ok(())
}

/// The last request was read and not answered: nobody knows what was done about it.
fn once(case: &Case, met: &Met) -> Result<(), String> {
    let asked: usize = met
        .seen
        .iter()
        .map(|seen| String::from_utf8_lossy(&seen.received).matches(" HTTP/1.1\r\n").count())
        .sum();
    match (met.code(), asked) {
        (0, _) => Err("it should fail".into()),
        (_, asked) if asked != case.requests => Err(format!("{asked} requests were made")),
        _ => Ok(()),
    }
}

fn follows(case: &Case, met: &Met, status: u16, then: &Then) -> Result<(), String> {
    let asked = |target: &str| {
        let line = format!("GET {target} HTTP/1.1\r\n");
        met.seen.iter().any(|seen| String::from_utf8_lossy(&seen.received).contains(&line))
    };
    let arrives = |target: &str, expected: &Expected| match asked(target) {
        true => reads(case, met, expected),
        false => Err(format!("it should ask for {target}")),
    };
    let is_shown = met.responses(1).first().is_some_and(|response| response.status == status);
    match then {
        Then::Arrives(target, expected) => arrives(target, expected),
        Then::MayArrive(target, expected) if met.code() == 0 && !is_shown => {
            // The URL Standard, and so every browser, takes a backslash for a slash.
            let read = if case.name == "redirect-backslash" { "/to" } else { target };
            arrives(read, expected)
        }
        Then::MayArrive(..) => Ok(()),
        Then::Never if met.code() == 47 => Ok(()),
        Then::Never => Err("--max-redirs should end it".into()),
        Then::Nowhere if met.seen.len() > 1 => Err("it should ask nobody anything".into()),
        Then::Nowhere if is_shown || met.code() != 0 => Ok(()),
        Then::Nowhere => Err("it should be refused, or shown".into()),
    }
}
