//! Names, requests and codes as they stand on the wire.

use ch3_threaded_server::files::client::failure::Kind;
use ch3_threaded_server::files::client::show;
use ch3_threaded_server::files::code::Code;
use ch3_threaded_server::files::digest::{Digest, Hasher};
use ch3_threaded_server::files::name::{self, Name};
use ch3_threaded_server::files::protocol::Request;
use std::collections::HashSet;
use std::time::Duration;

/// The code with which a line is refused.
fn refused(line: &[u8]) -> Code {
    Request::parse(line).expect_err(&String::from_utf8_lossy(line)).code
}

#[test]
fn any_bytes_survive_as_a_word() {
    let all: Vec<u8> = (0..=255).collect();
    let words: [&[u8]; 8] = [
        b"",
        b"plain.txt",
        b"a b",
        b"100%",
        b"%41",
        "h\u{e9}llo \u{4e16}\u{754c}".as_bytes(),
        b"\xff\xfe\n\r\t\0",
        &all,
    ];
    for bytes in words {
        let word = name::encode(bytes);
        assert!(!word.contains(|c: char| c.is_whitespace() || c.is_control()), "{word}");
        assert_eq!(name::decode(word.as_bytes()).unwrap(), bytes, "{word}");
    }
    assert_eq!(name::encode("h\u{e9}llo".as_bytes()), "h\u{e9}llo");
    assert_eq!(name::encode(b"a b%"), "a%20b%25");
}

#[test]
fn names_stay_inside() {
    for (word, path) in
        [("a", "a"), ("./a//b", "a/b"), ("a%2Fb", "a/b"), ("..a", "..a"), ("a%20b", "a b")]
    {
        assert_eq!(Name::file(word.as_bytes()).unwrap().path().to_str(), Some(path), "{word}");
    }
    for (word, code) in [
        ("..", Code::Outside),
        ("a/../../b", Code::Outside),
        ("a/..", Code::Outside),
        ("%2e%2e/a", Code::Outside),
        ("/etc/passwd", Code::Outside),
        ("%2Fetc", Code::Outside),
        ("a%00b", Code::BadName),
        ("a%", Code::BadName),
        ("a%4", Code::BadName),
        ("a%zz", Code::BadName),
        (".", Code::BadName),
        ("./", Code::BadName),
        ("a/", Code::NotAFile),
        ("a/.", Code::NotAFile),
        (".incoming", Code::BadName),
        ("./.incoming/x", Code::BadName),
        ("link/.incoming/x", Code::BadName),
        ("%2eincoming/x", Code::BadName),
    ] {
        assert_eq!(Name::file(word.as_bytes()).expect_err(word).code, code, "{word}");
    }
    assert!(Name::file("a".repeat(255).as_bytes()).is_ok());
    assert_eq!(Name::file("a".repeat(256).as_bytes()).unwrap_err().code, Code::BadName);
}

#[test]
fn requests_are_read() {
    let name = Name::file(b"a").unwrap();
    let digest = Digest::parse(&[b'0'; 64]).unwrap();
    let put = format!("put 7 {} a\r", "0".repeat(64));
    let right = [
        ("list", Request::List { folder: Name::folder(b".").unwrap() }),
        ("list a/", Request::List { folder: Name::folder(b"a").unwrap() }),
        ("get a\r", Request::Get { name: name.clone(), offset: 0 }),
        ("get a 18446744073709551615", Request::Get { name: name.clone(), offset: u64::MAX }),
        (put.as_str(), Request::Put { length: 7, digest, name }),
        ("quit", Request::Quit),
    ];
    for (line, request) in right {
        assert_eq!(Request::parse(line.as_bytes()), Ok(request), "{line}");
    }
    let short = format!("put 7 {} a", "0".repeat(63));
    let sign = format!("put +7 {} a", "0".repeat(64));
    for line in [
        "",
        " ",
        "GET / HTTP/1.1",
        "get",
        "get a b",
        "get a -1",
        "get a 1 2",
        "get a 18446744073709551616",
        "list a b",
        "put",
        "put 7 a",
        "quit now",
        "LIST",
        &short,
        &sign,
    ] {
        assert_eq!(refused(line.as_bytes()), Code::BadRequest, "{line}");
    }
}

#[test]
fn each_code_has_its_own_word_and_exit_code() {
    let words: HashSet<_> = Code::ALL.iter().map(|row| row.1).collect();
    let network = Kind::TABLE.iter().map(|row| row.1);
    let exits: HashSet<_> =
        Code::ALL.iter().map(|row| row.2).chain(network).chain([0, 2]).collect();
    assert_eq!(words.len(), Code::ALL.len());
    assert_eq!(exits.len(), Code::ALL.len() + Kind::TABLE.len() + 2);
    // A new code that is not in the table would not be found.
    for (code, word, exit, _) in Code::ALL {
        assert_eq!((code.word(), code.exit(), Code::of_word(word)), (word, exit, Some(code)));
    }
    assert_eq!(Code::Unavailable as usize + 1, Code::ALL.len(), "the table has every code");
}

#[test]
fn digests_are_sha256() {
    // FIPS 180-4, and what `sha256sum` says.
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let mut hasher = Hasher::default();
    assert_eq!(hasher.digest().to_string(), empty);
    hasher.update(b"ab");
    hasher.update(b"c");
    assert_eq!((hasher.digest().to_string().as_str(), hasher.length()), (abc, 3));
    assert_eq!(Digest::parse(abc.to_uppercase().as_bytes()), Some(hasher.digest()));
    assert_eq!(Digest::parse(b"xyz"), None);
    assert_eq!(Digest::parse(&[b'g'; 64]), None);
}

#[test]
fn numbers_are_readable() {
    let second = Duration::from_secs(1);
    assert_eq!(show::moved(1, 1, second), "1 byte in 1.0 s");
    assert_eq!(
        show::moved(5_000_000, 3_000_000, second),
        "5,000,000 bytes, 2,000,000 of them from before, in 1.0 s (3 MB/s)"
    );
    drop(show::Bar::new("getting", "a", 10, 0));
}
