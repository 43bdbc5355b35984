//! The suite that every server of the course must pass, for each model of this chapter.

harness::suite!("ch5-async-server": event_loop, r#async, async_single);
