//! The command line.
//!
//! [`main`] is for the program. Everything below it takes a [`World`] and knows neither the process's environment nor
//! its streams, so that a test can bring its own.

mod explain;
pub mod flags;
mod grade;
mod overview;
mod reset;
mod run;
mod solution;
pub mod target;
mod watch;
mod world;

pub use world::{Grade, World};

use crate::build;
use crate::grading;
use crate::report::paint::Paint;
use crate::sandbox::Sandbox;
use course::Course;
use flags::Command;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// The course's root: where it was when this was compiled, which `cargo grade` has just seen to.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The command line is wrong.
const USAGE: u8 = 2;
/// There is no verdict.
const FAULT: u8 = 3;

/// Why a command was not carried out.
#[derive(Debug)]
pub enum Problem {
    /// The command line is wrong.
    Usage(String),
    /// It failed, and that has nothing to do with anybody's program.
    Fault(anyhow::Error),
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

/// Runs the grader with these arguments, the first one after the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // The sandbox starts the grader again, as the supervisor of a program.
    if let Some(code) = crate::sandbox::stage(&args) {
        return code;
    }
    if env::var_os("RUST_BACKTRACE").is_none() {
        // A panic of a check is a fault, and the report says so.
        panic::set_hook(Box::new(|_| {}));
    }
    let code = panic::catch_unwind(AssertUnwindSafe(|| start(args))).unwrap_or_else(|panic| {
        let why = run::message(&*panic);
        let _ = writeln!(
            io::stderr().lock(),
            "error: the grader failed: {why} (RUST_BACKTRACE=1 says where)"
        );
        FAULT
    });
    ExitCode::from(code)
}

/// Runs it in the world that there is.
fn start(args: Vec<OsString>) -> u8 {
    let stop = Arc::new(AtomicBool::new(false));
    let course = Course::read();
    let root = Path::new(ROOT).canonicalize().unwrap_or_else(|_| ROOT.into());
    let folder = env::current_dir().unwrap_or_else(|_| root.clone());
    let terminal =
        io::stdout().is_terminal() && env::var_os("TERM").is_some_and(|term| term != "dumb");
    let paint = Paint::choose(io::stdout().is_terminal(), &|name| env::var_os(name));
    let compiler = Paint::choose(io::stderr().is_terminal(), &|name| env::var_os(name));
    let mut world = World {
        root: &root,
        folder: &folder,
        course: &course,
        checks: crate::checks::of,
        grade: Arc::new(in_a_sandbox),
        build: &|chapter| build::build(&root, chapter, compiler.is_on(), &stop),
        env: &|name| env::var(name).ok(),
        stop: Arc::clone(&stop),
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        paint,
        terminal,
    };
    if let Err(error) = listen(&stop) {
        world.complain(&format!("cannot listen for Ctrl-C: {error}"));
        return FAULT;
    }
    run(&mut world, args)
}

/// Carries out a command, and gives the exit code.
pub fn run(world: &mut World<'_>, args: impl IntoIterator<Item = OsString>) -> u8 {
    let done = flags::parse(args).map_err(Problem::Usage).and_then(|command| match command {
        Command::Overview => overview::overview(world),
        Command::Grade(ask) => grade::grade(world, &ask),
        Command::Explain(target) => explain::explain(world, &target),
        Command::Reset(target) => reset::reset(world, &target),
        Command::Solution { target, spoil } => solution::solution(world, &target, spoil),
        Command::Help => {
            let _ = world.out.write_all(flags::HELP.as_bytes());
            Ok(0)
        }
    });
    let _ = world.out.flush();
    match done {
        Ok(code) => code,
        Err(Problem::Usage(why)) => {
            world.complain(&why);
            USAGE
        }
        Err(Problem::Fault(error)) => {
            world.complain(&format!("{error:#}"));
            FAULT
        }
    }
}

/// Grades as it is meant: somebody's program is in a sandbox.
fn in_a_sandbox(
    order: &grading::Order,
    seen: &mut dyn FnMut(&grading::CheckResult),
) -> anyhow::Result<grading::Judged> {
    Ok(grading::grade(order, &Sandbox::new()?, seen))
}

/// Raises the flag at the first signal that asks us to end. One that comes later ends us as if nobody had listened.
fn listen(stop: &Arc<AtomicBool>) -> io::Result<()> {
    let impatient = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&impatient))?;
        signal_hook::flag::register(signal, Arc::clone(stop))?;
    }
    let stop = Arc::clone(stop);
    thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(100));
        }
        // timeout(1) sends its signal twice, to us and to our group, and means it once.
        thread::sleep(Duration::from_secs(1));
        impatient.store(true, Ordering::Relaxed);
    });
    Ok(())
}
