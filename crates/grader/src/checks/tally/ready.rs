//! The ready line.

use crate::failure::{Failure, Stop, Symptom};
use crate::lab::{Lab, Server, free_port};

/// How often another port is tried when somebody else was quicker.
const TRIES: usize = 3;

/// It listens on a port of its choice, and says so.
pub(in crate::checks) fn any_port(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    lab.connect(&server)?.whole().ask(format!("get {name}"), format!("{name} 0"))
}

/// It listens on the port that it is given.
pub(in crate::checks) fn given_port(lab: &mut Lab) -> Result<(), Stop> {
    let server = on_free_port(lab)?;
    let name = lab.name();
    lab.connect(&server)?.whole().ask(format!("get {name}"), format!("{name} 0"))
}

/// Starts the server on a port of ours that is free.
pub(in crate::checks) fn on_free_port(lab: &mut Lab) -> Result<Server, Stop> {
    let mut last = Box::new(Failure::new(Symptom::NoListener, "a program that listens", "none"));
    for _ in 0..TRIES {
        let addr = free_port()?;
        match lab.server_on(addr) {
            Ok(server) => return Ok(server),
            // Somebody else was quicker, perhaps.
            Err(Stop::Failure(failure)) if failure.symptom == Symptom::EndedEarly => last = failure,
            Err(other) => return Err(other),
        }
    }
    Err(Stop::Failure(last))
}
