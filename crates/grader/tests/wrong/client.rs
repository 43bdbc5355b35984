//! A client of the tally server that is right but for one fault: `wrong-tally-client --fault NAME HOST:PORT`.
//!
//! The checks are themselves checked on it. Without a fault it is right, and earns 100 points.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const SILENCE: Duration = Duration::from_secs(5);
/// What is not flushed goes out when the program ends.
static HELD: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// Whether a command is being written, and when the last one was.
static SENDING: Mutex<(bool, Option<Instant>)> = Mutex::new((false, None));

/// A command is on its way into the kernel.
struct Sending;

impl Sending {
    fn begin() -> Self {
        SENDING.lock().unwrap_or_else(PoisonError::into_inner).0 = true;
        Self
    }

    /// Whether the sender writes, or will do so soon, as far as one can guess.
    fn goes_on() -> bool {
        let (writes, last) = *SENDING.lock().unwrap_or_else(PoisonError::into_inner);
        writes || last.is_some_and(|last| last.elapsed() < Duration::from_millis(30))
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        *SENDING.lock().unwrap_or_else(PoisonError::into_inner) = (false, Some(Instant::now()));
    }
}

fn main() {
    let mut args = env::args().skip(1);
    let (mut fault, mut addr) = (String::new(), String::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--fault" => fault = args.next().unwrap_or_default(),
            _ => addr = arg,
        }
    }
    let ended = run(&fault, &addr);
    print(&HELD.lock().unwrap_or_else(PoisonError::into_inner));
    match ended {
        Ok(()) => exit(if fault == "exit-code-7" { 7 } else { 0 }),
        Err(what) => {
            match fault.as_str() {
                "long-errors" => {
                    let _ = writeln!(io::stderr(), "error: {what}\n  at client.rs\n  at main.rs");
                }
                "silent-errors" => {}
                _ => {
                    let _ = writeln!(io::stderr(), "error: {what}");
                }
            }
            exit(if fault == "errors-are-success" { 0 } else { 1 })
        }
    }
}

fn run(fault: &str, addr: &str) -> Result<(), String> {
    if fault == "all-of-stdin-first" {
        let mut all = Vec::new();
        let _ = io::stdin().read_to_end(&mut all);
        let stream = connect(fault, addr)?;
        return talk(fault, stream, io::Cursor::new(all));
    }
    let stream = connect(fault, addr)?;
    if fault == "one-after-the-other" {
        return one_after_the_other(stream);
    }
    talk(fault, stream, BufReader::new(io::stdin()))
}

fn connect(fault: &str, addr: &str) -> Result<TcpStream, String> {
    let tried = |error: &dyn std::fmt::Display| format!("cannot connect to {addr}: {error}");
    let addrs: Vec<SocketAddr> = match fault {
        "no-names" => vec![addr.parse().map_err(|error| tried(&error))?],
        "ipv4-only" => addr
            .to_socket_addrs()
            .map_err(|error| tried(&error))?
            .filter(SocketAddr::is_ipv4)
            .collect(),
        "first-address-only" => {
            addr.to_socket_addrs().map_err(|error| tried(&error))?.take(1).collect()
        }
        _ => addr.to_socket_addrs().map_err(|error| tried(&error))?.collect(),
    };
    let stream = TcpStream::connect(&addrs[..]);
    if fault == "refused-is-success" && stream.is_err() {
        exit(0);
    }
    stream.map_err(|error| tried(&error))
}

/// Sends a command, waits for its reply, sends the next one: right as well.
fn one_after_the_other(stream: TcpStream) -> Result<(), String> {
    let mut replies = BufReader::new(stream.try_clone().map_err(|error| error.to_string())?);
    let mut stdin = BufReader::new(io::stdin());
    loop {
        let mut line = Vec::new();
        if stdin.read_until(b'\n', &mut line).map_err(|error| error.to_string())? == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            line.push(b'\n');
        }
        (&stream).write_all(&line).map_err(|error| format!("the server went away: {error}"))?;
        let reply = read_reply(&stream, &mut replies)?;
        print(&reply);
    }
}

fn read_reply(stream: &TcpStream, replies: &mut BufReader<TcpStream>) -> Result<Vec<u8>, String> {
    let until = Instant::now() + SILENCE;
    let mut reply = Vec::new();
    while !reply.ends_with(b"\n") {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
        let got = replies.fill_buf().map_err(|_| "no reply for 5 s, or a reset".to_owned())?;
        if got.is_empty() {
            return Err("the server closed early".into());
        }
        let end = got.iter().position(|&byte| byte == b'\n').map_or(got.len(), |end| end + 1);
        reply.extend_from_slice(&got[..end]);
        replies.consume(end);
        if Instant::now() >= until {
            return Err("no reply for 5 s".into());
        }
    }
    Ok(reply)
}

fn print(bytes: &[u8]) {
    let mut stdout = io::stdout();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// Sends in one thread, and receives in another.
fn talk(
    fault: &str,
    stream: TcpStream,
    mut commands: impl BufRead + Send + 'static,
) -> Result<(), String> {
    let sent = Arc::new(AtomicUsize::new(0));
    let ended = Arc::new(AtomicUsize::new(0));
    let (count, over, own) = (sent.clone(), ended.clone(), fault.to_owned());
    let writer = stream.try_clone().map_err(|error| error.to_string())?;
    let send = move || {
        let mut line = Vec::new();
        while commands.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let whole = line.ends_with(b"\n");
            if !whole {
                line.push(b'\n');
            }
            let skipped = (!whole && own == "drops-the-last-line")
                || (line == b"\n" && own == "skips-empty-lines");
            if own == "text-only" {
                line = String::from_utf8_lossy(&line).into_owned().into_bytes();
            }
            if !skipped {
                count.fetch_add(1, Ordering::SeqCst);
                let _sending = Sending::begin();
                if (&writer).write_all(&line).is_err() {
                    break;
                }
            }
            line.clear();
        }
        over.store(1, Ordering::SeqCst);
        let _ = writer.shutdown(Shutdown::Write);
    };
    thread::spawn(send);
    receive(fault, &stream, &sent, &ended)
}

fn receive(
    fault: &str,
    mut stream: &TcpStream,
    sent: &AtomicUsize,
    ended: &AtomicUsize,
) -> Result<(), String> {
    let (mut buffer, mut chunk, mut got) = (Vec::new(), [0; 16 * 1024], 0);
    let mut since = Instant::now();
    loop {
        let over = ended.load(Ordering::SeqCst) == 1;
        if over && got >= sent.load(Ordering::SeqCst) {
            return match got {
                0 if fault == "nothing-is-a-failure" => Err("there was no command".into()),
                _ => Ok(()),
            };
        }
        if got >= sent.load(Ordering::SeqCst) && fault != "timeout-while-idle" {
            since = Instant::now();
        }
        if since.elapsed() >= SILENCE && fault != "no-timeout" && fault != "timeout-of-a-recv" {
            return Err("no reply for 5 s".into());
        }
        let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
        while fault == "sends-before-it-receives" && Sending::goes_on() {
            thread::sleep(Duration::from_millis(1));
        }
        match stream.read(&mut chunk) {
            Ok(0) if fault == "end-is-success" => return Ok(()),
            Ok(0) if got >= sent.load(Ordering::SeqCst) => return Ok(()),
            Ok(0) => return Err("the server closed early".into()),
            Ok(n) => {
                if fault == "timeout-of-a-recv" {
                    since = Instant::now();
                }
                buffer.extend_from_slice(&chunk[..n]);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if fault == "timeout-of-a-recv" && since.elapsed() >= SILENCE {
                    return Err("no reply for 5 s".into());
                }
                continue;
            }
            Err(_) if fault == "reset-is-success" => return Ok(()),
            Err(error) => return Err(format!("the server went away: {error}")),
        }
        if fault == "one-recv-one-reply" && !buffer.ends_with(b"\n") {
            buffer.push(b'\n');
        }
        while let Some(end) = buffer.iter().position(|&byte| byte == b'\n') {
            let mut line: Vec<u8> = buffer.drain(..=end).collect();
            got += 1;
            since = Instant::now();
            if fault == "lossy" {
                line = String::from_utf8_lossy(&line).into_owned().into_bytes();
            }
            if fault == "stops-at-an-error" && line.starts_with(b"error") {
                return Err("the server said: error".into());
            }
            show(fault, &line);
            if fault == "first-reply-of-a-recv" {
                buffer.clear();
            }
        }
    }
}

fn show(fault: &str, line: &[u8]) {
    match fault {
        "prints-nothing" => {}
        "does-not-flush" => {
            HELD.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        }
        _ => print(line),
    }
}
