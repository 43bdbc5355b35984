//! What every server of the course must do.

harness::suite!("ch2-simple-server", one client at a time: iterative);
