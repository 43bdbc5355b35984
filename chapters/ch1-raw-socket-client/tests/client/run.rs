//! Running the client, and what must hold of every run.

use harness::{Finished, Launch};
use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Bounds a failure: the client's own times are shorter, but the machine may be busy.
const DEADLINE: Duration = Duration::from_secs(40);

/// The most memory that the client may hold, whatever a server or its input does.
const MOST_MEMORY: u64 = 48 << 20;

/// The program under test.
pub(crate) const CLIENT: &str = env!("CARGO_BIN_EXE_ch1-raw-socket-client");

/// The client with these arguments.
pub(crate) fn client(args: &[&str]) -> Launch {
    Launch::new(CLIENT).args(args).deadline(DEADLINE)
}

/// The client with these arguments, then the host and the port of a server.
pub(crate) fn to(server: SocketAddr, args: &[&str]) -> Launch {
    client(args).args([server.ip().to_string(), server.port().to_string()])
}

/// Any command that sees other files in the place of some, in a namespace of its own. `None` where that is not allowed.
pub(crate) fn mounted(over: &[(&str, &TempFile)], command: &[&str]) -> Option<Launch> {
    const MOUNT: &str = r#"while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done
        shift; exec "$@""#;
    let mut args: Vec<&str> = vec!["-rm", "sh", "-ec", MOUNT, "sh"];
    args.extend(over.iter().flat_map(|(path, file)| [file.path(), *path]));
    args.push("--");
    let allowed = Command::new("unshare").args(&args).arg("true").stdin(Stdio::null()).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        skip("unshare may not mount a file over another one here");
        return None;
    }
    Some(Launch::new("unshare").args(args).args(command).deadline(DEADLINE))
}

/// Any command in a network of its own that is prepared by a shell. `None` where that is not allowed.
pub(crate) fn networked(prepare: &str, command: &[&str]) -> Option<Launch> {
    let script = format!(r#"ip link set lo up; {prepare}; exec "$@""#);
    let args = ["-rn", "sh", "-ec", &script, "sh"];
    let allowed = Command::new("unshare").args(args).arg("true").stdin(Stdio::null()).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        skip("unshare and ip may not make a network of their own here");
        return None;
    }
    Some(Launch::new("unshare").args(args).args(command).deadline(DEADLINE))
}

/// The client succeeds, and has nothing to say about it.
#[track_caller]
pub(crate) fn succeeds(end: &Finished) {
    assert_eq!(end.status.code(), Some(0), "it should succeed\n{end}");
    assert_eq!(end.stderr, "", "it should say nothing on stderr\n{end}");
    is_sober(end);
}

/// The client succeeds, and stdout is this.
#[track_caller]
pub(crate) fn prints(end: &Finished, stdout: impl AsRef<[u8]>) {
    succeeds(end);
    assert!(end.bytes == stdout.as_ref(), "stdout is not what it should be\n{end}");
}

/// The client fails by this code, and with one line on stderr that says this and gives a hint.
#[track_caller]
pub(crate) fn fails(end: &Finished, code: i32, says: &[&str]) {
    assert_eq!(end.status.code(), Some(code), "the exit code should be {code}\n{end}");
    let lines: Vec<_> = end.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "one line about the failure\n{end}");
    is_one_error(end, says);
}

/// The client fails like that, but stderr has other lines too.
#[track_caller]
pub(crate) fn fails_at_length(end: &Finished, code: i32, says: &[&str]) {
    assert_eq!(end.status.code(), Some(code), "the exit code should be {code}\n{end}");
    is_one_error(end, says);
}

#[track_caller]
fn is_one_error(end: &Finished, says: &[&str]) {
    let errors: Vec<_> = end.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    let [error] = errors[..] else { panic!("one line begins with `error: `\n{end}") };
    for text in says {
        assert!(error.contains(text), "the error should say {text:?}\n{end}");
    }
    assert!(
        error.ends_with(')') && error.contains(" ("),
        "it ends in a hint in parentheses\n{end}"
    );
    assert!(error.len() < 600, "it is no novel\n{end}");
    is_sober(end);
}

/// What holds of every run.
#[track_caller]
pub(crate) fn is_sober(end: &Finished) {
    assert!(!end.stderr.contains("panicked"), "a panic reached the user\n{end}");
    assert!(!end.stderr.contains("os error"), "numbers of errors are for programs\n{end}");
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!end.stderr.contains(control), "a control character reached the terminal\n{end}");
    assert!(
        end.stderr.is_empty() || end.stderr.ends_with('\n'),
        "the last line has its end\n{end}"
    );
    assert!(end.peak < MOST_MEMORY, "it held {} bytes of memory\n{end}", end.peak);
}

/// Says that a test does nothing here, past the capture, so that a plain `cargo test` shows it.
pub(crate) fn skip(why: impl Display) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A file that is gone when this is dropped.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn new(bytes: impl AsRef<[u8]>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ch1-client-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("the name is ASCII, and so is the folder of a sane machine")
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Bytes in which every position can be told from its neighbours.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}
