//! The client from outside, by library and by hand: what it sends, what it prints, and what it says about failures.

mod requests;

mod output;

mod trace;

mod usage;

use harness::{DEADLINE, Launch};

/// Both ways to ask.
const WAYS: [&[&str]; 2] = [&[], &["--by-hand"]];

/// The client with these arguments.
fn client(args: &[&str]) -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_ch6-http-client")).args(args).deadline(DEADLINE)
}
