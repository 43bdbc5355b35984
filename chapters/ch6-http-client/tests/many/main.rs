//! `fetch-many` as its user meets it: URLs on stdin, lines on stdout, a summary, an exit code.

mod run;

mod limits;
mod lost;
mod retries;
mod told;

mod hostile;
mod memory;
mod stop;
mod usage;
