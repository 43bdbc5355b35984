//! A hierarchical timing wheel: timers whose cost does not grow with their number.
//!
//! A clock has a hand for seconds, one for minutes and one for hours, and so has the wheel: the slots of level 0 are a
//! tick apart, those of level 1 are 64 ticks apart, those of level 2 are 64 × 64 ticks apart, and so on.
//!
//! ```text
//!   now, in digits to the base 64: … 0 0 2 17 5
//!
//!   level 2   ··▼······●······························●·······················
//!   level 1   ·················▼●··············●······························
//!   level 0   ·····▼··●·●·········································●···········
//! ```
//!
//! A timer lies on the level of the first digit in which its tick differs from now, in the slot that this digit names.
//! One that is far away lies in a coarse slot together with its neighbours. When the hand of that level comes to the
//! slot, they are dealt out over the finer levels below, where they lie in different slots; so a timer is touched once
//! for each level at most, whether there are ten of them or a million. (Varghese and Lauck, *Hashed and Hierarchical
//! Timing Wheels*, SOSP 1987. The timers of Linux and of tokio lie on such wheels.)
//!
//! A slot is a list, and a level has one bit for each of its slots that is not empty; what is next is the lowest bit of
//! the lowest level that has one.

/// Slots of a level: as many as a word has bits.
const SLOTS: usize = 64;
/// Bits of a tick that a level stands for.
const BITS: u32 = SLOTS.trailing_zeros();
/// As many levels as it takes to cover every tick that there is: no timer is too far away.
const LEVELS: usize = u64::BITS.div_ceil(BITS) as usize;
/// No timer: the end of a list.
const NONE: u32 = u32::MAX;
/// No slot: the timer is not set.
const NOWHERE: u16 = u16::MAX;

/// Timers by number, each set to a tick or not set.
#[derive(Debug)]
pub(super) struct Wheel {
    /// Everything before this tick has expired.
    now: u64,
    /// For each level the slots that are not empty.
    occupied: [u64; LEVELS],
    /// For each slot of each level the first timer in it.
    first: [u32; SLOTS * LEVELS],
    /// The links of the lists stand in the timers, so setting one allocates nothing.
    timers: Vec<Timer>,
    /// How often a timer was put into a slot or taken out.
    #[cfg(test)]
    touched: usize,
}

#[derive(Clone, Copy, Debug)]
struct Timer {
    /// When it expires.
    at: u64,
    /// Its neighbours in the slot.
    next: u32,
    previous: u32,
    /// Which of all slots it lies in, or [`NOWHERE`].
    slot: u16,
}

impl Wheel {
    /// No timer is set, and it is tick 0.
    pub(super) fn new() -> Self {
        Self {
            now: 0,
            occupied: [0; LEVELS],
            first: [NONE; SLOTS * LEVELS],
            timers: Vec::new(),
            #[cfg(test)]
            touched: 0,
        }
    }

    /// When a timer will expire, if it is set.
    pub(super) fn at(&self, id: usize) -> Option<u64> {
        self.timers.get(id).filter(|timer| timer.slot != NOWHERE).map(|timer| timer.at)
    }

    /// Sets a timer, or moves it. One that is set to the past expires now.
    pub(super) fn set(&mut self, id: usize, at: u64) {
        self.unset(id);
        if id >= self.timers.len() {
            let unset = Timer { at: 0, next: NONE, previous: NONE, slot: NOWHERE };
            self.timers.resize(id + 1, unset);
        }
        self.timers[id].at = at.max(self.now);
        self.link(id as u32);
    }

    /// Takes a timer back, if it is set.
    pub(super) fn unset(&mut self, id: usize) {
        if self.at(id).is_some() {
            self.unlink(id as u32);
        }
    }

    /// When there is something to do next: no timer expires before. It may be that a coarse slot is dealt out then, and
    /// none expires yet; that happens to a timer once for each level at most.
    pub(super) fn next(&self) -> Option<u64> {
        self.next_slot().map(|(start, ..)| start)
    }

    /// Takes out one timer that has expired by tick `now`. `None`: all of them have been taken out.
    pub(super) fn expired(&mut self, now: u64) -> Option<usize> {
        let due = |(start, ..): &(u64, usize, usize)| *start <= now;
        while let Some((start, level, slot)) = self.next_slot().filter(due) {
            self.now = start;
            let mut id = self.first[slot];
            if level == 0 {
                self.unlink(id);
                return Some(id as usize);
            }
            // From here on the timers of this slot differ from now in a lower digit only.
            while id != NONE {
                let next = self.timers[id as usize].next;
                self.unlink(id);
                self.link(id);
                id = next;
            }
        }
        self.now = self.now.max(now);
        None
    }

    /// The first slot that is not empty: at which tick it begins, its level, and which of all slots it is.
    fn next_slot(&self) -> Option<(u64, usize, usize)> {
        // Timers of a lower level differ from now in a lower digit, so they come first. Within a level all lie ahead
        // of the hand: a timer whose digit is smaller would be in the past.
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        let digit = self.occupied[level].trailing_zeros() as usize;
        let shift = level as u32 * BITS;
        let start = (self.now >> shift & !(SLOTS as u64 - 1) | digit as u64) << shift;
        Some((start, level, level * SLOTS + digit))
    }

    /// Puts a timer into the slot where it belongs at this time.
    fn link(&mut self, id: u32) {
        let at = self.timers[id as usize].at;
        let level = (at ^ self.now).checked_ilog2().unwrap_or(0) / BITS;
        let digit = (at >> (level * BITS)) as usize % SLOTS;
        let slot = level as usize * SLOTS + digit;
        let next = std::mem::replace(&mut self.first[slot], id);
        self.timers[id as usize] = Timer { at, next, previous: NONE, slot: slot as u16 };
        if next != NONE {
            self.timers[next as usize].previous = id;
        }
        self.occupied[level as usize] |= 1 << digit;
        self.touch();
    }

    /// Takes a timer out of its slot.
    fn unlink(&mut self, id: u32) {
        let timer = &mut self.timers[id as usize];
        let Timer { next, previous, slot, .. } = *timer;
        timer.slot = NOWHERE;
        let slot = usize::from(slot);
        if next != NONE {
            self.timers[next as usize].previous = previous;
        }
        if previous != NONE {
            self.timers[previous as usize].next = next;
        } else {
            self.first[slot] = next;
            if next == NONE {
                self.occupied[slot / SLOTS] &= !(1 << (slot % SLOTS));
            }
        }
        self.touch();
    }

    fn touch(&mut self) {
        #[cfg(test)]
        {
            self.touched += 1;
        }
    }
}

#[cfg(test)]
mod tests;
