//! `cargo grade reset ch3`.

use crate::bench::{Bench, EXERCISE};
use crate::support;
use std::fs;

#[test]
fn the_work_is_kept_and_nothing_is_overwritten() {
    let bench = Bench::finds(support::right());
    bench.put("kept/main.2.rs", "// older work\n");
    let said = bench.run("reset ch3");
    assert_eq!((said.code, &*said.err), (0, ""));
    insta::assert_snapshot!(said.out, @r"
    your work is kept: chapters/ch3-threaded-server/exercise/kept/main.1.rs
    restored: chapters/ch3-threaded-server/exercise/src/main.rs begins anew from chapters/ch3-threaded-server/exercise/skeleton.rs
    ");
    assert_eq!(bench.text(&format!("{EXERCISE}/src/main.rs")), "// TODO step 1\n");
    assert_eq!(
        bench.run("reset ch3").out,
        format!("nothing to do: {EXERCISE}/src/main.rs is the skeleton still\n")
    );
    bench.put("src/main.rs", "// new work\n");
    bench.run("reset ch3");
    for (number, text) in [(1, "// my work\n"), (2, "// older work\n"), (3, "// new work\n")] {
        assert_eq!(bench.text(&format!("{EXERCISE}/kept/main.{number}.rs")), text);
    }
    fs::remove_dir_all(bench.root().join(EXERCISE).join("src")).unwrap();
    assert_eq!(bench.run("reset ch3").code, 0);
    assert!(!bench.has(format!("{EXERCISE}/kept/main.4.rs")));
}

#[test]
fn without_a_skeleton_or_a_place_for_the_work_nothing_happens() {
    let bench = Bench::finds(support::right());
    bench.put("kept", "a file where a folder should be");
    let said = bench.run("reset ch3");
    assert_eq!((said.code, &*said.out), (3, ""));
    assert!(said.err.contains("so it stays as it is"), "{}", said.err);
    fs::remove_file(bench.root().join(EXERCISE).join("skeleton.rs")).unwrap();
    let said = bench.run("reset ch3");
    assert!(said.err.contains("skeleton.rs (git checkout restores it)"), "{}", said.err);
    assert_eq!(bench.text(&format!("{EXERCISE}/src/main.rs")), "// my work\n");
}
