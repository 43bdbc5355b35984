//! What `--verbose` tells: the story of the socket, a line a step, on standard error.

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Tells the story, or keeps silent.
#[derive(Clone, Copy, Debug)]
pub struct Story {
    /// Did the user ask for it?
    pub is_told: bool,
}

impl Story {
    /// Tells one step.
    pub fn tell(self, step: impl Display) {
        if self.is_told {
            line(step);
        }
    }
}

/// Writes a line to standard error in one `write(2)`, so that the lines of two threads never mix.
pub fn line(text: impl Display) {
    let before = if OPEN_LINE.swap(false, Ordering::SeqCst) { "\n" } else { "" };
    // Whoever closed standard error does not want to know.
    let _ = std::io::stderr().write_all(format!("{before}{text}\n").as_bytes());
}

/// Does the cursor stand behind a reply that has not ended its line? Then our line begins a new one.
pub static OPEN_LINE: AtomicBool = AtomicBool::new(false);

/// A number with thousands separators: `1,024`.
pub fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of a thing: `1 byte`, `1,024 bytes`.
pub fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number as u64))
}

/// A duration for a person: `0.2 ms`.
pub fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

/// A duration as the user gave it: `0.5 s`.
pub fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in [
            (0_u64, "0"),
            (999, "999"),
            (1000, "1,000"),
            (65_507, "65,507"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(count(1, "byte"), "1 byte");
        assert_eq!(count(0, "byte"), "0 bytes");
    }

    #[test]
    fn durations() {
        assert_eq!(millis(Duration::from_micros(1234)), "1.2 ms");
        assert_eq!(seconds(Duration::from_millis(500)), "0.5 s");
        assert_eq!(seconds(Duration::from_secs(10)), "10 s");
    }
}
