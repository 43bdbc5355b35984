//! More and more clients for a server that runs already.

use super::super::{Failure, Progress, Report, Row, cannot};
use super::sweep::{Plan, Sample, around, asked, chart, count, one, rate, rounds};
use std::net::SocketAddr;

/// 1, 2, 4, … clients of a server that serves so many of them at a time.
pub(super) fn sweep(
    plan: &Plan,
    server: SocketAddr,
    most: usize,
    number: usize,
    progress: &mut Progress,
) -> Result<Report, Failure> {
    let mut sizes = around(number);
    if most < 2 * number {
        sizes.push(most);
        sizes.sort_unstable();
        sizes.dedup();
    }
    let alone = || one(plan, server);
    let measure = |size: usize, w| {
        let seen = asked(plan, server, (size, most), w, |_| ())?;
        Ok(Sample { seen, busy: f64::NAN })
    };
    let swept = rounds(plan, (&sizes, "clients"), progress, alone, measure);
    let swept = swept.map_err(cannot(&format!("measure {server}")))?;
    let (w, found) = (swept.alone.median, || swept.found());
    let mut rows = vec![Row::input("W: one client", swept.alone.times(1e3), "ms")];
    for (size, samples) in found() {
        let row = Row::new(count(size, "client"), size.min(most) as f64 / w, rate(samples), "/s");
        rows.push(row);
    }
    let predicted = (1..=2 * number).map(|n| (n as f64, n.min(most) as f64 / w));
    let measured = found().map(|(size, samples)| (size as f64, rate(samples)));
    Ok(Report {
        law: "L = λW, so C clients get λ = min(N, C) / W".into(),
        source: "J. D. C. Little, A Proof for the Queuing Formula L = λW, Operations Research 9 (1961)",
        because: format!(
            "alone, a client waits for {:.1} ms and asks again; {}",
            w * 1e3,
            growth(found().map(|(size, samples)| (size, rate(samples).median)))
        ),
        method: format!(
            "clients of {server} in a closed loop, a connection for each request; {}, interleaved, of {} replies \
             in a row each; W is measured before each",
            count(plan.rounds, "round"),
            plan.replies
        ),
        charts: vec![chart("clients", "replies per second", predicted, measured)],
        rows: swept.explained(rows),
    })
}

/// What the last sizes tell about whether more clients still get more.
fn growth(found: impl DoubleEndedIterator<Item = (usize, f64)>) -> String {
    let mut last = found.rev();
    let (Some((most, all)), Some((fewer, some))) = (last.next(), last.next()) else {
        return "one size tells nothing of more of them".into();
    };
    let (clients, rates) = (most as f64 / fewer as f64, all / some);
    let means = match rates > 1.0 + (clients - 1.0) / 2.0 {
        true => "the server still had somebody for each of them",
        false => "the server had nobody left for more of them",
    };
    format!("{most} clients instead of {fewer} got {rates:.2} times as many replies: {means}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_more_clients_was_measured() {
        let said = |rates: [(usize, f64); 2]| growth(rates.into_iter());
        assert!(
            said([(16, 800.0), (32, 1_590.0)])
                .contains("1.99 times as many replies: the server still")
        );
        assert!(said([(16, 800.0), (32, 805.0)]).contains("nobody left"));
    }
}
