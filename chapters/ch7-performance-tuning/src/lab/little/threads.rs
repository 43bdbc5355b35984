//! More and more threads for the same clients.

use super::super::{Failure, Progress, Report, Row, cannot};
use super::pool::Pool;
use super::sweep::{Plan, Sample, around, asked, chart, count, one, rate, rounds, spread};
use std::io;

/// A pool of 1, 2, 4, … threads for so many clients.
pub(super) fn sweep(
    plan: &Plan,
    number: usize,
    progress: &mut Progress,
) -> Result<Report, Failure> {
    let sizes = around(number);
    let alone = || {
        let pool = Pool::start(1)?;
        one(plan, pool.addr)
    };
    let measure = |size, w| pooled(plan, size, number, w);
    let swept = rounds(plan, (&sizes, "threads"), progress, alone, measure);
    let swept = swept.map_err(cannot("measure the pool"))?;
    let (w, found) = (swept.alone.median, || swept.found());
    // The last size before the knee.
    let half = sizes.iter().rev().nth(2).copied().unwrap_or(1);
    let mut rows = vec![Row::input("W: one client, one thread", swept.alone.times(1e3), "ms")];
    for (size, samples) in found() {
        let name = count(size, "thread");
        rows.push(Row::new(name, size.min(number) as f64 / w, rate(samples), "/s"));
    }
    for (size, samples) in found().filter(|(size, _)| *size == 1 || *size == half) {
        let name = format!("{}: time of a reply", count(size, "thread"));
        let response = spread(samples, |sample| sample.seen.response * 1e3);
        rows.push(Row::new(name, number as f64 / size as f64 * w * 1e3, response, "ms"));
    }
    for (size, samples) in found().filter(|(size, _)| *size == 2 * number || *size == half) {
        let name = format!("{}: L, busy threads", count(size, "thread"));
        // λ·W with the law's λ: in a closed loop each thread that can have a client has one all the time.
        let law = size.min(number) as f64;
        rows.push(Row::new(name, law, spread(samples, |sample| sample.busy), "threads"));
    }
    let predicted = (1..=2 * number).map(|n| (n as f64, n.min(number) as f64 / w));
    let measured = found().map(|(size, samples)| (size as f64, rate(samples)));
    Ok(Report {
        law: "L = λW, so N threads serve λ = min(N, C) / W".into(),
        source: "J. D. C. Little, A Proof for the Queuing Formula L = λW, Operations Research 9 (1961)",
        because: because(number, w, found().map(|(size, samples)| (size, rate(samples).median))),
        method: format!(
            "{}, each with a connection for each request; {}, interleaved, of {} replies in a row each; W is measured before each; the busy \
             threads are looked at every millisecond; clients and server share this machine",
            count(number, "client"),
            count(plan.rounds, "round"),
            plan.replies
        ),
        charts: vec![chart("threads of the pool", "replies per second", predicted, measured)],
        rows: swept.explained(rows),
    })
}

fn because(clients: usize, w: f64, found: impl Iterator<Item = (usize, f64)>) -> String {
    let (at, beyond): (Vec<_>, Vec<_>) = found.partition(|(size, _)| *size <= clients);
    let (Some((size, most)), Some((_, more))) = (at.last(), beyond.last()) else {
        return String::new();
    };
    format!(
        "a thread has a client for {:.1} ms and is then free for the next: {size} of them give {most:.0} replies per \
         second, and twice as many give {:.2} times that{}",
        w * 1e3,
        more / most,
        // What else it may be, this lab does not know.
        if more / most < 1.15 {
            format!(", because {clients} clients cannot keep more busy")
        } else {
            String::new()
        }
    )
}

fn pooled(plan: &Plan, threads: usize, clients: usize, w: f64) -> io::Result<Sample> {
    let pool = Pool::start(threads)?;
    let (mut looks, mut busy) = (0_usize, 0_usize);
    let look = |counts: bool| {
        if counts {
            looks += 1;
            busy += pool.busy();
        }
    };
    let seen = asked(plan, pool.addr, (clients, threads), w, look)?;
    Ok(Sample { seen, busy: busy as f64 / looks as f64 })
}
