//! What RFC 9110 and 9112 demand.

use super::Target;
use crate::conformance;

/// Every case of [`conformance`], on one server.
pub fn every_case(target: &Target) {
    let server = target.start(&[]);
    let failures = conformance::run(server.addr());
    let all = conformance::cases().len();
    let texts: Vec<String> = failures.iter().map(ToString::to_string).collect();
    server.check(
        failures.is_empty(),
        format!("all {all} cases pass, {} fail:\n{}", failures.len(), texts.join("\n")),
    );
    server.connect().get("/", 200);
}
