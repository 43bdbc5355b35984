//! The wrong programs: what is wrong with each, and where that must show.

use grader::failure::Symptom::{self, *};

/// A program that is right but for one fault, and the check that finds it.
#[derive(Debug)]
pub(crate) struct Killer {
    pub(crate) chapter: u32,
    /// What `--fault` calls it: see the wrong programs themselves.
    pub(crate) fault: &'static str,
    /// The first check that it fails.
    pub(crate) check: u32,
    /// What it looks like there.
    pub(crate) symptom: Symptom,
    /// Checks that such a program cannot pass either.
    pub(crate) also: &'static [u32],
    /// Whether the words of the message depend on who is quicker: what dies may be seen as a reset, an end or a refusal.
    pub(crate) varies: bool,
}

const fn killer(
    chapter: u32,
    fault: &'static str,
    check: u32,
    symptom: Symptom,
    also: &'static [u32],
) -> Killer {
    Killer { chapter, fault, check, symptom, also, varies: false }
}

impl Killer {
    const fn that_varies(mut self) -> Self {
        self.varies = true;
        self
    }
}

pub(crate) const KILLERS: &[Killer] = &[
    killer(1, "prints-nothing", 1, Silent, &[]),
    killer(1, "exit-code-7", 1, ExitCode, &[]),
    killer(1, "all-of-stdin-first", 2, WaitsForEof, &[8]),
    killer(1, "does-not-flush", 2, NotFlushed, &[]),
    killer(1, "one-recv-one-reply", 3, ClosedEarly, &[5, 6, 7, 8, 9, 10, 11]).that_varies(),
    killer(1, "first-reply-of-a-recv", 4, LostCommand, &[10]).that_varies(),
    killer(1, "text-only", 5, WrongCommand, &[]),
    killer(1, "lossy", 5, NotBytes, &[]),
    killer(1, "stops-at-an-error", 5, Died, &[]).that_varies(),
    killer(1, "skips-empty-lines", 5, WrongCommand, &[]),
    killer(1, "drops-the-last-line", 6, ClosedEarly, &[]),
    killer(1, "nothing-is-a-failure", 6, ExitCode, &[]),
    killer(1, "refused-is-success", 7, ExitCode, &[]),
    killer(1, "silent-errors", 7, Stderr, &[8, 9]),
    killer(1, "long-errors", 7, Stderr, &[8, 9]),
    killer(1, "errors-are-success", 7, ExitCode, &[8, 9]),
    killer(1, "timeout-while-idle", 8, Died, &[]).that_varies(),
    killer(1, "no-timeout", 8, NoTimeout, &[]),
    killer(1, "timeout-of-a-recv", 8, NoTimeout, &[]),
    killer(1, "end-is-success", 9, ExitCode, &[]),
    killer(1, "reset-is-success", 9, ExitCode, &[]),
    killer(1, "sends-before-it-receives", 10, Deadlock, &[]).that_varies(),
    killer(1, "ipv4-only", 11, NeverConnects, &[]),
    killer(1, "no-names", 11, NeverConnects, &[]),
    killer(2, "listens-everywhere-and-says-otherwise", 1, WrongAddress, &[]),
    killer(2, "ends-at-once", 1, EndedEarly, &[]).that_varies(),
    killer(2, "listens-everywhere", 1, WrongAddress, &[]),
    killer(2, "ignores-port", 1, EndedEarly, &[11]),
    killer(2, "ready-in-other-words", 1, BadReadyLine, &[]),
    killer(2, "ready-unfinished", 1, NoReadyLine, &[]),
    killer(2, "ready-too-early", 1, WrongAddress, &[]),
    killer(2, "replies-with-crlf", 1, WrongReply, &[]),
    killer(2, "replies-the-addend", 2, WrongReply, &[3, 4, 7, 8, 10, 11]),
    killer(2, "closes-on-error", 2, ClosedEarly, &[5, 9]).that_varies(),
    killer(2, "ignores-empty-lines", 2, Silent, &[]),
    killer(2, "stays-after-quit", 2, StayedOpen, &[]),
    killer(2, "quit-without-bye", 2, ClosedEarly, &[]),
    killer(2, "one-read-one-command", 3, ShortRead, &[4, 5, 6, 7, 8, 9, 10, 11]).that_varies(),
    killer(2, "first-line-of-a-piece", 3, LostCommand, &[7, 9, 11]).that_varies(),
    killer(2, "keeps-carriage-returns", 3, WrongReply, &[6]),
    killer(2, "unsigned", 4, WrongReply, &[]),
    killer(2, "takes-plus", 4, WrongReply, &[]),
    killer(2, "number-or-zero", 4, WrongReply, &[]),
    killer(2, "wraps", 4, WrongReply, &[]),
    killer(2, "names-are-text", 5, WrongReply, &[]),
    killer(2, "utf8-only", 5, ClosedEarly, &[]).that_varies(),
    killer(2, "limit-of-1000", 6, WrongReply, &[]),
    killer(2, "no-limit", 6, NoLimit, &[]),
    killer(2, "limit-at-the-end", 6, NoLimit, &[]),
    killer(2, "closes-hard", 6, Reset, &[]),
    killer(2, "looks-for-the-end", 7, ClosedEarly, &[11]).that_varies(),
    killer(2, "drops-the-last-line", 7, ClosedEarly, &[]),
    killer(2, "replies-to-nothing", 7, ExtraReply, &[8, 11]),
    killer(2, "serves-one-client", 2, Died, &[7, 8, 10]).that_varies(),
    killer(2, "dies-of-a-reset", 8, DeadAfterReset, &[]).that_varies(),
    killer(2, "replies-at-the-end-of-a-read", 9, HeldBack, &[11]),
    killer(2, "wait-too-short", 9, TooEarly, &[11]),
    killer(2, "wait-takes-anything", 9, WrongReply, &[]),
    killer(2, "boom-aborts", 10, DeadAfterBoom, &[]).that_varies(),
    killer(2, "boom-replies", 10, ExtraReply, &[]),
    killer(2, "ignores-term", 11, IgnoresTerm, &[]),
    killer(2, "stop-waits-for-clients", 11, IgnoresTerm, &[]),
    killer(2, "stop-drops-replies", 11, ClosedEarly, &[]).that_varies(),
    killer(2, "stop-sleeps", 11, IgnoresTerm, &[]).that_varies(),
    killer(2, "stop-code", 11, ExitCode, &[]),
    killer(2, "dies-of-term", 11, NoTermHandler, &[]).that_varies(),
    killer(2, "leaves-a-child", 11, LeftBehind, &[]).that_varies(),
    killer(2, "no-reuse", 11, NoReuse, &[]),
    killer(3, "ready-unfinished", 1, NoReadyLine, &[]),
    killer(3, "takes-plus", 2, WrongReply, &[]),
    killer(3, "one-at-a-time", 3, OneAtATime, &[4, 5, 7, 9]),
    killer(3, "one-buffer-for-all", 3, WrongReply, &[4, 5, 8]).that_varies(),
    killer(3, "sleeps-under-the-lock", 4, HeldUp, &[9]),
    killer(3, "pool-of-16", 4, HeldUp, &[]),
    killer(3, "loses-updates", 5, LostUpdate, &[]).that_varies(),
    killer(3, "ignores-workers", 6, TooMany, &[]),
    killer(3, "thread-for-each-waiting", 6, TooMany, &[]),
    killer(3, "leaks-descriptors", 6, Leak, &[]),
    killer(3, "leaves-zombies", 6, Zombie, &[]),
    killer(3, "poisons", 7, DeadAfterBoom, &[]).that_varies(),
    killer(3, "loses-workers", 7, DeadAfterBoom, &[]).that_varies(),
    killer(3, "boom-aborts", 7, DeadAfterBoom, &[]).that_varies(),
    killer(3, "dies-of-a-reset", 8, DeadAfterReset, &[]).that_varies(),
    killer(3, "writes-under-the-lock", 8, HeldUp, &[]),
    killer(3, "stop-waits-for-clients", 9, IgnoresTerm, &[]),
    killer(3, "no-reuse", 9, NoReuse, &[]),
];
