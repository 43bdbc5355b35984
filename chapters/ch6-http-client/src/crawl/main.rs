//! From the arguments to the exit code.

use super::flags::{self, Command, Options};
use super::json::{Report, plain};
use super::run::{Crawled, crawl};
use super::verdict::{Totals, no_start};
use super::{help, map, report};
use crate::failure::{Failure, Kind};
use common::log::{reason, survive_full_files};
use std::ffi::OsString;
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// The whole program.
///
/// # Errors
///
/// The arguments make no sense, the start cannot be fetched, or our own side fails.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Result<ExitCode, Failure> {
    let options = match flags::parse(args)? {
        Command::Crawl(options) => options,
        Command::Help => {
            // Whoever closes standard output before the help is whole has read enough.
            let _ = io::stdout().write_all(help::text().as_bytes());
            return Ok(ExitCode::SUCCESS);
        }
    };
    let own = |error: io::Error| Failure::new(Kind::Own, "cannot begin", reason(&error));
    survive_full_files().map_err(own)?;
    // What cannot be written is said before the work, and not after it.
    let json = options.json.as_deref().filter(|path| *path != Path::new("-"));
    let mut json = json.map(Output::create).transpose()?;
    let mut picture = options.map.as_deref().map(Output::create).transpose()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(own)?;
    let crawled = runtime.block_on(crawl(&options))?;
    runtime.shutdown_background();
    show(&options, &crawled, json.as_mut(), picture.as_mut())
}

fn show(
    options: &Options,
    crawled: &Crawled,
    json: Option<&mut Output>,
    picture: Option<&mut Output>,
) -> Result<ExitCode, Failure> {
    let totals = Totals::of(crawled);
    let has_json = options.json.is_some();
    if has_json {
        let report = serde_json::to_string_pretty(&Report::new(crawled, &totals));
        let report = report.map_err(|error| Failure::new(Kind::Own, "cannot write JSON", error))?;
        let report = plain(report);
        match json {
            Some(file) => file.write(format_args!("{report}\n"))?,
            None => print(&format!("{report}\n"))?,
        }
    }
    if let Some(picture) = picture {
        picture.write(map::draw(&crawled.site))?;
    }
    if let Some(failure) = no_start(crawled).filter(|_| !crawled.is_interrupted) {
        return Err(failure);
    }
    if options.json.as_deref() != Some(Path::new("-")) {
        print(&report::text(crawled, &totals))?;
    }
    Ok(match (crawled.is_interrupted, totals.broken) {
        (true, _) => ExitCode::from(Kind::Interrupted.code()),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(Kind::Some.code()),
    })
}

fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever closes it has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Kind::Write, "cannot write to standard output", reason(&error)))
        }
        _ => Ok(()),
    }
}

/// A file that is written at the end.
struct Output {
    file: File,
    name: String,
}

impl Output {
    fn create(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        // What is there stays, until there is something to take its place.
        match OpenOptions::new().write(true).create(true).truncate(false).open(path) {
            Ok(file) => Ok(Self { file, name }),
            Err(error) => Err(failed(&name, &error)),
        }
    }

    fn write(&mut self, what: impl Display) -> Result<(), Failure> {
        // What is no regular file, such as a pipe, has no length.
        let _ = self.file.set_len(0);
        let mut writer = BufWriter::new(&self.file);
        let written = write!(writer, "{what}").and_then(|()| writer.flush());
        written.map_err(|error| failed(&self.name, &error))
    }
}

fn failed(name: &str, error: &io::Error) -> Failure {
    Failure::new(Kind::Write, format_args!("cannot write {name}"), reason(error))
}
