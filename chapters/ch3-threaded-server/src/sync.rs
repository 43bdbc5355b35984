//! What the [bounded pool](crate::bounded) is built from. Its model puts loom's in the place of these.

pub(crate) use crossbeam_channel::{Receiver, Sender, bounded};
pub(crate) use std::sync::Arc;
pub(crate) use std::thread::{Builder, JoinHandle};
