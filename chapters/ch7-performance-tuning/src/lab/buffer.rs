//! How large should a read buffer be? Until the price of a call is lost in the price of the bytes.
//!
//! A `read` costs something before it has moved a single byte (a), and something for each byte that it copies (b). With a
//! buffer of s bytes, a MiB takes 2²⁰/s calls, and throughput is s / (a + b·s): proportional to s while a is most of it,
//! and 1/b in the end. Where both are equal, at s = a/b, half of the greatest throughput is reached; ten times as much
//! comes near enough. It is the law of `transfer` again, with the call in the place of the flight: a fixed price and a
//! rate. Hockney (*The Science of Computer Benchmarking*, 1996) calls that point n½, and it holds for disks, vector units
//! and messages alike.
//!
//! Here a and b are measured at two sizes, and the law is asked about the others. A connection over loopback is filled
//! with bytes first, and then only the reading is timed, so that nobody waits for anybody.
//!
//! Two things end the growth. The law flattens by itself; and `read` returns what is there, which is never more than the
//! socket's own buffer (or what the sender has sent): beyond that a larger buffer stays empty at its end, and the calls
//! for a MiB become no fewer.
//!
//! What the lab cannot show: a reader that is quicker than its sender. It finds few bytes each time, whatever its buffer
//! can hold. And buffers that are larger than the processor's caches cost more for each byte, which b does not know.

use super::spread::interleaved;
use super::{
    Asked, Axis, Chart, Failure, Lab, Plot, Progress, Report, Row, Series, Spread, cannot, figure,
};
use socket2::SockRef;
use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

/// The lab.
pub const LAB: Lab = Lab {
    name: "buffer",
    about: "the size of a read buffer: system calls per MiB, throughput, and where it flattens",
    flags: &[],
    run,
};

/// Sizes of the buffer in bytes.
const SIZES: [usize; 8] = [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];
/// Those at which a and b are measured: the least, where nearly all is the call, and one where nearly all is the bytes.
const MEASURED_AT: [usize; 2] = [64, 64 << 10];
/// Bytes that lie in the socket before they are read.
const FILLED: usize = 128 << 10;
/// What the socket's buffers are asked to hold: some times as much, because the kernel counts its own books as well.
const ROOM: usize = 1 << 20;
/// Fillings that are read with each size in each round.
const FILLINGS: usize = 100;

fn run(asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let (rounds, fillings) = (asked.rounds(21, 5), asked.volume(FILLINGS, FILLINGS / 5));
    let lost = cannot("read from a connection");
    let socket = Filled::open().map_err(&lost)?;
    let calls = Cell::new([0; SIZES.len()]);
    progress.step(format_args!("{} sizes, {rounds} rounds", SIZES.len()));
    socket.read_all(SIZES[2], fillings).map_err(&lost)?;
    let places: Vec<usize> = (0..SIZES.len()).collect();
    let seconds = interleaved(rounds, &places, |&place| {
        let read = socket.read_all(SIZES[place], fillings).map_err(&lost)?;
        let mut all = calls.get();
        all[place] = read.calls;
        calls.set(all);
        Ok(read.seconds / FILLED as f64)
    })?;
    let volume = (fillings * FILLED) as f64;
    let per_mib = calls.get().map(|calls| calls as f64 * f64::from(1 << 20) / volume);
    Ok(report(rounds, &per_mib, &seconds))
}

/// The price of a call, and that of a byte, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Price {
    call: f64,
    byte: f64,
}

impl Price {
    /// From the seconds a byte took at two sizes: s·t = a + b·s is a straight line, and two points make it.
    fn of(points: [(usize, f64); 2]) -> Self {
        let [(s, t), (size, time)] = points.map(|(size, time)| (size as f64, time * size as f64));
        let byte = (time - t) / (size - s);
        Self { call: t - byte * s, byte }
    }

    /// Bytes per second with buffers of so many bytes, of which no more than what is there is filled.
    fn throughput(self, size: usize) -> f64 {
        let size = size.min(FILLED) as f64;
        size / (self.call + self.byte * size)
    }
}

/// Calls that a MiB takes: whole ones, for each filling of the socket.
fn calls_per_mib(size: usize) -> f64 {
    (FILLED.div_ceil(size) * ((1 << 20) / FILLED)) as f64
}

/// A connection whose both ends we hold.
struct Filled {
    near: TcpStream,
    far: TcpStream,
}

/// What reading took.
struct Took {
    /// All calls.
    calls: usize,
    /// The median of the fillings: one during which somebody else had the processor does not count.
    seconds: f64,
}

impl Filled {
    fn open() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        SockRef::from(&listener).set_recv_buffer_size(ROOM)?;
        let near = TcpStream::connect(listener.local_addr()?)?;
        SockRef::from(&near).set_send_buffer_size(ROOM)?;
        near.set_nodelay(true)?;
        near.set_nonblocking(true)?;
        let (far, _) = listener.accept()?;
        far.set_nonblocking(true)?;
        Ok(Self { near, far })
    }

    /// Fills the socket and reads it empty, again and again. Only the reading counts.
    fn read_all(&self, size: usize, fillings: usize) -> io::Result<Took> {
        let mut buffer = vec![0; size];
        let mut calls = 0;
        let mut seconds = Vec::with_capacity(fillings);
        for _ in 0..fillings {
            self.fill()?;
            let begin = Instant::now();
            calls += self.empty(&mut buffer)?;
            seconds.push(begin.elapsed().as_secs_f64());
        }
        Ok(Took { calls, seconds: Spread::of(&seconds).median })
    }

    /// Reads what was filled in. Returns the calls that it took.
    fn empty(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let (mut calls, mut there) = (0, 0);
        while there < FILLED {
            match (&self.far).read(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => (calls, there) = (calls + 1, there + count),
                // Written is not yet received, however short the way.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(calls)
    }

    fn fill(&self) -> io::Result<()> {
        let bytes = [b'x'; 16 << 10];
        let mut left = FILLED;
        while left > 0 {
            match (&self.near).write(&bytes[..left.min(bytes.len())]) {
                Ok(count) => left -= count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::Error::other("the socket's buffers are too small for the lab"));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn report(rounds: usize, calls: &[f64], seconds: &[Spread]) -> Report {
    let at = |size: usize| SIZES.iter().position(|other| *other == size).map_or(0, |place| place);
    let price = Price::of(MEASURED_AT.map(|size| (size, seconds[at(size)].median)));
    let mut rows = vec![
        Row::input("a, the price of a call", Spread::exact(price.call * 1e9), "ns"),
        Row::input("b, the price of a KiB", Spread::exact(price.byte * 1024e9), "ns"),
    ];
    for (&size, calls) in SIZES.iter().zip(calls) {
        let what = format!("calls per MiB, {} buffer", figure::bytes(size as u64));
        rows.push(Row::new(what, calls_per_mib(size), Spread::exact(*calls), "calls"));
    }
    // The longest time is the least throughput.
    let throughput = |time: &Spread| Spread {
        median: 1e-6 / time.median,
        min: 1e-6 / time.max,
        max: 1e-6 / time.min,
    };
    for (&size, time) in SIZES.iter().zip(seconds) {
        let what = format!("throughput, {} buffer", figure::bytes(size as u64));
        let (predicted, measured) = (price.throughput(size) / 1e6, throughput(time));
        rows.push(match MEASURED_AT.contains(&size) {
            true => Row::input(what, measured, "MB/s"),
            false => note(Row::new(what, predicted, measured, "MB/s"), size.min(FILLED)),
        });
    }
    let half = price.call / price.byte;
    let (first, last) = (SIZES[0] as f64, SIZES[SIZES.len() - 1] as f64);
    let steps = (0..=70).map(|step| first * (last / first).powf(f64::from(step) / 70.0));
    let sizes = || SIZES.iter().map(|size| *size as f64);
    let line = steps.map(|size| (size, price.throughput(size as usize) / 1e6));
    let x = || Axis::bytes("s, bytes of the buffer");
    let plot = Plot {
        title: "Throughput of reading what is there".into(),
        x: x(),
        y: Axis::linear("throughput in MB/s"),
        series: vec![
            Series::line("s / (a + b·s)", line),
            Series::dots("measured", sizes().zip(seconds.iter().map(throughput))),
        ],
    };
    let counted = Plot {
        title: format!(
            "System calls for a MiB, of which {} are there at a time",
            figure::bytes(FILLED as u64)
        ),
        x: x(),
        y: Axis::logarithmic("calls per MiB"),
        series: vec![
            Series::line("2²⁰ / s", SIZES.iter().map(|size| (*size as f64, calls_per_mib(*size)))),
            Series::dots("counted", sizes().zip(calls.iter().copied().map(Spread::exact))),
        ],
    };
    Report {
        law:
            "calls per MiB = 2²⁰/s; throughput = s / (a + b·s), with a for a call and b for a byte"
                .into(),
        source: "read(2); R. W. Hockney, The Science of Computer Benchmarking, 1996 (n½)",
        rows,
        because: format!(
            "a call costs as much as {half:.0} bytes, so a buffer of that size reads at half of the greatest speed, and one of \
             {} at nine tenths; beyond {} nothing is there to fill it",
            figure::bytes((9.0 * half) as u64),
            figure::bytes(FILLED as u64)
        ),
        method: format!(
            "medians of {rounds} interleaved rounds on one thread: a loopback connection is filled with {}, and only the \
             reading is timed; a and b from {} and {}",
            figure::bytes(FILLED as u64),
            figure::bytes(MEASURED_AT[0] as u64),
            figure::bytes(MEASURED_AT[1] as u64)
        ),
        charts: vec![Chart::Plot(plot), Chart::Plot(counted)],
    }
}

/// In which of the two terms the difference lies, as far as the figures tell.
fn note(row: Row, size: usize) -> Row {
    let (false, Some(predicted)) = (row.agrees(), row.predicted) else { return row };
    let [line, call] = [predicted, row.measured.median].map(|rate| size as f64 / rate * 1e3);
    let width = row.measured.width();
    row.note(format!(
        "a call with its bytes took {} ns, the line through the two measured points says {} ns; the rounds lie {width:.0} % \
         apart, so either they were disturbed or a and b are not the same at this size",
        figure::of(call),
        figure::of(line)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_points_make_the_line() {
        // A call of 200 ns, and 0.1 ns a byte.
        let time = |size: usize| (200e-9 + 0.1e-9 * size as f64) / size as f64;
        let price = Price::of([(64, time(64)), (65_536, time(65_536))]);
        assert!(
            (price.call - 200e-9).abs() < 1e-15 && (price.byte - 0.1e-9).abs() < 1e-18,
            "{price:?}"
        );
        // Half of the greatest throughput at a/b.
        assert!((price.throughput(2_000) / 5e9 - 1.0).abs() < 1e-9);
        assert_eq!(price.throughput(1 << 20), price.throughput(FILLED));
    }

    #[test]
    fn calls_end_with_what_is_there() {
        assert_eq!(calls_per_mib(64), 16_384.0);
        assert_eq!(calls_per_mib(64 << 10), 16.0);
        assert_eq!(calls_per_mib(128 << 10), 8.0);
        assert_eq!(calls_per_mib(1 << 20), 8.0);
    }

    #[test]
    fn all_that_was_filled_is_read() {
        let socket = Filled::open().unwrap();
        let read = socket.read_all(1 << 10, 2).unwrap();
        assert!(read.calls >= 256, "{}", read.calls);
    }

    #[test]
    fn what_lies_on_the_line_agrees() {
        let time = |size: usize| {
            let there = size.min(FILLED) as f64;
            Spread::exact((200e-9 + 0.1e-9 * there) / there)
        };
        let report = report(1, &SIZES.map(calls_per_mib), &SIZES.map(time));
        assert_eq!(report.agreement(), (14, 14));
        assert!(report.because.contains("as much as 2000 bytes"), "{}", report.because);
    }
}
