//! The client's own folder: what it writes to, what it leaves alone, and what it says of it.

use crate::support::{Scratch, client, fails, noise, serve, well};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use ch3_threaded_server::files::partial::Partial;
use harness::together;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

pub(crate) fn pipe(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
}

pub(crate) fn mode(at: &Path) -> u32 {
    fs::metadata(at).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_a_regular_file_is_replaced() {
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("a", b"new");
    here.write("file", b"old");
    symlink("file", here.at("link")).unwrap();
    symlink("nothing", here.at("dangling")).unwrap();
    pipe(&here.at("pipe"));
    fs::create_dir(here.at("folder")).unwrap();
    fs::create_dir(here.at("folder/a")).unwrap();
    let before = here.names();
    let server = serve(&served);
    for (target, words) in [
        ("pipe", "cannot write pipe here: it is a device, a pipe or a socket (not-a-file)"),
        ("link", "it is a link; say where it leads to (not-a-file)"),
        ("dangling", "it is a link"),
        ("folder", "cannot write folder/a here: it is a folder (not-a-file)"),
    ] {
        fails(&client(&here, "get", server.addr()).args(["a", "-o", target]).run(), 21, &[words]);
    }
    let got = client(&here, "get", server.addr()).args(["a", "-o", "none/"]).run();
    fails(&got, 22, &["none/ is no folder here"]);
    assert_eq!((here.names(), here.read("file")), (before, b"old".to_vec()));
}

#[test]
fn a_planted_part_is_not_written_through() {
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("a", b"new");
    here.write("victim", b"precious");
    let server = serve(&served);
    let get = || client(&here, "get", server.addr()).args(["a"]).run();
    symlink("victim", here.at(".a.files-part")).unwrap();
    fails(&get(), 21, &["cannot write .a.files-part here: it is no regular file"]);
    fs::remove_file(here.at(".a.files-part")).unwrap();
    symlink("fresh", here.at(".a.files-part")).unwrap();
    fails(&get(), 21, &["no regular file (not-a-file)"]);
    fs::remove_file(here.at(".a.files-part")).unwrap();
    pipe(&here.at(".a.files-part"));
    fails(&get(), 21, &["no regular file (not-a-file)"]);
    assert_eq!((here.read("victim"), here.names().len()), (b"precious".to_vec(), 2));
}

#[test]
fn a_part_that_got_its_name_is_no_part() {
    // Each takes the file that the other has just finished, and must see that it is not a part any more.
    let here = Scratch::in_memory();
    let open = Dir::open_ambient_dir(here.path(), ambient_authority()).unwrap();
    let (folder, path) = (Arc::new(open), Path::new("part"));
    together(2, |i| {
        for _ in 0..500 {
            let Ok(partial) = Partial::claim(&folder, path) else { continue };
            assert_eq!(partial.file().metadata().unwrap().len(), 0, "it has the name already");
            partial.file().write_all(b"all").unwrap();
            partial.publish(Path::new(&format!("file-{i}"))).unwrap();
        }
    });
    assert!(!here.at(path).exists());
}

#[test]
fn the_files_of_others_stay() {
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("a", b"new");
    for name in ["a.part", "a.files-part", ".a.part"] {
        here.write(name, b"not ours");
    }
    let server = serve(&served);
    well(&client(&here, "get", server.addr()).args(["a"]).run());
    for name in ["a.part", "a.files-part", ".a.part"] {
        assert_eq!(here.read(name), b"not ours");
    }
    assert_eq!((here.read("a"), here.names().len()), (b"new".to_vec(), 4));
}

#[test]
fn long_names_are_got_and_leave_room_for_the_reason() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let server = serve(&served);
    for length in [242, 243, 244, 255] {
        let name = "n".repeat(length);
        served.write(&name, &noise(length, 1));
        well(&client(&here, "get", server.addr()).args([&name]).run());
        assert_eq!(here.read(&name), noise(length, 1));
    }
    assert_eq!(here.names().len(), 4);
    let missing = format!("{}/{}", "folder".repeat(40), "x".repeat(250));
    let got = client(&here, "get", server.addr()).args([&missing]).run();
    fails(&got, 20, &["cannot get folderfolder", "xxx: no such file or directory (not-found)"]);
    let put = client(&here, "put", server.addr()).args([&missing]).run();
    fails(&put, 1, &["xxx here: no such file or directory"]);
    let got = client(&here, "get", server.addr()).args([&"n".repeat(255), "-o", &missing]).run();
    fails(&got, 1, &["xxx here: no such file or directory"]);
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let server = serve(&served);
    for folder in [&served, &here] {
        folder.write("plain", b"");
        for (name, mode) in [("private", 0o600), ("program", 0o755), ("fixed", 0o400)] {
            folder.write(name, b"old");
            fs::set_permissions(folder.at(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    }
    here.write("new", b"new");
    for name in ["private", "program", "fixed", "fresh"] {
        well(&client(&here, "put", server.addr()).args(["new", "--as", name]).run());
        well(&client(&here, "get", server.addr()).args([name]).run());
    }
    for folder in [&served, &here] {
        let modes = ["private", "program", "fixed"].map(|name| mode(&folder.at(name)));
        assert_eq!(modes, [0o600, 0o755, 0o400]);
        // A new one has the mode of every new file.
        assert_eq!(mode(&folder.at("fresh")), mode(&folder.at("plain")));
        assert_eq!(folder.read("private"), b"new");
    }
}

#[test]
fn a_put_says_what_the_file_is_called() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let server = serve(&served);
    here.write("a", b"1");
    let put = |args: &[&str]| client(&here, "put", server.addr()).args(args).run().stdout;
    assert!(put(&["a"]).starts_with("put a: 1 byte in "));
    assert!(put(&["./a"]).starts_with("put ./a: 1 byte"));
    assert!(put(&["a", "--as", "b c/d"]).starts_with("put a as b c/d: 1 byte"));
}

#[test]
fn a_name_is_shown_as_it_is() {
    // U+202E turns round what follows: a person would read `exe.txt`.
    let (served, here) = (Scratch::new(), Scratch::new());
    served.write("\u{202e}txt.exe", b"1");
    let server = serve(&served);
    let listed = client(&here, "list", server.addr()).run();
    assert_eq!(listed.stdout.trim(), "1  %E2%80%AEtxt.exe");
    let got = client(&here, "get", server.addr()).args(["\u{202e}x"]).run();
    fails(&got, 20, &["cannot get %E2%80%AEx: "]);
    well(&client(&here, "get", server.addr()).args(["\u{202e}txt.exe"]).run());
}
