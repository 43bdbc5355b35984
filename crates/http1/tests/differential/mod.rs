//! What the tests against other people's HTTP share.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod duplex;
pub(crate) mod heads;

use proptest::prelude::ProptestConfig;

/// So many cases, unless the environment (`PROPTEST_CASES`) wants another number.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(usual),
    }
}
