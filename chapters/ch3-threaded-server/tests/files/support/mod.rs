//! Folders, contents, servers and clients for tests.

mod proxy;

pub(crate) use proxy::{Direction, Fault, Proxy};

use ch3_threaded_server::files::digest::Hasher;
pub(crate) use harness::DEADLINE;
use harness::{Finished, Launch, Program};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const FILES: &str = env!("CARGO_BIN_EXE_files");

/// A folder of one test, removed at its end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self::within(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    /// In memory, where there is such a place: some disks take long for many files.
    pub(crate) fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        match memory.is_dir() {
            true => Self::within(memory),
            false => Self::new(),
        }
    }

    fn within(folder: &Path) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("files-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, content: &[u8]) {
        fs::write(self.at(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.at(name)).unwrap()
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// What has come of unfinished transfers: their lengths.
    pub(crate) fn incoming(&self) -> Vec<u64> {
        match fs::read_dir(self.at(".incoming")) {
            Ok(entries) => {
                entries.flatten().filter_map(|e| Some(e.metadata().ok()?.len())).collect()
            }
            Err(_) => Vec::new(),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Bytes that look like noise, the same ones for the same seed.
pub(crate) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The SHA-256 in hexadecimal digits.
pub(crate) fn sha256(content: &[u8]) -> String {
    let mut hasher = Hasher::default();
    hasher.update(content);
    hasher.digest().to_string()
}

/// The line that puts this content.
pub(crate) fn put_line(content: &[u8], name: &str) -> String {
    format!("put {} {} {name}\n", content.len(), sha256(content))
}

/// A server of this folder, with flags as one would type them.
pub(crate) fn serving(folder: &Path, flags: &str) -> Launch {
    let launch = Launch::new(FILES).args([OsStr::new("serve"), folder.as_os_str()]);
    launch.args(["--addr", "127.0.0.1:0"]).args(flags.split_whitespace()).deadline(DEADLINE)
}

/// A running server of this folder.
pub(crate) fn serve(folder: &Scratch) -> Program {
    serving(folder.path(), "").start()
}

/// A client that works in this folder.
pub(crate) fn client(folder: &Scratch, command: &str, addr: SocketAddr) -> Launch {
    // `env -C` changes the folder of the program that it becomes.
    let launch = Launch::new("env").args([OsStr::new("-C"), folder.path().as_os_str()]);
    launch.args([FILES, command, &addr.to_string()]).deadline(DEADLINE * 2)
}

/// Expects that a client did everything.
#[track_caller]
pub(crate) fn well(finished: &Finished) {
    assert!(finished.status.success(), "{finished}");
    assert_eq!(finished.stderr, "", "{finished}");
}

/// Expects that a client failed with this exit code, and says so in one line that holds these words.
#[track_caller]
pub(crate) fn fails(finished: &Finished, code: i32, words: &[&str]) {
    assert_eq!(finished.status.code(), Some(code), "{finished}");
    let last = finished.stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: "), "{finished}");
    for word in words {
        assert!(last.contains(word), "no '{word}' in the last line\n{finished}");
    }
}

/// Whether a program is there; if not, says that a test is skipped.
pub(crate) fn has(program: &str, test: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null", program]).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        skipped(test, &format!("{program} is missing"));
    }
    found
}

/// Says past the capture of the test's output that it did not run.
pub(crate) fn skipped(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}
