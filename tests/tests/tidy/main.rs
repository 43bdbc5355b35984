//! The rules of the house, as far as a machine can check them. Each failure says the rule, the place, and what to do.

mod manifests;
mod purity;

mod sources;

mod commands;
mod documents;
mod exercises;
