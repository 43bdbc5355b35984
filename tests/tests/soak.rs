//! After 20,000 connections nothing is left of them, whatever the model.

use course::Course;
use harness::suite::{Target, churn};

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn twenty_thousand_connections_leave_nothing() {
    for (package, model) in Course::read().models() {
        churn::leaves_nothing_after(
            &Target::new(harness::build(package, package), &model.name),
            20_000,
        );
    }
}
