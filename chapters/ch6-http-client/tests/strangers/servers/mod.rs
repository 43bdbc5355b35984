//! Servers that nobody here wrote, each with the same tree, on a free port of 127.0.0.1.

mod apache;
mod lighttpd;
mod nginx;
mod python;
mod tls;

pub(crate) use apache::apache;
pub(crate) use lighttpd::lighttpd;
pub(crate) use nginx::nginx;
pub(crate) use python::python;
pub(crate) use tls::certificate;

use crate::folder::Folder;
use crate::run::skip;
use crate::tree;
use harness::{DEADLINE, Launch, Running, holds_within, proc};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    _running: Running,
    addrs: Vec<SocketAddr>,
    /// Where its configuration, its logs and the tree are.
    pub(crate) folder: Folder,
}

impl Server {
    /// The URL of a path over plain HTTP.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addrs[0])
    }

    /// Over TLS, with HTTP/2 if the client wants it.
    pub(crate) fn tls(&self, path: &str) -> String {
        format!("https://{}{path}", self.addrs[1])
    }

    /// Over TLS, with HTTP/1.1 only.
    pub(crate) fn tls_1_1(&self, path: &str) -> String {
        format!("https://{}{path}", self.addrs[2])
    }

    /// The lines of its access log that contain a text, once there are so many.
    #[track_caller]
    pub(crate) fn logged(&self, text: &str, count: usize) -> Vec<String> {
        let mut found = Vec::new();
        harness::eventually(DEADLINE, &format!("{count} lines of the log with {text:?}"), || {
            let log = std::fs::read_to_string(self.folder.path("access.log")).unwrap_or_default();
            found = log.lines().filter(|line| line.contains(text)).map(String::from).collect();
            found.len() >= count
        });
        assert_eq!(found.len(), count, "{found:?}");
        found
    }
}

/// Where a server is, if it is installed: what root starts is not in everybody's `PATH`.
fn installed(program: &str) -> Option<String> {
    let places = [program.to_owned(), format!("/usr/sbin/{program}")];
    let runs = |place: &String| {
        let end = Command::new(place).arg("-v").stdin(Stdio::null()).output();
        end.is_ok_and(|end| end.status.success())
    };
    let found = places.into_iter().find(runs);
    if found.is_none() {
        skip(format_args!("there is no {program}"));
    }
    found
}

/// Starts a server on so many ports that are free. It cannot take any free ones, so somebody else may be quicker: then it
/// ends, and we try others.
fn on_free_ports(
    count: usize,
    folder: Folder,
    launch: impl Fn(&Folder, &[u16]) -> Launch,
) -> Server {
    tree::lay_out(&folder);
    for _ in 0..20 {
        let sockets: Vec<_> =
            (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
        let addrs: Vec<_> = sockets.iter().map(|socket| socket.local_addr().unwrap()).collect();
        drop(sockets);
        let ports: Vec<_> = addrs.iter().map(SocketAddr::port).collect();
        let running = launch(&folder, &ports).begin();
        if listens(&running, |all| addrs.iter().all(|addr| all.contains(addr))) {
            return Server { _running: running, addrs, folder };
        }
    }
    panic!("the server does not start");
}

/// Waits until it listens where it should; false if it ends instead.
fn listens(running: &Running, right: impl Fn(&[SocketAddr]) -> bool) -> bool {
    let mut is_right = false;
    holds_within(DEADLINE, || {
        is_right = proc::listening(running.pid()).is_ok_and(|all| right(&all));
        is_right || proc::state(running.pid()).map_or(true, |state| state == 'Z')
    });
    is_right
}
