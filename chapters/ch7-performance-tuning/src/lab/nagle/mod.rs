//! Why does a request take 40 ms on a machine that answers in 40 µs? Nagle and the delayed ACK.
//!
//! *Nagle's algorithm* (RFC 896; RFC 9293, section 3.7.4) lets a sender have one small segment unacknowledged, and gathers
//! what follows until its acknowledgement comes. The *delayed ACK* (RFC 1122, section 4.2.3.2) lets a receiver wait with
//! an acknowledgement, because a reply may carry it for nothing. Each is sensible. Together, a request in two small writes
//! to a peer that answers only to the whole waits for a clock: the second part waits for the acknowledgement of the first
//! one, and that waits for a reply that nobody can write yet. On Linux the clock is at least 40 ms (`TCP_DELACK_MIN`,
//! a twenty-fifth of a second; `include/net/tcp.h`), which is the prediction here, with a round trip on top. Its timer
//! counts in ticks, so that with 250 of them a second one sees 44 ms.
//!
//! The stall hides at first. On a new connection Linux acknowledges at once (*quickack*), so that slow start is not held
//! up; when the connection looks like a conversation, because a reply has followed a request, it begins to delay. So a test
//! with one request per connection sees nothing, and the second request on the same connection takes 40 ms. The
//! second chart shows the first exchanges of new connections, and a row the very first one.
//!
//! The cures: one `write` (or `writev(2)`, which needs no copy); `MSG_MORE` on all parts but the last (send(2)), which
//! says that more will follow; `TCP_NODELAY`, which turns Nagle's algorithm off and sends a segment for each write.
//! `TCP_QUICKACK` at the *receiver* helps too, but is not permanent (tcp(7)): it has to be set again after each read.
//!
//! What the lab cannot show: what Nagle's algorithm is for. Over a real line, 41 bytes for each byte typed fill it.

mod exchange;

mod way;

use super::{
    Asked, Axis, Bar, Bars, Chart, Failure, Lab, Plot, Progress, Report, Row, Series, Spread,
    cannot,
};
use exchange::Pair;
use way::Way;

/// The lab.
pub const LAB: Lab = Lab {
    name: "nagle",
    about: "a request in two small writes: the stall of 40 ms, and its cures",
    flags: &[],
    run,
};

/// The shortest delay of an acknowledgement on Linux, in microseconds: `TCP_DELACK_MIN` is HZ / 25.
const DELAYED_ACK: f64 = 40_000.0;
/// Exchanges in each round where none stalls.
const MANY: usize = 2000;
/// Exchanges in each round where each may stall.
const FEW: usize = 12;
/// Exchanges of a new connection that the second chart shows.
const FIRST: usize = 40;
/// New connections for one exchange each.
const NEW: usize = 50;
/// Exchanges after which a connection counts as a conversation.
const WARM: usize = 40;

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let rounds = asked.rounds(7, 3);
    let (many, few) = asked.volume((MANY, FEW), (500, 5));
    let lost = cannot("exchange bytes over a connection");
    progress.step("the first exchanges of a new connection");
    let first = [Way::TwoWrites, Way::OneWrite].map(|way| {
        let mut pair = Pair::open(way)?;
        pair.exchanges(asked.volume(FIRST, FIRST / 2))
    });
    let [stalling, smooth] = first;
    let first = [stalling.map_err(&lost)?, smooth.map_err(&lost)?];
    progress.step("warming up a connection for each way");
    let mut pairs = Vec::new();
    for way in Way::ALL {
        let mut pair = Pair::open(way).map_err(&lost)?;
        pair.exchanges(WARM.min(asked.volume(WARM, 25))).map_err(&lost)?;
        pairs.push(pair);
    }
    let mut medians = vec![Vec::new(); pairs.len()];
    let mut order: Vec<_> = (0..pairs.len()).collect();
    for round in 1..=rounds {
        progress.step(format_args!("round {round} of {rounds}"));
        fastrand::shuffle(&mut order);
        for &place in &order {
            let pair = &mut pairs[place];
            let times = if pair.way().stalls() { few } else { many };
            medians[place].push(Spread::of(&pair.exchanges(times).map_err(&lost)?).median);
        }
    }
    progress.step("the very first exchange of new connections");
    let mut very_first = Vec::new();
    for _ in 0..asked.volume(NEW, NEW / 5) {
        let mut pair = Pair::open(Way::TwoWrites).map_err(&lost)?;
        very_first.extend(pair.exchanges(1).map_err(&lost)?);
    }
    let measured: Vec<_> = medians.iter().map(|rounds| Spread::of(rounds)).collect();
    let mut report = report(rounds, &measured, &first);
    let what = "two writes, new connections";
    report.rows.push(Row::input(what, Spread::of(&very_first), "µs"));
    Ok(report)
}

/// What each way costs by the law, in microseconds, if a single write costs so much; `None` for that itself.
fn predicted(way: Way, single: f64, segment: f64) -> Option<f64> {
    match way {
        // What a further acknowledgement and two calls more cost the receiver, nothing here tells.
        Way::OneWrite | Way::ReplyInTwo | Way::QuickAck => None,
        Way::TwoWrites => Some(DELAYED_ACK + single),
        Way::Gathered | Way::More => Some(single),
        // Instead of one segment two: a write more, and for the peer a read and perhaps a wake-up more.
        Way::NoDelay => Some(single + segment),
    }
}

fn report(rounds: usize, measured: &[Spread], first: &[Vec<f64>; 2]) -> Report {
    let of = |way: Way| measured[Way::ALL.iter().position(|other| *other == way).unwrap_or(0)];
    let single = of(Way::OneWrite).median;
    // What an exchange costs more whose reply comes in two segments: the same as a request in two.
    let segment = (of(Way::ReplyInTwo).median - single).max(0.0);
    let mut rows = Vec::new();
    let mut bars = Vec::new();
    for (way, spread) in Way::ALL.into_iter().zip(measured) {
        let predicted = predicted(way, single, segment);
        let row = match predicted {
            Some(predicted) => Row::new(way.name(), predicted, *spread, "µs"),
            None => Row::input(way.name(), *spread, "µs"),
        };
        rows.push(note(row, way));
        bars.push(Bar { name: way.name().into(), measured: *spread, predicted });
    }
    let numbered = |times: &[f64]| -> Vec<_> {
        let exchanges = (1..).zip(times);
        exchanges.map(|(number, time)| (f64::from(number), Spread::exact(time / 1e3))).collect()
    };
    let last = first[0].len() as f64;
    let timer = DELAYED_ACK / 1e3;
    Report {
        law: "two small writes, then a read: one delayed ACK (at least 40 ms on Linux) + one round trip".into(),
        source: "RFC 896; RFC 9293, section 3.7.4; RFC 1122, section 4.2.3.2; tcp(7)",
        rows,
        because: because(of(Way::TwoWrites).median, single),
        method: format!(
            "medians of {rounds} interleaved rounds, each the median of its exchanges; 2 × {} bytes to a server that answers \
             to the whole, over a warm loopback connection for each way",
            exchange::PART
        ),
        charts: vec![
            Chart::Bars(Bars {
                title: "A request in two parts, and its reply".into(),
                axis: Axis::logarithmic("time of an exchange in µs"),
                bars,
            }),
            Chart::Plot(Plot {
                title: "The first exchanges of a new connection".into(),
                x: Axis::linear("number of the exchange"),
                y: Axis::linear("time in ms"),
                series: vec![
                    Series::dots(Way::TwoWrites.name(), numbered(&first[0])),
                    Series::dots(Way::OneWrite.name(), numbered(&first[1])),
                    Series::limit("delayed ACK", [(1.0, timer), (last, timer)]),
                ],
            }),
        ],
    }
}

/// Did most exchanges wait for the timer of an acknowledgement?
fn stalled(median: f64) -> bool {
    median >= DELAYED_ACK / 2.0
}

/// What two writes cost, in microseconds, beside a single one.
fn because(two: f64, single: f64) -> String {
    let factor = two / single;
    match stalled(two) {
        true => format!(
            "the second write waited for the acknowledgement of the first, and that for a timer: {factor:.0} times as long as \
             the same bytes in one write. Whoever knows the whole request should write it at once; TCP_NODELAY is for who cannot"
        ),
        false => format!(
            "most exchanges of two writes did not wait for a timer in this run: {factor:.1} times as long as the same bytes in one \
             write. So the acknowledgements were not delayed here, and there was nothing to cure"
        ),
    }
}

/// What the figures tell of a way that took another time than it should.
fn note(row: Row, way: Way) -> Row {
    let median = row.measured.median;
    match (row.agrees() || row.predicted.is_none(), way) {
        (true, _) => row,
        (false, Way::TwoWrites) if !stalled(median) => row.note(
            "most exchanges did not stall: the kernel still acknowledged at once, or is not Linux",
        ),
        (false, Way::TwoWrites) => row.note(
            "40 ms is the least: the timer counts in ticks of up to 10 ms, and the delay grows, up to 200 ms, when segments \
             come further apart",
        ),
        (false, _) => {
            let width = row.measured.width();
            row.note(format!(
                "no stall, but some microseconds that depend on which thread wakes on which core: the rounds differ by {width:.0} %"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_is_a_delayed_acknowledgement_and_a_round_trip() {
        assert_eq!(predicted(Way::TwoWrites, 30.0, 5.0), Some(40_030.0));
        assert_eq!(predicted(Way::Gathered, 30.0, 5.0), Some(30.0));
        assert_eq!(predicted(Way::NoDelay, 30.0, 5.0), Some(35.0));
        assert_eq!(predicted(Way::OneWrite, 30.0, 5.0), None);
    }

    #[test]
    fn who_disagrees_says_why() {
        let row = |predicted, measured| Row::new("", predicted, Spread::exact(measured), "µs");
        let said = |row: Row, way| note(row, way).note.unwrap_or_default();
        assert_eq!(said(row(100.0, 100.0), Way::NoDelay), "");
        assert!(said(row(40_000.0, 30.0), Way::TwoWrites).contains("did not stall"));
        assert!(said(row(40_000.0, 90_000.0), Way::TwoWrites).contains("40 ms is the least"));
        assert!(said(row(30.0, 60.0), Way::More).contains("the rounds differ by 0 %"));
    }

    #[test]
    fn a_stall_is_only_told_of_where_it_was() {
        assert!(because(40_030.0, 30.0).contains("for a timer: 1334 times as long"));
        let none = because(36.0, 30.0);
        assert!(none.contains("did not wait for a timer") && none.contains("1.2 times"), "{none}");
    }

    #[test]
    fn each_way_is_a_row_and_a_bar() {
        let measured = [Spread::exact(30.0); Way::ALL.len()];
        let report = report(1, &measured, &[vec![1.0; 5], vec![1.0; 5]]);
        assert_eq!(report.rows.len(), Way::ALL.len());
        let names: std::collections::HashSet<_> = report.rows.iter().map(|row| &row.what).collect();
        assert_eq!(names.len(), Way::ALL.len());
        assert_eq!(report.charts.len(), 2);
    }
}
