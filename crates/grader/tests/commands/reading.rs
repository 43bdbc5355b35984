//! What is only read: the course, explanations, the reference.

use crate::bench::{Bench, says};
use crate::support;

#[test]
fn the_course_before_and_after() {
    let mut bench = Bench::finds(support::right());
    let before = bench.run("").out;
    bench.run("ch3");
    bench.grade = says(support::mixed());
    bench.run("ch3 -- python3 my.py");
    let after = bench.run("");
    assert_eq!(after.code, 0);
    insta::assert_snapshot!(format!("{before}\n=====\n{}", after.out));
}

#[test]
fn a_check_is_explained() {
    let said = Bench::finds(support::right()).run("explain ch3.3");
    assert_eq!(said.code, 0);
    insta::assert_snapshot!(said.out);
}

#[test]
fn a_chapter_is_explained() {
    let said = Bench::finds(support::right()).run("explain ch3");
    assert!(said.out.starts_with(
        "ch3  the server, with a thread for each client\n     6 checks, 100 points; the task: \
         chapters/ch3-threaded-server/exercise/README.md\n"
    ));
    assert_eq!(said.out.matches("  grade  cargo grade ch3.").count(), 6, "{}", said.out);
}

#[test]
fn the_reference_is_shown_after_a_full_pass() {
    let mut bench = Bench::finds(support::mixed());
    let said = bench.run("solution ch3");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("when all checks pass; it was not graded yet."), "{}", said.out);
    bench.run("ch3");
    insta::assert_snapshot!(bench.run("solution ch3").out, @r"
    The solution of ch3 is shown when all checks pass; your best is 21 of 100 points.
      grade    cargo grade ch3
      show it  cargo grade solution ch3 --spoil
    ");
    let source = "// chapters/ch3-threaded-server/exercise/solution.rs\n\nfn main() {}\n";
    assert_eq!(bench.run("solution ch3 --spoil").out, source);
    bench.grade = says(support::right());
    // One check is not all of them.
    bench.run("ch3.1");
    assert_eq!(bench.run("solution ch3").code, 1);
    bench.run("ch3");
    bench.grade = says(support::mixed());
    bench.run("ch3");
    let said = bench.run("solution ch3");
    assert_eq!((said.code, &*said.out), (0, source));
}
