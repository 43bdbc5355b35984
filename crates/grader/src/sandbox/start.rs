//! How a program is started, seen from the grader.

use super::environment;
use super::found::Sandbox;
use super::launch::{Launch, Listen, StartError};
use super::order::{Order, Word};
use super::pipes::Pipes;
use super::process::{Parts, Process};
use super::stage::{HIDDEN, SUPERVISE};
use super::stdin::Stdin;
use anyhow::{Context, anyhow, bail};
use harness::{Output, holds_within};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// For each step of a start. It is long, because it only bounds a failure of our own.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many threads and processes the user may have above what runs already, for each that one program may have: four
/// checks run at the same time, and somebody may work beside.
const ROOM: u64 = 5;

impl Sandbox {
    /// Starts a program: it runs when this returns.
    ///
    /// # Errors
    ///
    /// When the program cannot be executed, or the grader fails.
    pub fn start(&self, launch: &Launch) -> Result<Process, StartError> {
        let home = tempfile::Builder::new().prefix("grade-").tempdir();
        let home = home.context("cannot make a temporary folder")?;
        let order = order(launch, &home);
        let pipes = Pipes::new(&order)?;
        let door = UnixListener::bind(order.socket()).context(
            "cannot listen on a Unix socket in the temporary folder: set TMPDIR to a shorter path",
        )?;
        door.set_nonblocking(true).context("cannot wait at a Unix socket")?;

        let mut child = Guarded(Some(self.supervise(&order, launch, &home)?));
        let explained = |error: anyhow::Error| error.context(stderr_of_stages(&home));
        let control = accept(&door, &mut child).map_err(explained)?;
        // The supervisor has its ends.
        let (stdin, stdout, stderr) = pipes.ours();
        let confined = accept(&door, &mut child).map_err(explained)?;
        drop(door);
        let _ = fs::remove_file(order.socket());
        let pid = told(&confined)?;

        let output = Output::collect(Some(stdout), stderr, launch.limits.output_kept);
        let supervisor = peer(&control)?.unwrap_or_else(|| child.id());
        let child = child.0.take().expect("it is taken only here");
        let stdin = Stdin::new(stdin);
        Ok(Process::new(Parts { pid, supervisor, child, control, output, stdin, home })?)
    }

    fn supervise(&self, order: &Order, launch: &Launch, home: &TempDir) -> anyhow::Result<Child> {
        let text =
            serde_json::to_string(order).context("the temporary folder's path is not text")?;
        let stderr = File::create(home.path().join("stderr"))
            .context("cannot write to the temporary folder")?;
        let mut command = self.supervised(home.path());
        command.args([HIDDEN, SUPERVISE, &text]).args(&launch.argv);
        command.env_clear().envs(environment::passed_on());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        // What the terminal sends to our group is not for bubblewrap. The supervisor leaves the group by itself: a leader
        // could not begin a session.
        if self.has_bubblewrap() {
            command.process_group(0);
        }
        command.spawn().context("cannot start the supervisor")
    }
}

fn order(launch: &Launch, home: &TempDir) -> Order {
    let bind = match launch.listen {
        Listen::Nowhere => None,
        Listen::FreePort => Some(0),
        Listen::Port(port) => Some(port),
    };
    let limits = launch.limits.clone();
    let user_tasks = running() + limits.tasks as u64 * ROOM;
    Order { home: home.path().to_owned(), bind, limits, user_tasks }
}

/// The threads and processes that our user runs now: the kernel's limit counts all of them.
fn running() -> u64 {
    let user = nix::unistd::geteuid().as_raw();
    let tasks = fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| {
        let metadata = fs::metadata(entry.ok()?.path().join("task")).ok()?;
        // A folder has a link for itself, one in its parent, and one for each folder in it: here, for each thread.
        (metadata.uid() == user).then(|| metadata.nlink().saturating_sub(2))
    });
    tasks.sum()
}

/// A child that is ended unless it is taken out.
struct Guarded(Option<Child>);

impl Guarded {
    fn id(&self) -> u32 {
        self.0.as_ref().map_or(0, Child::id)
    }

    fn has_ended(&mut self) -> bool {
        self.0.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None)))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // Its socket is closed by now or in a moment, which makes it end everything by itself.
            holds_within(Duration::from_secs(10), || !matches!(child.try_wait(), Ok(None)));
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits for the next stage to connect.
fn accept(door: &UnixListener, child: &mut Guarded) -> anyhow::Result<UnixStream> {
    let mut stream = None;
    holds_within(PATIENCE, || {
        stream = door.accept().ok();
        stream.is_some() || child.has_ended()
    });
    // It may have connected and ended between the two looks.
    let (stream, _) = match stream.map_or_else(|| door.accept(), Ok) {
        Ok(found) => found,
        Err(_) if child.has_ended() => bail!("the supervisor ended before the program ran"),
        Err(_) => bail!("the supervisor did not start within {} s", PATIENCE.as_secs()),
    };
    stream.set_nonblocking(false)?;
    Ok(stream)
}

fn stderr_of_stages(home: &TempDir) -> String {
    let text = fs::read_to_string(home.path().join("stderr")).unwrap_or_default();
    format!(
        "cannot start the program in the sandbox: {}",
        text.lines().next().unwrap_or("it says nothing")
    )
}

/// Hears from the confined start until it has become the program, and returns the program's process id.
fn told(confined: &UnixStream) -> Result<u32, StartError> {
    confined.set_read_timeout(Some(PATIENCE)).context("cannot wait at a Unix socket")?;
    let mut pid = peer(confined)?;
    for line in BufReader::new(confined).lines() {
        let line = line.context("the program did not start within 60 s")?;
        match serde_json::from_str(&line).context("a stage spoke nonsense")? {
            Word::Here(own) => pid = pid.or(Some(own)),
            Word::CannotStart(why) => return Err(StartError::Program(why)),
            Word::Fault(why) => return Err(anyhow!(why).into()),
            Word::Exited(_) | Word::Ended { .. } => {}
        }
    }
    Ok(pid.context("the program's process id is not known")?)
}

/// The process at the other end, as we number processes: it may itself have another number for it.
#[cfg(target_os = "linux")]
fn peer(stream: &UnixStream) -> anyhow::Result<Option<u32>> {
    use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
    let peer = getsockopt(stream, PeerCredentials).context("cannot see who has connected")?;
    Ok(u32::try_from(peer.pid()).ok())
}

#[cfg(not(target_os = "linux"))]
fn peer(_: &UnixStream) -> anyhow::Result<Option<u32>> {
    Ok(None)
}
