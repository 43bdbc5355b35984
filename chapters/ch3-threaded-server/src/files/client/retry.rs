//! What to do when a transfer breaks: the same again, from where it broke off.

use crate::files::client::failure::{Failure, Kind};
use crate::files::client::{Client, show};
use crate::files::code::Code;
use std::thread;
use std::time::Duration;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Attempts something until it is done, fails for good, or has failed too often. The pauses between the attempts are
/// 1 s, 2 s, 4 s and so on, so that a server that starts again, or that has too much to do, is not run over.
///
/// # Errors
///
/// How the last attempt failed.
pub fn persist<T>(
    client: &Client,
    what: &str,
    mut attempt: impl FnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut failed = 0;
    let mut began_anew = false;
    loop {
        let failure = match attempt() {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        if failure.kind == Kind::Code(Code::Mismatch) && !began_anew {
            // What was kept from another time may be of another content. What comes now is not.
            began_anew = true;
            show::warning(format_args!("{what}: {failure}; beginning anew"));
        } else if failure.may_pass(failed > 0) && failed < client.retries {
            let pause = Duration::from_secs(1 << failed.min(5)).min(LONGEST_PAUSE);
            failed += 1;
            let (seconds, most) = (pause.as_secs(), client.retries);
            show::warning(format_args!(
                "{what}: {failure}; going on in {seconds} s ({failed} of {most})"
            ));
            thread::sleep(pause);
        } else {
            return Err(failure);
        }
    }
}
