//! The program: files go and come, many at once, and none of them costs much memory.

use crate::support::{
    DEADLINE, FILES, Scratch, client, noise, put_line, serve, serving, sha256, well,
};
use harness::{Launch, together};
use std::fs;

#[test]
fn every_kind_of_file_goes_and_comes() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let server = serve(&served);
    let files = [
        ("empty", 0),
        ("one", 1),
        ("a b%41.txt", 1000),
        ("gr\u{f6}\u{df}e \u{4e16}", 70_000),
        ("line\nfeed", 10),
        ("-o", 10),
        ("long", 20_000_000),
    ];
    for (name, length) in files {
        here.write(name, &noise(length, 1));
    }
    let names = || ["--"].into_iter().chain(files.iter().map(|(name, _)| *name));
    well(&client(&here, "put", server.addr()).args(names()).run());
    for (name, length) in files {
        assert_eq!(served.read(name), noise(length, 1));
        fs::remove_file(here.at(name)).unwrap();
    }
    let got = client(&here, "get", server.addr()).args(names()).run();
    well(&got);
    for (name, length) in files {
        assert_eq!(here.read(name), noise(length, 1));
    }
    assert_eq!(here.names().len(), files.len(), "nothing is left: {:?}", here.names());
    let line =
        format!("got long: 20,000,000 bytes in [..] sha256 {}", sha256(&noise(20_000_000, 1)));
    let (start, end) = line.split_once("[..]").unwrap();
    assert!(got.stdout.lines().any(|l| l.starts_with(start) && l.ends_with(end)), "{got}");

    let listed = client(&here, "list", server.addr()).run();
    well(&listed);
    let shown: Vec<_> = listed.stdout.lines().map(|line| line.trim_start().to_owned()).collect();
    let wanted = ["10  -o", "1,000  a b%41.txt", "0  empty", "70,000  gr\u{f6}\u{df}e \u{4e16}"];
    assert_eq!(shown[..4], wanted, "{listed}");
    assert_eq!(shown[4..], ["10  line%0Afeed", "20,000,000  long", "1  one"], "{listed}");
}

#[test]
fn files_are_called_as_one_likes() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let server = serve(&served);
    here.write("a", b"1");
    fs::create_dir(here.at("sub")).unwrap();
    let put = |args: &[&str]| well(&client(&here, "put", server.addr()).args(args).run());
    let get = |args: &[&str]| well(&client(&here, "get", server.addr()).args(args).run());
    put(&["a", "--as", "deep/er/b"]);
    get(&["deep/er/b"]);
    get(&["deep/er/b", "-o", "c"]);
    get(&["deep/er/b", "-o", "sub"]);
    for name in ["b", "c", "sub/b"] {
        assert_eq!(here.read(name), b"1", "{name}");
    }
    let listed = client(&here, "list", server.addr()).args(["deep"]).run();
    assert_eq!(listed.stdout.trim(), "-  er/");
}

#[test]
fn fifty_transfers_at_once() {
    let (served, here) = (Scratch::new(), Scratch::new());
    let server = serve(&served);
    for i in 0..25 {
        here.write(format!("put{i}"), &noise(200_000 + i, i as u64));
        served.write(format!("get{i}"), &noise(200_000 + i, 100 + i as u64));
    }
    together(50, |i| {
        let (command, i) = if i % 2 == 0 { ("put", i / 2) } else { ("get", i / 2) };
        well(&client(&here, command, server.addr()).args([format!("{command}{i}")]).run());
    });
    for i in 0..25 {
        assert_eq!(served.read(format!("put{i}")), noise(200_000 + i, i as u64));
        assert_eq!(here.read(format!("get{i}")), noise(200_000 + i, 100 + i as u64));
    }
    assert!(served.incoming().is_empty());
}

#[test]
fn many_files_are_listed() {
    let (served, here) = (Scratch::in_memory(), Scratch::new());
    for i in 0..20_000 {
        served.write(format!("file-{i:05}"), b"");
    }
    let server = serve(&served);
    let listed = client(&here, "list", server.addr()).run();
    well(&listed);
    let names: Vec<_> = listed.stdout.lines().map(|line| line.trim_start()).collect();
    assert_eq!(names.len(), 20_000);
    assert!((0..20_000).all(|i| names[i] == format!("0  file-{i:05}")), "sorted");
}

#[test]
fn a_declared_length_is_only_a_number() {
    let served = Scratch::new();
    let server = serving(served.path(), "--max-file 1000000000000000000").start();
    let before = server.reading().rss;
    let mut wires: Vec<_> = (0..20)
        .map(|i| {
            let mut wire = server.connect();
            wire.send(format!("put 1000000000000000000 {} a{i}\n", sha256(&[i])));
            wire.expect("ok 0\n");
            wire.send(noise(100_000, i.into()));
            wire
        })
        .collect();
    // The rest of it is on its way to the disk.
    let has_come = |length: &u64| *length >= 64 * 1024;
    server.eventually("most of it has come", || {
        served.incoming().iter().filter(|length| has_come(length)).count() == 20
    });
    let grown = server.reading().rss.saturating_sub(before);
    assert!(grown < 20 * 512 * 1024, "20 clients cost {grown} bytes");
    for wire in &mut wires {
        wire.half_close();
        wire.expect("error incomplete 999999999999900000 bytes are missing; what came is kept for the next time\n");
        wire.expect_end();
    }
}

#[test]
fn a_refusal_is_heard_however_much_is_sent() {
    let served = Scratch::new();
    let server = serving(served.path(), "--max-file 1K").start();
    // A client that does not wait for the answer, and does not look at it either.
    let content = noise(8_000_000, 1);
    let mut wire = server.connect();
    wire.send(put_line(&content, "a"));
    wire.send(&content);
    wire.expect("error too-large 8000000 bytes are more than the 1024 of --max-file\n");
    wire.expect_end();
}

#[test]
fn a_stop_keeps_what_has_come_and_sends_what_is_asked_for() {
    let served = Scratch::new();
    let content = noise(8_000_000, 1);
    served.write("long", &content);
    let mut server = serve(&served);
    let (mut putting, mut getting, _idle) = (server.connect(), server.connect(), server.connect());
    putting.send(put_line(b"12345", "new"));
    putting.expect("ok 0\n");
    putting.send("123");
    getting.send("get long\n");
    getting.expect("ok 8000000\n");
    server.signal(harness::Signal::Terminate);
    putting.expect("error incomplete 2 bytes are missing; what came is kept for the next time\n");
    putting.expect_end();
    getting.expect(&content);
    getting.expect(format!("sha256 {}\n", sha256(&content)));
    getting.expect_end();
    let stopped = server.wait(std::time::Instant::now(), "after SIGTERM");
    assert!(stopped.status.success());
    assert_eq!((served.incoming(), served.at("new").exists()), (vec![3], false));
}

#[test]
fn synced_files_are_files_too() {
    let served = Scratch::new();
    let server = serving(served.path(), "--sync").start();
    let mut wire = server.connect();
    wire.send(put_line(b"12345", "sub/a") + "12345");
    wire.expect("ok 0\ndone sub/a\n");
    assert_eq!(served.read("sub/a"), b"12345");
}

#[test]
fn help_has_every_exit_code() {
    let help = Launch::new(FILES).args(["--help"]).deadline(DEADLINE).run();
    well(&help);
    for (_, word, exit, meaning) in ch3_threaded_server::files::code::Code::ALL {
        let row =
            help.stdout.lines().find(|line| line.trim_start().starts_with(&format!("{exit} ")));
        assert!(row.is_some_and(|row| row.contains(word) && row.ends_with(meaning)), "{word}");
    }
}
