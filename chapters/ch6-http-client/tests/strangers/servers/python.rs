//! Python's `http.server`, which knows neither ranges nor keep-alive unless it is told.

use super::{Server, listens};
use crate::folder::Folder;
use crate::run::there_is;
use crate::tree;
use harness::{Launch, proc};

/// Starts it with this version of HTTP: `HTTP/1.0` or `HTTP/1.1`.
pub(crate) fn python(version: &str) -> Option<Server> {
    // `--protocol` came with Python 3.11.
    if !there_is("python3", &["-c", "import http.server, sys; assert sys.version_info >= (3, 11)"])
    {
        return None;
    }
    let folder = Folder::new();
    tree::lay_out(&folder);
    let args =
        ["-m", "http.server", "0", "--bind", "127.0.0.1", "--protocol", version, "--directory"];
    let running = Launch::new("python3").args(args).args([folder.path("tree")]).begin();
    assert!(listens(&running, |all| !all.is_empty()), "Python's server does not start");
    let addrs = proc::listening(running.pid()).unwrap();
    Some(Server { _running: running, addrs, folder })
}
