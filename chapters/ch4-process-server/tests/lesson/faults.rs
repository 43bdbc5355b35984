//! Two servers side by side: the tutorials' one and ours.

use crate::python;
use crate::support::{MODELS, children, idle_clients, ours};
use harness::{DEADLINE, Program, Signal, Wire, holds_within};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

const TUTORIAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tutorial.py");

/// Long enough to see that nothing comes.
const A_WHILE: Duration = Duration::from_millis(300);

fn tutorial() -> Option<Program> {
    Some(python(&[TUTORIAL])?.start())
}

/// One client after the other: each is served, and its child has ended, before the next one comes.
#[track_caller]
fn served_in_turn(server: &Program, clients: usize) -> Vec<Wire> {
    let serve = |number| {
        let mut client = server.connect();
        client.send("hello");
        client.expect("Hello, world!");
        server.eventually("its child has ended", || server.tree().zombies == number);
        client
    };
    (1..=clients).map(serve).collect()
}

#[test]
fn a_copy_of_the_socket_in_the_parent_keeps_the_connection_open() {
    if let Some(server) = tutorial() {
        let mut client = served_in_turn(&server, 1).remove(0);
        client.expect_silence(A_WHILE);
        // The end comes when the next client does: it takes the variable that held the copy.
        let _next = server.connect();
        client.expect_end();
    }
    for model in MODELS {
        let server = ours(model, "--service hello").start();
        let mut client = server.connect();
        client.expect("Hello, world!");
        client.expect_end();
    }
}

#[test]
fn children_that_nobody_waits_for_are_zombies() {
    if let Some(server) = tutorial() {
        drop(served_in_turn(&server, 5));
        server.check(server.tree().zombies == 5, "each child that has ended is still there");
    }
    for model in ["spawn", "fork"] {
        let server = ours(model, "").start();
        drop(idle_clients(&server, 5));
        let gone = format!("{model}: the children have ended, and no zombie is left");
        server.eventually(&gone, || children(&server).is_empty());
    }
}

/// Python's own server that forks for each client.
const FORKING: &str = r"
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(1024):
            self.request.sendall(b'Hello, world!')
server = socketserver.ForkingTCPServer(('127.0.0.1', 0), Echo)
print('listening on 127.0.0.1:%d' % server.server_address[1], flush=True)
server.serve_forever()
";

#[test]
fn children_outlive_a_killed_parent_and_keep_its_port() {
    for program in [&[TUTORIAL][..], &["-c", FORKING]] {
        let Some(launch) = python(program) else { break };
        let mut server = launch.start();
        let mut client = server.connect();
        server.eventually("the client has a child", || children(&server).len() == 1);
        server.signal(Signal::Kill);
        assert!(holds_within(DEADLINE, || server.has_ended()), "SIGKILL ends it");

        // The child has inherited the listener. So the port is taken, and whoever connects is accepted by nobody.
        let again = TcpListener::bind(server.addr()).map(drop);
        assert_eq!(again.unwrap_err().kind(), ErrorKind::AddrInUse);
        let mut late = server.connect();
        late.send("hello");
        late.expect_silence(A_WHILE);
        client.send("hello");
        client.expect("Hello, world!");
    }
    for model in MODELS {
        let server = ours(model, "--workers 4").start();
        let _clients = idle_clients(&server, 3);
        server.signal(Signal::Kill);
        let nobody = format!("{model}: nobody is left, so nobody holds the port");
        server.eventually(&nobody, || server.living().is_empty());
    }
}

#[test]
fn without_a_limit_each_client_is_a_process() {
    const CLIENTS: usize = 40;
    if let Some(server) = tutorial() {
        let _silent: Vec<_> = (0..CLIENTS).map(|_| server.connect()).collect();
        server.eventually("so many children", || children(&server).len() == CLIENTS);
    }
    for model in ["spawn", "fork"] {
        let server = ours(model, "--max-children 4").start();
        let _silent: Vec<_> = (0..CLIENTS).map(|_| server.connect()).collect();
        server.eventually(&format!("{model}: four children"), || children(&server).len() == 4);
        std::thread::sleep(A_WHILE);
        server.check(children(&server).len() == 4, format!("{model}: and no more"));
    }
}

#[test]
fn exit_writes_the_parents_buffer_once_more() {
    if let Some(server) = tutorial() {
        drop(served_in_turn(&server, 3));
        // The first child has one line in its copy of the buffer, the second two, the third three.
        let shown = || server.stdout().lines().filter(|line| *line == "a client came").count();
        server.eventually("three clients are six lines", || shown() == 6);
    }
    let server = ours("fork", "").start();
    drop(idle_clients(&server, 3));
    server.eventually("the children have ended", || children(&server).is_empty());
    server.check(server.stdout().lines().count() == 2, "what the parent has written, once");
}

#[test]
fn a_client_that_goes_away_ends_no_child_of_ours() {
    for (model, flags) in [("spawn", ""), ("fork", ""), ("prefork", "--workers 1")] {
        let server = ours(model, flags).start();
        let workers = children(&server);
        let mut client = server.connect();
        client.request("GET", "/bytes/10000000");
        client.read_exact(100);
        client.reset();
        // The only worker serves again: it has survived the first client.
        server.connect().get("/", 200);
        server.eventually(&format!("{model}: as before"), || children(&server) == workers);
        server.check(server.stderr().is_empty(), format!("{model}: no child died of a signal"));
    }
}
