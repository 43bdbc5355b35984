//! What every program of the course needs, so that a chapter shows its model and nothing else.
//!
//! In the order in which a connection meets them:
//! - [`program`] — the ten lines of every `main`: from the arguments to the exit code.
//! - [`flags`] — the command line.
//! - [`server`] — a concurrency model, and what it is given to serve with.
//! - [`stop`] — signals: the first one stops, the second one does not wait.
//! - [`listen`] — a socket that listens.
//! - [`log`] — lines for a person, written so that they can never hold up or end a server.
//! - [`failure`] — what a client could not do, in one line.
//! - [`accept`] — the next connection, and what to do when there is none to be had.
//! - [`connections`] — the connections that are open: how many there may be, and how to stop them.
//! - [`service`] — which conversation is held: a [`session::Session`] for each connection.
//! - [`demo`] — the application behind `--service http`.
//! - [`conversation`] — a session and its close, without I/O: what every driver drives.
//! - [`blocking`] — `drive` for one thread that waits: the driver of chapters 2, 3 and 4.
//! - `timer` — deadlines, as the timeout of a socket.
//! - [`nonblocking`] — `drive` for a thread that waits for nobody: the driver of the event loops in chapters 5 and 7.
//! - [`backlog`] — what such a loop knows of the clients that it has not accepted yet.
//! - [`timers`] — the deadlines of its connections.
//! - [`stream`] — a connected socket, as far as a driver needs one.
//! - [`datagrams`] — a server without connections.

pub mod program;
pub use program::Program;

pub mod flags;
pub use flags::{Flags, Setting, Settings};

pub mod server;
pub use server::{Model, Server};

pub mod stop;

pub mod listen;

pub mod log;

pub mod failure;
pub use failure::Failure;

pub mod accept;
pub use accept::{Acceptor, Backoff, Incoming};

pub mod connections;
pub use connections::{Connection, Connections};

pub mod service;
pub use service::{Service, Standard};

pub mod demo;
pub use demo::Demo;

pub mod conversation;
pub use conversation::{Conversation, Step};

pub mod blocking;

mod timer;

pub mod nonblocking;

pub mod backlog;
pub use backlog::Backlog;

pub mod timers;
pub use timers::Timers;

pub mod stream;
pub use stream::{Socket, Stream};

pub mod datagrams;
pub use datagrams::Datagrams;
