//! The grader is itself graded: right programs earn 100, skeletons 0, and each wrong one fails where it is wrong.

mod killers;
mod right;
mod run;
mod wrong;
