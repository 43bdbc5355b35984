//! The client as its user meets it: a command line, a reply on stdout, one line about a failure, an exit code.

mod run;

mod conversation;
mod endings;
mod options;

mod udp;

mod failures;
mod hostile;
mod usage;

mod families;
mod strangers;

mod probe;
