//! A tally server that is right but for one fault: `wrong-tally-server --fault NAME --addr HOST:PORT [--workers N]`.
//!
//! The checks are themselves checked on it. Without a fault it is right, and earns 100 points.

mod server {
    pub(crate) mod commands;
    pub(crate) mod conversation;
    pub(crate) mod door;
}

use server::conversation::{Shared, converse};
use server::door::Door;
use std::env;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, exit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

fn main() {
    let mut args = env::args().skip(1);
    let (mut fault, mut addr, mut workers) = (String::new(), "127.0.0.1:0".to_owned(), 128);
    while let Some(arg) = args.next() {
        let value = args.next().unwrap_or_default();
        match arg.as_str() {
            "--fault" => fault = value,
            "--addr" => addr = value,
            "--workers" => workers = value.parse().expect("--workers takes a number"),
            _ => exit(2),
        }
    }
    let shared = Arc::new(Shared::new(&fault, workers));
    let listener = listen(&addr, &shared);
    let door = Arc::new(Door::new(places(&fault, workers)));
    if fault != "dies-of-term" {
        stop_on_term(&shared, &door, listener.local_addr().expect("a listener has an address"));
    }
    serve(&listener, &shared, &door);
    shared.wait_for_conversations();
    exit(if fault == "stop-code" { 3 } else { 0 });
}

/// How many clients are served at once.
fn places(fault: &str, workers: usize) -> usize {
    match fault {
        "one-at-a-time" => 1,
        "pool-of-16" => workers.min(16),
        "ignores-workers" | "thread-for-each-waiting" => usize::MAX,
        _ => workers,
    }
}

fn listen(addr: &str, shared: &Shared) -> TcpListener {
    let wanted: SocketAddr = addr.parse().expect("an address");
    let bind = match shared.fault() {
        "ends-at-once" => {
            let _ = writeln!(io::stderr(), "no, thank you");
            exit(4)
        }
        "ignores-port" => SocketAddr::from(([127, 0, 0, 1], 0)),
        "listens-everywhere" | "listens-everywhere-and-says-otherwise" => {
            SocketAddr::from(([0, 0, 0, 0], wanted.port()))
        }
        _ => wanted,
    };
    let listener = match shared.fault() {
        "no-reuse" => without_reuse(bind),
        _ => TcpListener::bind(bind),
    };
    let listener = listener.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "cannot listen on {bind}: {error}");
        exit(1)
    });
    let local = listener.local_addr().expect("a listener has an address");
    let line = match shared.fault() {
        "ready-in-other-words" => format!("Server started on {local}\n"),
        "ready-unfinished" => format!("listening on {local}"),
        "ready-too-early" => "listening on 127.0.0.1:1\n".to_owned(),
        "listens-everywhere-and-says-otherwise" => {
            format!("listening on 127.0.0.1:{}\n", local.port())
        }
        _ => format!("listening on {local}\n"),
    };
    let mut stdout = io::stdout();
    let _ = stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush());
    listener
}

fn without_reuse(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket =
        socket2::Socket::new(socket2::Domain::for_address(addr), socket2::Type::STREAM, None)?;
    socket.bind(&addr.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>, door: &Arc<Door>) {
    let served = AtomicUsize::new(0);
    while door.enter() && !shared.is_stopping() {
        let Ok((stream, _)) = listener.accept() else { continue };
        if shared.is_stopping() {
            return;
        }
        if shared.fault() == "serves-one-client" && served.fetch_add(1, Ordering::SeqCst) > 0 {
            exit(0);
        }
        // A child for each client, for which nobody waits; or one that stays.
        match shared.fault() {
            "leaves-zombies" => drop(Command::new("true").spawn()),
            "leaves-a-child" if served.fetch_add(1, Ordering::SeqCst) == 0 => {
                drop(Command::new("sleep").arg("1000").spawn());
            }
            _ => {}
        }
        let (shared, door) = (shared.clone(), door.clone());
        if shared.fault() == "thread-for-each-waiting" {
            thread::spawn(move || {
                shared.permits.wait();
                converse(&shared, stream);
                shared.permits.give_back();
            });
            continue;
        }
        let begin = move |stream: TcpStream| {
            converse(&shared, stream);
            // A worker that failed with its handler does not come back.
            door.leave();
        };
        thread::spawn(move || begin(stream));
    }
}

/// On SIGTERM: no new connections, end-of-file for all that are open.
fn stop_on_term(shared: &Arc<Shared>, door: &Arc<Door>, addr: SocketAddr) {
    let (shared, door) = (shared.clone(), door.clone());
    let mut signals =
        signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM]).expect("signals");
    thread::spawn(move || {
        for _ in signals.forever() {
            if shared.fault() == "ignores-term" {
                continue;
            }
            shared.stop();
            door.close();
            // Wakes the thread that accepts.
            let _ = TcpStream::connect_timeout(&addr, Duration::from_secs(1));
        }
    });
}
