//! What a program writes, taken by a thread for each stream so that the program never waits for us.

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How much of each stream is kept, unless more is asked for: a program that writes without end must not fill our memory.
pub(super) const KEPT: usize = 1 << 20;
/// How much is kept of the end of a stream that is longer than that: why a program failed stands at the end of its stderr.
const TAIL: usize = 16 << 10;

/// The output of every running program by its address, so that a failing [`Wire`](crate::Wire) can quote it.
static BY_ADDRESS: LazyLock<Mutex<HashMap<SocketAddr, Weak<Output>>>> =
    LazyLock::new(Mutex::default);

/// Both streams of one program: their beginnings, and the end of stderr. A thread reads each stream until its end, so that
/// the program never waits for us, however much it writes.
#[derive(Debug, Default)]
pub struct Output {
    streams: Mutex<[Stream; 2]>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    /// The last bytes of those that came later.
    tail: VecDeque<u8>,
    /// How many bytes between the two are lost.
    lost: usize,
    ended: bool,
}

const STDOUT: usize = 0;
const STDERR: usize = 1;

impl Output {
    /// Starts to read stdout, which may be absent, and stderr. Keeps the first `kept` bytes of each.
    pub fn collect(
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
                streams[which].take(&buffer[..n], kept);
                self.changed.notify_all();
                if n == 0 {
                    return;
                }
            }
        });
    }

    /// Waits for a complete line of stdout; `None` when the stream ends or the deadline passes first.
    pub fn line(&self, number: usize, deadline: Duration) -> Option<String> {
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
    pub fn finish(&self, deadline: Duration) -> bool {
        self.wait(deadline, |streams| streams.iter().all(|stream| stream.ended))
    }

    /// Whether stdout has ended: no more will come from it.
    pub fn stdout_ended(&self) -> bool {
        self.lock()[STDOUT].ended
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
    pub fn shows(&self, deadline: Duration, wished: impl Fn(&[u8]) -> bool) -> bool {
        let mut shown = false;
        self.wait(deadline, |streams| {
            shown = wished(&streams[STDOUT].bytes);
            shown || streams[STDOUT].ended
        });
        shown
    }

    /// Takes what came from stdout, without a copy of it.
    pub fn take_stdout(&self) -> Vec<u8> {
        std::mem::take(&mut self.lock()[STDOUT].bytes)
    }

    /// The bytes that have come from stdout so far.
    pub fn stdout_bytes(&self) -> Vec<u8> {
        self.lock()[STDOUT].bytes.clone()
    }

    /// What came from stdout so far.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.lock()[STDOUT].bytes).into_owned()
    }

    /// What came from stderr so far. Of very much, the middle is left out.
    pub fn stderr(&self) -> String {
        self.lock()[STDERR].text()
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

impl Stream {
    /// Takes what came; nothing means the end.
    fn take(&mut self, piece: &[u8], kept: usize) {
        let room = kept.saturating_sub(self.bytes.len()).min(piece.len());
        let (first, later) = piece.split_at(room);
        self.bytes.extend_from_slice(first);
        self.tail.extend(later);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
        self.lost += surplus;
        self.ended = piece.is_empty();
    }

    fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.bytes).into_owned();
        if self.lost > 0 {
            text.push_str(&format!("\n[{} bytes are left out here]\n", self.lost));
        }
        let (front, back) = self.tail.as_slices();
        text.push_str(&String::from_utf8_lossy(&[front, back].concat()));
        text
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
