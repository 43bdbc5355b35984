//! When does each piece arrive? Without I/O: time is an argument.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The shape of one direction of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shape {
    /// Bytes per second; 0: as many as come.
    pub rate: u64,
    /// How long a byte flies.
    pub delay: Duration,
    /// By how much longer it may fly, by chance.
    pub jitter: Duration,
    /// The share of pieces that are lost on their first flight.
    pub loss: f64,
}

/// The payload of a packet on an Ethernet, with TCP's timestamps: the unit in which things get lost.
const PACKET: usize = 1448;
/// The largest piece: what arrives, arrives at once.
const LARGEST: usize = 16 << 10;
/// A piece occupies the line for no more than one part in so many of a second, so that bytes come evenly.
const PARTS: u64 = 2000;
/// Linux repeats nothing sooner than this and a round trip after it was sent (`TCP_RTO_MIN`), unless later packets
/// arrive and tell of the gap.
const RTO: Duration = Duration::from_millis(200);
/// Flights of a piece that is lost again and again; the last one arrives.
const FLIGHTS: u32 = 6;

impl Shape {
    /// A line without jitter and loss.
    pub fn new(rate: u64, delay: Duration) -> Self {
        Self { rate, delay, ..Self::default() }
    }

    /// The largest piece that is handed to the line at once.
    pub fn piece(&self) -> usize {
        match self.rate {
            _ if self.loss > 0.0 => PACKET,
            0 => LARGEST,
            rate => usize::try_from(rate / PARTS).unwrap_or(LARGEST).clamp(PACKET, LARGEST),
        }
    }

    /// How many pieces are under way or wait for the line before no more is taken in: twice what fills the line, and a
    /// quarter of a MiB; for short pieces some more.
    pub fn pieces_held(&self) -> usize {
        let flight = (self.delay + self.jitter).as_secs_f64();
        let filled = 2.0 * self.rate as f64 * flight + f64::from(1 << 18);
        let least = if self.rate == 0 { 1024 } else { 256 };
        ((filled / self.piece() as f64) as usize).max(least).min(super::MOST_HELD / self.piece())
    }

    /// How many connections a link may have, so that all that they hold has its bound: at least one.
    pub fn connections(&self) -> usize {
        let both_directions = 2 * self.pieces_held() * self.piece();
        (super::MOST_HELD_IN_ALL / both_directions).clamp(1, super::MOST_CONNECTIONS)
    }

    /// How long so many bytes take that come to an idle line at once, as far as chance with this seed decides. What the
    /// line cannot hold waits before it.
    pub fn whole(&self, bytes: u64, seed: u64) -> Duration {
        let begin = Instant::now();
        let (mut shaper, mut now, mut left) = (Shaper::new(*self, seed), begin, bytes);
        let (piece, held) = (self.piece() as u64, self.pieces_held());
        let mut under_way = VecDeque::new();
        let mut last = begin;
        while left > 0 {
            if under_way.len() >= held {
                now = under_way.pop_front().unwrap_or(now);
            }
            let count = left.min(piece);
            last = shaper.send(count as usize, now);
            under_way.push_back(last);
            left -= count;
        }
        last - begin
    }

    /// How long so many bytes occupy the line.
    pub fn line_time(&self, bytes: usize) -> Duration {
        match self.rate {
            0 => Duration::ZERO,
            rate => {
                let nanoseconds = bytes as u128 * 1_000_000_000 / u128::from(rate);
                Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
            }
        }
    }
}

/// One direction of a line, while it is used.
#[derive(Debug)]
pub struct Shaper {
    shape: Shape,
    chance: fastrand::Rng,
    /// When the line is free again.
    free: Option<Instant>,
    /// When the last piece arrives: nothing overtakes it.
    last: Option<Instant>,
}

impl Shaper {
    /// A line that is free. The seed decides about jitter and loss.
    pub fn new(shape: Shape, seed: u64) -> Self {
        Self { shape, chance: fastrand::Rng::with_seed(seed), free: None, last: None }
    }

    /// A piece comes to the line now: when does the whole of it arrive?
    pub fn send(&mut self, bytes: usize, now: Instant) -> Instant {
        let is_busy = self.free.is_some_and(|free| free > now);
        let begins = self.free.map_or(now, |free| free.max(now));
        let sent = begins + self.shape.line_time(bytes);
        self.free = Some(sent);
        let mut arrives = sent + self.shape.delay + self.jitter();
        let mut recovery = self.recovery(is_busy);
        let mut flights = 1;
        while flights < FLIGHTS && self.chance.f64() < self.shape.loss {
            arrives += recovery;
            // The second time nobody hears of the gap, and the timer is doubled from time to time (RFC 6298, section 5.5).
            recovery = self.recovery(false) * 2_u32.pow(flights);
            flights += 1;
        }
        self.in_order(arrives)
    }

    /// The stream ends now: when does the end arrive? It takes no room on the line.
    pub fn end(&mut self, now: Instant) -> Instant {
        self.send(0, now)
    }

    fn jitter(&mut self) -> Duration {
        self.shape.jitter.mul_f64(self.chance.f64())
    }

    /// How much later a lost piece arrives. In the midst of a stream, packets behind it tell of the gap, and it is sent
    /// again a round trip later (fast retransmit, RFC 5681, section 3.2). The end of a stream waits for the timer.
    fn recovery(&self, in_stream: bool) -> Duration {
        let round_trip = 2 * self.shape.delay + self.shape.jitter;
        if in_stream { round_trip } else { round_trip + RTO }
    }

    fn in_order(&mut self, arrives: Instant) -> Instant {
        let arrives = self.last.map_or(arrives, |last| last.max(arrives));
        self.last = Some(arrives);
        arrives
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Milliseconds after `start` at which pieces arrive that come at these milliseconds.
    fn arrivals(shape: Shape, pieces: &[(u32, usize)]) -> Vec<u128> {
        let start = Instant::now();
        let mut shaper = Shaper::new(shape, 7);
        let sent = pieces.iter().map(|(at, bytes)| shaper.send(*bytes, start + *at * MS));
        sent.map(|at| (at - start).as_millis()).collect()
    }

    #[test]
    fn a_piece_occupies_the_line_and_then_flies() {
        let shape = Shape::new(1_000_000, 20 * MS);
        assert_eq!(arrivals(shape, &[(0, 5_000)]), [25]);
        // The second and the third wait for the line; the fourth finds it free.
        let pieces = [(0, 5_000), (0, 5_000), (9, 1_000), (100, 1_000)];
        assert_eq!(arrivals(shape, &pieces), [25, 30, 31, 121]);
    }

    #[test]
    fn cut_into_pieces_the_whole_takes_as_long() {
        let shape = Shape::new(1_000_000, 20 * MS);
        assert_eq!(arrivals(shape, &[(0, 1_000); 50]).last(), Some(&70));
        assert_eq!(arrivals(shape, &[(0, 50_000)]), [70]);
    }

    #[test]
    fn a_line_without_a_rate_only_delays() {
        let shape = Shape::new(0, 20 * MS);
        assert_eq!(arrivals(shape, &[(0, 1 << 30), (1, 1 << 30), (2, 0)]), [20, 21, 22]);
        assert_eq!(arrivals(Shape::default(), &[(3, 1)]), [3]);
    }

    #[test]
    fn jitter_stays_within_its_bounds_and_in_order() {
        let shape = Shape { jitter: 10 * MS, ..Shape::new(0, 20 * MS) };
        let pieces: Vec<_> = (0..1000).map(|at| (at, 1)).collect();
        let arrived = arrivals(shape, &pieces);
        assert!(arrived.is_sorted());
        let late = arrived.iter().zip(0_u128..).map(|(arrives, at)| arrives - at);
        assert!(late.clone().all(|late| (20..30).contains(&late)));
        assert!(late.clone().any(|late| late < 23) && late.clone().any(|late| late > 27));
    }

    #[test]
    fn what_is_lost_holds_up_what_is_behind_it() {
        let shape = Shape { loss: 1.0, ..Shape::new(1_000_000, 20 * MS) };
        // Five flights are lost: a round trip and the timer each, the timer 1, 2, 4, 8 and 16 times.
        let alone = 1 + 20 + (1 + 2 + 4 + 8 + 16) * 240;
        assert_eq!(arrivals(shape, &[(0, 1_000)]), [alone]);
        // In a stream the first one comes again after a round trip.
        let behind = arrivals(shape, &[(0, 1_000), (0, 1_000)]);
        assert_eq!(behind, [alone, alone], "the second one waits for the first");
    }

    #[test]
    fn as_many_are_lost_as_were_asked_for() {
        let shape = Shape { loss: 0.02, ..Shape::new(0, 20 * MS) };
        let start = Instant::now();
        let mut shaper = Shaper::new(shape, 1);
        let lost = (0..10_000).filter(|at| {
            // Each after the effects of the others.
            let at = start + *at * Duration::from_secs(100);
            shaper.send(1, at) > at + 20 * MS
        });
        let lost = lost.count();
        assert!((150..250).contains(&lost), "{lost}");
    }

    #[test]
    fn pieces_are_small_enough_to_come_evenly() {
        assert_eq!(Shape::new(0, MS).piece(), LARGEST);
        assert_eq!(Shape::new(20_000_000, MS).piece(), 10_000);
        assert_eq!(Shape::new(1_000, MS).piece(), PACKET);
        assert_eq!(Shape { loss: 0.01, ..Shape::new(0, MS) }.piece(), PACKET);
    }

    #[test]
    fn what_is_held_fills_the_line_and_is_bounded() {
        let shape = Shape::new(20_000_000, 100 * MS);
        let held = shape.pieces_held() * shape.piece();
        assert!((4_000_000..5_000_000).contains(&held), "{held}");
        let huge = Shape::new(u64::MAX, 100_000 * MS);
        assert!(huge.pieces_held() * huge.piece() <= super::super::MOST_HELD);
    }

    #[test]
    fn all_connections_together_are_bounded() {
        for shape in [
            Shape::default(),
            Shape::new(20_000_000, 20 * MS),
            Shape::new(1 << 30, 200 * MS),
            Shape { loss: 0.5, ..Shape::new(u64::MAX, 100_000 * MS) },
        ] {
            let held = shape.connections() * 2 * shape.pieces_held() * shape.piece();
            assert!(held <= super::super::MOST_HELD_IN_ALL, "{shape:?}");
        }
        assert_eq!(Shape::new(20_000_000, 20 * MS).connections(), super::super::MOST_CONNECTIONS);
        assert_eq!(Shape::new(1 << 30, 200 * MS).connections(), 8);
    }

    #[test]
    fn the_whole_takes_its_time_on_the_line_and_its_flight() {
        let shape = Shape::new(1_448_000, 20 * MS);
        assert_eq!(shape.whole(0, 1), Duration::ZERO);
        assert_eq!(shape.whole(14_480, 1), 30 * MS);
        assert_eq!(shape.whole(1_448_000, 1), 1020 * MS);
        // What waits for a lost piece fills the link, and what does not fit waits with it.
        let lossy = Shape { loss: 1.0, ..shape };
        assert!(lossy.whole(1_448, 1) > 7_000 * MS);
        assert!(lossy.whole(4 << 20, 1) > 2 * lossy.whole(1_448, 1));
    }
}
