//! What a program writes, taken by a thread for each stream so that the program never waits for us.

use std::collections::HashMap;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How much of each stream is kept, unless more is asked for: a program that writes without end must not fill our memory.
pub(super) const KEPT: usize = 1 << 20;

/// The output of every running program by its address, so that a failing [`Wire`](crate::Wire) can quote it.
static BY_ADDRESS: LazyLock<Mutex<HashMap<SocketAddr, Weak<Output>>>> =
    LazyLock::new(Mutex::default);

/// Both streams of one program.
#[derive(Debug, Default)]
pub(super) struct Output {
    streams: Mutex<[Stream; 2]>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    ended: bool,
}

const STDOUT: usize = 0;
const STDERR: usize = 1;

impl Output {
    /// Starts to read stdout, which may be absent, and stderr.
    pub(super) fn collect(
        stdout: Option<impl Read + Send + 'static>,
        stderr: impl Read + Send + 'static,
        kept: usize,
    ) -> Arc<Self> {
        let output = Arc::new(Self::default());
        match stdout {
            Some(stream) => output.clone().read(stream, STDOUT, kept),
            None => output.lock()[STDOUT].ended = true,
        }
        output.clone().read(stderr, STDERR, kept);
        output
    }

    fn read(self: Arc<Self>, mut stream: impl Read + Send + 'static, which: usize, kept: usize) {
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let n = stream.read(&mut buffer).unwrap_or(0);
                let mut streams = self.lock();
                let room = kept.saturating_sub(streams[which].bytes.len());
                streams[which].bytes.extend_from_slice(&buffer[..n.min(room)]);
                streams[which].ended = n == 0;
                self.changed.notify_all();
                if n == 0 {
                    return;
                }
            }
        });
    }

    /// Waits for a complete line of stdout; `None` when the stream ends or the deadline passes first.
    pub(super) fn line(&self, number: usize, deadline: Duration) -> Option<String> {
        let mut line = None;
        self.wait(deadline, |streams| {
            let text = &streams[STDOUT].bytes;
            let complete = text
                .split_inclusive(|&byte| byte == b'\n')
                .nth(number)
                .filter(|line| line.ends_with(b"\n"));
            line =
                complete.map(|line| String::from_utf8_lossy(&line[..line.len() - 1]).into_owned());
            line.is_some() || streams[STDOUT].ended
        });
        line
    }

    /// Waits for the end of both streams, which comes when the program and all its children have ended.
    pub(super) fn finish(&self, deadline: Duration) -> bool {
        self.wait(deadline, |streams| streams.iter().all(|stream| stream.ended))
    }

    fn wait(&self, deadline: Duration, mut done: impl FnMut(&[Stream; 2]) -> bool) -> bool {
        let start = Instant::now();
        let mut streams = self.lock();
        while !done(&streams) {
            let Some(left) = deadline.checked_sub(start.elapsed()) else { return false };
            streams =
                self.changed.wait_timeout(streams, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Waits until what came from stdout so far is as wished; false when stdout ends or the deadline passes first.
    pub(super) fn shows(&self, deadline: Duration, wished: impl Fn(&[u8]) -> bool) -> bool {
        let mut shown = false;
        self.wait(deadline, |streams| {
            shown = wished(&streams[STDOUT].bytes);
            shown || streams[STDOUT].ended
        });
        shown
    }

    /// Takes what came from stdout, without a copy of it.
    pub(super) fn take_stdout(&self) -> Vec<u8> {
        std::mem::take(&mut self.lock()[STDOUT].bytes)
    }

    pub(super) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.lock()[STDOUT].bytes).into_owned()
    }

    pub(super) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.lock()[STDERR].bytes).into_owned()
    }

    /// What stderr says about a failure that was just seen: the words may still be on their way.
    pub(super) fn stderr_for_report(&self) -> String {
        self.finish(Duration::from_millis(100));
        indented(&self.stderr())
    }

    fn lock(&self) -> MutexGuard<'_, [Stream; 2]> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers which program serves this address.
    pub(super) fn register(self: &Arc<Self>, addr: SocketAddr) {
        let mut all = BY_ADDRESS.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, output| output.strong_count() > 0);
        all.insert(addr, Arc::downgrade(self));
    }
}

/// What the program that serves this address has written to stderr, if we started it.
pub(crate) fn stderr_of(addr: SocketAddr) -> Option<String> {
    let all = BY_ADDRESS.lock().unwrap_or_else(PoisonError::into_inner);
    let output = all.get(&addr)?.upgrade()?;
    drop(all);
    Some(output.stderr_for_report())
}

/// A text for the inside of a report.
pub(super) fn indented(text: &str) -> String {
    match text.trim_end() {
        "" => "(nothing)".to_owned(),
        text => format!("\n    {}", text.replace('\n', "\n    ")),
    }
}
