//! What a case is made of, and the short constructors that the tables are written in.

/// How much a failure matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The RFC says MUST, or the reply is wrong without it.
    Must,
    /// The RFC says SHOULD or MAY, or it is what robust servers do.
    Should,
    /// Two readers could disagree about where a request ends, or a peer could exhaust the server.
    Security,
}

/// One raw conversation, and what may come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Short and unique.
    pub id: &'static str,
    /// The RFC and its section, such as `9112 6.3`.
    pub section: &'static str,
    /// How much a failure matters.
    pub level: Level,
    /// One line that says what a server must do.
    pub title: &'static str,
    /// What the client does, in order; afterwards it reads.
    pub send: Vec<Piece>,
    /// Every permitted outcome, the strictest one first.
    pub accept: Vec<Outcome>,
}

/// One thing that the client does.
#[derive(Clone, Debug)]
pub enum Piece {
    /// One write.
    Bytes(Vec<u8>),
    /// One write per byte, without pauses.
    EachByte(Vec<u8>),
    /// Nothing may come for a moment: the request is not complete yet.
    Quiet,
    /// Reads until this many replies have come, interim ones counted.
    Await(usize),
    /// Shuts down the write side: the server sees end-of-file.
    HalfClose,
}

/// One permitted course of the conversation.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The replies, in order, and no others.
    pub replies: Vec<Wanted>,
    /// What becomes of the connection afterwards.
    pub end: End,
}

/// What becomes of the connection after the last reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The server closes it.
    Closed,
    /// The server closes it with end-of-file, never by a reset, and reads what the client still sends.
    Gently,
    /// It stays open: one more request is answered.
    Open,
    /// The server may do either.
    Either,
}

/// One reply that is expected.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The permitted statuses.
    pub statuses: Vec<u16>,
    /// Whether it replies to HEAD, so that no body may follow its head.
    pub head: bool,
    /// Whether it may be missing (an interim reply).
    pub optional: bool,
    /// What its body must be.
    pub body: Body,
    /// What its fields must say.
    pub checks: Vec<Check>,
}

/// What the body of a reply must be.
#[derive(Clone, Debug)]
pub enum Body {
    /// Anything, well framed.
    Any,
    /// Exactly these bytes.
    Is(Vec<u8>),
    /// Anything of this length.
    Long(usize),
}

/// A demand on the fields of a reply.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The field is there.
    Has(&'static str),
    /// The field's list of tokens has this member, in any case.
    Lists(&'static str, &'static str),
    /// If the field is there, its value is this.
    IfAnyIs(&'static str, &'static str),
    /// The value starts like this.
    Starts(&'static str, &'static str),
    /// The reply's version, such as `HTTP/1.1`.
    Version(&'static str),
    /// These bytes are nowhere in the reply.
    Never(&'static str),
    /// The whole reply comes with the first `read`: the server wrote it at once.
    OneRead,
}

/// Starts a case of level [`Level::Must`].
pub(super) fn must(id: &'static str, section: &'static str, title: &'static str) -> Case {
    Case { id, section, level: Level::Must, title, send: Vec::new(), accept: Vec::new() }
}

/// Starts a case of level [`Level::Should`].
pub(super) fn should(id: &'static str, section: &'static str, title: &'static str) -> Case {
    Case { level: Level::Should, ..must(id, section, title) }
}

/// Starts a case of level [`Level::Security`].
pub(super) fn security(id: &'static str, section: &'static str, title: &'static str) -> Case {
    Case { level: Level::Security, ..must(id, section, title) }
}

impl Case {
    /// Then sends these bytes with one write.
    pub(super) fn send(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.send.push(Piece::Bytes(bytes.as_ref().to_vec()));
        self
    }

    /// Then sends these bytes with a write for each.
    pub(super) fn each_byte(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.send.push(Piece::EachByte(bytes.as_ref().to_vec()));
        self
    }

    /// Then nothing may come for a moment.
    pub(super) fn quiet(mut self) -> Self {
        self.send.push(Piece::Quiet);
        self
    }

    /// Then reads until `count` replies have come.
    pub(super) fn wait(mut self, count: usize) -> Self {
        self.send.push(Piece::Await(count));
        self
    }

    /// Then shuts down the write side.
    pub(super) fn half_close(mut self) -> Self {
        self.send.push(Piece::HalfClose);
        self
    }

    /// Accepts these replies and this end.
    pub(super) fn gets(mut self, replies: impl Into<Vec<Wanted>>, end: End) -> Self {
        self.accept.push(Outcome { replies: replies.into(), end });
        self
    }

    /// Accepts one reply with one of these statuses, then a close.
    pub(super) fn refused(self, statuses: &[u16]) -> Self {
        self.gets([any_of(statuses)], End::Closed)
    }

    /// Accepts one reply with one of these statuses; the connection may stay open.
    pub(super) fn answered(self, statuses: &[u16]) -> Self {
        self.gets([any_of(statuses)], End::Either)
    }

    /// Accepts a close without any reply.
    pub(super) fn silent(self) -> Self {
        self.gets([], End::Closed)
    }

    /// Accepts the page of `/` on a connection that stays open.
    pub(super) fn hello(self) -> Self {
        self.gets([hello()], End::Open)
    }

    /// Accepts 200 with this body on a connection that stays open.
    pub(super) fn echo(self, body: impl AsRef<[u8]>) -> Self {
        self.gets([echo(body)], End::Open)
    }
}

/// A reply with one of these statuses.
pub(super) fn any_of(statuses: &[u16]) -> Wanted {
    Wanted {
        statuses: statuses.to_vec(),
        head: false,
        optional: false,
        body: Body::Any,
        checks: Vec::new(),
    }
}

/// A reply with this status.
pub(super) fn reply(status: u16) -> Wanted {
    any_of(&[status])
}

/// 200 with this body.
pub(super) fn echo(body: impl AsRef<[u8]>) -> Wanted {
    Wanted { body: Body::Is(body.as_ref().to_vec()), ..reply(200) }
}

/// 200 with the page of `/`.
pub(super) fn hello() -> Wanted {
    echo("Hello, World!")
}

/// 200 with a body of this length, as `/bytes/N` gives.
pub(super) fn bytes(length: usize) -> Wanted {
    Wanted { body: Body::Long(length), ..reply(200) }
}

/// 100 Continue, which the server may leave out.
pub(super) fn maybe_continue() -> Wanted {
    Wanted { optional: true, ..reply(100) }
}

impl Wanted {
    /// Says that the request was HEAD.
    pub(super) fn for_head(self) -> Self {
        Self { head: true, ..self }
    }

    /// Adds a demand on the fields.
    pub(super) fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }
}
