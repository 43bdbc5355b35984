//! How long do N bytes take over a line? N/R + D.
//!
//! The last byte leaves when all N have been put on the line, N/R after the first one, and then flies for D. So the
//! throughput a user sees, T = N / (N/R + D), is not the rate of the line: a short transfer spends its time on the
//! flight, a long one on the line. At N = R·D, the *bandwidth-delay product*, both take equally long, and half of the
//! rate is reached. Ten times as much reaches 91 % of it. It is why a fast line makes small pages no faster, and why a
//! connection is kept for the next request.
//!
//! The law is that of store and forward, as old as packet switching: see Peterson and Davie, *Computer Networks: A Systems
//! Approach*, section 1.5, where it reads *latency = propagation + transmit + queue*.
//!
//! Here one thread writes N bytes into the [link](super::link), and another reads them at its far end; the time is that
//! from before the first `write` to after the last `read`, one way. Rate and delay are what was asked of the link, so
//! the prediction knows nothing of the measurement.
//!
//! What the lab cannot show: TCP itself. A new connection through a real line spends a round trip on the handshake, and
//! slow start (RFC 5681, section 3.1) sends ten packets in the first round trip, twice as many in the next one, until
//! the line is full. Both come on top of this law. With `--jitter` and `--loss` a transfer takes longer than it says.

mod plan;

use super::link::command::{DELAY, JITTER, LOSS, RATE, shape};
use super::link::{Link, Shape};
use super::spread::interleaved;
use super::{
    Asked, Axis, Chart, Failure, Flag, Lab, Plot, Progress, Report, Row, Series, Spread, Takes,
    cannot, figure,
};
use plan::{QUICK, USUAL, sizes};
use std::io::{self, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The lab.
pub const LAB: Lab = Lab {
    name: "transfer",
    about: "N bytes at rate R with delay D: throughput T = N / (N/R + D)",
    flags: &[
        RATE,
        DELAY,
        Flag { takes: Takes::Time(Duration::from_secs(1)), ..JITTER },
        // Of more, six flights in a row are no rarity, and a transfer takes as long as chance wants.
        Flag { takes: Takes::PerCent(20), ..LOSS },
    ],
    run,
};

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let shape = shape(asked);
    let volume = asked.volume(USUAL, QUICK);
    let rounds = asked.rounds(USUAL.rounds, QUICK.rounds);
    let sizes = sizes(shape, &volume, rounds)?;
    let line = Line::open(shape).map_err(cannot("make a connection through the link"))?;
    progress.step(format_args!("{} sizes, {rounds} rounds", sizes.len()));
    // The first transfer finds a window that has yet to grow, and threads that were never awake.
    line.transfer(sizes[0])?;
    let times =
        interleaved(rounds, &sizes, |size| line.transfer(*size).map(|time| time.as_secs_f64()))?;
    Ok(report(shape, rounds, &sizes, &times))
}

/// The law: seconds that so many bytes take.
fn seconds(shape: Shape, bytes: u64) -> f64 {
    bytes as f64 / shape.rate as f64 + shape.delay.as_secs_f64()
}

/// A connection through the link, whose both ends we hold.
struct Line {
    near: TcpStream,
    far: TcpStream,
    _link: Link,
}

impl Line {
    fn open(shape: Shape) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let link = Link::to(listener.local_addr()?, shape)?;
        let near = TcpStream::connect(link.addr())?;
        near.set_nodelay(true)?;
        let (far, _) = listener.accept()?;
        Ok(Self { near, far, _link: link })
    }

    /// From before the first byte is written until after the last one is read.
    fn transfer(&self, bytes: u64) -> Result<Duration, Failure> {
        let took = std::thread::scope(|scope| {
            let begin = Instant::now();
            let mut source = io::repeat(b'x').take(bytes);
            let writer = scope.spawn(move || io::copy(&mut source, &mut &self.near));
            let read = self.read(bytes).map(|()| begin.elapsed());
            if read.is_err() {
                // Or the writer would wait for a reader for ever.
                let _ = self.near.shutdown(Shutdown::Both);
            }
            writer.join().expect("io::copy returns its errors")?;
            read
        });
        took.map_err(cannot("transfer bytes through the link"))
    }

    fn read(&self, bytes: u64) -> io::Result<()> {
        let mut buffer = vec![0; 256 << 10];
        let mut left = bytes;
        while left > 0 {
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            match (&self.far).read(&mut buffer[..most])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => left -= count as u64,
            }
        }
        Ok(())
    }
}

fn report(shape: Shape, rounds: usize, sizes: &[u64], times: &[Spread]) -> Report {
    // The longest time is the least throughput.
    let throughput = |bytes: u64, time: &Spread| Spread {
        median: mb(bytes as f64 / time.median),
        min: mb(bytes as f64 / time.max),
        max: mb(bytes as f64 / time.min),
    };
    let law = |bytes: u64| mb(bytes as f64 / seconds(shape, bytes));
    let rows: Vec<_> = sizes
        .iter()
        .zip(times)
        .map(|(&bytes, time)| row(shape, bytes, law(bytes), throughput(bytes, time)))
        .collect();
    let points = || sizes.iter().map(|bytes| *bytes as f64);
    let measured = points().zip(rows.iter().map(|row| row.measured));
    let (first, last) = (sizes[0] as f64, sizes[sizes.len() - 1] as f64);
    let steps = (0..=60).map(|step| first * (last / first).powf(f64::from(step) / 60.0));
    let rate = mb(shape.rate as f64);
    let plot = Plot {
        title: format!("Throughput of a transfer over {} and {:?}", per_second(shape), shape.delay),
        x: Axis::bytes("N, the bytes of the transfer"),
        y: Axis::linear("T, throughput in MB/s"),
        series: vec![
            Series::line("T = N / (N/R + D)", steps.map(|bytes| (bytes, law(bytes as u64)))),
            Series::dots("measured", measured),
            Series::limit("R", [(first, rate), (last, rate)]),
        ],
    };
    let product = shape.rate as f64 * shape.delay.as_secs_f64();
    // Per cent of the rate.
    let reached: Vec<_> = rows.iter().map(|row| row.measured.median / rate * 100.0).collect();
    Report {
        law: "T = N / (N/R + D): N bytes occupy the line for N/R, and the last one flies for D"
            .into(),
        source: "Peterson and Davie, Computer Networks: A Systems Approach, section 1.5",
        rows,
        because: format!(
            "R = {}, D = {:?}, so half of the rate belongs to N = R·D = {}; {} reached {:.0} % of it, and {} {:.0} %",
            per_second(shape),
            shape.delay,
            figure::bytes(product.round() as u64),
            figure::bytes(sizes[0]),
            reached[0],
            figure::bytes(sizes[sizes.len() - 1]),
            reached[reached.len() - 1],
        ),
        method: format!(
            "medians of {rounds} interleaved rounds over one warm connection; writer, link and reader share this machine"
        ),
        charts: vec![Chart::Plot(plot)],
    }
}

fn row(shape: Shape, bytes: u64, predicted: f64, measured: Spread) -> Row {
    let half = bytes == (shape.rate as f64 * shape.delay.as_secs_f64()).round() as u64;
    let name = if half { "T, N = R·D =" } else { "T, N =" };
    let row = Row::new(format!("{name} {}", figure::bytes(bytes)), predicted, measured, "MB/s");
    if row.agrees() {
        return row;
    }
    let late = (bytes as f64 / 1e6 / measured.median - seconds(shape, bytes)) * 1e3;
    match (shape.jitter.is_zero(), shape.loss > 0.0) {
        (_, true) => row.note(format!(
            "the law knows no loss: what was repeated, and all behind it, came {late:.1} ms later"
        )),
        (false, _) => row.note(format!("the law knows no jitter, which took {late:.1} ms here")),
        _ => row.note(format!(
            "it took {late:.1} ms longer than the line: the time of waking five threads and of copying"
        )),
    }
}

fn mb(bytes: f64) -> f64 {
    bytes / 1e6
}

fn per_second(shape: Shape) -> String {
    format!("{}/s", figure::bytes(shape.rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        rate: 1_000_000,
        delay: Duration::from_millis(20),
        jitter: Duration::ZERO,
        loss: 0.0,
    };

    #[test]
    fn at_the_product_half_of_the_rate_is_reached() {
        assert_eq!(seconds(SHAPE, 20_000), 0.04);
        assert_eq!(seconds(SHAPE, 0), 0.02);
        let report = report(SHAPE, 1, &[20_000, 60_000], &[0.04, 0.08].map(Spread::exact));
        assert_eq!(report.rows[0].what, "T, N = R·D = 19.5 KiB");
        assert_eq!(report.rows[0].predicted, Some(0.5));
        assert_eq!(report.rows[1].predicted, Some(0.75));
        assert_eq!(report.agreement(), (2, 2));
        let said = "19.5 KiB reached 50 % of it, and 58.6 KiB 75 %";
        assert!(report.because.ends_with(said), "{}", report.because);
    }

    #[test]
    fn who_is_late_says_by_how_much() {
        let late = |shape| row(shape, 20_000, 0.5, Spread::exact(0.25)).note.unwrap();
        assert!(late(SHAPE).contains("40.0 ms longer"), "{}", late(SHAPE));
        assert!(late(Shape { loss: 0.1, ..SHAPE }).contains("no loss"));
        assert!(late(Shape { jitter: Duration::from_millis(1), ..SHAPE }).contains("no jitter"));
    }
}
