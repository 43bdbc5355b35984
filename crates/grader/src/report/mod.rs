//! Shows a result to people and to machines.
