//! End-of-file: the client has said all.

use crate::failure::Stop;
use crate::lab::Lab;

/// What came before end-of-file is answered, then the server closes.
pub(in crate::checks) fn half_close(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.say(format!("add {name} 1\nwait 20\nadd {name} 2\n"))?;
    talk.half_close();
    talk.expect(format!("{name} 1"))?;
    talk.expect("ok")?;
    talk.expect(format!("{name} 3"))?;
    talk.expect_end("the client ended its side, and all is answered")
}

/// A last line without its ending counts.
pub(in crate::checks) fn last_line(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.say(format!("add {name} 1\nget {name}"))?;
    talk.half_close();
    talk.expect(format!("{name} 1"))?;
    talk.expect(format!("{name} 1"))?;
    talk.expect_end("the client ended its side, and all is answered")
}

/// A client that says nothing at all gets no reply, and an end.
pub(in crate::checks) fn nothing_said(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    talk.half_close();
    talk.expect_end("the client ended its side and has said nothing")?;
    let name = lab.name();
    lab.connect(&server)?.ask(format!("get {name}"), format!("{name} 0"))
}
