//! Fault injection at the call boundary: a stream and an acceptor in memory that fail the n-th call, for every n.
//!
//! The doubles:
//! - `peer` — the other end of a connection, scripted, and the socket between.
//! - `door` — where connections come from, scripted.
//! - `background` — a thread that waits.
//! - `conversations` — what is said to each service, and what comes back when nothing fails.
//!
//! The tests:
//! - `every_call` — one connection, one fault, at each of its calls in turn.
//! - `accepting` — the accept loop survives, pauses, and serves the next.
//! - `stopping` — the loop ends, wherever the stop finds it.
//! - `connections` — the list of open connections.
//! - `closing` — how a connection ends.
//! - `deadlines` — how long a peer is borne, and what the waiting costs.

mod background;
mod conversations;
mod door;
mod peer;

mod accepting;
mod closing;
mod connections;
mod deadlines;
mod every_call;
mod stopping;
