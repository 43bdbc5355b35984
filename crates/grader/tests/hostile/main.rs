//! The whole grader against programs that are hostile or unlucky: a verdict in bounded time, no points that were not
//! earned, all files whole, and nothing left behind. Linux only: elsewhere there is nothing to isolate with.
#![cfg(target_os = "linux")]

mod bench;
mod graded;

mod at_length;
mod clients;
mod ended;
mod escaping;
mod floods;
mod forging;
mod impostors;
mod lines;
mod meddling;
