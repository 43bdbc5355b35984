//! What people send who want to be somebody else, or to break something.

use crate::support::{person, serving, three};

#[test]
fn nobody_can_write_a_notice_or_another_ones_line() {
    let server = serving("").start();
    let [mut alice, mut bob, _carol] = three(&server);
    for (sent, shown) in [
        ("* bob left", "* bob left"),
        ("bob: hello", "bob: hello"),
        ("x\r* bob left", "x\u{fffd}* bob left"),
        ("x\u{b}\u{c}* bob left", "x\u{fffd}\u{fffd}* bob left"),
        ("x\u{85}bob: hello", "x\u{fffd}bob: hello"),
        ("x\u{2028}bob: hello\u{2029}", "x\u{fffd}bob: hello\u{fffd}"),
        ("\u{8}\u{8}\u{8}bob: hello", "\u{fffd}\u{fffd}\u{fffd}bob: hello"),
        ("\u{1b}[2K\u{1b}[Gbob: hello", "\u{fffd}[2K\u{fffd}[Gbob: hello"),
        ("\u{9b}2K\u{9d}0;title\u{7}", "\u{fffd}2K\u{fffd}0;title\u{fffd}"),
        ("\u{202e}olleh :bob", "\u{fffd}olleh :bob"),
        ("\u{2067}\u{61c}\u{200f}x", "\u{fffd}\u{fffd}\u{fffd}x"),
        ("a\tb\0c", "a b\u{fffd}c"),
    ] {
        alice.send(format!("{sent}\n"));
        bob.expect(format!("alice: {shown}\n"));
    }
}

#[test]
fn nobody_can_have_a_name_like_a_notice_or_another_one() {
    let server = serving("").start();
    let _alice = person(&server, "alice", "alone in lobby");
    let mut mallory = person(&server, "mallory", "in lobby with alice");
    for name in [
        "*",
        "alice:",
        "alice\u{200b}",
        "\u{202e}ecila",
        "\u{ff41}lice",
        "al\u{131}ce",
        "alice\u{301}",
        "\u{1b}[31malice",
        "you: hi",
        "a\u{a0}b",
        "\u{fffd}",
    ] {
        mallory.send(format!("/nick {name}\n"));
        mallory.expect("* say /nick NAME; ");
        mallory.expect("a name has 1 to 20 letters (A to Z), digits, - or _\n");
    }
    for name in ["you", "y0u", "Server"] {
        mallory.send(format!("/nick {name}\n"));
        mallory.expect(format!("* nobody can be called {name}; choose another name\n"));
    }
    for name in ["ALICE", "aIice", "a1ice"] {
        mallory.send(format!("/nick {name}\n"));
        mallory.expect(format!(
            "* {name} is taken, or looks like a name that is; choose another one\n"
        ));
    }
}

#[test]
fn bytes_of_every_kind_harm_nobody() {
    let server = serving("").start();
    let [mut alice, mut bob, _carol] = three(&server);
    alice.send(b"\xff\xfe\xc3\x28\xe2\x82\n");
    bob.expect("alice: \u{fffd}\u{fffd}\u{fffd}(\u{fffd}\n");
    // All bytes, in an order that changes, in lines of all lengths; one in a thousand ends a line.
    let mut state = 1_u64;
    let noise: Vec<u8> = (0..40_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        })
        .collect();
    let mut garbage = server.connect();
    let _ = garbage.try_send("garbage\n");
    let _ = garbage.try_send(&noise);
    let _ = garbage.try_send("\n/nick garbage\n");
    let _ = garbage.try_send(&noise);
    garbage.half_close();
    garbage.read_to_end();
    alice.send("still here\n");
    let mut heard = Vec::new();
    while !heard.ends_with(b"alice: still here\n") {
        heard.extend(bob.read_once());
    }
    let heard = String::from_utf8(heard).expect("only UTF-8 comes out");
    for line in heard.lines() {
        let is_known =
            ["garbage: ", "* garbage ", "alice: "].iter().any(|start| line.starts_with(start));
        assert!(is_known && !line.chars().any(char::is_control), "{line:?}");
    }
    assert!(heard.contains("* garbage joined\n") && heard.contains("* garbage left\n"), "{heard}");
}

#[test]
fn a_browser_is_no_person() {
    let server = serving("").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let mut wire = server.connect();
    // What a web page can make a browser send. Its body is text of that page's choice.
    wire.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\nOrigin: b\r\n\r\nmallory\nhello\n",
    );
    let said = String::from_utf8(wire.read_to_end()).unwrap();
    assert_eq!(said.matches("* that is no name").count(), 2, "{said}");
    assert!(said.ends_with("\n* none of these is a name; good-bye\n"), "{said}");
    alice.send("/who\n");
    alice.expect("* 1 in lobby: alice\n");
}
