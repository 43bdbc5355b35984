//! Replays an invented run on the live page: `cargo run -p compare --example live`, then open the address it prints.
//!
//! No server is started, and every figure is made up, but always the same: the page and its tests need nothing else.
//! With `--steps` it tells nothing by itself: each line on stdin is a number of events to tell, or `all`; the end of
//! stdin ends it. What it does stands on stdout, a line for each measurement.

mod invented;

use clap::Parser;
use compare::live::{self, Live, Wish};
use compare::progress::Event;
use invented::Invented;
use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::time::Duration;

/// Replays an invented run on the live page.
#[derive(Debug, Parser)]
struct Flags {
    /// Where to serve the page.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,
    /// Milliseconds from one event to the next.
    #[arg(long, default_value_t = 50)]
    pace: u64,
    /// Tell only as many events as the lines on stdin say.
    #[arg(long)]
    steps: bool,
    /// One more server in the race, by its name.
    #[arg(long = "add")]
    added: Vec<String>,
}

fn main() -> io::Result<()> {
    let flags = Flags::parse();
    let page = live::start(flags.addr)?;
    say(&format!("listening on {}", page.addr()))?;
    say(&format!("try: open {} in a browser", page.url()))?;
    let mut pace = Pace::new(&flags);
    if replay(&page, &Invented::new(&flags.added), &mut pace)?.is_some() {
        say("ended")?;
        pace.rest();
    }
    page.stop();
    Ok(())
}

/// Tells the whole run; `None` if stdin ended before.
fn replay(page: &Live, run: &Invented, pace: &mut Pace) -> io::Result<Option<()>> {
    let mut tell = |event: Event| -> io::Result<Option<()>> {
        if !pace.goes_on()? {
            return Ok(None);
        }
        page.tell(&event);
        Ok(Some(()))
    };
    let cells = run.cells();
    if tell(run.planned())?.is_none() {
        return Ok(None);
    }
    for (done, cell) in cells.iter().enumerate() {
        wait_while_paused(page)?;
        let name = format!("{} {} {}", cell.scenario, cell.server, cell.round);
        if !page.wish().wants(&cell.scenario) {
            say(&format!("skipped {name}"))?;
            continue;
        }
        say(&format!("started {name}"))?;
        for event in run.measurement(cell, cells.len() - done) {
            if tell(event)?.is_none() {
                return Ok(None);
            }
        }
        say(&format!("finished {name}"))?;
    }
    tell(Event::Ended { interrupted: false })
}

fn wait_while_paused(page: &Live) -> io::Result<()> {
    let mut wish: Wish = page.wish();
    if !wish.paused {
        return Ok(());
    }
    say("paused")?;
    while wish.paused {
        wish = page.wait(&wish, Duration::from_secs(1));
    }
    say("resumed")
}

/// When the next event is told.
enum Pace {
    /// After a while.
    Clock(Duration),
    /// When there are steps left, which are read from stdin.
    Steps(usize),
}

impl Pace {
    fn new(flags: &Flags) -> Self {
        if flags.steps { Self::Steps(0) } else { Self::Clock(Duration::from_millis(flags.pace)) }
    }

    /// Waits for the next event; `false` at the end of stdin.
    fn goes_on(&mut self) -> io::Result<bool> {
        match self {
            Self::Clock(pace) => std::thread::sleep(*pace),
            Self::Steps(left) => {
                while *left == 0 {
                    let mut line = String::new();
                    if io::stdin().lock().read_line(&mut line)? == 0 {
                        return Ok(false);
                    }
                    *left = line.trim().parse().unwrap_or(usize::MAX);
                }
                *left -= 1;
            }
        }
        Ok(true)
    }

    /// Waits for the end of stdin, or for a signal.
    fn rest(&self) {
        match self {
            Self::Clock(_) => loop {
                std::thread::park();
            },
            Self::Steps(_) => {
                // What is still written is of no use to anybody; an error ends it as well.
                let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            }
        }
    }
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
