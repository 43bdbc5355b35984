//! A histogram, and how a file holds it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer as Reader, Serializer as _, V2DeflateSerializer};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::{self, Debug, Formatter};

/// A histogram of microseconds, from 1 µs to 1 hour, with three significant digits. In a file it is a blob: V2 of
/// HdrHistogram, deflated, in Base64, as its implementations in all languages read it.
#[derive(Clone, PartialEq)]
pub struct Latency(pub Histogram<u64>);

impl Latency {
    /// The longest latency that can be told: one hour, in microseconds.
    pub const LONGEST: u64 = 3_600_000_000;

    /// Without any value.
    pub fn new() -> Self {
        Self::with_room_for(Self::LONGEST)
    }

    /// The same values, in as little memory as they need: a run keeps some hundred of these, and each with room for an
    /// hour takes 190 KB.
    #[must_use]
    pub fn compact(&self) -> Self {
        let mut compact = Self::with_room_for(self.0.max());
        compact.0.add(&self.0).expect("there is room for the greatest of them");
        compact
    }

    fn with_room_for(longest: u64) -> Self {
        // No histogram may have less.
        let longest = longest.max(2);
        Self(Histogram::new_with_bounds(1, longest, 3).expect("the bounds are in order"))
    }
}

impl Debug for Latency {
    /// In short: a histogram has thousands of counts.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(all) = self;
        write!(
            f,
            "Latency({} values, median {} µs, at most {} µs)",
            all.len(),
            all.value_at_quantile(0.5),
            all.max()
        )
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}

impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut blob = Vec::new();
        V2DeflateSerializer::new().serialize(&self.0, &mut blob).map_err(S::Error::custom)?;
        serializer.serialize_str(&STANDARD.encode(blob))
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let blob = STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        Reader::new().deserialize(&mut &blob[..]).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_in_a_small_one() {
        for longest in [0, 1, 2, 1000, 5_000_000, Latency::LONGEST] {
            let mut all = Latency::new();
            for value in [1, 7, longest] {
                all.0.saturating_record(value);
            }
            let compact = all.compact();
            assert!(compact.0 == all.0, "up to {longest}");
            assert!(longest > 10_000 || compact.0.distinct_values() < 6_000, "up to {longest}");
        }
    }
}
