//! A chat: this chapter's application.
//!
//! Many people who are silent most of the time, and now and then a line that goes to all of them: a thread for each
//! would sleep nearly always. Here each is a coroutine, and waits without a thread.
//!
//! - [`protocol`] — what stands on the wire, and every limit; [`help`] — the same for `--help`; [`flags`] — the command line.
//! - [`splitter`] — bytes to lines, [`text`] — what others may see of them, [`name`] — who one may be, [`command`] — what
//!   a line asks for. No I/O in these, and none in [`hall`]: who is where, and who hears what.
//! - [`outbox`] — lines on their way to one person, [`seat`] — the lock of the hall, [`pace`] — how fast one may talk.
//! - [`client`] — one connection: [`reader`] obeys its [`lines`], [`socket`] has its writes and its close.
//! - [`server`] — the accept loop, and the stop.
//!
//! # Who may wait for whom
//!
//! One lock guards the [`hall`]. Whoever says something takes it, puts the line into the outbox of each person in the
//! room, and gives it back. Nothing in there waits: an outbox takes a line at once, or it is full, and then its owner is
//! put out of the hall. So a slow reader costs the others one failed push. And because one line after the other goes
//! through the lock, all members of a room get its lines in one order: a notice that somebody joined comes before the
//! first line of theirs, and who joins hears everything that is said after the answer to `/join`.
//!
//! The lock is std's, and no `.await` stands between its taking and its giving back: a coroutine that waits while it
//! holds a lock would make others wait for its client. An actor that owns the hall and is sent messages would do as
//! well; but its mailbox is one more queue, which needs a limit, and somebody who waits when it is full.
//!
//! Each connection is one coroutine that does two things at a time: it reads lines and obeys them, and it takes what is in
//! its outbox and writes it. The two know of each other by the outbox alone: whichever ends closes it.
//!
//! # Who is too slow
//!
//! Nobody who reads. So a push that finds no room tries to write, here and now, for the coroutine that writes may wait for
//! a thread: only if the socket takes nothing, its owner is too slow. And when many speak in the same moment, those who
//! speak wait until the others have read, for a few seconds at most ([`protocol::LULL`]), and each has a [`pace`].
//! A reader that always has something to read gives the thread back after each line.
//!
//! # What it costs
//!
//! A client who is silent holds a descriptor and about 4 KiB. One who sends holds at most 5 KiB that were read and not yet
//! obeyed: one read of 4 KiB behind an unfinished line of 1 KiB. One who does not read holds at most what `--outbox` says,
//! 17 KiB that are being written, and a send buffer in the kernel. A line for many is held once, however many wait for it.

pub mod protocol;

pub mod help;

pub mod flags;

pub mod splitter;

pub mod text;

pub mod name;

pub mod command;

pub mod hall;

pub mod outbox;

pub mod seat;

pub mod pace;

pub mod client;

pub mod reader;

pub mod lines;

pub mod socket;

pub mod server;
