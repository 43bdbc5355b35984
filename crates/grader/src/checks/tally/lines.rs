//! Lines in a stream: pieces, joined ones, endings, limits, bytes.

use crate::failure::{Stop, Symptom};
use crate::lab::Lab;
use crate::talk::Talk;
use std::time::Duration;

/// The longest line, without its ending.
const LONGEST: usize = 1024;
/// How much more is on its way when a line is refused: no single `recv` takes it.
const MORE: usize = 256 * 1024;
/// What a line that is too long is answered with.
const TOO_LONG: &str = "error line too long";

/// A command that comes byte by byte is one command.
pub(in crate::checks) fn pieces(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.say_bytewise(format!("add {name} 12\n"))?;
    talk.expect(format!("{name} 12"))?;
    // The end of one line and the beginning of the next in one piece.
    let text = format!("add {name} 5\nadd {name} 6\nget {name}\n");
    let (a, rest) = text.as_bytes().split_at(lab.chance().usize(1..10));
    let (b, c) = rest.split_at(lab.chance().usize(8..18));
    talk.say_pieces(&[a, b, c])?;
    for total in [17, 23, 23] {
        talk.expect(format!("{name} {total}"))?;
    }
    Ok(())
}

/// Commands that come in one piece are all answered, in their order.
pub(in crate::checks) fn joined(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    let count = lab.chance().usize(8..20);
    talk.say_whole(format!("add {name} 1\n").repeat(count))?;
    for total in 1..=count {
        talk.expect(format!("{name} {total}"))
            .map_err(|stop| stop.or(Symptom::Silent, Symptom::LostCommand))?;
    }
    // Far more than one read takes.
    let many = 4000;
    talk.say_whole(format!("get {name}\n").repeat(many))?;
    for _ in 0..many {
        talk.expect(format!("{name} {count}"))
            .map_err(|stop| stop.or(Symptom::Silent, Symptom::LostCommand))?;
    }
    Ok(())
}

/// `\r\n` ends a line as `\n` does, also in two pieces.
pub(in crate::checks) fn carriage_returns(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.say(format!("add {name} 2\r\n"))?;
    talk.expect(format!("{name} 2"))?;
    let text = format!("get {name}\r");
    talk.say_pieces(&[text.as_bytes(), b"\n"])?;
    talk.expect(format!("{name} 2"))
}

/// Names are bytes.
pub(in crate::checks) fn names(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    let odd = [b'\xff', b'\xc3', lab.chance().u8(0x80..0xbf), 0, 0x1b, 0x7f];
    for (number, name) in
        [&odd[..], "größe".as_bytes(), b"add", b"Case", b"case", b"\xc3"].iter().enumerate()
    {
        talk.ask(
            [b"add ", *name, format!(" {}", number + 1).as_bytes()].concat(),
            [name, format!(" {}", number + 1).as_bytes()].concat(),
        )?;
    }
    talk.ask([b"get ", &odd[..]].concat(), [&odd[..], b" 1"].concat())
}

/// Lines of rubbish get an error each.
pub(in crate::checks) fn rubbish(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    for _ in 0..20 {
        let length = lab.chance().usize(1..200);
        // No line ending, no space, no letter: certainly no command.
        let line: Vec<u8> = (0..length).map(|_| lab.chance().u8(0x80..=0xff)).collect();
        talk.say([&line[..], b"\n"].concat())?;
        talk.expect_error("bytes that are no command came")?;
    }
    talk.ask(format!("get {name}"), format!("{name} 0"))
}

/// A line of exactly 1,024 bytes is served, with either ending.
pub(in crate::checks) fn longest(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    let name = "n".repeat(LONGEST - "get ".len());
    talk.say(format!("get {name}\n"))?;
    talk.expect(format!("{name} 0"))?;
    // The `\r` is half of an ending here, and nobody can know that before the other half has come.
    talk.say_pieces(&[format!("get {name}\r").as_bytes(), b"\n"])?;
    talk.expect(format!("{name} 0"))
}

/// One byte more is refused, and the connection ends.
pub(in crate::checks) fn too_long(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    let name = "n".repeat(LONGEST + 1 - "get ".len());
    talk.say(format!("get {name}\n"))?;
    refused(&mut talk)?;
    if talk.ends(Duration::from_secs(10))? {
        return Ok(());
    }
    let (expected, got) =
        ("the end of the connection after a line that is too long", "a connection that stays open");
    Err(talk.failure(Symptom::StayedOpen, expected, got).into())
}

/// It is refused as soon as it is too long, not when it ends: nobody knows whether it ever will.
pub(in crate::checks) fn without_end(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    talk.say_whole("x".repeat(2 * LONGEST))?;
    refused(&mut talk)
}

/// The refusal arrives even if more is on its way, and the connection ends without a reset.
pub(in crate::checks) fn gently(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    talk.say_whole("x".repeat(MORE))?;
    refused(&mut talk)?;
    talk.expect_end("the line was too long")
}

/// Expects the one reply to a line that is too long. Another error is wrong, and anything else means that there is no limit.
fn refused(talk: &mut Talk) -> Result<(), Stop> {
    talk.expect(TOO_LONG).map_err(|stop| match stop {
        Stop::Failure(failure) if failure.got.starts_with("\"error") => failure.into(),
        other => [Symptom::Silent, Symptom::WaitsForEof, Symptom::WrongReply]
            .into_iter()
            .fold(other, |stop, seen| stop.or(seen, Symptom::NoLimit)),
    })
}
