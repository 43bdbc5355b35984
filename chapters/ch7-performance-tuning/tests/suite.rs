//! The suite that every server of the course must pass: tuned is not looser.

harness::suite!("ch7-performance-tuning": sharded);
