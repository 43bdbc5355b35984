//! How fast can one be who waits for answers? At most a window in a round trip.
//!
//! Whoever may have W bytes on the way, and hears of their arrival a round trip later, sends at most W in each round trip:
//! throughput ≤ W / RTT. When W is at least the *bandwidth-delay product* R · RTT, the line is never idle, and its
//! rate R is the limit. That is the knee of the chart. It holds for every window, whoever made it: TCP's receive window
//! (RFC 9293, section 3.8.6), which without scaling was at most 64 KiB, so that RFC 7323 (section 1.1) had to mend the
//! "long fat networks"; the congestion window (RFC 5681); HTTP/2's (RFC 9113, section 5.2); the one request at a time of
//! HTTP/1.1; a database client that waits for each reply.
//!
//! Here the window is the program's own, so that it is exact: a sender keeps at most W bytes unacknowledged on the
//! [link](super::link), and the receiver answers what it reads with the number of bytes that it has. RTT is measured
//! beforehand, with single blocks on an idle line; R is what was asked of the link.
//!
//! The kernel's windows follow from the socket's buffers, so the lab asks for some as well. Linux doubles what one sets
//! as `SO_RCVBUF` and `SO_SNDBUF` (socket(7)), to have room for its own books, up to twice `net.core.rmem_max` and
//! `wmem_max`; and setting `SO_RCVBUF` ends the automatic growth of the window (tcp(7), `tcp_moderate_rcvbuf`).
//! Set too small, it is the W of this law; not set, it is usually right.
//!
//! What the lab cannot show: those windows at work. To the kernel all here is loopback, whose round trip takes some
//! microseconds, so that no buffer is ever too small for R · RTT. That needs a real line, or netem.

mod buffers;

mod exchange;

use super::link::Shape;
use super::link::command::{DELAY, RATE};
use super::spread::interleaved;
use super::{
    Asked, Axis, Chart, Failure, Flag, Lab, Plot, Progress, Report, Row, Series, Spread, cannot,
    figure,
};
use exchange::{BLOCK, Exchange};

/// The lab.
pub const LAB: Lab = Lab {
    name: "window",
    about: "a window of W bytes: throughput at most W / RTT, and the knee at R · RTT",
    flags: &[Flag { default: "10M", ..RATE }, Flag { default: "10ms", ..DELAY }],
    run,
};

/// Windows in bytes.
const WINDOWS: [usize; 7] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 128 << 10, 256 << 10, 512 << 10];
/// Windows that make a chart: fewer of them show no law.
const FEWEST: usize = 3;

/// How much is measured.
struct Volume {
    rounds: usize,
    /// Single blocks whose round trips are measured.
    pings: usize,
    /// How long each window is measured in each round, in seconds.
    each: f64,
    /// How long all of it may take, in seconds.
    whole: f64,
}

const USUAL: Volume = Volume { rounds: 7, pings: 15, each: 0.25, whole: 20.0 };
/// With `--quick`: figures in 3 s, of which half a second is for what else there is to do.
const QUICK: Volume = Volume { rounds: 2, pings: 5, each: 0.08, whole: 2.5 };

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let shape = Shape::new(asked.bytes("rate"), asked.time("delay"));
    let volume = asked.volume(USUAL, QUICK);
    let rounds = asked.rounds(USUAL.rounds, QUICK.rounds);
    let windows = windows(shape, &volume, rounds)?;
    let what = "make a connection through the link";
    let mut exchange = Exchange::open(shape).map_err(cannot(what))?;
    progress.step("the round trip of a single block");
    let lost = cannot("exchange bytes through the link");
    let rtt = exchange.round_trip(volume.pings).map_err(&lost)?;
    progress.step(format_args!("{} windows, {rounds} rounds", windows.len()));
    let measured = interleaved(rounds, windows, |window| {
        let bytes = whole_windows(law(shape, rtt.median, *window) * volume.each, *window);
        exchange.throughput(*window, bytes).map_err(&lost)
    })?;
    progress.step("what the kernel makes of a buffer's size");
    let mut report = report(shape, rtt, rounds, windows, &measured);
    report.rows.extend(buffers::rows().map_err(cannot("set the buffers of a socket"))?);
    Ok(report)
}

/// The windows that can be measured in time. Who asks for more rounds than usual has the time for them.
fn windows(shape: Shape, volume: &Volume, rounds: usize) -> Result<&'static [usize], Failure> {
    if shape.rate == 0 || shape.delay.is_zero() {
        let known = "this lab needs a line: --rate from 64k, and --delay from 1us";
        return Err(Failure::Usage(known.into()));
    }
    let rtt = 2.0 * shape.delay.as_secs_f64() + BLOCK as f64 / shape.rate as f64;
    let rounds = rounds.min(volume.rounds) as f64;
    let pings = (volume.pings + 1) as f64 * rtt;
    let whole = |windows: &[usize]| {
        let each = windows.iter().map(|window| expected(shape, rtt, *window, volume.each));
        pings + rounds * each.sum::<f64>()
    };
    let fits = |count: &usize| whole(&WINDOWS[..*count]) <= volume.whole;
    let most = (FEWEST..=WINDOWS.len()).rev().find(fits).ok_or_else(|| {
        let most = volume.whole;
        Failure::Usage(format!(
            "over so slow a line this lab takes longer than the {most} s that it may: try --rate 10M --delay 10ms, or fewer --rounds"
        ))
    })?;
    Ok(&WINDOWS[..most])
}

/// Seconds that a window is measured in a round: two windows to begin with, what counts, and the rest that is on the way.
fn expected(shape: Shape, rtt: f64, window: usize, each: f64) -> f64 {
    let rate = law(shape, rtt, window);
    (whole_windows(rate * each, window) + 3 * window) as f64 / rate
}

/// The law: bytes per second.
fn law(shape: Shape, rtt: f64, window: usize) -> f64 {
    (window as f64 / rtt).min(shape.rate as f64)
}

/// Whole windows, because bytes come a window at a time: at least two of them.
fn whole_windows(bytes: f64, window: usize) -> usize {
    window * ((bytes / window as f64).ceil() as usize).max(2)
}

fn report(
    shape: Shape,
    rtt: Spread,
    rounds: usize,
    windows: &[usize],
    measured: &[Spread],
) -> Report {
    let product = shape.rate as f64 * rtt.median;
    let mut rows = vec![Row::input("RTT of a single block, line idle", rtt.times(1e3), "ms")];
    let predicted = |window: usize| law(shape, rtt.median, window) / 1e6;
    for (&window, measured) in windows.iter().zip(measured) {
        let what = format!("W = {}", figure::bytes(window as u64));
        rows.push(note(
            Row::new(what, predicted(window), measured.times(1e-6), "MB/s"),
            window,
            product,
        ));
    }
    let ends = (windows[0] as f64, windows[windows.len() - 1] as f64);
    let steps = (0..=80).map(|step| ends.0 * (ends.1 / ends.0).powf(f64::from(step) / 80.0));
    let points = windows.iter().map(|window| *window as f64);
    let rate = shape.rate as f64 / 1e6;
    let line = steps.map(|window| (window, (window / rtt.median / 1e6).min(rate)));
    let plot = Plot {
        title: format!(
            "Throughput with a window, over {}/s and a round trip of {:.1} ms",
            figure::bytes(shape.rate),
            rtt.median * 1e3
        ),
        x: Axis::bytes("W, bytes that may be unacknowledged"),
        y: Axis::logarithmic("throughput in MB/s"),
        series: vec![
            Series::line("min(R, W / RTT)", line),
            Series::dots("measured", points.zip(measured.iter().map(|rate| rate.times(1e-6)))),
            Series::limit("knee: R · RTT", [(product, predicted(windows[0])), (product, rate)]),
        ],
    };
    Report {
        law: "throughput = min(R, W / RTT): a window in each round trip, until the line is full"
            .into(),
        source: "RFC 9293, section 3.8.6; RFC 7323, section 1.1; socket(7) for the buffers",
        rows,
        because: format!(
            "R = {}/s and RTT = {:.1} ms: the knee is at R · RTT = {}; {}",
            figure::bytes(shape.rate),
            rtt.median * 1e3,
            figure::bytes(product as u64),
            sides(windows, measured, product),
        ),
        method: format!(
            "medians of {rounds} interleaved rounds; blocks of {}; RTT is the median of single blocks, measured before; \
             sender, link and receiver share this machine",
            figure::bytes(BLOCK as u64)
        ),
        charts: vec![Chart::Plot(plot)],
    }
}

/// What was found on each side of the knee, where it was looked at.
fn sides(windows: &[usize], measured: &[Spread], product: f64) -> String {
    let found = || windows.iter().zip(measured).map(|(window, rate)| (*window as f64, rate.median));
    // By how much more came the largest window of a side than its smallest one?
    let side = |is_there: &dyn Fn(f64) -> bool| {
        let mut there = found().filter(|(window, _)| is_there(*window));
        let first = there.next()?;
        let last = there.last()?;
        Some(format!(
            "{:.0} times the window gave {:.1} times the throughput",
            last.0 / first.0,
            last.1 / first.1
        ))
    };
    let below = side(&|window| window < product / 2.0)
        .map(|gave| format!("below it, where the sender waits for answers, {gave}"));
    let above = side(&|window| window >= 2.0 * product)
        .map(|gave| format!("above it, where the line is full, {gave}"));
    let all: Vec<_> = [below, above].into_iter().flatten().collect();
    if all.is_empty() { "all windows lie near it".into() } else { all.join("; ") }
}

/// Near the knee both limits meet, and neither is reached: what one costs, the other has no room to hide.
fn note(row: Row, window: usize, product: f64) -> Row {
    let near = (0.5..2.0).contains(&(window as f64 / product));
    match row.agrees() || !near {
        true => row,
        false => row.note(
            "near the knee the window is just as large as what is on the way: whenever an answer is late, the line is idle",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SHAPE: Shape = Shape {
        rate: 1_000_000,
        delay: Duration::from_millis(10),
        jitter: Duration::ZERO,
        loss: 0.0,
    };

    #[test]
    fn a_window_in_each_round_trip_until_the_line_is_full() {
        assert_eq!(law(SHAPE, 0.02, 1_000), 50_000.0);
        assert_eq!(law(SHAPE, 0.02, 20_000), 1_000_000.0);
        assert_eq!(law(SHAPE, 0.02, 40_000), 1_000_000.0);
    }

    #[test]
    fn volumes_are_whole_windows() {
        assert_eq!(whole_windows(0.0, 1024), 2048);
        assert_eq!(whole_windows(2049.0, 1024), 3072);
        assert_eq!(whole_windows(10_240.0, 1024), 10_240);
    }

    #[test]
    fn windows_that_take_too_long_are_left_out() {
        let usual = Shape::new(10 << 20, Duration::from_millis(10));
        let count = |shape, volume: &Volume| windows(shape, volume, volume.rounds).unwrap().len();
        assert_eq!((count(usual, &USUAL), count(usual, &QUICK)), (7, 7));
        assert_eq!(count(SHAPE, &QUICK), 4);
        let slow = Shape { rate: 1 << 16, ..SHAPE };
        let far = Shape { delay: Duration::from_millis(500), ..SHAPE };
        for shape in [slow, far, Shape { rate: 1, ..SHAPE }] {
            let Err(Failure::Usage(why)) = windows(shape, &QUICK, 1000) else {
                panic!("{shape:?}")
            };
            assert!(why.contains("over so slow a line"), "{why}");
        }
        // Fewer rounds have the time for longer ones.
        let far = Shape { delay: Duration::from_millis(60), ..SHAPE };
        assert!(windows(far, &USUAL, 1).unwrap().len() > count(far, &USUAL));
    }

    #[test]
    fn the_knee_is_told() {
        let measured: Vec<_> =
            WINDOWS.iter().map(|w| Spread::exact(law(SHAPE, 0.02, *w))).collect();
        let report = report(SHAPE, Spread::exact(0.02), 1, &WINDOWS, &measured);
        assert_eq!(report.agreement(), (7, 7));
        assert_eq!((report.rows[0].predicted, report.rows[0].measured.median), (None, 20.0));
        assert!(report.because.contains("R · RTT = 19.5 KiB"), "{}", report.because);
        assert!(report.because.contains("4 times the window gave 4.0 times"), "{}", report.because);
        assert!(report.because.contains("8 times the window gave 1.0 times"), "{}", report.because);
        let row = || Row::new("W", 1.0, Spread::exact(0.5), "MB/s");
        assert!(note(row(), 20_000, 20_000.0).note.is_some());
        assert!(note(row(), 80_000, 20_000.0).note.is_none());
    }
}
