//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Gives every concurrency model of the course the same load, and shows them side by side.
///
/// Builds the servers, measures each of them several times in random order, prints a table for each scenario, and
/// writes report.html, results.json and results.csv. Ctrl-C ends it at any time, and what was measured is kept.
#[derive(Debug, Parser)]
#[command(name = "cargo compare", version = None, args_conflicts_with_subcommands = true)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A first impression: three scenarios, in half a minute
    #[arg(long, conflicts_with = "thorough")]
    pub quick: bool,
    /// More and longer rounds, for figures to quote: a quarter of an hour
    #[arg(long)]
    pub thorough: bool,
    /// Ask these scenarios only
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub scenarios: Vec<String>,
    /// Ask these models only; `none`: no model of the course
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub models: Vec<String>,
    /// Ask these peers too, or `all` that are installed
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub peers: Vec<String>,
    /// Ask a server of your own too: a command with {addr} or {port}; may be repeated
    #[arg(long, value_name = "NAME=COMMAND")]
    pub add: Vec<String>,
    /// Measure each server so often
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: Option<u32>,
    /// Measure for so long each time
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<f64>,
    /// Requests per second in the scenario latency [half of what the slowest server can do]
    #[arg(long, value_name = "N", value_parser = rate)]
    pub rate: Option<f64>,
    /// Draw the order of the rounds from this number
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Run the servers on these CPUs
    #[arg(long, value_name = "CPUS", value_delimiter = ',')]
    pub server_cpus: Vec<usize>,
    /// Run the load generator on these CPUs
    #[arg(long, value_name = "CPUS", value_delimiter = ',')]
    pub client_cpus: Vec<usize>,
    /// Open a page on which the models race while it runs
    #[arg(long)]
    pub live: bool,
    /// Write the report and the results into this folder
    #[arg(long, value_name = "FOLDER", default_value = "target/compare")]
    pub out: PathBuf,
}

/// What can be done with results that there are already.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell what has changed from one results.json to another, beyond noise
    Diff {
        /// The results before
        before: PathBuf,
        /// The results after
        after: PathBuf,
    },
    /// Put the results of several machines together, into a report of all
    Merge {
        /// The files results.json
        #[arg(required = true, num_args = 1..)]
        files: Vec<PathBuf>,
        /// Write the report and the results into this folder
        #[arg(long, value_name = "FOLDER", default_value = "target/compare")]
        out: PathBuf,
    },
}

/// How long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Quick,
    Default,
    Thorough,
}

impl Flags {
    pub(crate) fn mode(&self) -> Mode {
        match (self.quick, self.thorough) {
            (true, _) => Mode::Quick,
            (_, true) => Mode::Thorough,
            _ => Mode::Default,
        }
    }
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Default => "default",
            Self::Thorough => "thorough",
        }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    between(text, 0.01, 600.0)
}

fn rate(text: &str) -> Result<f64, String> {
    between(text, 1.0, 1e7)
}

fn between(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("from {least} to {most}"))
    }
}
