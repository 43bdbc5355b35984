//! How many connections there may be, in all loops together.

use mio::Waker;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The places of a server. A loop takes one before it accepts, and gives it back when the connection is closed.
///
/// At the limit loops stand in line: no backlog starves because another one is never empty. As many of them as there are
/// free places may take one, so a loop that computes and does not come keeps nobody waiting but itself.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    /// Who waits for a place, in order.
    line: VecDeque<Arc<Waker>>,
}

impl Places {
    /// So many, all of them free.
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default() }
    }

    /// Takes a place. If there is none, or others have waited longer for those that there are, the loop stands in line, and
    /// `waker` will tell it when to ask again.
    pub(super) fn take(&self, waker: &Arc<Waker>) -> bool {
        let mut state = self.lock();
        let position = state.line.iter().position(|waiting| Arc::ptr_eq(waiting, waker));
        let before = position.unwrap_or(state.line.len());
        let may = self.most - state.taken > before;
        match position {
            Some(position) if may => drop(state.line.remove(position)),
            None if !may => state.line.push_back(Arc::clone(waker)),
            _ => {}
        }
        state.taken += usize::from(may);
        may
    }

    /// Gives a place back.
    pub(super) fn give_back(&self) {
        let mut state = self.lock();
        state.taken -= 1;
        for waiting in state.line.iter().take(self.most - state.taken) {
            // It fails only if the loop is gone, which then needs no place.
            let _ = waiting.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mio::{Events, Poll, Token};
    use std::time::Duration;

    /// A loop's end of the line: its waker, and whether it has been woken.
    struct Loop(Poll, Arc<Waker>);

    impl Loop {
        fn new() -> Self {
            let poll = Poll::new().unwrap();
            let waker = Waker::new(poll.registry(), Token(0)).unwrap();
            Self(poll, Arc::new(waker))
        }

        fn was_woken(&mut self) -> bool {
            let mut events = Events::with_capacity(1);
            self.0.poll(&mut events, Some(Duration::ZERO)).unwrap();
            !events.is_empty()
        }
    }

    #[test]
    fn who_has_waited_longest_is_next() {
        let places = Places::new(1);
        let [mut holder, mut first, mut second] = [Loop::new(), Loop::new(), Loop::new()];
        assert!(places.take(&holder.1));
        assert!(!places.take(&first.1) && !places.take(&second.1) && !places.take(&holder.1));
        assert!(!first.was_woken() && !second.was_woken(), "there is no place yet");
        places.give_back();
        assert!(first.was_woken() && !second.was_woken() && !holder.was_woken());
        assert!(!places.take(&second.1) && !places.take(&holder.1), "it is the first one's");
        assert!(places.take(&first.1));
        places.give_back();
        assert!(second.was_woken() && places.take(&second.1));
        // It has nobody to give the place to, after all.
        places.give_back();
        assert!(holder.was_woken() && places.take(&holder.1));
        places.give_back();
        assert!(places.take(&first.1), "nobody waits any more");
    }

    #[test]
    fn a_loop_that_does_not_come_keeps_nobody_else_waiting() {
        let places = Places::new(2);
        let [holder, mut busy, mut idle] = [Loop::new(), Loop::new(), Loop::new()];
        assert!(places.take(&holder.1) && places.take(&holder.1));
        assert!(!places.take(&busy.1) && !places.take(&idle.1));
        places.give_back();
        assert!(busy.was_woken() && !idle.was_woken() && !places.take(&idle.1));
        places.give_back();
        assert!(idle.was_woken() && places.take(&idle.1));
        assert!(!places.take(&idle.1), "the last one is kept for who has waited longest");
        assert!(places.take(&busy.1));
        places.give_back();
        assert!(idle.was_woken() && places.take(&idle.1));
    }
}
