//! The ways to send a request that is in two parts.

/// How both parts are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In one buffer, by one `write(2)`: what the others are held against.
    OneWrite,
    /// The same, and the *reply* comes in two segments, with Nagle's algorithm off: what a further segment costs.
    ReplyInTwo,
    /// By two `write(2)`.
    TwoWrites,
    /// By one `writev(2)`.
    Gathered,
    /// By two `send(2)`, the first with `MSG_MORE`.
    More,
    /// By two `write(2)`, with `TCP_NODELAY`.
    NoDelay,
    /// By two `write(2)` to a receiver that sets `TCP_QUICKACK` after each read.
    QuickAck,
}

impl Way {
    /// All of them, what the predictions are made of first.
    #[cfg(target_os = "linux")]
    pub(super) const ALL: [Self; 7] = [
        Self::OneWrite,
        Self::ReplyInTwo,
        Self::TwoWrites,
        Self::Gathered,
        Self::More,
        Self::NoDelay,
        Self::QuickAck,
    ];

    /// Those that are not Linux's own.
    #[cfg(not(target_os = "linux"))]
    pub(super) const ALL: [Self; 5] =
        [Self::OneWrite, Self::ReplyInTwo, Self::TwoWrites, Self::Gathered, Self::NoDelay];

    /// As the table calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OneWrite => "one write",
            Self::ReplyInTwo => "one write, reply in two segments",
            Self::TwoWrites => "two writes",
            Self::Gathered => "cure: one writev",
            Self::More => "cure: MSG_MORE",
            Self::NoDelay => "cure: TCP_NODELAY",
            Self::QuickAck => "receiver: TCP_QUICKACK",
        }
    }

    /// May each exchange take 40 ms?
    pub(super) fn stalls(self) -> bool {
        matches!(self, Self::TwoWrites | Self::QuickAck)
    }
}
