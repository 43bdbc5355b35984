//! A small server that is right, or wrong in the one way that `--model` names: checks must tell which.
//!
//! It serves what the checks of `tests/oracle.rs` need, and no more. It knows no signals: a shell in front of it stops it.

mod echo;
mod http;
mod request;

use std::collections::{HashMap, VecDeque};
use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, exit};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

static FAULT: OnceLock<String> = OnceLock::new();

/// How many clients have come so far.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// Whether the server is to be wrong in this way.
fn wrong(fault: &str) -> bool {
    FAULT.get().is_some_and(|name| name == fault)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flags: HashMap<&str, &str> =
        args.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    FAULT.get_or_init(|| flags.get("--model").map_or_else(String::new, |name| (*name).to_owned()));
    behind_a_shell(&args);

    let addr = flags.get("--addr").copied().unwrap_or("127.0.0.1:0");
    let addr = if wrong("only-ipv4") { "127.0.0.1:0" } else { addr };
    let listener = TcpListener::bind(addr).unwrap();
    let addr = listener.local_addr().unwrap();
    announce(addr);
    if wrong("busy") {
        thread::spawn(|| {
            loop {
                std::hint::spin_loop();
            }
        });
    }
    let service = flags.get("--service").copied().unwrap_or("http").to_owned();
    let crash = args.iter().any(|arg| arg == "--allow-crash") || wrong("crash-routes-on");
    let patience = flags.get("--patience").and_then(|text| text.parse().ok()).unwrap_or(60);
    let mut places = Places::default();
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(_) if wrong("spins") => continue,
            Err(error) if wrong("gives-up") => panic!("cannot accept: {error}"),
            Err(_) => {
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        places.take(&stream);
        if !wrong("no-patience") && !wrong("holds-replies") {
            stream.set_read_timeout(Some(Duration::from_secs(patience))).unwrap();
            stream.set_write_timeout(Some(Duration::from_secs(patience))).unwrap();
        }
        let service = service.clone();
        let serve = move || serve(stream, &service, crash);
        match FAULT.get().map(String::as_str) {
            Some("sequential") => serve(),
            _ => drop(thread::spawn(serve)),
        }
    }
}

/// What this server does with more clients than it likes.
#[derive(Default)]
struct Places(VecDeque<TcpStream>);

impl Places {
    fn take(&mut self, stream: &TcpStream) {
        const MOST: usize = 100;
        if wrong("few-places") || wrong("makes-room") {
            self.0.extend(stream.try_clone());
        }
        if self.0.len() > MOST && wrong("few-places") {
            loop {
                thread::park();
            }
        }
        if self.0.len() > MOST && wrong("makes-room") {
            let _ = self.0.pop_front().map(|first| first.shutdown(Shutdown::Both));
        }
    }
}

fn announce(addr: std::net::SocketAddr) {
    let ready = match FAULT.get().map(String::as_str) {
        Some("silent-start") => loop {
            thread::park();
        },
        Some("ends-at-start") => exit(3),
        Some("wrong-ready-line") => format!("Serving on {addr}"),
        _ => format!("listening on {addr}"),
    };
    let tried =
        if wrong("no-suggestion") { String::new() } else { format!("try: curl http://{addr}/") };
    if wrong("println") {
        #[expect(clippy::print_stdout, reason = "the fault is this very line")]
        {
            println!("{ready}\n{tried}");
        }
    } else {
        // Full pipes are not this server's subject, but broken ones must not end it.
        let _ = writeln!(io::stdout(), "{ready}\n{tried}").and_then(|()| io::stdout().flush());
    }
}

fn serve(stream: TcpStream, service: &str, crash: bool) {
    if NUMBER.fetch_add(1, Ordering::Relaxed) == 1000 && wrong("leaves-zombies") {
        drop(Command::new("true").spawn());
    }
    let copy = stream.try_clone();
    let result = match service {
        "echo" => echo::serve(stream),
        "hello" => echo::greet(stream),
        _ => http::serve(stream, crash),
    };
    if wrong("leaks-descriptors") {
        std::mem::forget(copy);
    } else if wrong("leaks-threads") {
        loop {
            thread::park();
        }
    } else if wrong("leaks-memory") {
        std::mem::forget(vec![1_u8; 16 * 1024]);
    }
    if let Err(error) = result
        && wrong("dies-by-reset")
    {
        let _ = writeln!(io::stderr(), "cannot serve a client: {error}");
        exit(101);
    }
}

/// Ways to stop that need a signal handler: the shell has one, and waits for this program, started again without it.
fn behind_a_shell(args: &[String]) {
    let script = match FAULT.get().map(String::as_str) {
        Some("cut-off-at-stop" | "holds-back-echo") => "trap 'kill -KILL $!; exit 0' TERM INT",
        Some("stops-slowly") => "trap 'kill -KILL $!; sleep 5.5; exit 0' TERM INT",
        Some("leaves-children") => "trap 'exit 0' TERM INT",
        Some("deaf-after-the-first") => {
            "trap 'trap \"\" TERM INT; kill -KILL $!; sleep 60' TERM INT"
        }
        Some("never-stops") => "trap '' TERM INT",
        Some("accepts-at-stop") => "trap 'sleep 6; kill -KILL $!; exit 0' TERM INT",
        _ => return,
    };
    if std::env::var_os("BEHIND_A_SHELL").is_none() {
        let script = format!("{script}; \"$0\" \"$@\" & wait");
        let own = std::env::current_exe().unwrap();
        let error = Command::new("sh")
            .args(["-c", &script])
            .arg(own)
            .args(args)
            .env("BEHIND_A_SHELL", "yes")
            .exec();
        panic!("cannot run sh: {error}");
    }
}
