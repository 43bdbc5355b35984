//! A small server that is wrong in the one way that `--model` names: the load generator must tell which.
//!
//! A thread for each connection. It serves `/`, `/delay/MS`, `/bytes/N` and POST, and no more. It knows no signals.

mod clock;
mod http;

use socket2::{Domain, Socket, Type};
use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;

static FAULT: OnceLock<String> = OnceLock::new();

/// Is the server to be wrong in this way?
fn wrong(fault: &str) -> bool {
    FAULT.get().is_some_and(|name| name == fault)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flags: HashMap<&str, &str> =
        args.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    FAULT.get_or_init(|| flags.get("--model").map_or_else(String::new, |name| (*name).to_owned()));
    let addr = flags.get("--addr").copied().unwrap_or("127.0.0.1:0").parse().unwrap();
    let socket = bind(addr).unwrap();
    if wrong("refuses") {
        // The port is taken, so that nobody else gets it, and nobody listens.
        announce(socket.local_addr().unwrap().as_socket().unwrap());
        forever();
    }
    socket.listen(1024).unwrap();
    let listener = TcpListener::from(socket);
    announce(listener.local_addr().unwrap());
    if wrong("accepts-nobody") {
        forever();
    }
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve(stream));
    }
}

fn bind(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}

fn announce(addr: SocketAddr) {
    let _ = writeln!(io::stdout(), "listening on {addr}").and_then(|()| io::stdout().flush());
}

fn forever() -> ! {
    loop {
        thread::park();
    }
}

fn serve(stream: TcpStream) {
    if wrong("leaks") {
        std::mem::forget(vec![1_u8; 1024]);
    }
    // A client that goes away is none of the faults.
    let _ = http::serve(stream);
}
