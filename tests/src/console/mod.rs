//! Console blocks: the commands that a README shows are run, and what comes is compared with what it shows.
//!
//! ````text
//! ```console
//! $ cargo run -p ch3-threaded-server
//! listening on 127.0.0.1:8080
//! ...
//! ```
//! ````
//!
//! - A line that begins with `$ ` is a command; the lines below it are its output, stdout and stderr together.
//!   A command goes on in the next line after a `\` and inside quotes; there it begins with `> `, as in a terminal.
//! - `[..]` in a line stands for any text, and a line `...` for any number of lines.
//! - `cargo run -p PACKAGE` runs the program itself. If it says that it is listening, it goes on running for the
//!   commands that follow, in this block and in later ones, until the next program starts or the file ends.
//!   Beside pipes, quotes and the like (`echo hi | cargo run -p PACKAGE -- …`) it is run by bash, with the program's path.
//! - `cargo grade … -- target/debug/NAME` grades the program NAME of the package NAME, wherever it was built.
//! - The port 8080 stands for the one that the server really has: no port is fixed.
//! - A line `^C` sends SIGINT to the server, as a terminal does; the lines below it are the rest of its output.
//! - Each other command is run by bash, in the root of the course. If a program is missing that a newcomer may not
//!   have, the command is skipped, and the test says so.
//! - What must not be run stands in an `sh` block.

mod compare;
mod play;
mod process;
mod program;
mod script;

pub use play::{Outcome, play};
