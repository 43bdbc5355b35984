//! What the server refuses, by name, as the client shows it.

use crate::support::{
    DEADLINE, FILES, Scratch, client, fails, noise, put_line, serve, serving, skipped,
};
use harness::Launch;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

/// A server whose folder has something of every kind in it.
fn zoo() -> Scratch {
    let (served, outside) = (Scratch::new(), std::env::temp_dir());
    served.write("file", b"inside");
    fs::create_dir(served.at("folder")).unwrap();
    symlink("file", served.at("link")).unwrap();
    symlink("../file", served.at("folder/up-and-in")).unwrap();
    symlink(outside, served.at("out")).unwrap();
    symlink("/etc/passwd", served.at("passwd")).unwrap();
    symlink("../..", served.at("above")).unwrap();
    symlink("loop", served.at("loop")).unwrap();
    symlink("nothing", served.at("dangling")).unwrap();
    UnixListener::bind(served.at("socket")).unwrap();
    assert!(Command::new("mkfifo").arg(served.at("pipe")).status().unwrap().success());
    served
}

#[test]
fn get_refuses_by_name() {
    let (served, here) = (zoo(), Scratch::new());
    let server = serve(&served);
    for (name, code, words) in [
        ("nothing", 20, &["cannot get nothing: no such file or directory (not-found)"][..]),
        ("dangling", 20, &["(not-found)"]),
        ("loop", 20, &["(not-found)"]),
        ("folder", 21, &["it is a folder (not-a-file)"]),
        ("pipe", 21, &["it is a device, a pipe or a socket (not-a-file)"]),
        ("socket", 21, &["(not-a-file)"]),
        ("file/x", 22, &["(not-a-folder)"]),
        (".incoming/x", 23, &["(bad-name)"]),
        ("..", 23, &["(bad-name)"]),
        ("../file", 24, &["leads upwards", "(outside)"]),
        ("/etc/passwd", 24, &["absolute", "(outside)"]),
        ("passwd", 24, &["the name leads out of the folder", "(outside)"]),
        ("out/x", 24, &["(outside)"]),
        ("above/x", 24, &["(outside)"]),
    ] {
        fails(&client(&here, "get", server.addr()).args([name]).run(), code, words);
    }
    let long = "x".repeat(256);
    fails(&client(&here, "get", server.addr()).args([&long]).run(), 23, &["(bad-name)"]);
    assert_eq!(here.names(), [""; 0], "no failure leaves a file");
    for name in ["link", "folder/up-and-in"] {
        let got = client(&here, "get", server.addr()).args([name, "-o", "x"]).run();
        assert!(got.status.success() && here.read("x") == b"inside", "{got}");
    }
    // The others are done, and the exit code is that of the first failure.
    let some = client(&here, "get", server.addr()).args(["folder", "nothing", "file"]).run();
    fails(&some, 21, &["nothing"]);
    assert_eq!((some.stderr.lines().count(), here.read("file")), (2, b"inside".to_vec()));
}

#[test]
fn put_refuses_by_name_and_replaces_no_neighbour() {
    let (served, here) = (zoo(), Scratch::new());
    let server = serving(served.path(), "--max-file 1M").start();
    here.write("new", b"new");
    here.write("large", &noise((1 << 20) + 1, 1));
    let put = |args: &[&str]| client(&here, "put", server.addr()).args(args).run();
    for (name, code, words) in [
        ("folder", 21, "it is a folder (not-a-file)"),
        ("pipe", 21, "(not-a-file)"),
        ("new/", 21, "(not-a-file)"),
        ("file/x", 22, "(not-a-folder)"),
        (".incoming/x", 23, "(bad-name)"),
        ("../x", 24, "(outside)"),
        ("out/x", 24, "(outside)"),
    ] {
        fails(&put(&["new", "--as", name]), code, &[words]);
    }
    fails(
        &put(&["large"]),
        28,
        &["1048577 bytes are more than the 1048576 of --max-file (too-large)"],
    );
    assert!(!std::env::temp_dir().join("x").exists());
    // A link is replaced, and what it leads to stays as it was.
    for name in ["passwd", "link"] {
        assert!(put(&["new", "--as", name]).status.success());
        assert!(served.at(name).symlink_metadata().unwrap().is_file());
    }
    assert_eq!(served.read("file"), b"inside");
}

#[test]
fn list_shows_what_can_be_got() {
    let (served, here) = (zoo(), Scratch::new());
    let server = serve(&served);
    let mut wire = server.connect();
    wire.send(put_line(b"12345", "x"));
    wire.expect("ok 0\n");
    let listed = client(&here, "list", server.addr()).run();
    let shown: Vec<_> = listed.stdout.lines().map(str::trim_start).collect();
    assert_eq!(shown, ["6  file", "-  folder/", "6  link"], "{listed}");
    for (name, code) in [("out", 24), ("file", 22), ("nothing", 20), ("..", 24), (".incoming", 23)]
    {
        fails(&client(&here, "list", server.addr()).args([name]).run(), code, &[]);
    }
}

#[test]
fn a_read_only_server_takes_nothing() {
    let (served, here) = (zoo(), Scratch::new());
    here.write("new", b"new");
    let server = serving(served.path(), "--read-only").start();
    fails(&client(&here, "put", server.addr()).args(["new"]).run(), 26, &["(read-only)"]);
    assert!(client(&here, "get", server.addr()).args(["file"]).run().status.success());
    assert!(!served.at(".incoming").exists());
}

#[test]
fn a_device_is_no_file() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let made = Command::new("mknod").arg(served.at("zero")).args(["c", "1", "5"]).output();
    if !made.is_ok_and(|made| made.status.success()) {
        return skipped("a_device_is_no_file", "mknod is not allowed here");
    }
    let server = serve(&served);
    fails(&client(&here, "get", server.addr()).args(["zero"]).run(), 21, &["(not-a-file)"]);
    here.write("new", b"new");
    let put = client(&here, "put", server.addr()).args(["new", "--as", "zero"]).run();
    fails(&put, 21, &["(not-a-file)"]);
}

#[test]
fn what_the_system_forbids_is_said() {
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("secret", b"secret");
    fs::create_dir(served.at("sealed")).unwrap();
    let mode = |name: &str, mode| {
        fs::set_permissions(served.at(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("", 0o777);
    mode("secret", 0o000);
    mode("sealed", 0o555);
    here.write("new", b"new");
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let launch = match is_root {
        // Root may do everything; so somebody else serves.
        true => Launch::new("setpriv").args([
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--clear-groups",
            FILES,
        ]),
        false => Launch::new(FILES),
    };
    let works = |program: &str, args: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--clear-groups", program]).args(args);
        command.output().is_ok_and(|output| output.status.success())
    };
    let folder = served.path().to_str().unwrap();
    if is_root && !(works(FILES, &["--help"]) && works("ls", &[folder])) {
        return skipped("what_the_system_forbids_is_said", "nobody but root can run this program");
    }
    let launch = launch.args(["serve".as_ref(), served.path().as_os_str()]);
    let server = launch.args(["--addr", "127.0.0.1:0"]).deadline(DEADLINE).start();
    let get = client(&here, "get", server.addr()).args(["secret"]).run();
    fails(&get, 25, &["cannot get secret: permission denied (permission-denied)"]);
    let put = client(&here, "put", server.addr()).args(["new", "--as", "sealed/new"]).run();
    fails(&put, 25, &["cannot put new: permission denied (permission-denied)"]);
    // It has come, and waits for the day when it is allowed.
    assert_eq!(served.incoming(), [3]);
    mode("sealed", 0o777);
    let put = client(&here, "put", server.addr()).args(["new", "--as", "sealed/new"]).run();
    assert!(put.status.success() && put.stdout.contains("3 of them from before"), "{put}");
}
