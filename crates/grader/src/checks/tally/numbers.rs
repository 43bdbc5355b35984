//! Numbers: signed, 64 bits, and nothing else.

use crate::failure::{Stop, Symptom};
use crate::lab::Lab;

/// Numbers below zero are numbers, and totals may be there too.
pub(in crate::checks) fn signed(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    for (number, total) in [("5", 5), ("-7", -2), ("-0", -2), ("007", 5), ("0", 5)] {
        talk.ask(format!("add {name} {number}"), format!("{name} {total}"))?;
    }
    Ok(())
}

/// A total outside 64 bits is an error, and the total stays.
pub(in crate::checks) fn limits(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    for (most, step) in [(i64::MAX, "1"), (i64::MIN, "-1")] {
        let name = format!("{name}{step}");
        talk.ask(format!("add {name} {most}"), format!("{name} {most}"))?;
        talk.say(format!("add {name} {step}\n"))?;
        talk.expect_error("the total would not fit 64 bits")
            .map_err(|stop| stop.or(Symptom::ClosedEarly, Symptom::NoLimit))?;
        talk.ask(format!("get {name}"), format!("{name} {most}"))?;
    }
    Ok(())
}

/// What is no number is an error, and the total stays.
pub(in crate::checks) fn wrong(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.ask(format!("add {name} 1"), format!("{name} 1"))?;
    for number in [
        "x",
        "1x",
        "1.5",
        "1e3",
        "0x10",
        "+5",
        "--1",
        "-",
        "1_000",
        "٣",
        "9223372036854775808",
        "-99999999999999999999999",
    ] {
        talk.say(format!("add {name} {number}\n"))?;
        talk.expect_error(&format!("`{number}` is not -?[0-9]+ in 64 bits"))?;
    }
    talk.ask(format!("get {name}"), format!("{name} 1"))
}
