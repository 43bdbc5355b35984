//! The laws of network performance as programs: predict first, then measure.
//!
//! A [`Lab`] computes what a law says, measures what this machine does, and shows both beside each other. A prediction
//! is made of what was measured *elsewhere*, or was asked for by a flag; never of the thing that it predicts.
//!
//! The frame, in reading order:
//! - [`run`] — the program `lab`: from the arguments to the exit code.
//! - [`flags`] — the command line, and [`help`].
//! - [`report`] — what a lab hands back: the law, the rows, the charts.
//! - [`spread`] — a figure as several rounds gave it.
//! - [`show`] — the report on standard output, with [`figure`]s as a person reads them.
//! - [`chart`] — the charts, and [`draw`] — as SVG.
//! - [`progress`] — what is seen while it runs, and [`machine`] — what else ran meanwhile.
//! - [`agree`] — the same lab several times: in how many runs does each row agree?
//!
//! [`link`] is a slow line in userspace, for the labs and for a reader.
//!
//! The labs are in [`LABS`], each in a module of its own, whose text says what the law is, and what the lab cannot show.

pub mod run;

pub mod flags;
pub use flags::{Asked, Flag, Takes};

pub mod help;

pub mod report;
pub use report::{Report, Row};

pub mod spread;
pub use spread::Spread;

pub mod show;

pub mod figure;

pub mod chart;
pub use chart::{Axis, Bar, Bars, Chart, Plot, Point, Scale, Series, Shape};

pub mod draw;

pub mod progress;
pub use progress::Progress;

pub mod machine;

pub mod agree;

pub mod link;

pub mod transfer;

pub mod window;

pub mod nagle;

pub mod buffer;

pub mod little;

pub mod backlog;

pub mod syscalls;

pub mod queue;

/// Why a lab has no report: one line, whose exit code is 1; or 2 when the flags make no sense together.
pub use common::program::Failure;

/// One lab.
#[derive(Debug)]
pub struct Lab {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in one line for `--help`.
    pub about: &'static str,
    /// Its own flags, beside those that all labs have.
    pub flags: &'static [Flag],
    /// Predicts, and measures.
    pub run: fn(&Asked, &mut Progress) -> Result<Report, Failure>,
}

/// All labs, in the order of the lesson.
pub static LABS: &[Lab] = &[
    transfer::LAB,
    window::LAB,
    nagle::LAB,
    buffer::LAB,
    little::LAB,
    backlog::LAB,
    syscalls::LAB,
    queue::LAB,
];

/// What could not be done, and why: the one line of a [`Failure`].
///
/// ```
/// # use ch7_performance_tuning::lab::{Failure, cannot};
/// let error = std::io::Error::from_raw_os_error(24);
/// let Failure::Cannot(line) = cannot("open a socket")(error) else { unreachable!() };
/// assert_eq!(line, "cannot open a socket: too many open files");
/// ```
pub fn cannot(what: &str) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::Cannot(format!("cannot {what}: {}", common::log::reason(&error)))
}
