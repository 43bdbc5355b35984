//! How a conversation ended: what the two threads saw, put together.
//!
//! One thread receives and one sends, and each knows only a part. The kernel reports a reset to whichever call comes
//! first, and the other thread sees a mere end. So nobody else decides how it ended. What the receiver saw stands
//! below, and beside it what comes of it, by what the sender saw:
//!
//! | the receiver saw | the sender goes on | all is sent | sending failed | our own side failed |
//! |---|---|---|---|---|
//! | bytes | go on | go on | go on: more may come | that failure |
//! | nothing for a moment | go on | go on | that failure | that failure |
//! | end of file | wait for the sender | success | that failure | that failure |
//! | a reply that is whole | success | success | success | success |
//! | an end before the reply was whole | too early | too early | that failure | that failure |
//! | any other failure | it | it | it | it |
//!
//! "All is sent" means at an end of file that the server's kernel has acknowledged all of it, our end too
//! ([`Receiving::finish`](crate::receive::Receiving::finish)).

use crate::failure::{Failure, Kind};

/// What the receiver saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Something came.
    Bytes,
    /// Nothing came for a moment.
    Nothing,
    /// The server has ended its side.
    EndOfFile,
    /// The reply says itself that it is whole.
    Whole,
    /// Receiving has failed.
    Failed(Failure),
}

/// The result, if there is one yet; `sent` is that of the sender, if it has ended.
pub fn verdict(seen: &Seen, sent: Option<&Result<(), Failure>>) -> Option<Result<(), Failure>> {
    match (seen, sent) {
        (Seen::Whole, _) => Some(Ok(())),
        (Seen::Failed(closed), Some(Err(sending))) if closed.kind == Kind::Closed => {
            Some(Err(sending.clone()))
        }
        (Seen::Failed(failure), _) => Some(Err(failure.clone())),
        (Seen::Bytes, Some(Err(sending))) if sending.kind != Kind::Own => None,
        (_, Some(Err(sending))) => Some(Err(sending.clone())),
        (Seen::EndOfFile, Some(Ok(()))) => Some(Ok(())),
        (Seen::Bytes | Seen::Nothing, Some(Ok(()))) | (_, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds() {
        let failure = |kind| Failure::new(kind, "x", "y");
        let [own, closed, reset, silent] =
            [Kind::Own, Kind::Closed, Kind::Reset, Kind::ReplyTimedOut].map(failure);
        let (sent, sending, ours) = (Ok(()), Err(reset.clone()), Err(own));
        let columns = [None, Some(&sent), Some(&sending), Some(&ours)];
        let success = || Some(Ok(()));
        let fails = |failure: &Failure| Some(Err(failure.clone()));
        for (seen, results) in [
            (Seen::Bytes, [None, None, None, Some(ours.clone())]),
            (Seen::Nothing, [None, None, Some(sending.clone()), Some(ours.clone())]),
            (Seen::EndOfFile, [None, success(), Some(sending.clone()), Some(ours.clone())]),
            (Seen::Whole, [success(), success(), success(), success()]),
            (
                Seen::Failed(closed.clone()),
                [fails(&closed), fails(&closed), Some(sending.clone()), Some(ours.clone())],
            ),
            (Seen::Failed(silent.clone()), [(); 4].map(|()| fails(&silent))),
        ] {
            for (sent, result) in columns.iter().zip(results) {
                assert_eq!(verdict(&seen, *sent), result, "{seen:?} and {sent:?}");
            }
        }
    }
}
