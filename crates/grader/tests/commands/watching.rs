//! `--watch`.

use crate::bench::Bench;
use crate::support;
use std::fs;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// It only bounds a failure.
const DEADLINE: Duration = Duration::from_secs(60);

/// Watches with this command line, saves each file in turn, waits for the grading after it, and ends by Ctrl-C.
fn saves(line: &str, files: &[&str]) -> (u8, String) {
    let mut bench = Bench::finds(support::mixed());
    bench.put("Cargo.toml", "");
    fs::write(bench.root().join("server.py"), "").unwrap();
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    bench.grade = Arc::new(move |_, _| {
        tell.lock().unwrap().send(()).unwrap();
        Ok(crate::bench::judged(support::mixed()))
    });
    let (stop, root) = (Arc::clone(&bench.stop), bench.root());
    let (line, said) = (line.to_owned(), mpsc::channel());
    thread::spawn(move || said.0.send(bench.run(&line)).unwrap());
    told.recv_timeout(DEADLINE).expect("it grades at once");
    for file in files {
        // As editors do: a new file in the place of the old one.
        fs::write(root.join("new"), "changed").unwrap();
        fs::rename(root.join("new"), root.join(file)).unwrap();
        told.recv_timeout(DEADLINE)
            .unwrap_or_else(|_| panic!("it grades again after a change of {file}"));
    }
    stop.store(true, Ordering::Relaxed);
    let said = said.1.recv_timeout(DEADLINE).expect("Ctrl-C ends it");
    assert_eq!(said.err, "");
    (said.code, said.out)
}

#[test]
fn each_save_is_graded_until_ctrl_c() {
    let exercise = "chapters/ch3-threaded-server/exercise";
    let files = [
        format!("{exercise}/src/main.rs"),
        format!("{exercise}/Cargo.toml"),
        format!("{exercise}/src/a.rs"),
    ];
    let (code, out) = saves("ch3 --watch", &[&files[0], &files[1], &files[2]]);
    assert_eq!(code, 1);
    assert!(
        out.contains(&format!("watching {exercise}/src, {exercise}/Cargo.toml; Ctrl-C ends it")),
        "{out}"
    );
    // It is no terminal, so nothing is cleared.
    assert!(!out.contains('\x1b'), "{out}");
}

#[test]
fn a_program_of_ones_own_is_watched_as_far_as_it_is_files() {
    let (code, out) = saves("ch3 --watch -- python3 server.py {addr}", &["server.py"]);
    assert_eq!(code, 1);
    assert!(out.contains("watching server.py;"), "{out}");
}
