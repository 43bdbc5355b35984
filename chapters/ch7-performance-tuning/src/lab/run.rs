//! The program `lab`.

use super::agree::Agreement;
use super::flags::{self, Asked, Command, Settings};
use super::machine::Moment;
use super::{Failure, Lab, Progress, Report, cannot, draw, help, link, show};
use common::{log, program};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs the program with the arguments that follow its name, to its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    program::run(|| match flags::parse(args).map_err(Failure::Usage)? {
        Command::Help(lab) => print(&help::text(lab)),
        Command::Link(None) => print(&help::link()),
        Command::Link(Some(asked)) => link::command::run(&asked),
        Command::One(lab, asked, settings) => {
            warn_of_debug_build();
            one(lab, &asked, &settings)
        }
        Command::All(labs, settings) => {
            warn_of_debug_build();
            all(&labs, &settings)
        }
    })
}

fn warn_of_debug_build() {
    if cfg!(debug_assertions) {
        log::err(
            "warning: this is a debug build, whose figures say little (use cargo run --release)",
        );
    }
}

/// All labs, one after another. One that cannot run does not keep the others from it.
fn all(labs: &[(&'static Lab, Asked)], settings: &Settings) -> Result<(), Failure> {
    let mut failed = Vec::new();
    for (number, (lab, asked)) in labs.iter().enumerate() {
        if number > 0 {
            print("\n")?;
        }
        if let Err(Failure::Cannot(why) | Failure::Usage(why)) = one(lab, asked, settings) {
            log::err(format_args!("error: {}: {}", lab.name, log::one_line(&why)));
            failed.push(lab.name);
        }
    }
    match &failed[..] {
        [] => Ok(()),
        names => Err(Failure::Cannot(format!("could not run {}", names.join(", ")))),
    }
}

fn one(lab: &Lab, asked: &Asked, settings: &Settings) -> Result<(), Failure> {
    if let Some(runs) = settings.agree {
        return agree(lab, asked, settings, runs);
    }
    let report = measured(lab, asked, &mut Progress::on_stderr(lab.name))?;
    let text = show::text(lab.name, lab.about, &report);
    let chart = write_chart(lab, settings, &report, &text)?;
    let mut last = String::new();
    show::head(&mut last, "chart", &chart.display().to_string());
    print(&(text + &last))
}

/// One run, whose method says what else ran meanwhile.
fn measured(lab: &Lab, asked: &Asked, progress: &mut Progress) -> Result<Report, Failure> {
    let begin = Moment::now();
    let mut report = (lab.run)(asked, progress)?;
    progress.end();
    if let Some(others) = begin.others().and_then(|busy| busy.words()) {
        report.method.push_str(&format!("; meanwhile {others}"));
    }
    Ok(report)
}

fn agree(lab: &Lab, asked: &Asked, settings: &Settings, runs: usize) -> Result<(), Failure> {
    let mut agreement = Agreement::default();
    let mut last = None;
    for run in 1..=runs {
        let report = measured(lab, asked, &mut Progress::silent())?;
        let (agree, of) = report.agreement();
        log::err(format_args!(
            "{}: run {run} of {runs}: {agree} of {of} predictions agree",
            lab.name
        ));
        agreement.add(&report);
        last = Some(report);
    }
    let mut text = format!("{}: {}\n\n{}", lab.name, lab.about, agreement.text());
    if let Some(report) = last {
        let chart = write_chart(lab, settings, &report, &text)?;
        show::head(&mut text, "chart", &format!("{} (of the last run)", chart.display()));
    }
    print(&text)
}

/// Writes the chart, as what its name says, and tells where it is.
fn write_chart(
    lab: &Lab,
    settings: &Settings,
    report: &Report,
    text: &str,
) -> Result<PathBuf, Failure> {
    let by_default = || Path::new("target/lab").join(lab.name).with_extension("svg");
    let path = settings.out.clone().unwrap_or_else(by_default);
    let title = format!("lab {}: {}", lab.name, lab.about);
    let content = match path.extension().is_some_and(|end| end == "html") {
        true => draw::page(&title, text, &report.charts),
        false => draw::draw(&title, &report.charts).to_string() + "\n",
    };
    let folder = path.parent().filter(|_| settings.out.is_none());
    let written = folder.map_or(Ok(()), std::fs::create_dir_all);
    let what = format!("write the chart to {} (try --out FILE.svg)", path.display());
    written.and_then(|()| std::fs::write(&path, content)).map_err(cannot(&what))?;
    Ok(path)
}

/// Prints what somebody waits for. Who has closed the pipe has read enough.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(cannot("write to standard output")(error))
        }
        _ => Ok(()),
    }
}
