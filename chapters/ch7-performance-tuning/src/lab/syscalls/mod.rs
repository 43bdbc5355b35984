//! `syscalls`: the price list of this machine, and what can be predicted from it.
//!
//! A server is made of few things: system calls, copies through sockets, wake-ups, threads, connections. Each has a price,
//! and most of the price is the kernel's. Who knows the prices can say beforehand what a request will cost a server of any
//! model, and whether a change is worth its trouble: nobody saves 20 µs in a parser that takes 0.1 µs.
//!
//! Prices are CPU time of the threads concerned (`CLOCK_THREAD_CPUTIME_ID`, `CLOCK_PROCESS_CPUTIME_ID`; clock_gettime(2)),
//! on one core, so that what others compute meanwhile is not in them. Two of them wait for somebody else and are taken
//! by the clock; predictions do without these. For each prediction a small server is then measured, which nobody has added
//! up from parts.
//!
//! What the list cannot show: prices go up when caches are cold, when the other end is on another core (the wake-up shows
//! some of it), and when many cores work on the same socket. And a young connection is dearer than an old one: each side
//! acknowledges the first bytes at once, by a segment of its own, and only later with its next bytes. A sum of prices leaves
//! all this out, and so is a little low.
//!
//! - [`price`] — the list, and `buy` — how it was made.
//! - [`work`] — servers in small, what they are made of, and what they really cost.
//! - [`fixture`] — connections whose both ends are here.
//! - [`cpu`] — CPU time.

pub mod cpu;
pub mod fixture;
pub mod price;
pub mod work;

mod buy;

use super::spread::interleaved;
use super::{
    Asked, Axis, Bar, Bars, Chart, Failure, Lab, Progress, Report, Row, Spread, cannot, figure,
};
use price::Price;
use std::thread;
use work::Work;

/// The price list.
pub const LAB: Lab = Lab {
    name: "syscalls",
    about: "the price list of this machine, and what requests must cost by it",
    flags: &[],
    run,
};

/// A microsecond, in the unit of a measurement.
const MICROSECONDS: f64 = 1e6;

/// What is measured in turn.
#[derive(Clone, Copy, Debug)]
enum Thing {
    Price(Price),
    Work(Work),
}

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let rounds = asked.rounds(9, 3);
    let smaller = asked.volume(1, 10);
    // A thread of its own: its being on one core ends with it.
    let measured = thread::scope(|scope| {
        let measure = || {
            let is_pinned = cpu::pin(0);
            measured(rounds, smaller, progress).map(|spreads| (spreads, is_pinned))
        };
        let thread = thread::Builder::new().spawn_scoped(scope, measure);
        thread.and_then(|thread| thread.join().expect("it returns its errors"))
    });
    let ((prices, works), is_pinned) = measured.map_err(cannot("measure the prices"))?;
    Ok(report(rounds, &prices, &works, is_pinned))
}

/// Prices and works in microseconds, in the order of their lists.
fn measured(
    rounds: usize,
    smaller: u32,
    progress: &mut Progress,
) -> std::io::Result<(Vec<Spread>, Vec<Spread>)> {
    let prices = Price::ALL.map(Thing::Price);
    let works = Work::ALL.map(Thing::Work);
    let things: Vec<_> = prices.into_iter().chain(works).collect();
    let mut done = 0;
    let mut spreads = interleaved(rounds, &things, |thing| {
        if done % things.len() == 0 {
            progress.step(format_args!("round {} of {rounds}", done / things.len() + 1));
        }
        done += 1;
        let seconds = match thing {
            Thing::Price(price) => price.pay((price.times() / smaller).max(2)),
            Thing::Work(work) => work.measure((work.times() / smaller).max(2)),
        };
        Ok::<_, std::io::Error>(seconds? * MICROSECONDS)
    })?;
    let works = spreads.split_off(Price::ALL.len());
    Ok((spreads, works))
}

fn report(rounds: usize, prices: &[Spread], works: &[Spread], is_pinned: bool) -> Report {
    let of = |wanted: Price| {
        let listed = Price::ALL.iter().zip(prices);
        listed.filter(|(price, _)| **price == wanted).map(|(_, spread)| spread.median).sum::<f64>()
    };
    let listed = Price::ALL.iter().zip(prices).map(|(price, paid)| {
        let row = Row::input(price.name(), *paid, "µs");
        match price {
            Price::Wake if !has_other_core() => row.note("there is no other core: it is this one"),
            _ => row,
        }
    });
    let predicted = Work::ALL.iter().zip(works).map(|(work, cost)| {
        let law = work.parts().iter().map(|(times, price)| times * of(*price)).sum();
        Row::new(work.name(), law, *cost, "µs").note(parts_in_words(*work, of))
    });
    let rows: Vec<_> = listed.chain(predicted).collect();
    let (list, requests) = rows.split_at(prices.len());
    let pinned = match is_pinned {
        true => "on one core",
        false => "on any core, because this system keeps no thread on one: a switch may be dearer",
    };
    Report {
        law: "cost of a request = Σ (how often × price)".into(),
        source: "man pages of each call; clock_gettime(2) for CPU time",
        because: because(of),
        method: format!(
            "{rounds} rounds, interleaved, each of as many as take some milliseconds; CPU time of all threads concerned, \
             {pinned}; the wake-up on another core and the process are by the clock"
        ),
        charts: vec![
            Chart::Bars(Bars {
                title: "What a request costs, added up from the list and measured".into(),
                axis: Axis::linear("CPU time of a request, µs"),
                bars: requests.iter().map(bar).collect(),
            }),
            Chart::Bars(Bars {
                title: "The price list".into(),
                axis: Axis::logarithmic("µs"),
                bars: list.iter().map(bar).collect(),
            }),
        ],
        rows,
    }
}

/// Not even a system that keeps no thread on a core makes another one up.
fn has_other_core() -> bool {
    thread::available_parallelism().is_ok_and(|cores| cores.get() > 1)
}

/// `2 × 3.75 (64 bytes through a TCP connection) + …`.
fn parts_in_words(work: Work, of: impl Fn(Price) -> f64) -> String {
    let part = |(times, price): &(f64, Price)| {
        let times = if *times == 1.0 { String::new() } else { format!("{times:.0} × ") };
        format!("{times}{} ({})", figure::of(of(*price)), price.name())
    };
    work.parts().iter().map(part).collect::<Vec<_>>().join(" + ")
}

fn because(of: impl Fn(Price) -> f64) -> String {
    let session = of(Price::Session);
    let share = 100.0 * session / (session + of(Price::Socket) + of(Price::Report));
    let times = |price| {
        let times = of(price) / of(Price::Socket);
        if times < 9.95 { format!("{times:.1}") } else { format!("{times:.0}") }
    };
    let mut dear: Vec<_> = [
        (Price::Socket, "writes and reads"),
        (Price::Connection, "connections"),
        (Price::Thread, "threads"),
        (Price::Wake, "wake-ups"),
        (Price::Session, "parsing"),
    ]
    .map(|(price, what)| (of(price), what))
    .into();
    dear.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let names: Vec<_> = dear.iter().map(|(_, what)| *what).collect();
    format!(
        "the session is {share:.0} % of a request on an event loop; a connection costs {} times as much as a write and a read, a \
         thread {} times, and to be woken on another core and to wake takes {} times as long: what a server can save is, \
         from the dearest on: {}",
        times(Price::Connection),
        times(Price::Thread),
        times(Price::Wake),
        names.join(", "),
    )
}

fn bar(row: &Row) -> Bar {
    Bar { name: row.what.clone(), measured: row.measured, predicted: row.predicted }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each price is 1 µs but for those named.
    fn spreads(prices: &[(Price, f64)]) -> Vec<Spread> {
        let of = |price: &Price| prices.iter().find(|(named, _)| named == price);
        Price::ALL
            .iter()
            .map(|price| Spread::exact(of(price).map_or(1.0, |(_, paid)| *paid)))
            .collect()
    }

    #[test]
    fn a_request_is_the_sum_of_its_parts() {
        let prices = spreads(&[(Price::Socket, 4.0), (Price::Connection, 30.0)]);
        let report = report(1, &prices, &[Spread::exact(7.0); Work::ALL.len()], true);
        let predicted: Vec<_> = report.rows.iter().filter_map(|row| row.predicted).collect();
        assert_eq!(predicted, [6.0, 11.0, 39.0, 42.0]);
        assert_eq!(
            report.rows[Price::ALL.len() + 1].note.as_deref(),
            Some(
                "2 × 4.00 (64 bytes through a TCP connection) + 1.00 (a request in the session, without I/O) + \
                 2 × 1.00 (a switch to another thread)"
            )
        );
    }

    #[test]
    fn what_is_dearest_is_what_was_measured() {
        let said = |prices: &[(Price, f64)]| {
            let price = |wanted| prices.iter().find(|(price, _)| *price == wanted);
            because(|wanted| price(wanted).map_or(1.0, |(_, paid)| *paid))
        };
        let usual = said(&[
            (Price::Session, 0.5),
            (Price::Socket, 4.0),
            (Price::Connection, 30.0),
            (Price::Thread, 20.0),
            (Price::Wake, 10.0),
        ]);
        assert!(
            usual.ends_with("connections, threads, wake-ups, writes and reads, parsing"),
            "{usual}"
        );
        assert!(usual.contains("a connection costs 7.5 times as much"), "{usual}");
        let slow_parser = said(&[(Price::Session, 9.0)]);
        assert!(slow_parser.contains("from the dearest on: parsing, "), "{slow_parser}");
        assert!(slow_parser.contains("the session is 82 % of a request"), "{slow_parser}");
    }
}
