//! One connection of a site, from its first request to its end.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use super::answer::Answer;
use super::read::{Failure, Reader};
use super::record::Record;
use super::request::Request;
use crate::hostile::Stop;

/// Answers one request after another, until one of the two ends it.
pub(super) fn serve(
    stream: &TcpStream,
    stop: &Stop,
    number: usize,
    record: &Record,
    handler: &dyn Fn(&Request) -> Answer,
) {
    // An error means that the client has left, and then there is nobody to tell.
    let _ = answer_all(stream, stop, number, record, handler).and_then(|()| close(stream));
}

fn answer_all(
    mut stream: &TcpStream,
    stop: &Stop,
    number: usize,
    record: &Record,
    handler: &dyn Fn(&Request) -> Answer,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = Reader::new(stream, number);
    loop {
        let request = match reader.request() {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(Failure::Io(error)) => return Err(error),
            Err(Failure::Wrong(what)) => {
                let reply = format!(
                    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n{what}\n",
                    what.len() + 1
                );
                return stream.write_all(reply.as_bytes());
            }
        };
        let answering = record.answering(request.clone());
        let answer = handler(&request);
        stop.sleep(answer.after);
        // Once the client has a byte of this, it may rightly ask for the next thing.
        drop(answering);
        let (bytes, goes_on) = answer.encode(&request);
        stream.write_all(&bytes)?;
        if !goes_on {
            return Ok(());
        }
    }
}

/// Closes so that nothing is lost: with unread input the kernel would send a reset, so the client closes first.
fn close(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let mut rest = [0; 4096];
    while stream.read(&mut rest)? > 0 {}
    Ok(())
}
