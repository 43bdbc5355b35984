//! The folder as a service.

use crate::files::server::{Conversation, Directory};
use common::Service;
use session::Session;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A folder that is served.
#[derive(Debug)]
pub struct Share {
    /// Which one.
    pub directory: Arc<Directory>,
    /// How long a client may be silent, or take nothing.
    pub patience: Duration,
}

impl Service for Share {
    fn session(&self) -> Box<dyn Session + Send> {
        let directory = Arc::clone(&self.directory);
        Box::new(Conversation::new(directory, self.patience, Instant::now()))
    }

    fn suggestion(&self, addr: SocketAddr) -> String {
        format!("cargo run -p ch3-threaded-server --bin files -- list {addr}")
    }
}
