//! What works on this machine.

use super::launch::Limits;
use super::stage;
use anyhow::{Context, bail};
use harness::holds_within;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

/// What was found to keep a program from doing harm on this machine. Cheap to clone, and used by many threads at once.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// The grader's own executable, which is started again as supervisor.
    pub(super) executable: PathBuf,
    /// Whether bubblewrap works here, or why not.
    bubblewrap: Result<(), String>,
}

/// Starting one program may take long on a busy machine; this only bounds a failure.
const PATIENCE: Duration = Duration::from_secs(60);

impl Sandbox {
    /// Finds out what works here. The running program must be one whose `main` hands over to [`stage`](super::stage).
    ///
    /// The process that calls this adopts the orphans of its descendants from now on (Linux only): if a supervisor is
    /// killed, the grader can still end what it has left.
    ///
    /// # Errors
    ///
    /// When the grader's own executable cannot be found or started again.
    pub fn new() -> anyhow::Result<Self> {
        let executable = env::current_exe().context(
            "cannot find the grader's own executable: mount /proc, or start it by its full path",
        )?;
        Self::with_executable(executable)
    }

    /// The same with another executable, whose `main` hands over to [`stage`](super::stage): for tests.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn with_executable(executable: impl Into<PathBuf>) -> anyhow::Result<Self> {
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_child_subreaper(true)
            .context("cannot adopt orphans: prctl(2) failed")?;
        let mut found = Self { executable: executable.into(), bubblewrap: Ok(()) };
        if let Err(why) = works(found.command(false, Path::new("/"))) {
            let path = found.executable.display();
            bail!(
                "cannot start the grader again to supervise programs ({path}): {why}; build it anew and try again"
            );
        }
        found.bubblewrap = found.try_bubblewrap();
        Ok(found)
    }

    /// The same, without bubblewrap even where it works.
    #[must_use]
    pub fn without_bubblewrap(mut self) -> Self {
        if self.bubblewrap.is_ok() {
            self.bubblewrap = Err("not asked for".to_owned());
        }
        self
    }

    /// Whether programs run in bubblewrap.
    pub fn has_bubblewrap(&self) -> bool {
        self.bubblewrap.is_ok()
    }

    /// A line for each means in force, and one for each that could not be had, and why.
    pub fn isolation(&self) -> Vec<String> {
        let mut lines = vec![format!("limits: {}", Limits::default())];
        lines.extend(stage::landlock());
        lines.push(match &self.bubblewrap {
            Ok(()) => {
                "bubblewrap: sees no other processes, and a file system that nobody can write to"
                    .to_owned()
            }
            Err(why) => format!("no bubblewrap: {why}"),
        });
        lines
    }

    /// The command that runs a stage of the grader, in bubblewrap if that works. `home` is what may be written to.
    pub(super) fn supervised(&self, home: &Path) -> Command {
        self.command(self.has_bubblewrap(), home)
    }

    fn command(&self, wrapped: bool, home: &Path) -> Command {
        if !wrapped {
            return Command::new(&self.executable);
        }
        let mut command = Command::new("bwrap");
        // The first process of a namespace takes all others with it when it ends, so the supervisor is that one. A
        // superuser's rights are dropped, but for the one to read what belongs to others.
        command.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind"]);
        command.args([home, home]);
        command.args(["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1"]);
        command.args(["--cap-drop", "ALL"]);
        if nix::unistd::geteuid().is_root() {
            command.args(["--cap-add", "CAP_DAC_OVERRIDE"]);
        }
        command.arg("--").arg(&self.executable);
        command
    }

    fn try_bubblewrap(&self) -> Result<(), String> {
        if !cfg!(target_os = "linux") {
            return Err("it needs Linux".to_owned());
        }
        let installed = env::var_os("PATH").is_some_and(|path| {
            env::split_paths(&path).any(|folder| folder.join("bwrap").exists())
        });
        if !installed {
            return Err("bwrap is not installed".to_owned());
        }
        let home = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        works(self.command(true, home.path()))
            .map_err(|why| format!("it does not work here: {why}"))
    }
}

/// Starts a stage that does nothing, and sees whether it has done that.
fn works(mut command: Command) -> Result<(), String> {
    let words =
        tempfile::NamedTempFile::new().map_err(|error| format!("no temporary file: {error}"))?;
    let stderr = words.reopen().map_err(|error| error.to_string())?;
    command.args([OsString::from(stage::HIDDEN), OsString::from(stage::NOTHING)]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut status = None;
    holds_within(PATIENCE, || {
        status = child.try_wait().ok().flatten();
        status.is_some()
    });
    let _ = child.kill();
    let _ = child.wait();
    match status {
        Some(status) if status.code() == Some(stage::DID_NOTHING.into()) => Ok(()),
        Some(status) => {
            let words = fs::read_to_string(words.path()).unwrap_or_default();
            let words = words.lines().next().unwrap_or_default();
            Err(if words.is_empty() { status.to_string() } else { words.to_owned() })
        }
        None => Err(format!("no end after {} s", PATIENCE.as_secs())),
    }
}
