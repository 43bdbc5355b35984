//! At least fifty URLs: what our client makes of each, by library and by hand, is what curl makes of it.

use crate::folder::Folder;
use crate::run::{Answer, curl_answer, our_answer, row, there_is};
use crate::servers::{Server, apache, lighttpd, nginx, python};
use crate::tree;

/// A path, and the flags for it, the same for both programs. `{etag}` and `{modified}` stand for what curl is told of
/// `hello.txt`.
type Case = (&'static str, &'static [&'static str]);

const EVERYWHERE: [Case; 14] = [
    ("/hello.txt", &[]),
    ("/empty.txt", &[]),
    ("/long.txt", &[]),
    ("/big.bin", &[]),
    ("/sp%20ace%20%C3%BC.txt", &[]),
    ("/page.html", &[]),
    ("/dir/", &[]),
    ("/dir", &[]),
    ("/list/../hello.txt?query=a%20b#part", &[]),
    ("/none", &[]),
    ("/none", &["-f"]),
    ("/big.bin", &["-I"]),
    ("/none", &["-I"]),
    ("/hello.txt", &["-H", "If-Modified-Since: {modified}"]),
];

const WITH_RANGES: [Case; 8] = [
    ("/big.bin", &["-H", "Range: bytes=0-99"]),
    ("/big.bin", &["-H", "Range: bytes=-500"]),
    ("/big.bin", &["-H", "Range: bytes=2999000-"]),
    ("/big.bin", &["-H", "Range: bytes=0-9,1000-1009,2999990-"]),
    ("/big.bin", &["-H", "Range: bytes=3000000-"]),
    ("/hello.txt", &["-H", "If-None-Match: {etag}"]),
    ("/hello.txt", &["-H", "If-None-Match: \"other\""]),
    ("/hello.txt", &["-H", "If-Range: \"other\"", "-H", "Range: bytes=1-2"]),
];

const OF_NGINX: [Case; 24] = [
    ("/204", &[]),
    ("/204", &["-I"]),
    ("/301", &[]),
    ("/302", &[]),
    ("/303", &[]),
    ("/307", &[]),
    ("/308", &[]),
    ("/301", &["-I"]),
    ("/relative", &[]),
    ("/two", &[]),
    ("/500", &[]),
    ("/500", &["-f"]),
    ("/chunked/page.html", &[]),
    ("/until-close/page.html", &[]),
    ("/private/hello.txt", &[]),
    ("/private/hello.txt", &["-H", "Authorization: Basic bWU6c2VjcmV0"]),
    ("/packed/gzip", &[]),
    ("/packed/deflate", &[]),
    ("/packed/br", &[]),
    ("/packed/zstd", &[]),
    ("/hello.txt", &["-X", "DELETE"]),
    ("/hello.txt", &["-X", "OPTIONS"]),
    ("/hello.txt", &["-d", "a=1"]),
    ("/hello.txt", &["-A", "somebody"]),
];

const OF_LIGHTTPD: [Case; 6] = [
    ("/301", &[]),
    ("/list/", &[]),
    ("/br/long.txt", &[]),
    ("/zstd/long.txt", &[]),
    ("/deflate/long.txt", &[]),
    ("/long.txt", &["-I"]),
];

const OF_APACHE: [Case; 10] = [
    ("/302", &[]),
    ("/list/", &[]),
    ("/br/long.txt", &[]),
    ("/cgi/echo", &[]),
    ("/cgi/echo", &["-d", "a=1", "-d", "b=2"]),
    ("/cgi/echo", &["--json", "{\"a\": 1}"]),
    ("/cgi/echo", &["-X", "PUT", "-d", "all of it"]),
    ("/cgi/again", &["-d", "a=1"]),
    ("/cgi/status?418", &[]),
    ("/cgi/status?299", &[]),
];

#[test]
fn nginx_and_curl_agree_with_us() {
    let Some(server) = nginx() else { return };
    compare("nginx", &server, &[&EVERYWHERE, &WITH_RANGES, &OF_NGINX]);
}

#[test]
fn lighttpd_and_curl_agree_with_us() {
    let Some(server) = lighttpd() else { return };
    compare("lighttpd", &server, &[&EVERYWHERE, &WITH_RANGES, &OF_LIGHTTPD]);
}

#[test]
fn apache_and_curl_agree_with_us() {
    let Some(server) = apache() else { return };
    compare("Apache", &server, &[&EVERYWHERE, &WITH_RANGES, &OF_APACHE]);
}

#[test]
fn python_and_curl_agree_with_us() {
    for version in ["HTTP/1.0", "HTTP/1.1"] {
        let Some(server) = python(version) else { return };
        let of_python: Case = ("/list/", &[]);
        compare(&format!("Python {version}"), &server, &[&EVERYWHERE, &[of_python]]);
    }
}

#[test]
fn tls_with_http_2_and_without() {
    let Some(server) = nginx() else { return };
    if !server.folder.has("cert.pem") || !there_is("curl", &["--version"]) {
        return;
    }
    let cert = server.folder.text("cert.pem");
    for path in ["/hello.txt", "/big.bin", "/long.txt", "/302", "/none", "/204"] {
        for (url, version) in [(server.tls(path), "2"), (server.tls_1_1(path), "1.1")] {
            let args = ["--cacert", &cert, &url];
            let right = curl_answer(&server.folder, ["-L", "--compressed"].iter().chain(&args));
            let answer = our_answer(args);
            assert_eq!((&*right.version, &*answer.version), (version, version), "{}", answer.end);
            let case = format!("nginx TLS, HTTP/{version} {path}");
            same(&case, &right, &answer);
            row(case, &shown(&right), &shown(&answer), "https is the library's");
        }
    }
}

#[test]
fn every_encoding_is_undone() {
    let Some(server) = nginx() else { return };
    for encoding in ["gzip", "deflate", "br", "zstd"] {
        let answer = our_answer([server.url(&format!("/packed/{encoding}"))]);
        assert_eq!(answer.body, tree::unpacked(), "{encoding}");
    }
}

/// Asks curl and our client for every one of the cases.
#[track_caller]
fn compare(name: &str, server: &Server, cases: &[&[Case]]) {
    if !there_is("curl", &["--version"]) {
        return;
    }
    let known = curl_answer(&server.folder, ["-I", &server.url("/hello.txt")]);
    let of = |name| known.field(name).unwrap_or_default();
    for (path, flags) in cases.iter().copied().flatten() {
        let fill = |flag: &&str| {
            flag.replace("{etag}", of("etag")).replace("{modified}", of("last-modified"))
        };
        let mut args: Vec<_> = flags.iter().map(fill).collect();
        args.push(server.url(path));
        let case = format!("{name} {path} {}", flags.join(" "));
        let (by_library, by_hand) = both(&case, &server.folder, &args);
        row(&case, &shown(&by_library[0]), &shown(&by_library[1]), &shown(&by_hand[1]));
    }
}

/// What curl says and what we say, as a library does it and as it is done by hand.
#[track_caller]
fn both(case: &str, folder: &Folder, args: &[String]) -> ([Answer; 2], [Answer; 2]) {
    // The library follows redirects and undoes encodings; by hand we do neither, and neither does curl if not asked.
    let flags = ["-L", "--compressed"].map(String::from);
    let by_library = [curl_answer(folder, flags.iter().chain(args)), our_answer(args)];
    same(&format!("{case} by library"), &by_library[0], &by_library[1]);
    let hand = ["--by-hand".to_owned()];
    let by_hand = [curl_answer(folder, args), our_answer(hand.iter().chain(args))];
    same(&format!("{case} by hand"), &by_hand[0], &by_hand[1]);
    (by_library, by_hand)
}

/// The fields of a response that both clients must have seen alike.
const COMPARED: [&str; 9] = [
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "location",
    "www-authenticate",
    "x-method",
];

#[track_caller]
fn same(case: &str, right: &Answer, ours: &Answer) {
    let both = format!("{case}\n{}\n{}", right.end.command, ours.end.command);
    assert_eq!(right.code, ours.code, "{both}\n{}", ours.end.stderr);
    assert!(
        settled(right) == settled(ours),
        "{case}: the bodies differ\n{}\n{}",
        right.end,
        ours.end
    );
    if ours.code != 0 {
        // With -f nothing is printed, not even a head.
        return;
    }
    let line = |answer: &Answer| (answer.version.clone(), answer.status);
    assert_eq!(line(right), line(ours), "{both}");
    // Where something was unpacked, its packed length is nobody's business any more; and whether the output of a
    // script comes in chunks is a matter of luck.
    let has = |name| right.field(name).or(ours.field(name)).is_some();
    let is_without = has("content-encoding") || has("transfer-encoding");
    for name in COMPARED.iter().filter(|name| !is_without || **name != "content-length") {
        let value = |answer: &Answer| {
            let settled = settle(answer, answer.field(name)?.as_bytes());
            Some(String::from_utf8_lossy(&settled).into_owned())
        };
        assert_eq!(value(right), value(ours), "{name}: {both}");
    }
}

fn settled(answer: &Answer) -> Vec<u8> {
    settle(answer, &answer.body)
}

/// Several ranges come with a line between them, which some servers draw by lot.
fn settle(answer: &Answer, bytes: &[u8]) -> Vec<u8> {
    let line = answer.field("content-type").and_then(|value| value.split_once("boundary="));
    let Some((_, line)) = line else { return bytes.into() };
    let (mut settled, mut rest) = (Vec::new(), bytes);
    while let Some(at) = rest.windows(line.len()).position(|part| part == line.as_bytes()) {
        settled.extend_from_slice(&rest[..at]);
        settled.extend_from_slice(b"[boundary]");
        rest = &rest[at + line.len()..];
    }
    settled.extend_from_slice(rest);
    settled
}

fn shown(answer: &Answer) -> String {
    match answer.code {
        0 => format!("{}, {} bytes", answer.status, answer.body.len()),
        code => format!("exit {code}"),
    }
}
