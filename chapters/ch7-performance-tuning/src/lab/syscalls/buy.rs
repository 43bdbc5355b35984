//! How each thing of the list is bought, and what was paid.

use super::price::Price;
use super::{cpu, fixture};
use mio::{Events, Interest, Poll, Token};
use nix::unistd::getppid;
use std::hint::black_box;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

impl Price {
    /// Buys it so many times, and gives the price of one in seconds. Only a switch is not bought by itself: it comes with
    /// a byte through a pipe, whose price has to be taken off.
    ///
    /// # Errors
    ///
    /// When the system does not have what it needs: descriptors, threads, processes, or the program `true`.
    pub fn pay(self, times: u32) -> io::Result<f64> {
        match self {
            Self::Clock => computed(times, Instant::now),
            Self::Allocation => computed(times, || Vec::<u8>::with_capacity(1024)),
            Self::Call => computed(times, getppid),
            Self::Report => report(times),
            Self::Pipe => pipe(times),
            Self::Session => session(times),
            Self::Switch => Ok(switches(times)? / 2.0 - pipe(times)?),
            Self::Socket => socket(times),
            Self::Wake => wake(times),
            Self::Thread => threads(times),
            Self::Connection => connection(times),
            Self::Process => process(times),
        }
    }
}

/// Something that cannot fail. The compiler is not told that nobody looks at what comes of it.
fn computed<T>(times: u32, mut work: impl FnMut() -> T) -> io::Result<f64> {
    cpu::each(times, || {
        black_box(work());
        Ok(())
    })
}

fn pipe(times: u32) -> io::Result<f64> {
    let (mut reader, mut writer) = io::pipe()?;
    cpu::each(times, || pass(&mut writer, &mut reader))
}

/// One `write(2)`, one `read(2)`.
fn pass(writer: &mut PipeWriter, reader: &mut PipeReader) -> io::Result<()> {
    writer.write_all(b"x")?;
    reader.read_exact(&mut [0])
}

fn socket(times: u32) -> io::Result<f64> {
    let (mut one, mut other) = fixture::pair()?;
    let mut bytes = [b'x'; 64];
    // There and back, as requests and replies go: so the acknowledgements travel with them.
    let both = cpu::each(times / 2, || {
        one.write_all(&bytes)?;
        other.read_exact(&mut bytes)?;
        other.write_all(&bytes)?;
        one.read_exact(&mut bytes)
    })?;
    Ok(both / 2.0)
}

fn report(times: u32) -> io::Result<f64> {
    let mut poll = Poll::new()?;
    let mut crowd = fixture::crowd()?;
    for (at, (_, server)) in crowd.iter_mut().enumerate() {
        poll.registry().register(server, Token(at), Interest::READABLE)?;
    }
    let mut events = Events::with_capacity(2 * fixture::CLIENTS);
    let (mut paid, mut reports) = (Duration::ZERO, 0_u32);
    while reports < times {
        for (client, _) in &mut crowd {
            client.write_all(b"x")?;
        }
        let before = cpu::of_this_thread()?;
        poll.poll(&mut events, None)?;
        paid += cpu::of_this_thread()? - before;
        for event in &events {
            reports += 1;
            let _ = crowd[event.token().0].1.read(&mut [0; 8]);
        }
    }
    Ok(paid.as_secs_f64() / f64::from(reports))
}

fn session(times: u32) -> io::Result<f64> {
    let mut session = fixture::session();
    cpu::each(times, || fixture::answer(&mut session, |_| Ok(())))
}

/// A byte goes to another thread and comes back, on one core: two switches, two bytes. CPU time of both.
fn switches(times: u32) -> io::Result<f64> {
    ping_pong(times, |_| {}, cpu::of_this_process)
}

fn wake(times: u32) -> io::Result<f64> {
    let start = Instant::now();
    ping_pong(times, |core| _ = cpu::pin(core), || Ok(start.elapsed()))
}

fn ping_pong(
    times: u32,
    place: impl Fn(usize) + Sync,
    clock: impl Fn() -> io::Result<Duration>,
) -> io::Result<f64> {
    let (mut at_home, mut answers) = io::pipe()?;
    let (mut questions, mut abroad) = io::pipe()?;
    let place = &place;
    thread::scope(|scope| {
        scope.spawn(move || {
            place(1);
            let mut byte = [0];
            // It ends when the other end is closed.
            while questions.read_exact(&mut byte).and_then(|()| answers.write_all(&byte)).is_ok() {}
        });
        let mut trip = || pass(&mut abroad, &mut at_home);
        let result = (|| {
            for _ in 0..times.div_ceil(8) {
                trip()?;
            }
            let before = clock()?;
            for _ in 0..times {
                trip()?;
            }
            Ok((clock()? - before).as_secs_f64() / f64::from(times))
        })();
        drop(abroad);
        result
    })
}

fn threads(times: u32) -> io::Result<f64> {
    let before = cpu::of_this_process()?;
    for _ in 0..times {
        let thread = thread::Builder::new().spawn(|| {})?;
        thread.join().expect("it does nothing");
    }
    Ok((cpu::of_this_process()? - before).as_secs_f64() / f64::from(times))
}

fn connection(times: u32) -> io::Result<f64> {
    let listener = fixture::listener()?;
    cpu::each(times, || fixture::connect(&listener).map(drop))
}

fn process(times: u32) -> io::Result<f64> {
    let start = Instant::now();
    for _ in 0..times {
        Command::new("true").stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(times))
}
