//! Tests that cross chapters, and the rules of the house.
