//! The named pipes between a grader and a program: bubblewrap would keep those that it inherits open.

use super::order::{Order, scratch};
use anyhow::Context;
use nix::sys::stat::Mode;
use std::fs::{self, File};

/// Both ends of the three pipes: nothing can block on opening them, because we have the other end already.
pub(super) struct Pipes {
    both: [File; 3],
    ours: (File, File, File),
}

impl Pipes {
    /// Makes them in the scratch folder, which it makes first.
    pub(super) fn new(order: &Order) -> anyhow::Result<Self> {
        let make = || {
            fs::create_dir(scratch(&order.home))?;
            let paths = order.pipes();
            for path in &paths {
                nix::unistd::mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
            }
            let [stdin, stdout, stderr] = &paths;
            let both = |path| File::options().read(true).write(true).open(path);
            let both = [both(stdin)?, both(stdout)?, both(stderr)?];
            let ours = (
                File::options().write(true).open(stdin)?,
                File::open(stdout)?,
                File::open(stderr)?,
            );
            anyhow::Ok(Self { both, ours })
        };
        make().context("cannot make named pipes in the temporary folder")
    }

    /// Our ends: stdin to write to, stdout and stderr to read from. The other ends are the program's alone now.
    pub(super) fn ours(self) -> (File, File, File) {
        drop(self.both);
        self.ours
    }
}
