//! People in rooms, over sockets.

use crate::support::{GREETING, person, serving, stranger, three};

#[test]
fn people_hear_each_other() {
    let server = serving("").start();
    let [mut alice, mut bob, mut carol] = three(&server);
    alice.send("hello\n");
    bob.expect("alice: hello\n");
    carol.expect("alice: hello\n");
    // Windows' line ending, two lines in one segment, one line in many.
    bob.send("hi\r\nhow are you?\r\n");
    alice.expect("bob: hi\nbob: how are you?\n");
    bob.send_pieces("fine", 1);
    bob.send("\n\n   \n");
    alice.expect("bob: fine\n");
    alice.send("//quit is how one leaves\n  indented\n");
    bob.expect("alice: /quit is how one leaves\nalice:   indented\n");
    carol.expect("bob: hi\nbob: how are you?\nbob: fine\nalice: /quit is how one leaves\nalice:   indented\n");
}

#[test]
fn a_name_is_asked_for_until_it_is_good() {
    let server = serving("").start();
    let _alice = person(&server, "alice", "alone in lobby");
    let bad_name =
        "* that is no name: it has 1 to 20 letters (A to Z), digits, - or _; type another one\n";
    for (bad, worse) in [("a b", "*"), ("alice:", "\u{430}lice"), ("x:y", "123456789012345678901")]
    {
        let mut other = stranger(&server);
        for name in [bad, worse] {
            other.send(format!("{name}\n"));
            other.expect(bad_name);
        }
        other.send("a.b\nbob\n");
        other.expect("* none of these is a name; good-bye\n");
        other.expect_end();
    }
    let mut other = stranger(&server);
    for (bad, why) in [
        ("alice", "alice is taken, or looks like a name that is; choose another one"),
        ("Alice", "Alice is taken, or looks like a name that is; choose another one"),
        ("a1ice", "a1ice is taken, or looks like a name that is; choose another one"),
        ("server", "nobody can be called server; choose another name"),
        ("you", "nobody can be called you; choose another name"),
        ("/nick nope!", "say /nick NAME; a name has 1 to 20 letters (A to Z), digits, - or _"),
        ("/dance", "there is no such command: /help lists them, and // says a /"),
    ] {
        other.send(format!("{bad}\n"));
        other.expect(format!("* {why}\n"));
    }
    other.send("/who\n/join rust\n\n");
    other.expect("* type your name first; only /nick, /help and /quit go before it\n".repeat(3));
    other.send("  bob-2_X  \n");
    other.expect("* you are bob-2_X, in lobby with alice; /help lists the commands\n");
}

#[test]
fn commands_are_answered() {
    let server = serving("").start();
    let [mut alice, mut bob, mut carol] = three(&server);
    alice.send("/who\n/rooms\n/leave\n/join lobby\n/nick\n/dance\n/\n");
    alice.expect("* 3 in lobby: alice, bob, carol\n* rooms: lobby 3\n");
    alice.expect("* you are in lobby already\n".repeat(2));
    alice.expect("* say /nick NAME; a name has 1 to 20 letters (A to Z), digits, - or _\n");
    alice.expect("* there is no such command: /help lists them, and // says a /\n".repeat(2));
    alice.send("/help\n");
    let help =
        "* what you type is said to your room, and these begin with a slash:\n*   /join ROOM";
    alice.expect(help);
    alice.send("/nick eve\n");
    bob.expect("* alice is now eve\n");
    bob.send("/nick alice\n/join rust\n");
    bob.expect("* you are alice\n* you are alone in rust\n");
    carol.expect("* alice is now eve\n* bob is now alice\n* alice left\n");
    carol.send("/join Rust\nanybody?\n/rooms\n");
    carol.expect("* you are in rust with alice\n* rooms: lobby 1, rust 2\n");
    bob.expect("* carol joined\ncarol: anybody?\n");
    carol.send("/quit\n");
    carol.expect("* good-bye\n");
    carol.expect_end();
    bob.expect("* carol left\n");
    bob.send("/leave\n");
    bob.expect("* you are in lobby with eve\n");
}

#[test]
fn help_and_good_bye_need_no_name() {
    let server = serving("").start();
    let mut wire = stranger(&server);
    wire.send("/help\n/quit\n");
    let said = String::from_utf8(wire.read_to_end()).unwrap();
    assert!(said.starts_with("* what you type") && said.ends_with("\n* good-bye\n"), "{said}");
}

#[test]
fn the_greeting_comes_to_a_client_that_speaks_first() {
    let server = serving("").start();
    let mut alice = server.connect();
    alice.send("alice\n/join rust\nhello\n/quit\n");
    alice.expect(GREETING);
    alice.expect("* you are alice, alone in lobby; /help lists the commands\n* you are alone in rust\n* nobody else is here\n* good-bye\n");
    alice.expect_end();
}

#[test]
fn a_line_has_a_limit() {
    let server = serving("").start();
    let [mut alice, mut bob, _carol] = three(&server);
    let longest = "x".repeat(1024);
    alice.send(format!("{longest}\n{longest}\r\n"));
    bob.expect(format!("alice: {longest}\n").repeat(2));
    let told = "* a line has at most 1024 bytes; this one was not sent\n";
    alice.send(format!("{longest}y"));
    alice.expect(told);
    alice.send(format!("{longest}\nnext\n"));
    bob.expect("alice: next\n");
    // One of many reads: told once.
    alice.send(vec![b'x'; 40_000]);
    alice.expect(told);
    alice.send("\nand on\n/who\n");
    alice.expect("* 3 in lobby: alice, bob, carol\n");
    bob.expect("alice: and on\n");
}
