//! In which order the lines are told.

use std::collections::BTreeMap;

/// Puts lines in the order of the input, or lets them pass as they are.
#[derive(Debug)]
pub struct Order {
    /// Lines that wait for an earlier one, by their number; without, nothing waits.
    held: Option<BTreeMap<u64, String>>,
    next: u64,
}

impl Order {
    /// As they finish, or in the order of the input.
    pub fn new(in_order: bool) -> Self {
        Self { held: in_order.then(BTreeMap::new), next: 0 }
    }

    /// A line is there: `tell` gets it, and those that waited for it, as soon as it is their turn.
    pub fn put(&mut self, number: u64, line: String, mut tell: impl FnMut(&str)) {
        let Some(held) = &mut self.held else { return tell(&line) };
        held.insert(number, line);
        while let Some(line) = held.remove(&self.next) {
            tell(&line);
            self.next += 1;
        }
    }

    /// Lines that wait.
    pub fn held(&self) -> usize {
        self.held.as_ref().map_or(0, BTreeMap::len)
    }

    /// Nothing more will come: what waited is told.
    pub fn end(&mut self, mut tell: impl FnMut(&str)) {
        for line in self.held.take().unwrap_or_default().into_values() {
            tell(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(in_order: bool) -> String {
        let (mut order, mut told) = (Order::new(in_order), String::new());
        for number in [2, 0, 4, 1, 6] {
            order.put(number, number.to_string(), |line| told.push_str(line));
        }
        told.push_str(&format!(" {}+", order.held()));
        order.end(|line| told.push_str(line));
        told
    }

    #[test]
    fn a_line_waits_for_those_before_it() {
        assert_eq!(told(true), "012 2+46");
        assert_eq!(told(false), "20416 0+");
    }
}
