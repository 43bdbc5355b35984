//! HTTP/1.1 as sessions: one conversation as a state machine, without I/O.
//!
//! The rules are those of [RFC 9112](https://www.rfc-editor.org/rfc/rfc9112) (HTTP/1.1 on the wire) and
//! [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110) (what it means). Where they leave a choice, this crate is
//! strict: a message that two parsers could read in two ways is refused, never repaired.
//!
//! What a message is made of, from the byte upwards:
//! - [`token`] — which bytes may stand where.
//! - [`fields`] — header lines: [`Fields`].
//! - [`host`] — is this a host and a port?
//! - [`framing`] — where does the body end?
//! - [`chunked`] — the chunked transfer coding, decoded.
//! - [`limits`] — every limit by name: [`Limits`].
//!
//! The server's side:
//! - [`request`] — the head of a request: [`Request`].
//! - [`status`] — status codes, and why a message is refused: [`Status`], [`Reject`].
//! - [`reply`] — what an application answers: [`Reply`], [`Body`].
//! - [`encode`] — a reply, written out.
//! - [`server`] — one connection, served: [`Server`], [`App`].
//!
//! The client's side:
//! - [`response`] — a response: [`Response`].
//! - [`client`] — one exchange: [`Client`], [`client::Call`], [`client::ClientError`].

pub mod token;

pub mod fields;
pub use fields::Fields;

pub mod host;

pub mod framing;

pub mod chunked;

pub mod limits;
pub use limits::Limits;

pub mod request;
pub use request::{Request, Version};

pub mod status;
pub use status::{Reject, Status};

pub mod reply;
pub use reply::{Body, Reply};

pub mod encode;

pub mod server;
pub use server::{App, Server};

pub mod response;
pub use response::Response;

pub mod client;
pub use client::{Call, Client, ClientError};

/// What a parser makes of the bytes that have arrived so far. Not enough of them is no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan<T> {
    /// Everything so far is in order, and more must follow.
    Partial,
    /// The whole of it, at the front of the bytes.
    Complete(T),
}
