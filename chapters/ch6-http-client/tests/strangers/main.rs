//! The client among strangers: servers that nobody here wrote, and curl beside it, whose answers are the right ones.
//!
//! What is not installed is skipped, with a line that says so. `cargo test --test strangers -- --nocapture` prints
//! what came of every case.

mod codes;
mod downloads;
mod files;
mod folder;
mod privacy;
mod redirects;
mod requests;
mod retries;
mod run;
mod servers;
mod tree;
mod urls;
