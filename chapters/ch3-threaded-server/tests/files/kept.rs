//! What the server keeps of transfers that broke: how much, how long, and where nobody can touch it.

use crate::here::pipe;
use crate::support::{FILES, Scratch, client, fails, noise, put_line, serve, sha256, skipped};
use harness::Launch;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// A beginning that was written to so long ago.
fn beginning(folder: &Scratch, name: &str, age: Duration) {
    let path = format!(".incoming/{name}");
    folder.write(&path, b"x");
    let file = File::options().write(true).open(folder.at(path)).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

#[test]
fn a_put_without_a_byte_leaves_nothing() {
    let served = Scratch::new();
    let server = serve(&served);
    let mut wire = server.connect();
    wire.send(put_line(b"12345", "a"));
    wire.expect("ok 0\n");
    wire.half_close();
    wire.expect("error incomplete 5 bytes are missing; what came is kept for the next time\n");
    wire.expect_end();
    assert!(served.incoming().is_empty());
}

#[test]
fn beginnings_are_few_and_none_is_old() {
    let served = Scratch::new();
    let server = serve(&served);
    fs::create_dir(served.at(".incoming")).unwrap();
    let minute = Duration::from_secs(60);
    for i in 0..70 {
        beginning(&served, &format!("beginning-{i}"), minute * (i + 1));
    }
    beginning(&served, "stale", minute * 60 * 24 * 8);
    // The oldest of the others is gone on with by somebody.
    let locked = File::open(served.at(".incoming/beginning-69")).unwrap();
    locked.lock().unwrap();
    // The server is running: the next put tidies up.
    let mut wire = server.connect();
    wire.send(put_line(b"12345", "a"));
    wire.expect("ok 0\n");
    let there = |i: u32| served.at(format!(".incoming/beginning-{i}")).exists();
    assert!(!served.at(".incoming/stale").exists());
    assert_eq!((there(0), there(60), there(64), there(69)), (true, true, false, true));
    assert_eq!(served.incoming().len(), 64 + 1);
    wire.send("12345");
    wire.expect("done a\n");
}

#[test]
fn only_a_regular_file_is_gone_on_with() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let content = noise(1000, 1);
    here.write("a", &content);
    served.write("victim", b"precious");
    fs::create_dir(served.at(".incoming")).unwrap();
    let key = served.at(format!(".incoming/{}-1000", sha256(&content)));
    let server = serve(&served);
    let put = || client(&here, "put", server.addr()).args(["a"]).run();
    for target in ["../victim", "../nothing", "loop"] {
        symlink(target, &key).unwrap();
        fails(&put(), 21, &["is no regular file (not-a-file)"]);
        fs::remove_file(&key).unwrap();
    }
    pipe(&key);
    fails(&put(), 21, &["is no regular file (not-a-file)"]);
    assert_eq!((served.read("victim"), served.at("nothing").exists()), (b"precious".into(), false));
}

#[test]
fn no_link_leads_to_it() {
    let (served, here) = (Scratch::new(), Scratch::new());
    fs::create_dir_all(served.at("sub")).unwrap();
    let server = serve(&served);
    let mut wire = server.connect();
    wire.send(put_line(b"12345", "a"));
    wire.expect("ok 0\n");
    let key = format!("{}-5", sha256(b"12345"));
    symlink(".incoming", served.at("inc")).unwrap();
    symlink("../.incoming", served.at("sub/inc")).unwrap();
    symlink(format!(".incoming/{key}"), served.at("key")).unwrap();
    here.write("new", b"new");
    for folder in ["inc", "sub/inc"] {
        let at = format!("{folder}/{key}");
        for args in [["new", "--as", &format!("{folder}/x/y")], ["new", "--as", &at]] {
            let put = client(&here, "put", server.addr()).args(args).run();
            fails(
                &put,
                23,
                &["it leads to .incoming, where unfinished transfers are kept (bad-name)"],
            );
        }
        let get = client(&here, "get", server.addr()).args([&at]).run();
        fails(&get, 23, &["it leads to .incoming"]);
        let list = client(&here, "list", server.addr()).args([folder]).run();
        fails(&list, 23, &["it leads to .incoming"]);
    }
    fails(&client(&here, "get", server.addr()).args(["key"]).run(), 23, &["it leads to .incoming"]);
    wire.send("12345");
    wire.expect("done a\n");
}

#[test]
fn a_link_to_nothing_is_no_folder() {
    let served = Scratch::new();
    symlink("nothing", served.at("dangling")).unwrap();
    let server = serve(&served);
    for name in ["dangling/a", "dangling/b/c"] {
        let mut wire = server.connect();
        wire.send(put_line(b"12345", name));
        // Before a byte of it is sent.
        wire.expect("error not-a-folder a link that leads nowhere stands on the way\n");
        wire.expect_end();
    }
    assert!(!served.at(".incoming").exists());
}

#[test]
fn another_file_system_in_the_folder_is_said_before_the_file_comes() {
    let test = "another_file_system_in_the_folder_is_said_before_the_file_comes";
    let (served, here) = (Scratch::new(), Scratch::new());
    fs::create_dir(served.at("mounted")).unwrap();
    let mounted = served.at("mounted");
    let mut trial = Command::new("unshare");
    let allowed = trial.args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(&mounted).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        return skipped(test, "unshare -rm and mount are not allowed here");
    }
    let script = r#"mount -t tmpfs tmpfs "$1/mounted" && exec "$0" serve "$1" --addr 127.0.0.1:0"#;
    let launch = Launch::new("unshare").args(["-rm", "sh", "-c", script, FILES]);
    let server = launch.args([served.path()]).deadline(crate::support::DEADLINE).start();
    here.write("a", b"1");
    for name in ["mounted/a", "mounted/deep/er/a"] {
        let put = client(&here, "put", server.addr()).args(["a", "--as", name]).run();
        fails(&put, 26, &["another file system is mounted there", "(read-only)"]);
    }
    assert!(!served.at(".incoming").exists());
}
