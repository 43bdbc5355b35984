//! The stages: the grader's own executable, started again under a hidden first argument.

mod confine;
mod descent;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(not(target_os = "linux"))]
#[path = "no_landlock.rs"]
mod landlock;
mod supervise;
mod watch;

use super::order::Order;
use anyhow::{Context, bail};
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) use descent::all_gone;
pub(super) use landlock::isolation as landlock;

/// The first argument of a stage. The second one says which.
pub(super) const HIDDEN: &str = "__sandbox";
/// Watches a program.
pub(super) const SUPERVISE: &str = "supervise";
/// Becomes the program.
pub(super) const CONFINE: &str = "confine";
/// Only shows that a stage can be started here.
pub(super) const NOTHING: &str = "nothing";
/// The exit code of `NOTHING`: no other program has it by chance.
pub(super) const DID_NOTHING: u8 = 87;

/// Runs a stage of the sandbox if these arguments, the first one after the program's name, ask for one. Every `main` that
/// uses a [`Sandbox`](super::Sandbox) begins with this.
pub fn stage(args: &[OsString]) -> Option<ExitCode> {
    let (hidden, args) = args.split_first()?;
    if hidden != HIDDEN {
        return None;
    }
    Some(run(args).unwrap_or_else(|error| {
        let _ = writeln!(io::stderr().lock(), "{error:#}");
        ExitCode::FAILURE
    }))
}

fn run(args: &[OsString]) -> anyhow::Result<ExitCode> {
    let (which, args) = args.split_first().context("no stage is named")?;
    if which == NOTHING {
        return Ok(ExitCode::from(DID_NOTHING));
    }
    let (order, argv) = args.split_first().context("a stage has no order")?;
    let text = order.to_str().context("an order is not text")?;
    let order: Order = serde_json::from_str(text).context("an order cannot be read")?;
    match which.to_str() {
        Some(SUPERVISE) => supervise::run(&order, text, argv)?,
        Some(CONFINE) => confine::run(&order, argv)?,
        _ => bail!("there is no stage {which:?}"),
    }
    Ok(ExitCode::SUCCESS)
}
