//! `cargo compare`: every concurrency model under the same load, side by side.

mod flags;
mod page;
mod show;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser as _;
use compare::cpus::Cpus;
use compare::entrant::Entrant;
use compare::machine;
use compare::results::{Method, Results, VERSION};
use compare::run::{self, Plan};
use compare::scenario::{self, Scenario};
use compare::{diff, merge, peers, report};
use flags::{Command, Flags, Mode};
use page::Page;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Columns of the tables.
const WIDTH: u16 = 100;

fn main() -> ExitCode {
    let flags = Flags::parse();
    let done = match &flags.command {
        None => compare(&flags),
        Some(Command::Diff { before, after }) => diff(before, after),
        Some(Command::Merge { files, out }) => merge(files, out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Who has closed the pipe wants no more.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(kind)
}

fn compare(flags: &Flags) -> Result<()> {
    let stop = stop_by_signal().context("cannot listen for Ctrl-C")?;
    let scenarios = scenarios(flags)?;
    machine::ensure_proc()?;
    let cpus = Cpus::choose(&flags.server_cpus, &flags.client_cpus)?;
    let descriptors = machine::raise_descriptors()?;
    let mut entrants =
        if flags.models == ["none"] { Vec::new() } else { Entrant::of_the_course(&flags.models)? };
    entrants.extend(peers::named(&flags.peers)?);
    for added in &flags.add {
        entrants.push(Entrant::added(added)?);
    }
    ensure_distinct(&entrants)?;
    let environment = machine::environment(&cpus, descriptors);
    let plan = Plan { entrants, scenarios, method: method(flags, cpus), rate: flags.rate };
    let screen = show::Screen::new(&plan);
    let page = Page::open(flags.live)?;
    let run = run::run(&plan, environment, &stop, &page, &|event| {
        screen.tell(&event);
        page.tell(&event);
    });
    screen.finish();
    conclude(&Results { version: VERSION, runs: vec![run] }, &flags.out)?;
    page.stay(&stop);
    Ok(())
}

/// Prints the report, and writes its files.
fn conclude(results: &Results, folder: &Path) -> Result<()> {
    // First the files: whoever closes the terminal too early has them.
    let written = report::write_all(results, folder)
        .with_context(|| format!("cannot write the results into {}", folder.display()))?;
    let mut out = anstream::stdout().lock();
    report::print(&report::summary::summarize(results), &mut out, WIDTH)?;
    writeln!(out, "\nreport   {}", written.html.display())?;
    writeln!(out, "results  {}, {}", written.json.display(), written.csv.display())?;
    Ok(())
}

fn diff(before: &Path, after: &Path) -> Result<()> {
    let difference = diff::diff(&report::read(before)?, &report::read(after)?);
    write!(anstream::stdout().lock(), "{difference}")?;
    Ok(())
}

fn merge(files: &[PathBuf], folder: &Path) -> Result<()> {
    let all = files.iter().map(|file| report::read(file)).collect::<Result<Vec<_>, _>>()?;
    conclude(&merge::merge(all)?, folder)
}

/// A flag that Ctrl-C raises. The second Ctrl-C ends the program as if nobody had listened.
fn stop_by_signal() -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

fn scenarios(flags: &Flags) -> Result<Vec<&'static Scenario>> {
    let all = scenario::ALL.iter();
    if flags.scenarios.is_empty() {
        return Ok(all.filter(|scenario| scenario.quick || flags.mode() != Mode::Quick).collect());
    }
    let known = || all.clone().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = flags.scenarios.iter().find(|name| Scenario::named(name).is_none()) {
        bail!("there is no scenario {unknown:?}; there are {}", known());
    }
    Ok(all.filter(|scenario| flags.scenarios.iter().any(|name| name == scenario.name)).collect())
}

fn ensure_distinct(entrants: &[Entrant]) -> Result<()> {
    ensure!(!entrants.is_empty(), "nobody takes part: name a model, a peer or a server (--add)");
    for (i, one) in entrants.iter().enumerate() {
        let name = &one.server.name;
        let twice = entrants[..i].iter().any(|other| &other.server.name == name);
        ensure!(!twice, "two servers are called {name}: give the added one another name");
    }
    Ok(())
}

fn method(flags: &Flags, cpus: Cpus) -> Method {
    let (rounds, warm_up, seconds) = match flags.mode() {
        Mode::Quick => (5, 0.03, 0.08),
        Mode::Default => (5, 0.04, 0.1),
        Mode::Thorough => (9, 0.2, 0.5),
    };
    Method {
        mode: flags.mode().name().into(),
        rounds: flags.rounds.unwrap_or(rounds),
        warm_up,
        seconds: flags.seconds.unwrap_or(seconds),
        seed: flags.seed.unwrap_or_else(|| fastrand::u64(..1_000_000)),
        server_cpus: cpus.server,
        client_cpus: cpus.client,
    }
}
