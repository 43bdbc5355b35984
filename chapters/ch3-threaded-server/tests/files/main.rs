//! The file service: its conversation without a socket, and its program against clients and faults of every kind.
#![cfg(target_os = "linux")]

mod support;

mod words;

mod conversation;

mod puts;

mod transfers;

mod refusals;

mod resume;

mod kept;

mod patience;

mod here;

mod disk;

mod foreign;

mod failures;
