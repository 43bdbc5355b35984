//! Which conversation is held: a session for each connection.

use crate::demo::Demo;
use http1::Limits;
use session::{Echo, Hello, Session};
use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

/// What a server offers to every connection.
pub trait Service: Debug + Send + Sync {
    /// Begins a conversation.
    fn session(&self) -> Box<dyn Session + Send>;

    /// Begins a conversation that may keep a buffer of so many bytes between two replies, if it knows how to: memory for time.
    fn session_that_keeps(&self, _bytes: u16) -> Box<dyn Session + Send> {
        self.session()
    }

    /// A command that a person may try, for the second line of output.
    fn suggestion(&self, addr: SocketAddr) -> String;
}

/// How long a line service waits for a peer that is silent: a person types there.
pub const LINE_PATIENCE: Duration = Duration::from_secs(60);

/// A service that every server of the course can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP/1.1 and the demo application.
    Http,
    /// What comes in goes out.
    Echo,
    /// A greeting, and good-bye.
    Hello,
}

impl Kind {
    /// Every kind with its name on the command line.
    pub const ALL: [(&'static str, Self); 3] =
        [("http", Self::Http), ("echo", Self::Echo), ("hello", Self::Hello)];
}

/// The service that `--service` and its companions ask for.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    /// Which conversation.
    pub kind: Kind,
    /// How long a silent or stuck peer is borne; `None` is the service's own patience.
    pub patience: Option<Duration>,
    /// The application behind HTTP.
    pub demo: Demo,
}

impl Service for Standard {
    fn session(&self) -> Box<dyn Session + Send> {
        self.session_that_keeps(0)
    }

    fn session_that_keeps(&self, bytes: u16) -> Box<dyn Session + Send> {
        let now = Instant::now();
        let line_patience = self.patience.unwrap_or(LINE_PATIENCE);
        match self.kind {
            Kind::Http => {
                let patience = self.patience.unwrap_or(http1::limits::PATIENCE);
                let limits = Limits { patience, ..Limits::default() };
                let server = http1::Server::new(self.demo, limits, now, SystemTime::now());
                Box::new(server.keeping(bytes))
            }
            Kind::Echo => Box::new(Echo::new(now, line_patience)),
            Kind::Hello => Box::new(Hello::new(now, line_patience)),
        }
    }

    fn suggestion(&self, addr: SocketAddr) -> String {
        match self.kind {
            Kind::Http => format!("curl http://{addr}/"),
            Kind::Echo | Kind::Hello => format!("nc {} {}", addr.ip(), addr.port()),
        }
    }
}
