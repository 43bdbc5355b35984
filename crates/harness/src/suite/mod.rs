//! What every server of the course must do, whatever its concurrency model is.
//!
//! A check is a function of a [`Target`]. [`suite!`](crate::suite!) makes a test of each check for each model:
//!
//! ```text
//! harness::suite!("ch3-threaded-server": threads, pool, channel);
//! ```
//!
//! gives `threads::http::root`, `pool::stop::second_signal`, and so on.
//! What a check has to know about a model stands in one table, `nature.rs`; the suite refuses a model that is not in it.
//! Checks keep under 64 connections at a time, so that no model meets its limit by accident, or say how many they need.

use std::io::{self, Write as _};

pub mod abort;
pub mod capacity;
pub mod churn;
pub mod contract;
pub mod crash;
pub mod crowd;
pub mod drip;
pub mod event_loop;
pub mod exhaustion;
pub mod faults;
pub mod http;
pub mod limits;
pub mod lines;
pub mod logging;
pub mod memory;
mod nature;
pub mod pipelining;
pub mod rejected;
pub mod spin;
pub mod standard;
pub mod stop;
pub mod stuck;
pub mod suspend;
mod target;

pub use target::Target;

/// Says past the capture of the test runner that something was not checked, and why.
pub fn skipped(what: &str) {
    let _ = writeln!(io::stderr(), "skipped: {what}");
}

/// Instantiates the suite for the binary of the calling package, once for each of its models.
///
/// A model whose name is no identifier is written with `_` for `-` (`event_loop`), a keyword as `r#async`. A server that
/// has one client at a time by design is spared what takes several: `suite!("bin", one client at a time: model)`.
#[macro_export]
macro_rules! suite {
    ($bin:literal: $($model:ident),+ $(,)?) => { $(
        mod $model {
            $crate::suite_checks! { $bin $model }
            $crate::suite_checks_of_company! {}
        }
    )+ };
    ($bin:literal, one client at a time: $($model:ident),+ $(,)?) => { $(
        mod $model {
            $crate::suite_checks! { $bin $model }
        }
    )+ };
}

/// What every server must do, however many clients it serves at a time.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_checks {
    ($bin:literal $model:ident) => {
        fn target() -> $crate::suite::Target {
            $crate::suite::Target::named(env!(concat!("CARGO_BIN_EXE_", $bin)), stringify!($model))
        }
        $crate::suite_tests! { everywhere
            contract: ready_and_try_lines, suggestion_works, help, usage_errors, port_in_use, foreign_address, ipv6;
            http: root, head, fields, keep_alive, version_1_0, post_by_length, post_chunked, not_found,
                wrong_method, bytes, delay, spin, crash_routes_are_off;
            pipelining: in_order, a_hundred, one_write, nothing_after_close, half_close, byte_by_byte;
            lines: echo, echo_half_close, echo_byte_by_byte, echo_urgent, echo_both_ways, hello;
            standard: every_case;
            rejected: bad_request, large_body;
            faults: quick_connections, reset_before_request, reset_in_reply, reset_in_echo;
            crash: costs_no_server;
            limits: silent_peer, silent_after_reply, slow_headers, slow_body, silent_line_peer;
        }
        $crate::suite_tests! { linux
            abort: costs_a_process;
            capacity: others_wait;
            churn: leaves_nothing;
            drip: headers, body, reader;
            memory: declared_length, endless_line;
            logging: full_stdout, stdout_without_reader, closed_stdout, stdout_without_space;
            stop: idle, interrupt, interrupt_for_all, reply_in_flight, echo_in_flight, unread_input,
                while_computing, silent_client, second_signal, second_interrupt, port_is_free;
            suspend: replies_go_on, echo_goes_on, longer_than_the_patience;
            stuck: is_dropped, does_not_hold_up_the_stop;
        }
    };
}

/// What takes several clients at a time: who else must not notice?
#[doc(hidden)]
#[macro_export]
macro_rules! suite_checks_of_company {
    () => {
        mod company {
            use super::target;
            $crate::suite_tests! { everywhere
                http: delay_beside_others;
                faults: reset_beside_a_reply, reset_beside_an_echo;
                crash: costs_one_connection, costs_no_worker;
            }
            $crate::suite_tests! { linux
                abort: beside_others;
                crowd: is_served_beside;
                exhaustion: descriptors, threads;
                memory: many_declared_lengths, readers_that_never_read;
                spin: who_waits, takes_turns;
                stop: replies_in_flight, silent_clients;
                suspend: nobody_notices;
                stuck: others_are_served;
            }
        }
    };
}

/// Makes a test of each check; those that read `/proc` are ignored where there is none.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_tests {
    (everywhere $($theme:ident: $($check:ident),+;)+) => { $(
        mod $theme { $(
            #[test]
            fn $check() {
                $crate::suite::$theme::$check(&super::target());
            }
        )+ }
    )+ };
    (linux $($theme:ident: $($check:ident),+;)+) => { $(
        mod $theme { $(
            #[test]
            #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
            fn $check() {
                $crate::suite::$theme::$check(&super::target());
            }
        )+ }
    )+ };
}
