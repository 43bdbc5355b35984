//! Each check of the suite against a fault that it must find.

use harness::suite::{
    contract, crash, faults, http, limits, lines, pipelining, rejected, standard,
};

use crate::{fails, passes};

#[test]
fn contract_faults_are_found() {
    passes(&[contract::ipv6]);
    fails(&[
        (
            contract::ready_and_try_lines,
            "wrong-ready-line",
            "the first line of stdout must be `listening on ADDR`",
        ),
        (
            contract::ready_and_try_lines,
            "no-suggestion",
            "the second line of `--service http` says `try: `",
        ),
        (contract::suggestion_works, "no-suggestion", "expected `try: …`"),
        (contract::help, "none", "it should have ended by itself, and still ran"),
        (contract::help, "ends-at-start", "--help exits 0"),
        (contract::usage_errors, "ends-at-start", "exit status 2"),
        (contract::usage_errors, "none", "it should have ended by itself, and still ran"),
        (contract::port_in_use, "none", "exit status 1"),
        (contract::foreign_address, "none", "exit status 1"),
        (contract::ipv6, "only-ipv4", "an IPv6 address"),
    ]);
}

#[test]
fn http_faults_are_found() {
    passes(&[
        http::root,
        http::head,
        http::fields,
        http::keep_alive,
        http::version_1_0,
        http::post_by_length,
    ]);
    passes(&[
        http::post_chunked,
        http::not_found,
        http::wrong_method,
        http::bytes,
        http::delay,
        http::delay_beside_others,
        http::spin,
        http::crash_routes_are_off,
    ]);
    fails(&[
        (http::root, "wrong-text", "the body is `Hello, World!`"),
        (http::root, "mute", "expected a status line, nothing came"),
        (http::root, "length-too-large", "expected 14 bytes, nothing came"),
        (http::head, "body-after-head", "malformed reply: expected a status line"),
        (http::fields, "no-date", "one Date"),
        (http::fields, "two-lengths", "one Content-Length"),
        (http::keep_alive, "length-too-small", "malformed reply: expected a status line"),
        (http::keep_alive, "one-request", "stays open"),
        (
            http::version_1_0,
            "answers-after-close",
            "expected the end of the connection, nothing came",
        ),
        (http::post_by_length, "drops-the-body", "byte 0: expected '\\x00', got nothing more"),
        (http::post_chunked, "keeps-chunk-framing", "the body that was sent"),
        (http::not_found, "everything-is-there", "status 404 for GET /nothing-here, got 200"),
        (http::wrong_method, "no-allow", "an Allow with GET, HEAD, POST"),
        (http::bytes, "one-byte-less", "/bytes/1 has 1 bytes, got 0"),
        (http::delay, "too-early", "/delay/700 comes after 700 ms"),
        (http::delay_beside_others, "sequential", "expected a status line, nothing came"),
        (http::spin, "too-early", "/spin/50000 takes 50 ms"),
        (http::crash_routes_are_off, "crash-routes-on", "expected a status line"),
    ]);
}

#[test]
fn pipelining_faults_are_found() {
    passes(&[
        pipelining::in_order,
        pipelining::a_hundred,
        pipelining::one_write,
        pipelining::nothing_after_close,
    ]);
    passes(&[pipelining::half_close, pipelining::byte_by_byte]);
    fails(&[
        (pipelining::in_order, "forgets-the-rest", "expected a status line, nothing came"),
        (pipelining::a_hundred, "forgets-the-rest", "expected a status line, nothing came"),
        (pipelining::a_hundred, "one-byte-less", "reply number 1 has 1 bytes, got 0"),
        (pipelining::one_write, "two-writes", "the whole reply in one read"),
        (pipelining::nothing_after_close, "answers-after-close", "got surplus bytes"),
        (pipelining::half_close, "gone-after-half-close", "expected a status line"),
        (pipelining::byte_by_byte, "one-read-per-request", "a reply of status 200 to GET, got 400"),
    ]);
}

#[test]
fn line_service_faults_are_found() {
    passes(&[
        lines::echo,
        lines::echo_half_close,
        lines::echo_byte_by_byte,
        lines::echo_urgent,
        lines::echo_both_ways,
        lines::hello,
    ]);
    fails(&[
        (lines::echo, "ends-at-nul", "expected"),
        (lines::echo, "waits-for-lines", "expected \"\\x00\", nothing came"),
        (lines::echo_half_close, "waits-for-lines", "all that was sent before the half-close"),
        (lines::echo_byte_by_byte, "waits-for-lines", "expected \"o\", nothing came"),
        (lines::echo_urgent, "answers-at-the-end", "nothing came"),
        (lines::echo_both_ways, "changes-a-byte", "the bytes that were sent"),
        (lines::hello, "wrong-greeting", "`Hello, world!` and the end"),
        (lines::hello, "never-closes", "expected the end of the connection, nothing came"),
        (lines::hello, "closes-with-rst", "reset"),
    ]);
}

#[test]
fn faults_towards_misbehaving_peers_are_found() {
    passes(&[
        rejected::bad_request,
        rejected::large_body,
        crash::costs_one_connection,
        crash::costs_no_server,
        crash::costs_no_worker,
    ]);
    passes(&[
        faults::quick_connections,
        faults::reset_before_request,
        faults::reset_in_reply,
        faults::reset_beside_a_reply,
        faults::reset_in_echo,
        faults::reset_beside_an_echo,
    ]);
    fails(&[
        (standard::every_case, "none", "cases pass,"),
        (rejected::bad_request, "closes-with-rst", "reset"),
        (rejected::large_body, "closes-with-rst", ""),
        (rejected::large_body, "no-limits", "a reply of status 413 to POST, got 200"),
        (faults::quick_connections, "dies-by-reset", "cannot serve a client"),
        (faults::reset_before_request, "dies-by-reset", "cannot serve a client"),
        (faults::reset_in_reply, "dies-by-reset", "cannot serve a client"),
        (faults::reset_beside_a_reply, "sequential", "nothing came"),
        (faults::reset_in_echo, "dies-by-reset", "cannot serve a client"),
        (faults::reset_beside_an_echo, "sequential", "nothing came"),
        (crash::costs_one_connection, "crash-ends-all", ""),
        (crash::costs_no_server, "crash-ends-all", "cannot connect"),
        (crash::costs_no_worker, "crash-ends-all", "cannot connect"),
    ]);
}

#[test]
fn faults_of_patience_are_found() {
    passes(&[
        limits::silent_peer,
        limits::silent_after_reply,
        limits::slow_body,
        limits::silent_line_peer,
    ]);
    fails(&[
        (limits::silent_peer, "no-patience", "expected the end of the connection, nothing came"),
        (
            limits::silent_after_reply,
            "no-patience",
            "expected the end of the connection, nothing came",
        ),
        // A timeout of each read is not enough: every byte begins it anew.
        (limits::slow_headers, "none", "expected a status line, nothing came"),
        (limits::slow_body, "no-patience", "expected the end of the connection, nothing came"),
        (
            limits::silent_line_peer,
            "no-patience",
            "expected the end of the connection, nothing came",
        ),
    ]);
}
