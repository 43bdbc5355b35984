//! Who is asked: the models of the course, and anyone's server beside them.

use crate::cpus;
use crate::peers;
use crate::results::Server;
use crate::scenario::Scenario;
use anyhow::{Context as _, Result, bail, ensure};
use course::Course;
use harness::{Launch, Program};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A server that takes part.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// As the results have it.
    pub server: Server,
    /// The most connections that it is asked to hold at a time.
    pub most: u32,
    start: Start,
}

#[derive(Clone, Debug)]
enum Start {
    /// A model of the course, and its flags that limit the number of clients, with their defaults.
    Model { binary: PathBuf, limits: Vec<(String, u32)> },
    /// A line for the shell, with `{addr}` or `{port}`.
    Line(String),
}

/// A server that runs.
#[derive(Debug)]
pub struct Started {
    /// The program.
    pub program: Program,
    /// What it writes lies here, and goes with it.
    #[expect(dead_code, reason = "it is deleted when it is dropped")]
    folder: Option<TempDir>,
}

/// How long a server may take until it listens: an interpreter has much to read.
const READY: Duration = Duration::from_secs(10);

/// Connections beyond those that are open: some are just ending, and nobody should have to wait for them.
const ROOM: u32 = 500;

impl Entrant {
    /// The models of the course with these names, or all of them; built, if need be.
    ///
    /// # Errors
    ///
    /// When there is no model of that name, or it does not compile.
    pub fn of_the_course(names: &[String]) -> Result<Vec<Self>> {
        let course = Course::read();
        let known: Vec<&str> = course.models().map(|(_, model)| &*model.name).collect();
        for name in names {
            ensure!(
                known.contains(&&**name),
                "there is no model {name:?}; there are {}",
                known.join(", ")
            );
        }
        let chosen: Vec<_> = course
            .models()
            .filter(|(_, model)| names.is_empty() || names.contains(&model.name))
            .collect();
        // All of them, whoever is asked: with other packages beside it, a package is built with other features, and anew.
        let binaries = build(course.models().map(|(package, _)| package))?;
        let entrant = |(package, model): (&str, &course::Model)| {
            let binary = binaries
                .get(package)
                .with_context(|| format!("{package} has no program of its name"))?;
            let limits = limits(binary)?;
            // To hold a connection, a server with children holds a process.
            let has_children = limits.iter().any(|(flag, _)| flag == "max-children");
            let most = if has_children { 500 } else { 5000 };
            let command = format!("{package} --addr {{addr}} --model {}", model.name);
            let server = Server {
                name: model.name.clone(),
                about: model.about.clone(),
                command,
                ours: true,
            };
            Ok(Self { server, most, start: Start::Model { binary: binary.clone(), limits } })
        };
        chosen.into_iter().map(entrant).collect()
    }

    /// `NAME=COMMAND`, as `--add` has it.
    ///
    /// # Errors
    ///
    /// When it does not have that form, or does not say where the address goes.
    pub fn added(text: &str) -> Result<Self> {
        let Some((name, command)) =
            text.split_once('=').filter(|(name, line)| !name.is_empty() && !line.trim().is_empty())
        else {
            bail!("--add {text:?} is not NAME=COMMAND: try --add 'mine=./server {{addr}}'");
        };
        ensure!(
            command.contains("{addr}") || command.contains("{port}"),
            "--add {name:?}: its command says nowhere where to listen: put {{addr}} or {{port}} where its address or port goes"
        );
        Ok(Self::line(name, "added by --add", command))
    }

    /// A ready-made peer.
    pub(crate) fn line(name: &str, about: &str, command: &str) -> Self {
        let server =
            Server { name: name.into(), about: about.into(), command: command.into(), ours: false };
        Self { server, most: 5000, start: Start::Line(command.into()) }
    }

    /// Starts it on these CPUs, with room for so many clients, and waits until it listens.
    ///
    /// # Errors
    ///
    /// What it said when it did not start.
    pub fn start(
        &self,
        scenario: &Scenario,
        clients: u32,
        cpus: &[usize],
    ) -> Result<Started, String> {
        let mut folder = None;
        let launch = match &self.start {
            Start::Model { binary, limits } => {
                let mut launch = Launch::new(binary).args([
                    "--addr",
                    "127.0.0.1:0",
                    "--model",
                    &self.server.name,
                    "--patience",
                    "3600",
                ]);
                for (flag, default) in limits {
                    let number = if flag == "workers" { clients } else { clients + ROOM };
                    launch = launch.args([&format!("--{flag}"), &number.max(*default).to_string()]);
                }
                if scenario.crashes() {
                    launch.args(["--allow-crash"]).limit("-c", 0)
                } else {
                    launch
                }
            }
            Start::Line(line) => {
                let addr =
                    free_address().map_err(|error| format!("cannot find a free port: {error}"))?;
                let own = tempfile::tempdir()
                    .map_err(|error| format!("cannot make a folder for it: {error}"))?;
                let line = peers::fill(line, addr, own.path());
                folder = Some(own);
                Launch::new("sh").args(["-c", &format!("exec {line}")]).listens_on(addr)
            }
        };
        // What is started runs where the thread that starts it does.
        let inherited = cpus::pin(cpus).map_err(|error| error.to_string());
        let program = inherited.and_then(|()| launch.deadline(READY).try_start());
        let _ = cpus::pin(&[]);
        program.map(|program| Started { program, folder })
    }
}

/// A port that was free a moment ago.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Builds packages as for use, and says where their programs are.
fn build<'a>(packages: impl Iterator<Item = &'a str>) -> Result<HashMap<String, PathBuf>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--release", "--message-format=json-render-diagnostics"]);
    command.args(packages.flat_map(|package| ["--package", package]));
    command.current_dir(root()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let done = command.output().context("cannot run cargo: install Rust from https://rustup.rs")?;
    ensure!(done.status.success(), "the servers do not compile: see what cargo said above");
    let programs = done.stdout.split(|byte| *byte == b'\n').filter_map(|line| {
        let message: serde_json::Value = serde_json::from_slice(line).ok()?;
        let name = message["target"]["name"].as_str()?;
        Some((name.to_owned(), PathBuf::from(message["executable"].as_str()?)))
    });
    Ok(programs.collect())
}

/// The folder of the course.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The flags that limit how many clients a program serves at a time, with their defaults, from its `--help`.
fn limits(binary: &Path) -> Result<Vec<(String, u32)>> {
    let said = Command::new(binary).arg("--help").output();
    let said = said.with_context(|| format!("cannot run {}", binary.display()))?;
    let flag = |line: &str| {
        let (flag, rest) = line.trim_start().strip_prefix("--")?.split_once(' ')?;
        let limits = matches!(flag, "workers" | "max-connections" | "max-children");
        let default = rest.rsplit_once('[')?.1.strip_suffix(']')?.parse().ok()?;
        limits.then(|| (flag.to_owned(), default))
    };
    Ok(String::from_utf8_lossy(&said.stdout).lines().filter_map(flag).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_says_where_to_listen() {
        let entrant = Entrant::added("mine=./server --addr {addr} --name=x").unwrap();
        assert_eq!(
            (&*entrant.server.name, &*entrant.server.command),
            ("mine", "./server --addr {addr} --name=x")
        );
        for (wrong, says) in [
            ("./server {addr}", "NAME=COMMAND"),
            ("=./server {addr}", "NAME=COMMAND"),
            ("mine= ", "NAME=COMMAND"),
            ("mine=./server 8080", "{addr} or {port}"),
        ] {
            let error = Entrant::added(wrong).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains('\n'), "{wrong}: {error}");
        }
    }

    #[test]
    fn an_unknown_model_is_answered_by_the_known_ones() {
        let error = Entrant::of_the_course(&["thread".into()]).unwrap_err().to_string();
        assert!(error.contains("\"thread\"") && error.contains("threads, pool"), "{error}");
    }
}
