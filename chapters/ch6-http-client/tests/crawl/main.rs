//! The crawler as its user meets it: a command line, a site that remembers what was asked of it, a report.

mod run;

mod grown;
mod visits;

mod manners;

mod reports;
mod resume;

mod hostile;
mod usage;
