//! `backlog`: a burst of clients against `listen(n)`, while nobody accepts.
//!
//! The kernel completes a handshake by itself and keeps the connection until the program accepts it. The n of `listen(2)`
//! is how many it keeps. Linux keeps one more: it takes the queue for full when it is longer than n, not when it is as long
//! (`sk_acceptq_is_full` compares with `>`; and `net.core.somaxconn` is the most that n can be).
//!
//! A SYN that finds the queue full is dropped without a word. The client's kernel cannot tell that from a lost packet, so
//! it sends the SYN again: after 1 s (the initial retransmission timeout of RFC 6298, section 2), and then again and
//! again. In the textbook each pause is twice the one before, so a client tries after 1, 3, 7 and 15 s. Since version 6.5,
//! Linux makes the first of them alike (`net.ipv4.tcp_syn_linear_timeouts`, 4 by default): 1, 2, 3, 4, 5, 7 s. So a server
//! that was away for a moment, 50 ms perhaps, makes those who came too late wait for a whole second. That is the second
//! peak, at 1 s and some, in so many latency histograms.
//!
//! The kernel counts what it drops: `ListenOverflows` for a full queue, `ListenDrops` for any reason; and what it sends
//! again: `TCPSynRetrans`. (`nstat -az | grep -i listen` shows them.) With `net.ipv4.tcp_abort_on_overflow` it answers with a
//! reset, but only where the queue fills up in the middle of a handshake; a SYN is dropped all the same.
//!
//! The counters are those of the whole machine, or rather of its network namespace. What the lab cannot show is a flood
//! of SYNs whose handshakes never end: these wait in another queue, and syncookies are for them.
//!
//! - [`counters`] — what the kernel counts and is set to.
//! - [`burst`] — clients who come all at once.

pub mod burst;
pub mod counters;

mod measure;

use super::{
    Asked, Axis, Chart, Failure, Lab, Plot, Progress, Report, Row, Series, Spread, cannot,
};
use counters::Counters;
use measure::{Late, Plan};
use std::time::Duration;

/// A burst against `listen(n)`.
pub const LAB: Lab = Lab {
    name: "backlog",
    about: "a burst against listen(n): who gets in, and what becomes of the others",
    flags: &[],
    run,
};

/// The values of n that are tried.
const TRIED: [u32; 5] = [0, 1, 5, 16, 128];

/// When a server begins to accept. The last one takes its time, so `--quick` does without it.
const AFTER: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_millis(1300), Duration::from_millis(2300)];

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let why = cannot("read what the kernel counts in /proc/net/netstat (this lab is about Linux)");
    let plan = Plan {
        tried: &TRIED,
        after: asked.volume(&AFTER[..], &AFTER[..2]),
        most: counters::setting("net/core/somaxconn").unwrap_or(u32::MAX),
        linear: counters::setting("net/ipv4/tcp_syn_linear_timeouts").unwrap_or(0),
    };
    Counters::now().map_err(why)?;
    let rounds = asked.rounds(3, 1);
    let mut found = Vec::new();
    for round in 1..=rounds {
        progress.step(format_args!("round {round} of {rounds}"));
        found.push(measure::round(&plan).map_err(cannot("make the connections"))?);
    }
    let spread =
        |of: &dyn Fn(&measure::Round) -> f64| Spread::of(&found.iter().map(of).collect::<Vec<_>>());

    let mut rows = Vec::new();
    for (at, n) in TRIED.iter().enumerate() {
        let connected = spread(&|round| round.connected[at] as f64);
        let what = format!("listen({n}): connected, none accepted");
        rows.push(Row::new(what, f64::from(plan.room(*n)), connected, "clients"));
    }
    let counted = [
        ("ListenOverflows: SYNs that found no room", plan.turned_away(), {
            spread(&|round| round.at_once.overflows as f64)
        }),
        ("ListenDrops: SYNs dropped", plan.turned_away(), {
            spread(&|round| round.at_once.drops as f64)
        }),
        ("TCPSynRetrans: SYNs sent again later", plan.resent(), {
            spread(&|round| round.later.resent as f64)
        }),
        ("ListenOverflows: SYNs dropped till then", plan.resent(), {
            spread(&|round| round.later.overflows as f64)
        }),
    ];
    for (what, law, seen) in counted {
        let row = Row::new(what, law as f64, seen, "SYNs");
        let row = match row.agrees() {
            true => row,
            false => row.note(
                "the kernel counts for the whole machine: other connections, or a handshake that was slow, count as well",
            ),
        };
        rows.push(row);
    }
    for (at, after) in plan.after.iter().enumerate() {
        let late = spread(&|round| round.late[at].first);
        let what = format!("accepting after {:.1} s: too late, in after", after.as_secs_f64());
        rows.push(late_row(
            &what,
            plan.late(*after),
            late,
            found.iter().map(|round| &round.late[at]),
        ));
    }
    Ok(Report {
        law: "listen(n) keeps min(n, somaxconn) + 1; the others try again after 1 s".into(),
        source: "listen(2); sk_acceptq_is_full in Linux's include/net/sock.h; RFC 6298 section 2; \
                 tcp_syn_linear_timeouts in Linux's ip-sysctl",
        because: because(&plan, spread(&|round| round.later.resent as f64).median),
        method: format!(
            "rounds: {rounds}; {} clients more than there is room for; each value of n has its own listener; the counters \
             are read before and after; tcp_abort_on_overflow is {}",
            measure::TOO_MANY,
            counters::setting("net/ipv4/tcp_abort_on_overflow")
                .map_or("not there".into(), |on: u32| on.to_string()),
        ),
        charts: charts(&plan, &rows),
        rows,
    })
}

fn late_row<'r>(what: &str, law: f64, seen: Spread, rounds: impl Iterator<Item = &'r Late>) -> Row {
    let row = Row::new(what, law, seen, "s");
    let held_up = rounds.map(|late| late.accepted_late).fold(0.0, f64::max);
    if row.agrees() {
        return row;
    }
    if !seen.median.is_finite() {
        return row.note("nobody who came too late got in as long as the lab waited");
    }
    row.note(format!(
        "the server began to accept up to {held_up:.2} s later than it should: the machine was busy"
    ))
}

fn because(plan: &Plan, resent: f64) -> String {
    if resent == 0.0 {
        let all =
            "no SYN was sent again in this run: nobody was turned away, or they were told at once";
        return format!("{all} (tcp_abort_on_overflow)");
    }
    let times: Vec<_> =
        counters::tries(plan.linear).skip(1).take(5).map(|s| s.to_string()).collect();
    format!(
        "nobody tells a client that it came too late: its SYN is dropped, and its kernel sends it again {} … s after the \
         first (tcp_syn_linear_timeouts is {}), whenever the server may have got round to it",
        times.join(", "),
        plan.linear
    )
}

fn charts(plan: &Plan, rows: &[Row]) -> Vec<Chart> {
    let measured = |from: usize| rows[from..].iter().map(|row| row.measured);
    let room = TRIED.iter().map(|n| f64::from(*n)).zip(measured(0));
    let late = plan.after.iter().map(Duration::as_secs_f64);
    let late = late.zip(measured(rows.len() - plan.after.len()));
    // A step is drawn by two points at the same place.
    let tries: Vec<_> = counters::tries(plan.linear).take(5).collect();
    let steps = tries.windows(2).flat_map(|pair| {
        let [from, to] = [f64::from(pair[0]), f64::from(pair[1])];
        [(from, to), (to, to)]
    });
    vec![
        Chart::Plot(Plot {
            title: "Clients who are connected although nobody accepts".into(),
            x: Axis::linear("n of listen(n)"),
            y: Axis::linear("connected clients"),
            series: vec![
                Series::line("n + 1", TRIED.map(|n| (f64::from(n), f64::from(plan.room(n))))),
                Series::dots("measured", room),
            ],
        }),
        Chart::Plot(Plot {
            title: "How long one waits who found the queue full".into(),
            x: Axis::linear("the server begins to accept after, s"),
            y: Axis::linear("the client is in after, s"),
            series: vec![Series::line("the next SYN", steps), Series::dots("measured", late)],
        }),
    ]
}
