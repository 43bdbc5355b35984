//! The checks that read `/proc`, each against a fault that it must find: leaks, shortages, the stop, who waits and who dies.

use harness::suite::{
    abort, capacity, churn, crowd, drip, exhaustion, logging, memory, spin, stop, stuck, suspend,
};

use crate::{fails, passes};

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn leaks_are_found() {
    passes(&[
        churn::leaves_nothing,
        memory::declared_length,
        memory::many_declared_lengths,
        memory::endless_line,
    ]);
    fails(&[
        (
            churn::leaves_nothing,
            "leaks-descriptors",
            "descriptors, threads and processes are back at the baseline",
        ),
        (
            churn::leaves_nothing,
            "leaks-threads",
            "descriptors, threads and processes are back at the baseline",
        ),
        (
            churn::leaves_nothing,
            "leaves-zombies",
            "descriptors, threads and processes are back at the baseline",
        ),
        (churn::leaves_nothing, "leaks-memory", "memory within 8388608 bytes of before"),
        (churn::leaves_nothing, "busy", "an idle server uses at most 1 % of a CPU"),
        (memory::declared_length, "reserves-declared-length", ""),
        (
            memory::readers_that_never_read,
            "holds-replies",
            "each client that does not read holds at most",
        ),
        (memory::readers_that_never_read, "sequential", ""),
        (memory::many_declared_lengths, "reserves-declared-length", "memory grows by at most"),
        (memory::endless_line, "no-limits", "expected a status line, nothing came"),
    ]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn faults_of_a_full_server_are_found() {
    passes(&[exhaustion::descriptors]);
    fails(&[
        (exhaustion::descriptors, "spins", "a full server uses at most"),
        (exhaustion::descriptors, "gives-up", "cannot accept"),
        (stuck::others_are_served, "none", "a client that does not read holds at most"),
        (stuck::others_are_served, "sequential", "nothing came"),
        (stuck::is_dropped, "no-patience", "the client that never reads is dropped"),
        (logging::full_stdout, "println", "nothing came"),
        (exhaustion::threads, "none", ""),
        // It takes EINTR for the end of a connection.
        (suspend::nobody_notices, "none", "expected a status line"),
        (suspend::replies_go_on, "none", ""),
        (suspend::echo_goes_on, "none", ""),
        (suspend::longer_than_the_patience, "none", "expected a status line"),
        (
            capacity::others_wait,
            "none as threads",
            "exactly 4 clients are served at a time, got 20",
        ),
        (logging::stdout_without_space, "println", "failed printing to stdout"),
        (logging::stdout_without_reader, "println", "failed printing to stdout"),
    ]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn faults_of_who_waits_and_who_dies_are_found() {
    passes(&[
        abort::costs_a_process,
        abort::beside_others,
        crowd::is_served_beside,
        spin::who_waits,
        spin::takes_turns,
    ]);
    fails(&[
        (abort::costs_a_process, "survives-abort", "it still runs"),
        (abort::costs_a_process, "none as fork", "as many processes as before"),
        (abort::beside_others, "survives-abort", "the server still holds the connection"),
        (abort::beside_others, "none as fork", ""),
        (crowd::is_served_beside, "sequential", "nothing came"),
        (crowd::is_served_beside, "few-places", "nothing came"),
        (crowd::is_served_beside, "makes-room", ""),
        (crowd::is_served_beside, "leaks-descriptors", "are back when the crowd has left"),
        (spin::who_waits, "sequential", "nothing came"),
        (spin::who_waits, "no-turns", "is served while the first waits"),
        (
            spin::who_waits,
            "spins-for-long as event-loop",
            "the first client is served before the second",
        ),
        (spin::takes_turns, "no-turns", "before the last of the 200 replies"),
        (drip::headers, "no-patience", "every slow client is dropped"),
        (drip::body, "no-patience", "every slow client is dropped"),
        (drip::reader, "holds-replies", "every slow client is dropped"),
        (drip::headers, "sequential", "nothing came"),
    ]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn faults_of_the_stop_are_found() {
    fails(&[
        (stop::idle, "none", "exit 0 after a signal to stop, got signal: 15"),
        (stop::interrupt, "none", "exit 0 after a signal to stop, got signal: 2"),
        (stop::interrupt_for_all, "none", ""),
        (stop::idle, "never-stops", "it still runs"),
        (stop::idle, "leaves-children", "no process left behind"),
        (stop::reply_in_flight, "cut-off-at-stop", ""),
        (
            stop::reply_in_flight,
            "accepts-at-stop",
            "new connections are refused while the server stops",
        ),
        (stop::echo_in_flight, "holds-back-echo", "sent before the signal"),
        (stop::unread_input, "cut-off-at-stop", ""),
        (stop::while_computing, "cut-off-at-stop", "expected a status line"),
        (stop::while_computing, "accepts-at-stop", "expected the end of the connection"),
        (stop::replies_in_flight, "cut-off-at-stop", ""),
        (stop::silent_client, "stops-slowly", "it still runs"),
        (stop::silent_clients, "stops-slowly", "it still runs"),
        (stop::second_signal, "cut-off-at-stop", "the first signal lets a reply in flight finish"),
        (
            stop::second_interrupt,
            "cut-off-at-stop",
            "the first signal lets a reply in flight finish",
        ),
        (stop::second_signal, "deaf-after-the-first", "it still runs"),
        (stop::second_interrupt, "deaf-after-the-first", "it still runs"),
        (stop::port_is_free, "leaves-children", "no process left behind"),
        (stuck::does_not_hold_up_the_stop, "stops-slowly", "it still runs"),
    ]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn a_stop_that_takes_too_long_is_found() {
    let target = crate::target("stops-slowly");
    let report = crate::panic_text(|| stop::idle(&target)).expect("5.5 s are too long");
    assert!(report.contains("the end within 5s, it took 5."), "{report}");
}
