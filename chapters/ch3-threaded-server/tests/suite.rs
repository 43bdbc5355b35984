//! What every server of the course must do, for each model of this one.

harness::suite!("ch3-threaded-server": threads, pool, channel);
