//! `queue`: utilisation against latency. Why does everything take so long when the server is not even full?
//!
//! Clients who come independently of each other come in bunches, and who finds the server busy has to wait. With
//! exponential gaps and exponential service times (Kendall's M/M/1) the mean time in the system is `W = 1/(μ - λ)`, where
//! μ is how many clients the server could serve per second and λ how many come: the service time over the share of the
//! time for which the server is *idle*. At 50 % a client takes twice its service time, at 90 % ten times that, and at 100 %
//! there is no end to it. The percentiles grow likewise: the time in the system is exponential too, so p99 is 4.6 means.
//!
//! Agner Krarup Erlang worked it out for telephone exchanges (1909, 1917). Two cures follow from the formulas:
//! - Equal services. By Pollaczek and Khinchine (1930, 1932) constant service times halve the wait (M/D/1).
//! - One line for all. Two servers behind one line (M/M/2) beat two servers with a line each, because none of them is
//!   idle while somebody waits. Many accept loops on one listener are one line; `SO_REUSEPORT` makes as many lines as
//!   there are sockets.
//!
//! The lab serves such clients by the clock: threads whose "work" is to sleep, and a schedule of arrivals that does not
//! wait for anybody (an open loop). So several servers can be measured at a time on a few cores. Sleeps are never exact,
//! and near capacity a little more service is a lot more wait. So each prediction is made of the utilisation and the
//! service time that were measured, as one would do with a real server; the waits are what is predicted.
//!
//! What it cannot show is that real clients are worse: they come in larger bunches (one page, twenty requests), and some
//! services take a thousand times as long as others. Then the formula for exponential times is the hopeful one.
//!
//! - [`law`] — the formulas.
//! - [`jobs`] — clients by chance, and what becomes of them in virtual time.
//! - [`live`] — what becomes of them by the clock.

pub mod jobs;
pub mod law;
pub mod live;

mod found;
mod measure;

use super::{
    Asked, Axis, Bar, Bars, Chart, Failure, Flag, Lab, Plot, Progress, Report, Row, Series, Takes,
    cannot,
};
use found::{Found, PartFound};
use jobs::Service;
use measure::Part;
use std::time::Duration;

/// Utilisation against latency.
pub const LAB: Lab = Lab {
    name: "queue",
    about: "utilisation against latency: why p99 explodes near capacity",
    flags: &[
        Flag {
            name: "service",
            takes: Takes::Time(Duration::from_millis(20)),
            default: "5ms",
            help: "mean service time, at least 200us",
        },
        Flag {
            name: "seed",
            takes: Takes::Count(0, u32::MAX as usize),
            default: "0",
            help: "draws the clients; 0: other clients each time",
        },
    ],
    run,
};

/// Shorter services would be lost in what the clock and the scheduler add.
const SHORTEST: Duration = Duration::from_micros(200);

/// The utilisation at which cures are compared.
const EIGHTY: f64 = 0.8;

/// What is served at the same time, with the number of its servers in each round: near capacity, luck evens out slowly.
const PARTS: [Part; 7] = [
    Part { kind: Service::Exponential, servers: 1, load: 0.3, copies: 2 },
    Part { kind: Service::Exponential, servers: 1, load: 0.5, copies: 3 },
    Part { kind: Service::Exponential, servers: 1, load: 0.7, copies: 5 },
    Part { kind: Service::Exponential, servers: 1, load: EIGHTY, copies: 12 },
    Part { kind: Service::Exponential, servers: 1, load: 0.9, copies: 28 },
    Part { kind: Service::Constant, servers: 1, load: EIGHTY, copies: 6 },
    Part { kind: Service::Exponential, servers: 2, load: EIGHTY, copies: 6 },
];

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let service = asked.time("service");
    if service < SHORTEST {
        return Err(Failure::Usage(format!("--service takes at least {SHORTEST:?}")));
    }
    let seed = match asked.count("seed") {
        0 => fastrand::u32(1..),
        seed => seed as u32,
    };
    let plan = measure::Plan {
        service,
        length: asked.volume(Duration::from_secs(10), Duration::from_secs(2)),
        rounds: asked.rounds(4, 2),
        seed: seed.into(),
    };
    let found = measure::measure(&plan, &PARTS, progress).map_err(cannot("start the servers"))?;
    let rows = found.parts.iter().flat_map(|part| part.rows()).collect();
    let mut report = Report {
        law: "M/M/1: W = 1/(μ - λ) = S/(1 - ρ), p99 = 4.6 W".into(),
        source: "A. K. Erlang 1909, 1917; F. Pollaczek 1930, A. Khinchine 1932; D. G. Kendall 1953",
        rows,
        because: because(&found),
        method: format!(
            "{} rounds of {:?} at the same time; the servers are threads that sleep; predictions are made of the service \
             time and the utilisation that were measured; what stands as median is the mean of all rounds; the first \
             {:?} do not count; --seed {seed} draws the same clients again",
            plan.rounds,
            plan.length,
            plan.warm_up()
        ),
        charts: vec![curve(&found, service), cures(&found)],
    };
    report.rows.push(Row::input("a sleep is too long by", found.oversleep, "µs"));
    report.rows.extend(measure::in_virtual_time(&plan));
    Ok(report)
}

fn because(found: &Found) -> String {
    let of = |part: &Part| found.parts.iter().find(|found| found.part == *part);
    let (Some(half), Some(near)) = (of(&PARTS[1]), of(&PARTS[4])) else { return String::new() };
    let work = near.load / half.load;
    let longer = near.mean.median / half.mean.median;
    let means = match longer > 1.5 * work {
        true => "what counts is not the share that is busy but the share that is free",
        false => "that is hardly more than the work, although less was free",
    };
    format!(
        "from {:.0} % to {:.0} % the server has {work:.1} times the work, and the mean time is {longer:.1} times as long: {means}, \
         {:.0} % against {:.0} %",
        100.0 * half.load,
        100.0 * near.load,
        100.0 * (1.0 - half.load),
        100.0 * (1.0 - near.load),
    )
}

/// The classic picture: the mean and p99 of M/M/1 against utilisation.
fn curve(found: &Found, service: Duration) -> Chart {
    let service = service.as_secs_f64() * 1e3;
    let loads = || (0..=92).map(|per_cent| f64::from(per_cent) / 100.0);
    let p99 = |service, load| law::mm1_percentile(service, load, 0.99);
    let law = |y: fn(f64, f64) -> f64| loads().map(move |x| (x * 100.0, y(service, x)));
    let measured = || found.parts.iter().filter(|found| found.part.is_mm1());
    let dots = |name: &str, y: fn(&PartFound) -> super::Spread| {
        Series::dots(name, measured().map(move |found| (found.load * 100.0, y(found))))
    };
    Chart::Plot(Plot {
        title: "One server, clients by chance: time in the system".into(),
        x: Axis::linear("utilisation, %"),
        y: Axis::linear("time in the system, ms"),
        series: vec![
            Series::line("mean, predicted", law(law::mm1_mean)),
            dots("mean, measured", |found| found.mean),
            Series::line("p99, predicted", law(p99)),
            dots("p99, measured", |found| found.p99),
        ],
    })
}

/// What helps at 80 %: equal services, or one line for two servers.
fn cures(found: &Found) -> Chart {
    let at_80 = found.parts.iter().filter(|found| found.part.load == EIGHTY);
    let bar = |found: &PartFound| Bar {
        name: found.part.name(),
        measured: found.mean,
        predicted: Some(found.law()),
    };
    Chart::Bars(Bars {
        title: "The same utilisation, 80 %: mean time in the system".into(),
        axis: Axis::linear("ms"),
        bars: at_80.map(bar).collect(),
    })
}
