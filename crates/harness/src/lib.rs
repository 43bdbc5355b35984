//! Starts programs, talks to them strictly over sockets, watches them in /proc.
