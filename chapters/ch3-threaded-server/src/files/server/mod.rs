//! The server's side.
//!
//! - [`share`] — the folder as a service.
//! - [`conversation`] — one client's conversation, as a session.
//! - [`directory`] — the folder that is served.
//! - [`download`] — a file on its way to a client.
//! - [`upload`] — a file on its way to us, [`incoming`] — where it is kept until it is whole, `place` — where it goes.

pub mod share;
pub use share::Share;

pub mod conversation;
pub use conversation::Conversation;

pub mod directory;
pub use directory::{Directory, Policy};

pub mod download;

pub mod upload;

pub mod incoming;

mod place;

mod output;
