//! What the lesson says, and what it says is often said wrongly.

mod claims;
mod figures;
mod ports;
