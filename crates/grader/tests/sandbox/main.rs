//! The sandbox against real programs, with and without bubblewrap: what they may do, what they may not, and that nothing
//! of them stays. Linux only: elsewhere there is nothing to isolate with.
#![cfg(target_os = "linux")]

mod support;

mod descent;
mod endings;
mod forbidden;
mod hungry;
mod killed;
mod ordinary;
