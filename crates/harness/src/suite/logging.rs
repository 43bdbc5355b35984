//! Nobody reads stdout: a server logs without `println!`, which blocks at a full pipe and panics at a broken one.

use super::Target;
use crate::Stdout;

/// A full pipe harms nothing.
pub fn full_stdout(target: &Target) {
    serves(target, Stdout::Full);
}

/// A pipe without a reader harms nothing (and SIGPIPE does not kill).
pub fn stdout_without_reader(target: &Target) {
    serves(target, Stdout::ReaderGone);
}

/// A closed stdout harms nothing, and its descriptor is not taken by a socket that then receives the log.
pub fn closed_stdout(target: &Target) {
    serves(target, Stdout::Closed);
}

/// A full disk harms nothing.
pub fn stdout_without_space(target: &Target) {
    serves(target, Stdout::NoSpace);
}

#[track_caller]
fn serves(target: &Target, stdout: Stdout) {
    let mut server = target.launch().stdout(stdout).start();
    for _ in 0..20 {
        let mut wire = server.connect();
        wire.get("/", 200);
        wire.get("/nothing-here", 404);
        wire.half_close();
        wire.expect_end();
    }
    server.connect().reset();
    server.connect().get("/", 200);
    super::stop::ended_well(&mut server);
}
