//! Lines, texts, names, commands and the pace, without a socket.

use ch5_async_server::chat::command::Command;
use ch5_async_server::chat::name::Name;
use ch5_async_server::chat::pace::Pace;
use ch5_async_server::chat::protocol::{
    BAD_NAME, BURST, GREETING, HELP, LINE_COST, LONGEST_LINE, LONGEST_NAME, PACE, TOO_LONG,
};
use ch5_async_server::chat::splitter::{Heard, Splitter};
use ch5_async_server::chat::text::harmless;
use std::time::{Duration, Instant};

/// What these bytes come to, in pieces of this size.
fn heard(bytes: &[u8], size: usize) -> Vec<Heard> {
    let (mut splitter, mut heard) = (Splitter::default(), Vec::new());
    for piece in bytes.chunks(size) {
        splitter.feed(piece);
        heard.extend(&mut splitter);
    }
    splitter.end();
    heard.extend(splitter);
    heard
}

#[test]
fn lines_are_the_same_in_whatever_pieces_they_come() {
    let line = |text: &str| Heard::Line(text.to_owned());
    let full = "x".repeat(LONGEST_LINE);
    let cases = [
        (String::new(), vec![]),
        ("a\nb\r\n\nc".into(), vec![line("a"), line("b"), line(""), line("c")]),
        ("\r\r\n".into(), vec![line("\u{fffd}")]),
        ("a\r".into(), vec![line("a")]),
        (format!("{full}\n{full}\r\n"), vec![line(&full), line(&full)]),
        (full.clone(), vec![line(&full)]),
        (format!("{full}y\nnext\n"), vec![Heard::TooLong, line("next")]),
        (format!("{full}\r\r\nnext\n"), vec![Heard::TooLong, line("next")]),
        (format!("{full}{full}{full}{full}{full}"), vec![Heard::TooLong]),
        (format!("{full}y\n{full}y\n\n"), vec![Heard::TooLong, Heard::TooLong, line("")]),
    ];
    for (bytes, wanted) in cases {
        for size in 1..=bytes.len().max(1) {
            assert_eq!(heard(bytes.as_bytes(), size), wanted, "{bytes:.20?} by {size}");
        }
    }
}

#[test]
fn a_line_that_is_too_long_is_known_before_it_ends() {
    let mut splitter = Splitter::default();
    splitter.feed(&vec![b'x'; LONGEST_LINE]);
    assert_eq!(splitter.next(), None);
    splitter.feed(b"x");
    assert_eq!(splitter.next(), Some(Heard::TooLong));
    splitter.feed(&vec![b'x'; 100_000]);
    assert_eq!(splitter.next(), None, "once is enough");
}

#[test]
fn what_was_not_cut_yet_is_all_that_is_held() {
    let mut splitter = Splitter::default();
    for _ in 0..100 {
        splitter.feed(&[b'\n'; 4096]);
        assert!(splitter.held() <= 8192, "{}", splitter.held());
        assert_eq!(splitter.by_ref().take(4096).count(), 4096);
        splitter.feed(&[b'x'; 4096]);
        splitter.by_ref().for_each(drop);
        assert!(splitter.held() <= LONGEST_LINE, "{}", splitter.held());
        splitter.feed(b"\n");
        assert_eq!(splitter.next(), None);
        assert_eq!(splitter.held(), 0, "who is silent holds nothing");
    }
}

#[test]
fn no_text_moves_a_terminal() {
    for (bytes, shown) in [
        (&b"plain"[..], "plain"),
        (
            "caf\u{e9} \u{4f60}\u{597d} \u{5e9}\u{5dc}".as_bytes(),
            "caf\u{e9} \u{4f60}\u{597d} \u{5e9}\u{5dc}",
        ),
        (b"a\tb", "a b"),
        (b"\xff\xfe", "\u{fffd}\u{fffd}"),
        (b"\x1b[2J\x07\x7f", "\u{fffd}[2J\u{fffd}\u{fffd}"),
        ("\u{9b}31m \u{85}\u{2028}\u{2029}".as_bytes(), "\u{fffd}31m \u{fffd}\u{fffd}\u{fffd}"),
        ("\u{202e}\u{2066}\u{61c}\u{200f}".as_bytes(), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        ("\u{200b}\u{ad}\u{feff}\u{e0041}".as_bytes(), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        ("\u{1f469}\u{200d}\u{1f680}".as_bytes(), "\u{1f469}\u{200d}\u{1f680}"),
        ("\u{2764}\u{fe0f}\u{fe00}".as_bytes(), "\u{2764}\u{fe0f}\u{fffd}"),
        ("\u{3164}\u{115f}\u{1160}\u{ffa0}".as_bytes(), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        ("\u{34f}\u{2800}\u{180b}\u{e0100}".as_bytes(), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        (
            "e\u{301}\u{302}\u{303}\u{304}\u{305}n\u{303}".as_bytes(),
            "e\u{301}\u{302}\u{303}\u{304}\u{fffd}n\u{303}",
        ),
    ] {
        assert_eq!(harmless(bytes), shown);
    }
}

#[test]
fn names_that_look_alike_are_the_same() {
    let are_alike = |one: &str, other: &str| {
        let (one, other) = (Name::parse(one).unwrap(), Name::parse(other).unwrap());
        one.keys().iter().any(|key| other.keys().contains(key))
    };
    for alike in ["Alice", "alice", "ALICE", "aIice", "a1ice", "AIice"] {
        assert!(are_alike(alike, "alice") && are_alike("alice", alike), "{alike}");
    }
    for other in ["bob", "alice-", "alice_", "alice1", "a-lice", "allce"] {
        assert!(!are_alike(other, "alice") && !are_alike("alice", other), "{other}");
    }
    for (one, other) in [("Neil", "Nell"), ("Eli", "Ell"), ("ali", "all"), ("ail", "all")] {
        assert!(!are_alike(one, other), "{one} and {other} are two people");
    }
    assert!(are_alike("Bob", "B0b") && are_alike("El", "EI") && are_alike("AL1CE", "ALICE"));
    // No two numbers are alike.
    assert_eq!(
        (0..2000)
            .flat_map(|n| Name::parse(&n.to_string()).unwrap().keys().map(str::to_owned))
            .collect::<std::collections::HashSet<_>>()
            .len(),
        // A number without a 0 or a 1 has one key, every other one has two.
        2000 + (0..2000).filter(|n: &u32| n.to_string().contains(['0', '1'])).count()
    );
    let longest = "x".repeat(LONGEST_NAME);
    assert_eq!(Name::parse(&longest).unwrap().to_string(), longest);
    for no_name in
        ["", " ", "a b", "*", "a:", "\u{e9}", "\u{430}lice", "a\u{200b}", "a\n", "\u{fffd}"]
    {
        assert_eq!(Name::parse(no_name), None, "{no_name:?}");
    }
    assert_eq!(Name::parse(&(longest + "x")), None);
    for reserved in ["you", "You", "y0u", "server", "Server"] {
        assert!(Name::parse(reserved).unwrap().is_reserved(), "{reserved}");
    }
}

#[test]
fn commands_begin_with_a_slash() {
    let name = |text| Name::parse(text).unwrap();
    for (line, command) in [
        ("", Command::Nothing),
        ("  ", Command::Nothing),
        ("hello /quit ", Command::Say("hello /quit")),
        (" /quit", Command::Quit),
        ("/QUIT", Command::Quit),
        ("/quit bye all", Command::Quit),
        ("/leave dev", Command::Leave),
        ("/Help join", Command::Help),
        ("  //quit", Command::Say("/quit")),
        ("  indented", Command::Say("  indented")),
        ("//quit", Command::Say("/quit")),
        ("///", Command::Say("//")),
        ("/quit", Command::Quit),
        ("/who ", Command::Who),
        ("/rooms", Command::Rooms),
        ("/help", Command::Help),
        ("/leave", Command::Leave),
        ("/join  rust ", Command::Join(name("rust"))),
        ("/nick bob", Command::Nick(name("bob"))),
    ] {
        assert_eq!(Command::parse(line), command, "{line:?}");
    }
    for wrong in
        ["/", "/quitter", "/join", "/join a b", "/join *", "/nick", "/nick a:b", "/x", "/ x"]
    {
        assert!(
            matches!(Command::parse(wrong), Command::Wrong(why) if why.starts_with("* ")),
            "{wrong}"
        );
    }
}

#[test]
fn who_talks_too_fast_is_heard_later() {
    let start = Instant::now();
    let mut pace = Pace::new(start);
    let lines = BURST / (LINE_COST + 36);
    (0..lines).for_each(|_| pace.count(LINE_COST + 36, start));
    assert_eq!(pace.pause(start), Duration::ZERO, "so much may be said at once");
    pace.count(PACE, start);
    let pause = pace.pause(start);
    assert!(
        (Duration::from_millis(900)..Duration::from_millis(1100)).contains(&pause),
        "{pause:?}"
    );
    assert_eq!(pace.pause(start + pause), Duration::ZERO);
    // Silence does not add up to more than the burst.
    let later = start + Duration::from_secs(1_000_000);
    pace.count(BURST + PACE, later);
    assert!(pace.pause(later) > Duration::from_millis(900));
}

#[test]
fn the_words_name_the_limits_as_they_are() {
    for text in [GREETING, BAD_NAME] {
        assert!(text.contains(&format!("1 to {LONGEST_NAME} letters")), "{text}");
    }
    assert!(TOO_LONG.contains(&format!("{LONGEST_LINE} bytes")));
    assert!(HELP.lines().all(|line| line.starts_with("* ")), "it is the server who says this");
}
