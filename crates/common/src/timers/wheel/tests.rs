use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a wheel does, done slowly.
#[derive(Default)]
struct Model {
    now: u64,
    timers: BTreeMap<usize, u64>,
}

impl Model {
    fn advance(&mut self, now: u64) -> Vec<usize> {
        self.now = self.now.max(now);
        let now = self.now;
        self.timers.extract_if(.., |_, at| *at <= now).map(|(id, _)| id).collect()
    }
}

#[derive(Clone, Copy, Debug)]
enum Action {
    /// Set a timer to so many ticks from now.
    Set(usize, u64),
    /// Set a timer to a tick, which may be over.
    SetTo(usize, u64),
    Unset(usize),
    /// Let so many ticks pass.
    Pass(u64),
    /// Go where there is something to do.
    Next,
    /// Go to a moment before that, if there is one.
    AlmostNext,
}

/// Ticks of every magnitude, and those just before, at and after a level begins.
fn ticks() -> impl Strategy<Value = u64> {
    let magnitude = (0..62_u32, any::<u64>()).prop_map(|(bits, any)| any >> (63 - bits));
    let edge = (0..10_u32, -1..=1_i64)
        .prop_map(|(level, off)| (1_u64 << (level * BITS)).wrapping_add_signed(off));
    prop_oneof![4 => 0..200_u64, 2 => magnitude, 1 => edge, 1 => Just(10_000)]
}

fn action() -> impl Strategy<Value = Action> {
    let id = 0..40_usize;
    prop_oneof![
        6 => (id.clone(), ticks()).prop_map(|(id, ticks)| Action::Set(id, ticks)),
        1 => (id.clone(), ticks()).prop_map(|(id, tick)| Action::SetTo(id, tick)),
        1 => id.prop_map(Action::Unset),
        3 => ticks().prop_map(Action::Pass),
        3 => Just(Action::Next),
        1 => Just(Action::AlmostNext),
    ]
}

fn all_expired(wheel: &mut Wheel, now: u64) -> Vec<usize> {
    let mut expired: Vec<_> = std::iter::from_fn(|| wheel.expired(now)).collect();
    expired.sort_unstable();
    expired
}

proptest! {
    #[test]
    fn behaves_as_a_sorted_list(actions in prop::collection::vec(action(), 1..300)) {
        let (mut wheel, mut model) = (Wheel::new(), Model::default());
        for action in actions {
            let pass = match action {
                Action::Set(id, ticks) => {
                    let at = model.now.saturating_add(ticks);
                    wheel.set(id, at);
                    model.timers.insert(id, at);
                    None
                }
                Action::SetTo(id, tick) => {
                    wheel.set(id, tick);
                    model.timers.insert(id, tick.max(model.now));
                    None
                }
                Action::Unset(id) => {
                    wheel.unset(id);
                    model.timers.remove(&id);
                    None
                }
                Action::Pass(ticks) => Some(model.now.saturating_add(ticks)),
                Action::Next => wheel.next(),
                Action::AlmostNext => wheel.next().map(|next| next.saturating_sub(1)),
            };
            // Time does not go back.
            if let Some(now) = pass.map(|now| now.max(model.now)) {
                prop_assert_eq!(all_expired(&mut wheel, now), model.advance(now), "at {}", now);
            }
            for id in 0..40 {
                prop_assert_eq!(wheel.at(id), model.timers.get(&id).copied());
            }
            // Whoever sleeps until `next` is never late, and never sleeps for ever.
            let first = model.timers.values().min().copied();
            prop_assert!(wheel.next() <= first || first.is_none());
            prop_assert_eq!(wheel.next().is_none(), first.is_none());
        }
    }

    #[test]
    fn a_timer_is_reached_in_few_wakings(start in ticks(), ticks in ticks()) {
        let mut wheel = Wheel::new();
        wheel.set(1, start);
        all_expired(&mut wheel, start);
        let at = start.saturating_add(ticks);
        wheel.set(0, at);
        let mut wakings = 0;
        while let Some(next) = wheel.next() {
            wakings += 1;
            let expired = all_expired(&mut wheel, next);
            prop_assert_eq!(!expired.is_empty(), next == at);
        }
        prop_assert!(wakings <= LEVELS, "{} wakings", wakings);
    }
}

/// 100,000 timers, all of them far enough away.
fn crowd() -> Wheel {
    let mut wheel = Wheel::new();
    for id in 0..100_000 {
        wheel.set(id, 10_000 + id as u64);
    }
    wheel
}

#[test]
fn what_waits_is_not_touched() {
    let mut wheel = crowd();
    let before = wheel.touched;
    // The slots of level 2 begin at multiples of 4,096: until then there is nothing to do.
    for now in 1..8192 {
        assert_eq!(wheel.expired(now), None);
        assert_eq!(wheel.next(), Some(8192));
    }
    assert_eq!(wheel.touched - before, 0);
    // One that comes and goes touches itself and nobody else.
    wheel.set(100_000, 9000);
    wheel.set(100_000, 8500);
    wheel.unset(100_000);
    assert_eq!(wheel.touched - before, 4);
}

#[test]
fn a_timer_is_touched_once_a_level() {
    let mut wheel = crowd();
    let before = wheel.touched;
    let mut expired = 0;
    while let Some(next) = wheel.next() {
        expired += std::iter::from_fn(|| wheel.expired(next)).count();
    }
    assert_eq!(expired, 100_000);
    // Level 2 is the highest that 110 seconds reach: out of it, into level 1 and out, into level 0 and out.
    let most = 5 * 100_000;
    assert!(wheel.touched - before <= most, "{} touches", wheel.touched - before);
}

#[test]
fn setting_again_allocates_nothing() {
    let mut wheel = crowd();
    let room = wheel.timers.capacity();
    for round in 0..10 {
        for id in 0..1000 {
            wheel.set(id, 20_000 + round);
        }
    }
    assert_eq!((wheel.timers.capacity(), wheel.timers.len()), (room, 100_000));
}

#[test]
fn the_end_of_time_is_a_tick_like_any_other() {
    let mut wheel = Wheel::new();
    wheel.set(0, u64::MAX);
    wheel.set(1, u64::MAX - 1);
    assert_eq!(all_expired(&mut wheel, u64::MAX - 1), [1]);
    assert_eq!(wheel.next(), Some(u64::MAX));
    assert_eq!(all_expired(&mut wheel, u64::MAX), [0]);
    wheel.set(2, 5);
    assert_eq!(all_expired(&mut wheel, u64::MAX), [2]);
}
