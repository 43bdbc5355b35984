//! Five hundred people in five rooms, all of whom talk.

use crate::support::{Lines, serving};
use harness::{Program, together};
use std::collections::HashMap;

const ROOMS: usize = 5;
const PEOPLE: usize = 100;
const LINES: usize = 20;

/// Some threads at a time, each with people of every room.
const THREADS: usize = 5;

/// Somebody who talks, and what they heard since they came into their room.
struct Talker {
    name: String,
    room: usize,
    leaves: bool,
    lines: Lines,
    heard: Vec<String>,
}

#[test]
fn five_hundred_people_hear_every_line_in_one_order_and_once() {
    let server = serving("").start();
    // In each room one who is there from the beginning and is silent. What they hear is what was said.
    let mut eyes: Vec<_> =
        (0..ROOMS).map(|room| comes(&server, format!("eye{room}"), room)).collect();
    let talkers = together(THREADS, |thread| {
        let mut mine: Vec<_> = (0..ROOMS * PEOPLE)
            .filter(|n| n % THREADS == thread)
            .map(|n| comes(&server, format!("n{n}"), n / THREADS % ROOMS))
            .collect();
        for line in 0..LINES {
            for talker in &mut mine {
                talker.lines.wire.send(format!("{line}\n"));
                talker.listen();
            }
        }
        for talker in mine.iter_mut().filter(|talker| talker.leaves) {
            talker.lines.wire.send("/quit\n");
        }
        mine
    });
    let mut talkers: Vec<_> = talkers.into_iter().flatten().collect();
    let leaving =
        |room| talkers.iter().filter(|talker| talker.room == room && talker.leaves).count();
    for (room, eye) in eyes.iter_mut().enumerate() {
        let events = PEOPLE + PEOPLE * LINES + leaving(room);
        while eye.heard.len() < events {
            eye.heard.extend(eye.lines.some());
        }
        complete(&eye.heard, events);
    }
    for talker in &mut talkers {
        let wanted = wanted(talker, &eyes[talker.room].heard);
        while talker.heard.len() < wanted.len() {
            talker.heard.extend(talker.lines.some());
        }
        let first = talker.heard.iter().zip(&wanted).position(|(heard, wanted)| heard != wanted);
        let at = first.unwrap_or(wanted.len().min(talker.heard.len()));
        let (got, want) = (talker.heard.get(at), wanted.get(at));
        assert!(talker.heard == wanted, "{}: line {at} is {got:?}, not {want:?}", talker.name);
        if talker.leaves {
            talker.lines.wire.expect_end();
        }
    }
}

/// Comes in and goes to a room; the name, the way there and the first line are one segment.
fn comes(server: &Program, name: String, room: usize) -> Talker {
    let mut wire = server.connect();
    wire.send(format!("{name}\n/join room{room}\n"));
    let mut lines = Lines::of(wire);
    let before = lines.until(|line| {
        line.starts_with("* you are in room") || line.starts_with("* you are alone in room")
    });
    let answer = before.iter().position(|line| line.contains(&format!("in room{room}"))).unwrap();
    let heard = before[answer + 1..].to_vec();
    let leaves = name.ends_with('7');
    Talker { name, room, leaves, lines, heard }
}

impl Talker {
    /// Takes what has come, without waiting for more than the end of a line.
    fn listen(&mut self) {
        while self.lines.wire.has_bytes() {
            self.heard.extend(self.lines.some());
        }
    }
}

/// Everything that happened in a room, as its first guest heard it: each talker joins, says their lines in order, and
/// some of them leave.
fn complete(heard: &[String], events: usize) {
    assert_eq!(heard.len(), events);
    let mut next: HashMap<&str, usize> = HashMap::new();
    for line in heard {
        if let Some(name) = line.strip_prefix("* ").and_then(|line| line.strip_suffix(" joined")) {
            assert_eq!(next.insert(name, 0), None, "{line}: once");
        } else if let Some(name) =
            line.strip_prefix("* ").and_then(|line| line.strip_suffix(" left"))
        {
            assert_eq!(next.get(name), Some(&LINES), "{line}: after everything they said");
        } else {
            let (name, text) =
                line.split_once(": ").expect("what is no notice was said by somebody");
            let next = next.get_mut(name).expect("who says something has joined");
            assert_eq!(text, next.to_string(), "{line}: in order, and once");
            *next += 1;
        }
    }
    assert!(next.len() == PEOPLE && next.values().all(|said| *said == LINES));
}

/// What somebody must have heard: what was heard in the room between their coming and their going, but not themselves.
fn wanted(talker: &Talker, heard: &[String]) -> Vec<String> {
    let position =
        |what: &str| heard.iter().position(|line| *line == format!("* {} {what}", talker.name));
    let from = position("joined").expect("they came") + 1;
    let to = position("left").unwrap_or(heard.len());
    let own = format!("{}: ", talker.name);
    let others = heard[from..to].iter().filter(|line| !line.starts_with(&own));
    others.cloned().chain(talker.leaves.then(|| "* good-bye".to_owned())).collect()
}
