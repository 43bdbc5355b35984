//! What an event loop can get wrong, with one loop: whoever takes more than its share is among the others then.

harness::event_loops!("ch7-performance-tuning": sharded = "--shards 1");
