//! What else the machine did while a lab ran. A figure from a busy machine is a figure about the others.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::time::Instant;

/// A moment of the machine, to which a later one is compared.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    at: Instant,
    all: Option<All>,
    /// Seconds that this process and the children that it waited for have worked.
    own: f64,
}

/// What `/proc/stat` tells of the whole machine, of which this process may not have every processor.
#[derive(Clone, Copy, Debug, PartialEq)]
struct All {
    processors: f64,
    /// Seconds that all processors have worked.
    worked: f64,
    /// Seconds that another machine on the same host took.
    stolen: f64,
}

/// Shares of all processors, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Busy {
    /// What other programs used.
    pub others: f64,
    /// What the host gave to somebody else.
    pub stolen: f64,
}

impl Moment {
    /// Now.
    pub fn now() -> Self {
        let worked = |who| {
            let usage = getrusage(who).ok();
            let times = usage.map(|usage| usage.user_time() + usage.system_time());
            times.map_or(0.0, |time| time.num_microseconds() as f64 / 1e6)
        };
        let own = worked(UsageWho::RUSAGE_SELF) + worked(UsageWho::RUSAGE_CHILDREN);
        let stat = std::fs::read_to_string("/proc/stat").ok();
        Self { at: Instant::now(), all: stat.as_deref().and_then(read), own }
    }

    /// What others did from this moment until now; `None` where there is no `/proc/stat`.
    pub fn others(&self) -> Option<Busy> {
        let now = Self::now();
        let (all, then) = (now.all?, self.all?);
        let time = (now.at - self.at).as_secs_f64() * all.processors;
        // The kernel counts in hundredths of a second, so a short run is measured badly: nothing is below zero.
        let others = ((all.worked - then.worked) - (now.own - self.own)).max(0.0);
        Some(Busy { others: others / time, stolen: (all.stolen - then.stolen) / time })
    }
}

/// Of the first line of `/proc/stat` (proc_stat(5)): `cpu user nice system idle iowait irq softirq steal …`, in hundredths of
/// a second; and of the lines `cpu0`, `cpu1` …, one for each processor.
fn read(stat: &str) -> Option<All> {
    let is_processor = |line: &&str| {
        let number = line.strip_prefix("cpu");
        number.is_some_and(|number| number.starts_with(|digit: char| digit.is_ascii_digit()))
    };
    let processors = stat.lines().filter(is_processor).count().max(1) as f64;
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let fields: Vec<f64> = fields.map(str::parse).collect::<Result<_, _>>().ok()?;
    let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = fields[..] else {
        return None;
    };
    let worked = (user + nice + system + irq + softirq) / 100.0;
    Some(All { processors, worked, stolen: steal / 100.0 })
}

impl Busy {
    /// In words; nothing if the machine was quiet.
    pub fn words(&self) -> Option<String> {
        let per_cent = |share: f64| format!("{:.0} %", share * 100.0);
        let others = (self.others > QUIET)
            .then(|| format!("other programs used {} of the processors", per_cent(self.others)));
        let stolen = (self.stolen > QUIET)
            .then(|| format!("the host gave {} of them to somebody else", per_cent(self.stolen)));
        let all: Vec<_> = [others, stolen].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join(", and "))
    }
}

/// Less than this share is nobody's worry.
const QUIET: f64 = 0.05;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_all_processors() {
        let stat =
            "cpu  100 10 50 9999 77 3 7 25 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu11 1 1\nctxt 9\n";
        assert_eq!(read(stat), Some(All { processors: 2.0, worked: 1.7, stolen: 0.25 }));
        for rubbish in ["", "cpu", "cpu  1 2 3", "cpu  a b c d e f g h", "intr 1 2 3 4 5 6 7 8 9"] {
            assert_eq!(read(rubbish), None, "{rubbish}");
        }
    }

    #[test]
    fn a_quiet_machine_is_not_worth_a_word() {
        assert_eq!(Busy { others: 0.01, stolen: 0.0 }.words(), None);
        let busy = Busy { others: 0.304, stolen: 0.1 }.words();
        assert_eq!(
            busy.as_deref(),
            Some(
                "other programs used 30 % of the processors, and the host gave 10 % of them to somebody else"
            )
        );
    }
}
