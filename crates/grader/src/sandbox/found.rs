//! What works on this machine.

use super::launch::Limits;
use super::stage;
use anyhow::{Context, bail};
use harness::holds_within;
use nix::unistd::geteuid;
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
    /// Whether a superuser's rights can be dropped without bubblewrap, or why not. An ordinary user has none.
    dropped: Result<(), String>,
}

/// How a stage is started.
#[derive(Clone, Copy)]
enum Way {
    /// Just so.
    Plain,
    /// By `setpriv`, with no more rights than an ordinary user's.
    Dropped,
    /// By `bwrap`.
    Bubblewrap,
}

/// The one right that a superuser keeps: to read what belongs to others, such as a student's folder.
const KEPT: &str = "dac_override";
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
        let unknown = || Err("not tried".to_owned());
        let mut found =
            Self { executable: executable.into(), bubblewrap: unknown(), dropped: unknown() };
        if let Err(why) = works(found.command(Way::Plain, Path::new("/"))) {
            let path = found.executable.display();
            bail!(
                "cannot start the grader again to supervise programs ({path}): {why}; build it anew and try again"
            );
        }
        found.bubblewrap = found.try_bubblewrap();
        if geteuid().is_root() {
            found.dropped = installed("setpriv")
                .and_then(|()| works(found.command(Way::Dropped, Path::new("/"))));
        }
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
            Ok(()) => "bubblewrap: sees no other processes, and a read-only file system".to_owned(),
            Err(why) => format!("no bubblewrap: {why}"),
        });
        if geteuid().is_root()
            && self.bubblewrap.is_err()
            && let Err(why) = &self.dropped
        {
            lines.push(format!(
                "the superuser's rights are not dropped ({why}): run the grader as an ordinary user"
            ));
        }
        lines
    }

    /// The command that runs a stage of the grader in the best way that works. `home` is what may be written to.
    pub(super) fn supervised(&self, home: &Path) -> Command {
        let way = match (&self.bubblewrap, &self.dropped) {
            (Ok(()), _) => Way::Bubblewrap,
            (Err(_), Ok(())) => Way::Dropped,
            (Err(_), Err(_)) => Way::Plain,
        };
        self.command(way, home)
    }

    fn command(&self, way: Way, home: &Path) -> Command {
        let mut command = match way {
            Way::Plain => return Command::new(&self.executable),
            Way::Dropped => {
                let mut command = Command::new("setpriv");
                command.arg("--no-new-privs");
                command.args(["--inh-caps=-all", &format!("--bounding-set=-all,+{KEPT}"), "--"]);
                command
            }
            Way::Bubblewrap => {
                let mut command = Command::new("bwrap");
                command.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind"]);
                command.args([home, home]);
                // The first process of a namespace takes all others with it when it ends: that is our supervisor.
                command.args(["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1"]);
                command.args(["--cap-drop", "ALL"]);
                if geteuid().is_root() {
                    command.args(["--cap-add", &format!("CAP_{}", KEPT.to_uppercase())]);
                }
                command.arg("--");
                command
            }
        };
        command.arg(&self.executable);
        command
    }

    fn try_bubblewrap(&self) -> Result<(), String> {
        if !cfg!(target_os = "linux") {
            return Err("it needs Linux".to_owned());
        }
        installed("bwrap")?;
        let home = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        works(self.command(Way::Bubblewrap, home.path()))
            .map_err(|why| format!("it does not work here: {why}"))
    }
}

fn installed(program: &str) -> Result<(), String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let there = env::split_paths(&path).any(|folder| folder.join(program).exists());
    if there { Ok(()) } else { Err(format!("{program} is not installed")) }
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
