//! The readings: how each is taken from a measurement, and which words it goes by.

use super::figure;
use crate::results::{Decides, Fault, Group, Reading};
use serde::Serialize;

/// What is read from a measurement.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Right replies per second, to the group that answers the question.
    PerSecond,
    /// The median of its latency in microseconds.
    P50,
    /// The 90th percentile.
    P90,
    /// The 99th percentile.
    P99,
    /// The 99.9th percentile.
    P999,
    /// The longest latency.
    Max,
    /// Connections of this group that were reset, closed or not answered in time. Who was refused had none to lose.
    Lost,
    /// CPU seconds of the server per million right replies, to all groups.
    CpuPerMillion,
    /// The most memory that the server had, in bytes.
    MemoryPeak,
    /// What it had more than at the start, for each connection that it had accepted.
    MemoryPerConnection,
    /// The most threads.
    Threads,
    /// The most processes.
    Processes,
    /// Context switches for each right reply, to all groups.
    SwitchesPerRequest,
    /// Bytes of bodies per second, to all groups.
    BytesPerSecond,
    /// The share of its CPUs that the generator was busy.
    GeneratorBusy,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::PerSecond,
        Self::P50,
        Self::P90,
        Self::P99,
        Self::P999,
        Self::Max,
        Self::Lost,
        Self::CpuPerMillion,
        Self::MemoryPeak,
        Self::MemoryPerConnection,
        Self::Threads,
        Self::Processes,
        Self::SwitchesPerRequest,
        Self::BytesPerSecond,
        Self::GeneratorBusy,
    ];

    /// The one that decides.
    pub fn deciding(decides: Decides) -> Self {
        match decides {
            Decides::CpuPerRequest => Self::CpuPerMillion,
            Decides::Throughput => Self::PerSecond,
            Decides::P99 => Self::P99,
            Decides::MemoryPerConnection => Self::MemoryPerConnection,
            Decides::Lost => Self::Lost,
        }
    }

    /// Its value; `None` where there was nothing to read. `group` is the one that answers the question.
    pub fn of(self, reading: &Reading, group: &str) -> Option<f64> {
        let main = reading.groups.iter().find(|other| other.name == group);
        let replies = reading.groups.iter().map(|group| group.replies as f64).sum::<f64>();
        let percentile = |share: f64| {
            let latency = &main?.latency.0;
            (!latency.is_empty()).then(|| latency.value_at_quantile(share) as f64)
        };
        let cost = &reading.server;
        let value = match self {
            Self::PerSecond => main?.replies as f64 / reading.seconds,
            Self::P50 => percentile(0.5)?,
            Self::P90 => percentile(0.9)?,
            Self::P99 => percentile(0.99)?,
            Self::P999 => percentile(0.999)?,
            Self::Max => percentile(1.0)?,
            Self::Lost => lost(main?) as f64,
            Self::CpuPerMillion => cost.cpu / replies * 1e6,
            Self::MemoryPeak => cost.memory_peak as f64,
            Self::MemoryPerConnection => {
                cost.memory_peak.saturating_sub(cost.memory_at_start) as f64 / cost.accepted as f64
            }
            Self::Threads => cost.threads as f64,
            Self::Processes => cost.processes as f64,
            Self::SwitchesPerRequest => cost.switches_per_reply?,
            Self::BytesPerSecond => {
                reading.groups.iter().map(|group| group.bytes as f64).sum::<f64>() / reading.seconds
            }
            Self::GeneratorBusy => reading.generator_busy,
        };
        // Without replies or connections there is nothing to divide by.
        value.is_finite().then_some(value)
    }

    /// Is less of it better?
    pub fn less_is_better(self) -> bool {
        !matches!(self, Self::PerSecond | Self::BytesPerSecond)
    }

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "replies per second",
            Self::P50 => "p50 latency",
            Self::P90 => "p90 latency",
            Self::P99 => "p99 latency",
            Self::P999 => "p99.9 latency",
            Self::Max => "longest latency",
            Self::Lost => "lost connections",
            Self::CpuPerMillion => "CPU seconds per million requests",
            Self::MemoryPeak => "peak memory",
            Self::MemoryPerConnection => "memory per connection",
            Self::Threads => "threads",
            Self::Processes => "processes",
            Self::SwitchesPerRequest => "context switches per request",
            Self::BytesPerSecond => "bytes per second",
            Self::GeneratorBusy => "generator busy",
        }
    }

    /// Its name over a narrow column.
    pub fn head(self) -> &'static str {
        match self {
            Self::PerSecond => "replies/s",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P99 => "p99",
            Self::P999 => "p99.9",
            Self::Max => "longest",
            Self::CpuPerMillion => "CPU/million",
            Self::MemoryPeak => "memory",
            Self::MemoryPerConnection => "memory/ connection",
            Self::SwitchesPerRequest => "switches/ request",
            Self::BytesPerSecond => "bytes/s",
            other => other.name(),
        }
    }

    /// A value of it, with its unit.
    pub fn text(self, value: f64) -> String {
        match self {
            Self::P50 | Self::P90 | Self::P99 | Self::P999 | Self::Max => figure::time(value),
            Self::CpuPerMillion => format!("{} s", figure::number(value)),
            Self::MemoryPeak | Self::MemoryPerConnection => figure::bytes(value),
            Self::BytesPerSecond => format!("{}/s", figure::bytes(value)),
            Self::GeneratorBusy => figure::percent(value),
            Self::Threads | Self::Processes | Self::Lost if value.fract() == 0.0 => {
                figure::count(value)
            }
            _ => figure::number(value),
        }
    }
}

/// The faults by which a connection is lost. The others are wrong replies, and connections that never were.
pub fn is_loss(fault: Fault) -> bool {
    matches!(fault, Fault::Reset | Fault::Closed | Fault::Timeout)
}

/// The connections that a group has lost.
pub fn lost(group: &Group) -> u64 {
    sum(group.errors.iter().filter(|(fault, _)| is_loss(**fault)).map(|(_, times)| *times))
}

/// The sum of counts from a file, which may hold any.
pub fn sum(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// How tables call a fault.
pub fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Refused => "refused",
        Fault::Reset => "reset",
        Fault::Closed => "closed",
        Fault::Timeout => "timeout",
        Fault::Malformed => "malformed",
        Fault::Status => "status",
        Fault::Body => "body",
        Fault::Order => "order",
        Fault::Surplus => "surplus",
    }
}

/// All faults, in the order of the tables.
pub const FAULTS: [Fault; 9] = [
    Fault::Refused,
    Fault::Reset,
    Fault::Closed,
    Fault::Timeout,
    Fault::Malformed,
    Fault::Status,
    Fault::Body,
    Fault::Order,
    Fault::Surplus,
];

/// Faults in words: `12 faults (10 closed, 2 order)`.
pub fn faults<'a>(all: impl IntoIterator<Item = (&'a Fault, &'a u64)>) -> String {
    let all: Vec<_> = all.into_iter().collect();
    let sum = sum(all.iter().map(|(_, times)| **times));
    let kinds: Vec<_> = all
        .iter()
        .map(|(fault, times)| format!("{} {}", figure::count(**times as f64), fault_name(**fault)))
        .collect();
    let noun = if sum == 1 { "fault" } else { "faults" };
    format!("{} {noun} ({})", figure::count(sum as f64), kinds.join(", "))
}
