//! A disk that is full, or takes nothing: the client hears it by name, and the server goes on.

use crate::support::{DEADLINE, FILES, Scratch, client, fails, noise, serving, skipped, well};
use harness::{Launch, Program};
use std::process::Command;

/// A server whose folder is a small file system of its own, made with these options, or `None` where nobody may do
/// that.
fn on_a_disk(folder: &Scratch, options: &str, test: &str) -> Option<Program> {
    let script = r#"mount -t tmpfs -o "$2" tmpfs "$1" && mkdir "$1/.incoming" && mount -o "remount,$2,$3" "$1" && \
        exec "$0" serve "$1" --addr 127.0.0.1:0"#;
    let (size, mode) = options.split_once(' ').unwrap();
    let mut trial = Command::new("unshare");
    let allowed = trial.args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path()).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        skipped(test, "unshare -rm and mount are not allowed here");
        return None;
    }
    let launch = Launch::new("unshare").args(["-rm", "sh", "-c", script, FILES]);
    let launch = launch.args([folder.path().to_str().unwrap(), size, mode]);
    Some(launch.deadline(DEADLINE).start())
}

#[test]
fn a_full_disk_is_said_by_name() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let Some(server) = on_a_disk(&served, "size=1m rw", "a_full_disk_is_said_by_name") else {
        return;
    };
    here.write("large", &noise(3_000_000, 1));
    here.write("small", &noise(500_000, 2));
    let put = |name| client(&here, "put", server.addr()).args([name]).run();
    fails(&put("large"), 27, &["cannot put large: no space left on device", "(no-space)"]);
    // What had come is gone again, so that there is room for others.
    well(&put("small"));
    fails(&put("large"), 27, &["(no-space)"]);
    let mut wire = server.connect();
    wire.send("list\n");
    wire.expect("ok\n500000 small\nend 1\n");
}

#[test]
fn a_disk_that_takes_nothing_is_said_by_name() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let Some(server) =
        on_a_disk(&served, "size=1m ro", "a_disk_that_takes_nothing_is_said_by_name")
    else {
        return;
    };
    here.write("a", b"1");
    let put = client(&here, "put", server.addr()).args(["a"]).run();
    fails(&put, 26, &["read-only file", "(read-only)"]);
}

#[test]
fn a_file_that_may_not_grow_is_said_by_name() {
    let (served, here) = (Scratch::new(), Scratch::new());
    // In blocks of 512 bytes: 1 MB.
    let mut server = serving(served.path(), "").limit("-f", 2000).start();
    here.write("large", &noise(12_000_000, 1));
    here.write("small", &noise(500_000, 2));
    let put = |name| client(&here, "put", server.addr()).args([name]).run();
    fails(&put("large"), 28, &["file too large (too-large)"]);
    well(&put("small"));
    assert!(served.incoming().is_empty());
    assert!(server.stop().status.success());
}

#[test]
fn a_client_without_room_says_so_too() {
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("large", &noise(3_000_000, 1));
    let server = serving(served.path(), "").start();
    let got = client(&here, "get", server.addr()).limit("-f", 2000).args(["large"]).run();
    fails(&got, 28, &["cannot write .large.files-part here: file too large (too-large)"]);
    // With room again it goes on.
    let got = client(&here, "get", server.addr()).args(["large"]).run();
    well(&got);
    assert!(got.stdout.contains("of them from before"), "{got}");
}
