//! What every server of the course must do, for each model of this one.

harness::suite!("ch4-process-server": spawn, fork, prefork);
