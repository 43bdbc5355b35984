//! What to do when a transfer breaks: the same again, from where it broke off.

use crate::files::client::failure::{Failure, Kind};
use crate::files::client::{Client, show};
use crate::files::code::Code;
use crate::files::server::conversation::PATIENCE;
use std::thread;
use std::time::{Duration, Instant};

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long we wait for another transfer of the same content. It may be one of ours that broke, and that the server has
/// not given up yet.
const BUSY: Duration = PATIENCE.saturating_add(Duration::from_secs(15));

/// Attempts something until it is done, fails for good, or has failed too often without getting further. The pauses
/// between the attempts are 1 s, 2 s, 4 s and so on, so that a server that starts again, or that has too much to do, is
/// not run over. An attempt notes how far it has got, in bytes of the whole.
///
/// # Errors
///
/// How the last attempt failed.
pub fn persist<T>(
    client: &Client,
    what: &str,
    mut attempt: impl FnMut(&mut u64) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (mut failed, mut reached, mut busy) = (0, 0, None);
    let mut began_anew = false;
    loop {
        let before = reached;
        let failure = match attempt(&mut reached) {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        if reached > before {
            (failed, busy) = (0, None);
        }
        if failure.kind == Kind::Code(Code::Mismatch) && !began_anew {
            // What was kept from another time may be of another content. What comes now is not.
            began_anew = true;
            show::warning(format_args!("{what}: {failure}; beginning anew"));
        } else if failure.kind == Kind::Code(Code::Busy) && client.retries > 0 {
            let since = *busy.get_or_insert_with(|| {
                let most = BUSY.as_secs();
                show::warning(format_args!("{what}: {failure}; waiting for it, up to {most} s"));
                Instant::now()
            });
            if since.elapsed() >= BUSY {
                return Err(failure);
            }
            thread::sleep(Duration::from_secs(1));
        } else if failure.may_pass(failed > 0 || busy.is_some()) && failed < client.retries {
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
