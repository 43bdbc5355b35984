//! The chat: its parts without a socket, and its program against crowds, slow readers and liars.
#![cfg(target_os = "linux")]

mod support;

mod words;

mod outbox;

mod hall;

mod rooms;

mod harmless;

mod crowd;

mod slow;

mod floods;

mod endings;

mod stop;

mod contract;

mod foreign;
