//! Who waits? A thread: one for each connection, a pool, a bounded channel.
