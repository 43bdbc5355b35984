//! Who hears what, and in which order, without a socket.

use crate::support::socket::{Socket, drained, outbox};
use ch5_async_server::chat::hall::{Hall, Id, Taken};
use ch5_async_server::chat::name::Name;
use ch5_async_server::chat::outbox::Outbox;
use ch5_async_server::chat::protocol::{LINE_COST, LULL};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

struct Person(Id, Arc<Outbox>, Socket);

impl Person {
    /// Comes in, and knows it.
    fn new(hall: &mut Hall, called: &str, room_for: usize) -> Self {
        let (outbox, socket) = outbox(room_for);
        let id = hall.enter(name(called), &outbox).unwrap();
        let person = Self(id, outbox, socket);
        person.hears();
        person
    }

    fn hears(&self) -> String {
        drained(&self.1, &self.2)
    }
}

const ROOMY: usize = 100_000;

#[test]
fn everybody_else_hears_it_in_one_order() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", ROOMY);
    hall.say(bob.0, "first");
    hall.say(alice.0, "second");
    let carol = Person::new(&mut hall, "carol", ROOMY);
    hall.say(carol.0, "third");
    hall.leave(bob.0);
    hall.leave(bob.0);
    hall.say(bob.0, "not any more");
    assert_eq!(
        alice.hears(),
        "* bob joined\nbob: first\n* carol joined\ncarol: third\n* bob left\n"
    );
    assert_eq!(bob.hears(), "alice: second\n* carol joined\ncarol: third\n");
    assert_eq!(carol.hears(), "* bob left\n");
}

#[test]
fn a_room_is_there_while_somebody_is_in_it() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", ROOMY);
    hall.join(alice.0, name("Rust"));
    hall.say(bob.0, "where is she?");
    hall.join(bob.0, name("rust"));
    hall.list_rooms(bob.0);
    hall.join(bob.0, name("RUST"));
    hall.say(bob.0, "here");
    hall.join_lobby(alice.0);
    hall.leave(bob.0);
    hall.list_rooms(alice.0);
    assert_eq!(
        alice.hears(),
        "* bob joined\n* you are alone in Rust\n* bob joined\nbob: here\n* you are alone in lobby\n* rooms: lobby 1\n"
    );
    assert_eq!(
        bob.hears(),
        "* alice left\n* nobody else is here\n* you are in Rust with alice\n* rooms: Rust 2\n* you are in Rust already\n* alice left\n"
    );
}

#[test]
fn a_name_belongs_to_one_person() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", ROOMY);
    let (outbox, socket) = outbox(ROOMY);
    for taken in ["alice", "A1ice", "you", "server"] {
        assert_eq!(hall.enter(name(taken), &outbox), Err(Taken));
        hall.rename(bob.0, name(taken));
    }
    hall.rename(alice.0, name("Alice"));
    hall.rename(alice.0, name("Alice"));
    hall.rename(alice.0, name("eve"));
    hall.rename(bob.0, name("alice"));
    hall.list_people(bob.0);
    let heard = bob.hears();
    assert_eq!(heard.matches("is taken, or looks like").count(), 2);
    assert_eq!(heard.matches("* nobody can be called ").count(), 2);
    assert!(
        heard.ends_with(
            "* alice is now Alice\n* Alice is now eve\n* you are alice\n* 2 in lobby: eve, alice\n"
        ),
        "{heard}"
    );
    assert_eq!(
        alice.hears(),
        "* bob joined\n* you are Alice\n* you are Alice already\n* you are eve\n* bob is now alice\n"
    );
    hall.leave(bob.0);
    assert!(hall.enter(name("alice"), &outbox).is_ok(), "it is free again");
    assert_eq!(
        drained(&outbox, &socket),
        "* you are alice, in lobby with eve; /help lists the commands\n"
    );
}

#[test]
fn a_slow_reader_is_put_out_and_the_others_hear_everything() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", ROOMY);
    // One who has room for one line, and one who has room for three.
    let slow = Person::new(&mut hall, "slow", 139);
    let slower = Person::new(&mut hall, "slower", 240);
    [&alice, &bob, &slow].iter().for_each(|person| drop(person.hears()));
    for text in ["1", "2", "3", "4", "5"] {
        hall.say(bob.0, text);
    }
    hall.say(slow.0, "not any more");
    assert_eq!(
        alice.hears(),
        "bob: 1\nbob: 2\n* slow left (too slow)\nbob: 3\n* slower left (too slow)\nbob: 4\nbob: 5\n"
    );
    assert_eq!(bob.hears(), "* slow left (too slow)\n* slower left (too slow)\n");
    assert_eq!(slow.hears(), "bob: 1\n* you read too slowly; good-bye\n(closed)");
    let heard = "bob: 1\nbob: 2\n* slow left (too slow)\n* you read too slowly; good-bye\n(closed)";
    assert_eq!(slower.hears(), heard);
    assert_eq!(hall.enter(name("slow"), &slow.1).map(drop), Ok(()), "the name is free again");
}

#[test]
fn a_notice_may_put_out_another_one() {
    let mut hall = Hall::default();
    let [talker, a, b, c, d] =
        ["talker", "a", "b", "c", "d"].map(|name| Person::new(&mut hall, name, ROOMY));
    [&talker, &a, &b, &c].iter().for_each(|person| drop(person.hears()));
    let (line, notice) =
        ("talker: hello".len() + LINE_COST, "* a left (too slow)".len() + LINE_COST);
    let rooms = [line - 1, line + notice - 1, line + 2 * notice - 1, line + 3 * notice];
    for (person, room) in [&a, &b, &c, &d].into_iter().zip(rooms) {
        let filler = "x".repeat(ROOMY - LINE_COST - room);
        assert!(person.1.push(&filler.into()).is_ok());
    }
    hall.say(talker.0, "hello");
    let notices = "* a left (too slow)\n* b left (too slow)\n* c left (too slow)\n";
    assert_eq!(talker.hears(), notices);
    let heard = d.hears();
    assert!(heard.ends_with(&format!("x\ntalker: hello\n{notices}")), "{heard:.80}");
    hall.say(talker.0, "still here?");
    assert_eq!(d.hears(), "talker: still here?\n");
}

#[test]
fn a_stop_comes_last_and_comes_to_everybody() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", ROOMY);
    hall.say(bob.0, "last");
    hall.stop();
    hall.say(bob.0, "too late");
    hall.leave(bob.0);
    assert_eq!(alice.hears(), "* bob joined\nbob: last\n* the server stops\n(closed)");
    assert_eq!(bob.hears(), "* the server stops\n(closed)");
    let (late, socket) = outbox(ROOMY);
    hall.enter(name("late"), &late).unwrap();
    assert_eq!(drained(&late, &socket), "* the server stops\n(closed)");
}

#[test]
fn an_answer_has_a_limit_whatever_is_there() {
    let mut hall = Hall::default();
    let people: Vec<_> =
        (0..200).map(|n| Person::new(&mut hall, &format!("a-long-name-of-{n}"), ROOMY)).collect();
    let asker = Person::new(&mut hall, "asker", ROOMY);
    for (n, person) in people.iter().enumerate() {
        hall.join(person.0, name(&format!("a-long-room-of-{n}")));
    }
    asker.hears();
    hall.list_rooms(asker.0);
    let rooms = asker.hears();
    assert!(rooms.ends_with(" and 151 more\n") && rooms.len() < 4096, "{rooms}");
}

#[test]
fn it_is_the_socket_that_is_too_slow_and_not_the_one_who_writes() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", 300);
    alice.hears();
    // Nobody writes what is in bob's outbox. But bob's socket would take it.
    bob.2.open(true);
    for n in 0..100 {
        hall.say(alice.0, &n.to_string());
    }
    let said: String = (0..100).map(|n| format!("alice: {n}\n")).collect();
    assert_eq!(bob.hears(), said);
    assert_eq!(alice.hears(), "");
}

#[test]
fn at_a_stop_nobody_is_too_slow() {
    let mut hall = Hall::default();
    let alice = Person::new(&mut hall, "alice", ROOMY);
    let bob = Person::new(&mut hall, "bob", 200);
    alice.hears();
    hall.begin_stop();
    for _ in 0..3 {
        hall.say(alice.0, "last words");
    }
    assert_eq!(bob.hears(), "alice: last words\nalice: last words\n* the server stops\n(closed)");
    assert_eq!(alice.hears(), "* bob left\n");
}

#[test]
fn a_room_waits_for_its_members_but_not_for_long() {
    let mut hall = Hall::default();
    let [alice, bob, carol] =
        ["alice", "bob", "carol"].map(|name| Person::new(&mut hall, name, 1000));
    let start = Instant::now();
    let talk = |hall: &mut Hall, lines| {
        for _ in 0..lines {
            hall.say(alice.0, "hello");
        }
    };
    talk(&mut hall, 3);
    assert!(!hall.must_wait(alice.0, start), "nobody has much to read");
    talk(&mut hall, 4);
    assert!(hall.must_wait(alice.0, start));
    assert!(hall.must_wait(alice.0, start + LULL - Duration::from_nanos(1)));
    bob.hears();
    carol.hears();
    assert!(!hall.must_wait(alice.0, start), "they have read it");
    talk(&mut hall, 8);
    assert!(hall.must_wait(alice.0, start));
    assert!(!hall.must_wait(alice.0, start + LULL), "they had their time");
    carol.hears();
    talk(&mut hall, 1);
    assert!(!hall.must_wait(alice.0, start + LULL), "carol reads, but bob does not");
    bob.hears();
    carol.hears();
    talk(&mut hall, 8);
    assert!(hall.must_wait(alice.0, start + LULL), "all had caught up");
}
