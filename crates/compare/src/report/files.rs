//! The files of a report: written whole or not at all, and read with one clear line if that is impossible.

use super::{csv, html, summary};
use crate::results::{Outcome, Results, Run, VERSION};
use serde::Deserialize;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where the report is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Paths {
    /// `report.html`: the charts and tables, for a browser.
    pub html: PathBuf,
    /// `results.json`: everything, for this program.
    pub json: PathBuf,
    /// `results.csv`: every measurement, for a spreadsheet.
    pub csv: PathBuf,
}

/// Writes the three files into a folder, which is made if it is not there.
///
/// Each is written under another name beside its place and then renamed, so whoever reads it meanwhile, or ends this
/// program, has the old file or the new one, and never a half.
///
/// # Errors
///
/// When a file cannot be written: the message names it.
pub fn write_all(results: &Results, folder: &Path) -> io::Result<Paths> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let paths = Paths {
        html: folder.join("report.html"),
        json: folder.join("results.json"),
        csv: folder.join("results.csv"),
    };
    // The figures first: they cannot be had again.
    write_json(results, &paths.json)?;
    replace(&paths.csv, |out| csv::write(results, out))?;
    let page = html::page(&summary::summarize(results));
    replace(&paths.html, |out| out.write_all(page.as_bytes()))?;
    Ok(paths)
}

/// Writes `results.json` alone, or a file of another name: `merge` does.
///
/// # Errors
///
/// When it cannot be written: the message names it.
pub fn write_json(results: &Results, path: &Path) -> io::Result<()> {
    replace(path, |out| {
        serde_json::to_writer_pretty(&mut *out, results)?;
        writeln!(out)
    })
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = || {
        let mut file = new_file(folder)?;
        let mut out = BufWriter::new(file.as_file_mut());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        file.persist(path)?;
        Ok(())
    };
    whole().map_err(|error: io::Error| cannot_write(path, &error))
}

/// A file that is removed when it is dropped. Its mode is that of every new file: not that of a secret.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".compare-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask takes away what others must not do.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn cannot_write(path: &Path, error: &io::Error) -> io::Error {
    let text = format!("cannot write {}: {error} (try another folder)", path.display());
    io::Error::new(error.kind(), text)
}

/// Why a file is not understood.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It cannot be opened or read.
    #[error("cannot read {0}: {1}")]
    Io(PathBuf, io::Error),
    /// It is from a newer program.
    #[error(
        "cannot read {0}: its format is version {1}, and this program knows {VERSION} (try a newer one)"
    )]
    Version(PathBuf, u32),
    /// It is something else, or was damaged.
    #[error("cannot read {0}: {1} (is it a results.json, and whole?)")]
    Broken(PathBuf, String),
}

/// Reads a `results.json`.
///
/// # Errors
///
/// When it cannot be read, is of a higher version, or is no such file.
pub fn read(path: &Path) -> Result<Results, Unreadable> {
    let text = fs::read_to_string(path).map_err(|error| Unreadable::Io(path.into(), error))?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Results, Unreadable> {
    /// What every version has.
    #[derive(Deserialize)]
    struct Any {
        version: u32,
    }
    let broken = |error: String| Unreadable::Broken(path.into(), super::figure::plain(&error));
    // The version first: a file of a newer one may differ in all else.
    let any: Any = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    if any.version > VERSION {
        return Err(Unreadable::Version(path.into(), any.version));
    }
    let results: Results = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    match results.runs.iter().find_map(contradiction) {
        Some(what) => Err(broken(what)),
        None => Ok(results),
    }
}

/// What cannot be in a run that this program has written.
fn contradiction(run: &Run) -> Option<String> {
    run.cells.iter().find_map(|cell| {
        let scenario = run.scenarios.iter().find(|scenario| scenario.name == cell.scenario);
        let Some(scenario) = scenario else {
            return Some(format!("no scenario is called {}", cell.scenario));
        };
        if !run.servers.iter().any(|server| server.name == cell.server) {
            return Some(format!("no server is called {}", cell.server));
        }
        let Outcome::Measured(reading) = &cell.outcome else { return None };
        let has_group = reading.groups.iter().any(|group| group.name == scenario.group);
        (!has_group)
            .then(|| format!("a measurement of {} has no group {}", scenario.name, scenario.group))
    })
}
