//! Ready-made peers: servers of others, which run where they are installed.

use crate::entrant::{Entrant, root};
use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// A server of somebody else.
struct Peer {
    name: &'static str,
    about: &'static str,
    /// What must be installed.
    program: &'static str,
    /// As for `--add`; `{peers}` is the folder of the ready-made ones.
    command: &'static str,
}

const ALL: [Peer; 4] = [
    Peer {
        name: "nginx",
        about: "nginx, one worker, no log",
        program: "nginx",
        command: "sh {peers}/nginx.sh {port} {folder}",
    },
    Peer {
        name: "python-threading",
        about: "Python: ThreadingHTTPServer of the standard library",
        program: "python3",
        command: "python3 {peers}/python_threading.py {port}",
    },
    Peer {
        name: "python-asyncio",
        about: "Python: asyncio streams, our own handful of HTTP",
        program: "python3",
        command: "python3 {peers}/python_asyncio.py {port}",
    },
    Peer { name: "go", about: "Go: net/http", program: "go", command: "{built} {port}" },
];

/// The peers with these names; `all`: those that are installed.
///
/// # Errors
///
/// When there is none of that name, or it is not installed.
pub fn named(names: &[String]) -> Result<Vec<Entrant>> {
    if let [all] = names
        && all == "all"
    {
        return ALL.iter().filter(|peer| is_installed(peer.program)).map(Peer::entrant).collect();
    }
    names.iter().map(|name| {
        let known = ALL.map(|peer| peer.name).join(", ");
        let peer = ALL.iter().find(|peer| peer.name == name);
        ensure!(peer.is_some(), "there is no peer {name:?}; there are {known}, or all that are installed: --peers all");
        let peer = peer.expect("it was found");
        ensure!(is_installed(peer.program), "{} is not installed, which the peer {name} needs", peer.program);
        peer.entrant()
    }).collect()
}

impl Peer {
    fn entrant(&self) -> Result<Entrant> {
        let command = if self.command.contains("{built}") {
            self.command.replace("{built}", &build_go()?)
        } else {
            self.command.into()
        };
        Ok(Entrant::line(self.name, self.about, &command))
    }
}

/// Builds the one peer that has to be built, and says where it is.
fn build_go() -> Result<String> {
    let program = root().join("target/compare/go-demo");
    let done = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(root().join("scripts/peers/demo.go"))
        .output()
        .context("cannot run go")?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "the peer go does not compile: {}", said.trim());
    Ok(format!("'{}'", program.display()))
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian has nginx where only root looks.
    let folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").into()]);
    folders.into_iter().any(|folder| folder.join(program).is_file())
}

/// Puts the address into a command line, and a folder for what the server writes.
pub(crate) fn fill(line: &str, addr: SocketAddr, folder: &Path) -> String {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    line.replace("{addr}", &addr.to_string())
        .replace("{port}", &addr.port().to_string())
        .replace("{folder}", &quoted(folder))
        .replace("{peers}", &quoted(&root().join("scripts/peers")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_gets_its_address() {
        let addr = "127.0.0.1:4321".parse().unwrap();
        let line = fill("a {addr} {port} {folder}", addr, Path::new("/it's"));
        assert_eq!(line, r"a 127.0.0.1:4321 4321 '/it'\''s'");
    }

    #[test]
    fn an_unknown_peer_is_answered_by_the_known_ones() {
        let error = named(&["apache".into()]).unwrap_err().to_string();
        assert!(error.contains("nginx, python-threading"), "{error}");
    }
}
