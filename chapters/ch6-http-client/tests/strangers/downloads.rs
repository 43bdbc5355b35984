//! Downloads into a file: interrupted and gone on with, changed meanwhile, checked, and never half there.

use crate::folder::Folder;
use crate::run::{curl, fails, our_answer, ours, row, succeeds, there_is};
use crate::servers::{Server, lighttpd, nginx, python};
use crate::tree::{BIG, noise};
use harness::{Launch, Signal};
use std::fs;
use std::process::{Command, Stdio};

/// `-o FILE` with what follows.
pub(crate) fn download(folder: &Folder, args: &[&str]) -> Launch {
    ours(["-s", "-o", &folder.text("file")]).args(args)
}

/// Begins with a slow download and kills the client in the middle of it. Gives what has come by then.
fn interrupted(folder: &Folder, url: &str) -> usize {
    let running = download(folder, &[url]).begin();
    let has = || fs::metadata(folder.path("file.part")).map_or(0, |part| part.len());
    running.eventually("the part has grown", || has() > 0);
    running.signal(Signal::Kill);
    drop(running.finish());
    assert_eq!(folder.names(), ["file.part", "file.part.json"], "the file is not there yet");
    let had = usize::try_from(has()).unwrap();
    assert!(had < BIG, "the server was to be slow, and sent all {had} bytes");
    had
}

/// The note that an earlier download leaves beside its part.
fn note(url: &str, version: &str, length: usize) -> String {
    let version = version.replace('"', "\\\"");
    format!(r#"{{"url":"{url}","version":"{version}","length":{length}}}"#)
}

/// What a stranger says is the SHA-256 of a file.
fn sha256sum(folder: &Folder, name: &str) -> String {
    let end = Command::new("sha256sum").arg(folder.path(name)).stdin(Stdio::null()).output();
    let text = String::from_utf8(end.unwrap().stdout).unwrap();
    text.split(' ').next().unwrap().into()
}

#[track_caller]
pub(crate) fn is_whole(folder: &Folder, right: &[u8]) {
    assert!(folder.read("file") == right, "the file is another one");
    assert_eq!(folder.names(), ["file"], "nothing else is left");
}

fn goes_on(name: &str, server: &Server) {
    let (folder, url) = (Folder::new(), server.url("/slow/big.bin"));
    let had = interrupted(&folder, &url);
    let digest = sha256sum(&server.folder, "tree/big.bin");
    succeeds(&download(&folder, &["--sha256", &digest, &url]).run());
    is_whole(&folder, &noise(BIG));
    assert_eq!(sha256sum(&folder, "file"), digest);
    let rest = format!("206 sent={} range=\"bytes={had}-\"", BIG - had);
    let log = server.logged(&rest, 1);
    row(format_args!("download: killed, {name}"), "", &format!("goes on: {}", log[0]), "");
}

#[test]
fn nginx_goes_on_where_it_was_killed() {
    if let Some(server) = nginx().filter(|_| there_is("sha256sum", &["--version"])) {
        goes_on("nginx", &server);
    }
}

#[test]
fn lighttpd_goes_on_where_it_was_killed() {
    if let Some(server) = lighttpd().filter(|_| there_is("sha256sum", &["--version"])) {
        goes_on("lighttpd", &server);
    }
}

#[test]
fn what_has_changed_meanwhile_comes_whole() {
    let Some(server) = nginx() else { return };
    let (folder, url) = (Folder::new(), server.url("/slow/big.bin"));
    let had = interrupted(&folder, &url);
    let mut other = noise(BIG);
    other.reverse();
    server.folder.write("tree/big.bin", &other);
    succeeds(&download(&folder, &[&url]).run());
    is_whole(&folder, &other);
    server.logged(&format!("200 sent={BIG} range=\"bytes={had}-\""), 1);
    row("download: changed meanwhile, nginx", "", "If-Range: 200, the whole again", "");
}

#[test]
fn a_server_without_ranges_sends_it_whole() {
    let Some(server) = python("HTTP/1.0") else { return };
    let (folder, url) = (Folder::new(), server.url("/big.bin"));
    // It is too quick to be interrupted, so the part and the note are written as an earlier download would have done.
    let known = our_answer(["-I", &url]);
    folder.write("file.part", &noise(BIG)[..1_000]);
    folder.write("file.part.json", note(&url, known.field("last-modified").unwrap(), BIG));
    succeeds(&download(&folder, &[&url]).run());
    is_whole(&folder, &noise(BIG));
    row("download: no ranges, Python", "", "200, the whole again", "");
}

#[test]
fn a_note_of_another_url_begins_anew() {
    let Some(server) = nginx() else { return };
    let (folder, url) = (Folder::new(), server.url("/big.bin"));
    folder.write("file.part", "other bytes");
    folder.write("file.part.json", r#"{"url":"http://other/","version":"\"x\"","length":3}"#);
    succeeds(&download(&folder, &[&url]).run());
    is_whole(&folder, &noise(BIG));
    server.logged("range=\"-\" HTTP/1.1", 1);
}

#[test]
fn behind_a_redirect_it_goes_on_too() {
    let Some(server) = nginx() else { return };
    let (folder, url) = (Folder::new(), server.url("/301"));
    let known = our_answer(["-I", &url]);
    folder.write("file.part", "hello");
    folder.write("file.part.json", note(&url, known.field("etag").unwrap(), 18));
    succeeds(&download(&folder, &[&url]).run());
    is_whole(&folder, b"hello from a file\n");
    server.logged("/hello.txt 206 sent=13 range=\"bytes=5-\"", 1);
}

#[test]
fn no_resume_begins_anew() {
    let Some(server) = nginx() else { return };
    let (folder, url) = (Folder::new(), server.url("/slow/big.bin"));
    interrupted(&folder, &url);
    folder.write("file.part", "rubbish");
    // It is slow as well, so only its beginning is waited for.
    let running = download(&folder, &["--no-resume", &url]).begin();
    running.eventually("the part has begun anew", || {
        let part = fs::read(folder.path("file.part")).unwrap();
        part.len() > 7 && part == noise(part.len())
    });
    running.signal(Signal::Kill);
    drop(running.finish());
    let log = server.logged("/slow/big.bin", 2);
    assert!(log.iter().all(|line| line.contains("range=\"-\"")), "{log:?}");
}

#[test]
fn a_digest_is_right_or_there_is_no_file() {
    let Some(server) = nginx().filter(|_| there_is("sha256sum", &["--version"])) else { return };
    let (folder, url) = (Folder::new(), server.url("/hello.txt"));
    let right = sha256sum(&server.folder, "tree/hello.txt");
    fails(&download(&folder, &["--sha256", &"0".repeat(64), &url]).run(), 102, &right);
    assert_eq!(folder.names(), ["file.part", "file.part.json"]);
    // All of it is there already: the server is asked for nothing more.
    succeeds(&download(&folder, &["--sha256", &right.to_uppercase(), &url]).run());
    is_whole(&folder, b"hello from a file\n");
    server.logged("/hello.txt 416", 1);
    row(
        "download: --sha256 wrong, then right",
        "",
        "102, FILE.part stays; then 416, and it is FILE",
        "",
    );
}

#[test]
fn of_two_at_once_one_is_told() {
    let Some(server) = nginx() else { return };
    let (folder, url) = (Folder::new(), server.url("/slow/big.bin"));
    let first = download(&folder, &[&url]).begin();
    first.eventually("the part is there", || folder.has("file.part.json"));
    fails(&download(&folder, &[&url]).run(), 23, "another download writes to it");
    first.signal(Signal::Kill);
    drop(first.finish());
    succeeds(&download(&folder, &[&url]).run());
    is_whole(&folder, &noise(BIG));
    row("download: two into one file", "", "the second: 23, another download writes to it", "");
}

#[test]
fn of_a_crowd_each_is_whole_or_told() {
    let Some(server) = nginx() else { return };
    let (folder, url) = (Folder::new(), server.url("/big.bin"));
    for _ in 0..4 {
        let crowd: Vec<_> = (0..8).map(|_| download(&folder, &[&url]).begin()).collect();
        let mut whole = 0;
        for running in crowd {
            let end = running.finish();
            match end.status.success() {
                true => whole += 1,
                false => fails(&end, 23, "another download writes to it"),
            }
            // Whoever was the first, nobody has touched the file since.
            assert!(whole == 0 || folder.read("file").len() == BIG, "{end}");
        }
        assert!(whole > 0);
        is_whole(&folder, &noise(BIG));
    }
}

#[test]
fn what_was_there_is_replaced_only_by_a_whole_file() {
    let Some(server) = nginx() else { return };
    for way in [&[][..], &["--by-hand"]] {
        let folder = Folder::new();
        folder.write("file", "old");
        let slow = server.url("/slow/big.bin");
        let running = download(&folder, way).args([&slow]).begin();
        let has = || fs::metadata(folder.path("file.part")).map_or(0, |part| part.len());
        running.eventually("the part has grown", || has() > 0);
        running.signal(Signal::Kill);
        drop(running.finish());
        assert_eq!(folder.read("file"), b"old");
        // What an error page says is no file either, and it spoils none.
        let end = download(&folder, way).args([server.url("/none")]).run();
        fails(&end, 22, "404");
        assert_eq!(folder.read("file"), b"old");
        succeeds(&download(&folder, way).args([server.url("/hello.txt")]).run());
        is_whole(&folder, b"hello from a file\n");
    }
    row("download: over an old file", "", "old until the new one is whole", "the same");
}

#[test]
fn an_error_leaves_nothing() {
    let Some(server) = nginx() else { return };
    for (way, path, code) in [
        ("-s", "/none", 22),
        ("-s", "/500", 22),
        ("--by-hand", "/none", 22),
        ("--by-hand", "/301", 22),
    ] {
        let folder = Folder::new();
        fails(&download(&folder, &[way, &server.url(path)]).run(), code, "no file");
        assert!(folder.names().is_empty(), "{path}: {:?}", folder.names());
    }
    row("download: a 404", "", "22, nothing is left", "22, nothing is left");
}

#[test]
fn a_file_is_what_curl_makes_of_it() {
    let Some(server) = nginx().filter(|_| there_is("curl", &["--version"])) else { return };
    for path in [
        "/hello.txt",
        "/empty.txt",
        "/long.txt",
        "/big.bin",
        "/until-close/page.html",
        "/chunked/page.html",
        "/packed/br",
    ] {
        let (folder, url) = (Folder::new(), server.url(path));
        assert!(curl(["-o", &folder.text("right"), &url]).run().status.success());
        let right = folder.read("right");
        fs::remove_file(folder.path("right")).unwrap();
        for way in [&[][..], &["--by-hand"]] {
            succeeds(&download(&folder, way).args([&url]).run());
            is_whole(&folder, &right);
        }
    }
    row("download: 7 files of nginx", "", "byte for byte curl's", "byte for byte curl's");
}

#[test]
fn a_download_goes_on_over_http_2() {
    let Some(server) = nginx().filter(|server| server.folder.has("cert.pem")) else { return };
    let (folder, url) = (Folder::new(), server.tls("/big.bin"));
    let cert = server.folder.text("cert.pem");
    let known = our_answer(["--cacert", &cert, "-I", &url]);
    folder.write("file.part", &noise(BIG)[..1_000]);
    folder.write("file.part.json", note(&url, known.field("etag").unwrap(), BIG));
    succeeds(&download(&folder, &["--cacert", &cert, &url]).run());
    is_whole(&folder, &noise(BIG));
    server.logged(&format!("206 sent={} range=\"bytes=1000-\" HTTP/2.0", BIG - 1_000), 1);
}
