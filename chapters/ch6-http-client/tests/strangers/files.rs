//! `-o`: what becomes of a file, whatever was there before and whatever comes.

use crate::folder::Folder;
use harness::hostile::{Script, Server, Step, Until};
use harness::site::{Answer, Site};
use harness::{DEADLINE, Finished, Launch};
use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::thread;

fn download(to: &Path, args: &[&str], url: &str) -> Finished {
    let client = Launch::new(env!("CARGO_BIN_EXE_ch6-http-client")).deadline(DEADLINE);
    client.args(["--no-proxy", "-s", "-o"]).args([to]).args(args).args([url]).run()
}

#[track_caller]
fn ends(end: &Finished, code: i32, says: &str) {
    assert_eq!(end.status.code(), Some(code), "{end}");
    assert!(end.stderr.contains(says), "it should say {says:?}\n{end}");
    assert!(end.stderr.lines().count() <= 1, "{end}");
}

/// A server whose connections each get one of these replies, and are closed.
fn replies(replies: &[String]) -> Server {
    let script = |reply: &String| {
        Script::new([Step::Read(Until::Head), Step::Write(reply.clone().into_bytes())])
    };
    Server::in_turn(replies.iter().map(script).collect())
}

fn head(status: &str, fields: &str, length: usize) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\nConnection: close\r\n\r\n")
}

#[test]
fn a_part_that_is_less_than_the_rest_is_not_the_whole() {
    let (folder, tag) = (Folder::new(), "ETag: \"a\"\r\n");
    let range = |range: &str| format!("{tag}Content-Range: bytes {range}\r\n");
    let server = replies(&[
        head("200 OK", tag, 100) + &"a".repeat(30),
        head("206 Partial Content", &range("30-39/100"), 10) + &"b".repeat(10),
        head("206 Partial Content", &range("40-99/100"), 60) + &"c".repeat(60),
    ]);
    let (file, url) = (folder.path("file"), format!("http://{}/", server.addr()));
    ends(&download(&file, &[], &url), 18, "end of file before message length reached");
    ends(&download(&file, &[], &url), 18, "40 of 100 bytes came");
    assert!(!file.exists());
    ends(&download(&file, &[], &url), 0, "");
    let whole = "a".repeat(30) + &"b".repeat(10) + &"c".repeat(60);
    assert_eq!(fs::read_to_string(&file).unwrap(), whole);
}

#[test]
fn two_versions_are_not_joined() {
    for other in
        ["ETag: \"b\"\r\nContent-Range: bytes 30-99/100\r\n", "Content-Range: bytes 30-99/101\r\n"]
    {
        let folder = Folder::new();
        let server = replies(&[
            head("200 OK", "ETag: \"a\"\r\n", 100) + &"a".repeat(30),
            // A server that knows ranges, and not `If-Range`.
            head("206 Partial Content", other, 70) + &"b".repeat(70),
            head("200 OK", "ETag: \"b\"\r\n", 100) + &"b".repeat(100),
        ]);
        let (file, url) = (folder.path("file"), format!("http://{}/", server.addr()));
        ends(&download(&file, &[], &url), 18, "");
        ends(&download(&file, &[], &url), 0, "");
        assert_eq!(fs::read_to_string(&file).unwrap(), "b".repeat(100), "{other}");
    }
}

#[test]
fn a_complete_part_needs_no_more_than_its_name() {
    let folder = Folder::new();
    let server = replies(&[
        head("200 OK", "ETag: \"a\"\r\n", 5) + "hello",
        head("416 Range Not Satisfiable", "Content-Range: bytes */5\r\n", 0),
    ]);
    let (file, url) = (folder.path("file"), format!("http://{}/", server.addr()));
    let other = "0".repeat(64);
    ends(&download(&file, &["--sha256", &other], &url), 102, "its SHA-256 is 2cf24dba5f");
    ends(&download(&file, &["--fail"], &url), 0, "");
    assert_eq!(fs::read_to_string(&file).unwrap(), "hello");
}

#[test]
fn what_is_no_file_is_written_to() {
    let folder = Folder::new();
    let fifo = folder.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let reader = {
        let fifo = fifo.clone();
        thread::spawn(move || {
            let mut read = String::new();
            fs::File::open(fifo).unwrap().read_to_string(&mut read).map(|_| read)
        })
    };
    let site = Site::start(|_| Answer::new(200).body("hello"));
    ends(&download(&fifo, &[], &site.url("/")), 0, "");
    assert_eq!(reader.join().unwrap().unwrap(), "hello");
    assert!(fs::metadata(&fifo).unwrap().file_type().is_fifo());
    let end = download(Path::new("-"), &[], &site.url("/"));
    assert_eq!(end.stdout, "hello", "{end}");
}

#[test]
fn what_was_there_stays_until_there_is_something_better() {
    let folder = Folder::new();
    let file = folder.path("file");
    fs::write(&file, "precious").unwrap();
    let site = Site::start(|request| match &*request.target {
        "/none" => Answer::new(204),
        "/lost" => Answer::new(404).body("no"),
        "/moved" => Answer::redirect(302, "/"),
        _ => Answer::new(200).body("better"),
    });
    ends(&download(&file, &[], &site.url("/none")), 22, "answers 204, which is no file");
    ends(&download(&file, &["-X", "HEAD"], &site.url("/")), 22, "answers 200, which is no file");
    ends(&download(&file, &[], &site.url("/lost")), 22, "answers 404, which is no file");
    ends(&download(&file, &["--max-redirs", "0"], &site.url("/moved")), 22, "(it is at /)");
    ends(&download(&file, &["-I"], &site.url("/")), 2, "not with --head");
    ends(&download(&file, &["-i"], &site.url("/")), 2, "not with --include");
    ends(
        &download(&file, &["-H", "Range: bytes=1-"], &site.url("/")),
        2,
        "-o asks for ranges itself",
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert_eq!(folder.names(), ["file"], "nothing else is left behind");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    ends(&download(&file, &[], &site.url("/")), 0, "");
    assert_eq!(fs::read_to_string(&file).unwrap(), "better");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_is_not_of_our_making_is_left_alone() {
    let folder = Folder::new();
    let place = |name: &str| folder.path(name);
    let site = Site::start(|_| Answer::new(200).body("hello"));

    fs::write(place("victim"), "precious").unwrap();
    symlink(place("victim"), place("a.part")).unwrap();
    ends(&download(&place("a"), &[], &site.url("/")), 23, "a.part");
    assert_eq!(fs::read_to_string(place("victim")).unwrap(), "precious");

    fs::write(place("b.part"), "somebody's").unwrap();
    fs::write(place("b.part.json"), "rubbish").unwrap();
    for way in [&[][..], &["--by-hand"]] {
        ends(&download(&place("b"), way, &site.url("/")), 23, "not of our making");
    }
    assert_eq!(fs::read_to_string(place("b.part")).unwrap(), "somebody's");
    ends(&download(&place("b"), &["--no-resume"], &site.url("/")), 0, "");
    assert_eq!(fs::read_to_string(place("b")).unwrap(), "hello");

    fs::write(place("real"), "old").unwrap();
    symlink("real", place("link")).unwrap();
    ends(&download(&place("link"), &[], &site.url("/")), 0, "");
    assert!(fs::symlink_metadata(place("link")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(place("real")).unwrap(), "hello");
}

#[test]
fn the_note_beside_a_part_is_ours_alone() {
    let folder = Folder::new();
    let server = replies(&[head("200 OK", "ETag: \"a\"\r\n", 100) + "half"]);
    let url = format!("http://{}/?token=secret", server.addr());
    ends(&download(&folder.path("file"), &[], &url), 18, "");
    let note = fs::metadata(folder.path("file.part.json")).unwrap();
    assert_eq!(note.permissions().mode() & 0o777, 0o600);
}
