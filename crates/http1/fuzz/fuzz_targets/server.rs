//! Any bytes to a server session: see `tests/support/check.rs` for what must hold.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|data: &[u8]| support::check::check_server(data));
