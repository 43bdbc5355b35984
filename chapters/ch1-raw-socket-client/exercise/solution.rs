//! The client of tallies: commands from stdin to a server, its replies to stdout.
//!
//! Two things can happen at any time: the user types, and the server replies. Each has a thread that waits for it, and
//! both tell `main` through a channel. So `main` knows at every moment how many replies are owed, and since when.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long the server may take for a connection, and then for each reply.
const PATIENCE: Duration = Duration::from_secs(5);
/// When the server has closed and owes nothing, the input may bring one more command or end: we wait so long for it.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// A longer reply is refused. It is printed when it is whole, so until then it costs us memory.
const LONGEST_REPLY: usize = 1024 * 1024;
/// How much is read at a time, from the user and from the server.
const CHUNK: usize = 16 * 1024;
/// How many events may wait for `main`. When it is behind, the threads wait, and stop reading: memory stays bounded.
const EVENTS: usize = 16;
/// When a reply is overdue, so many more events are looked at: it may stand in the channel already, or in the hands of
/// a thread. Not more, or a user who goes on typing would keep us for ever.
const SPARE: usize = EVENTS + 2;

/// What can happen.
enum Event {
    /// So many more commands are about to be sent.
    Commands(u64),
    /// The user has said all, or stdin cannot be read.
    InputEnded(io::Result<()>),
    /// Bytes came from the server.
    Received(Vec<u8>),
    /// The server closed, or the connection was lost. Nothing more will come.
    Closed(io::Result<()>),
}

/// Why the client fails: the exit code, and the line for stderr.
struct Failure(u8, String);

fn main() -> ExitCode {
    let Err(Failure(code, why)) = run() else { return ExitCode::SUCCESS };
    // If stderr has gone as well, the exit code must say it alone.
    let _ = writeln!(io::stderr(), "error: {why}");
    ExitCode::from(code)
}

fn run() -> Result<(), Failure> {
    let address = address()?;
    let stream = Arc::new(connect(&address)?);
    let (tell, events) = sync_channel(EVENTS);
    start(&stream, &tell, send_commands)?;
    start(&stream, &tell, receive)?;
    converse(&events)
}

/// The one argument.
fn address() -> Result<String, Failure> {
    let usage = |what: &str| Failure(2, format!("{what} (usage: PROGRAM HOST:PORT)"));
    let mut arguments = std::env::args_os().skip(1);
    let address = arguments.next().ok_or_else(|| usage("no address"))?;
    if arguments.next().is_some() {
        return Err(usage("more than one argument"));
    }
    let address = address.into_string().map_err(|_| usage("the address is no text"))?;
    let (host, port) = address.rsplit_once(':').ok_or_else(|| usage("no port in the address"))?;
    if host.is_empty() || port.parse::<u16>().is_err() {
        return Err(usage(&format!("{address:?} is no HOST:PORT")));
    }
    Ok(address)
}

/// Connects to the first address of the host that accepts. A name may have several: `localhost` is often `::1` and
/// `127.0.0.1`, and a server listens on one of them.
fn connect(address: &str) -> Result<TcpStream, Failure> {
    let cannot = |why: String| Failure(1, format!("cannot connect to {address}: {why}"));
    let candidates: Vec<SocketAddr> = address
        .to_socket_addrs()
        .map_err(|error| cannot(format!("{error} (is the host's name right?)")))?
        .collect();
    let mut last = cannot("the name has no address (is the host's name right?)".into());
    for candidate in candidates {
        match TcpStream::connect_timeout(&candidate, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                last = cannot(format!("{error} (does a server listen on {candidate}?)"));
            }
        }
    }
    Err(last)
}

/// Starts one of the two threads. Nobody waits for them: when `main` returns, the process ends, and they with it.
fn start(
    stream: &Arc<TcpStream>,
    tell: &SyncSender<Event>,
    work: fn(&TcpStream, &SyncSender<Event>),
) -> Result<(), Failure> {
    let (stream, tell) = (Arc::clone(stream), tell.clone());
    match thread::Builder::new().spawn(move || work(&stream, &tell)) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure(1, format!("cannot start a thread: {error} (try again)"))),
    }
}

/// Sends what the user says, as it comes. The bytes are not looked at, except that each `\n` ends a command.
fn send_commands(mut stream: &TcpStream, tell: &SyncSender<Event>) {
    let mut input = io::stdin().lock();
    let mut chunk = [0; CHUNK];
    let mut unfinished = false;
    let ended = loop {
        let bytes = match input.read(&mut chunk) {
            Ok(0) => break Ok(()),
            Ok(n) => &chunk[..n],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => break Err(error),
        };
        let commands = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        unfinished = !bytes.ends_with(b"\n");
        // Said before it is done: the reply must not be there before `main` knows that it is owed. An error here means
        // that `main` has ended. One of the socket means that the server is gone; the other thread finds that out, and
        // first reads the replies that came before.
        if tell.send(Event::Commands(commands)).is_err() || stream.write_all(bytes).is_err() {
            return;
        }
    };
    // A last line without its `\n` is a command, too: for the server, our end-of-file ends it.
    let told = tell.send(Event::Commands(u64::from(unfinished)));
    let _ = stream.shutdown(Shutdown::Write);
    let _ = told.and_then(|()| tell.send(Event::InputEnded(ended)));
}

/// Receives what the server says, in whatever pieces TCP brings it.
fn receive(mut stream: &TcpStream, tell: &SyncSender<Event>) {
    let mut chunk = [0; CHUNK];
    let closed = loop {
        match stream.read(&mut chunk) {
            Ok(0) => break Ok(()),
            Ok(n) if tell.send(Event::Received(chunk[..n].to_vec())).is_err() => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    let _ = tell.send(Event::Closed(closed));
}

/// Where the conversation stands.
struct Conversation {
    commands: u64,
    replies: u64,
    /// Since when we wait for the next reply, if one is owed.
    waiting_since: Instant,
    /// How many events may still be taken when that reply is overdue.
    spare: usize,
    input_ended: bool,
    /// The beginning of a reply whose end has not come.
    partial: Vec<u8>,
}

/// Follows the conversation to its end.
fn converse(events: &Receiver<Event>) -> Result<(), Failure> {
    let mut now = Conversation {
        commands: 0,
        replies: 0,
        waiting_since: Instant::now(),
        spare: SPARE,
        input_ended: false,
        partial: Vec::new(),
    };
    while !(now.input_ended && now.owed() == 0) {
        match now.next_event(events)? {
            Event::Commands(more) => now.command(more),
            Event::InputEnded(how) => now.end_input(how)?,
            Event::Received(bytes) => now.receive(&bytes)?,
            Event::Closed(how) => return now.close(how, events),
        }
    }
    Ok(())
}

impl Conversation {
    fn owed(&self) -> u64 {
        self.commands.saturating_sub(self.replies)
    }

    /// Waits for what happens next: as long as the user likes while nothing is owed, and otherwise only until the reply
    /// is overdue. The clock does not begin again with each byte, or a server could keep us for ever with one now and
    /// then.
    fn next_event(&mut self, events: &Receiver<Event>) -> Result<Event, Failure> {
        let gone = || Failure(1, "the threads of the client ended (please report this)".into());
        if self.owed() == 0 {
            return events.recv().map_err(|_| gone());
        }
        let left = PATIENCE.saturating_sub(self.waiting_since.elapsed());
        if left.is_zero() {
            self.spare = self.spare.checked_sub(1).ok_or_else(|| self.overdue())?;
        }
        events.recv_timeout(left).map_err(|why| match why {
            RecvTimeoutError::Disconnected => gone(),
            RecvTimeoutError::Timeout => self.overdue(),
        })
    }

    fn overdue(&self) -> Failure {
        let what = format!("no whole reply for {} s, {}", PATIENCE.as_secs(), self.progress());
        Failure(1, format!("{what} (does a server of tallies listen there?)"))
    }

    fn wait_anew(&mut self) {
        self.waiting_since = Instant::now();
        self.spare = SPARE;
    }

    fn command(&mut self, more: u64) {
        if self.owed() == 0 {
            self.wait_anew();
        }
        self.commands += more;
    }

    fn end_input(&mut self, how: io::Result<()>) -> Result<(), Failure> {
        self.input_ended = true;
        how.map_err(|error| Failure(1, format!("cannot read stdin: {error} (is it a file?)")))
    }

    /// Prints the replies that are whole now. A piece may hold the end of one, many, or none.
    fn receive(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        if whole > 0 {
            self.partial.extend_from_slice(&bytes[..whole]);
            print(&self.partial)?;
            self.replies += self.partial.iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.partial.clear();
            // Not before: a reader of our stdout who is slow is not the server's fault.
            self.wait_anew();
        }
        self.partial.extend_from_slice(&bytes[whole..]);
        if self.partial.len() > LONGEST_REPLY {
            let what = format!("the server sent a reply of more than {LONGEST_REPLY} bytes");
            return Err(Failure(1, format!("{what} (does a server of tallies listen there?)")));
        }
        Ok(())
    }

    /// The server has closed: that is well if everything was replied to, and if the user says nothing more.
    fn close(mut self, how: io::Result<()>, events: &Receiver<Event>) -> Result<(), Failure> {
        while self.owed() == 0 && !self.input_ended {
            match events.recv_timeout(LAST_WORDS) {
                Ok(Event::Commands(more)) => self.command(more),
                Ok(Event::InputEnded(how)) => self.end_input(how)?,
                Ok(_) | Err(_) => break,
            }
        }
        if self.owed() == 0 {
            return Ok(());
        }
        let how = how.map_or_else(|error| format!(" ({error})"), |()| String::new());
        let hint = "quit and boom end a conversation: what stands behind them has no reply";
        Err(Failure(1, format!("the server closed early{how}, {} ({hint})", self.progress())))
    }

    fn progress(&self) -> String {
        format!("after {} of {} replies", self.replies, self.commands)
    }
}

/// Shows replies at once, although more will come: the user may wait for them to type the next command.
fn print(replies: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(replies).and_then(|()| out.flush()).map_err(|error| {
        Failure(1, format!("cannot write to stdout: {error} (is its reader still there?)"))
    })
}
