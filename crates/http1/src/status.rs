//! Status codes, and why a message is refused.

/// A status code (RFC 9110 section 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    /// 200
    pub const OK: Self = Self(200);
    /// 204
    pub const NO_CONTENT: Self = Self(204);
    /// 400
    pub const BAD_REQUEST: Self = Self(400);
    /// 404
    pub const NOT_FOUND: Self = Self(404);
    /// 405
    pub const METHOD_NOT_ALLOWED: Self = Self(405);
    /// 408
    pub const REQUEST_TIMEOUT: Self = Self(408);
    /// 413
    pub const CONTENT_TOO_LARGE: Self = Self(413);
    /// 414
    pub const URI_TOO_LONG: Self = Self(414);
    /// 417
    pub const EXPECTATION_FAILED: Self = Self(417);
    /// 431
    pub const FIELDS_TOO_LARGE: Self = Self(431);
    /// 501
    pub const NOT_IMPLEMENTED: Self = Self(501);
    /// 505
    pub const VERSION_NOT_SUPPORTED: Self = Self(505);

    /// The words that go with the code in the status line; they mean nothing to a program.
    pub fn reason(self) -> &'static str {
        match self.0 {
            200 => "OK",
            204 => "No Content",
            304 => "Not Modified",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            413 => "Content Too Large",
            414 => "URI Too Long",
            417 => "Expectation Failed",
            431 => "Request Header Fields Too Large",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            505 => "HTTP Version Not Supported",
            _ => "",
        }
    }

    /// May a message with this status have a body at all (RFC 9110 section 6.4.1)?
    pub fn has_body(self) -> bool {
        !matches!(self.0, 100..=199 | 204 | 304)
    }
}

/// Why a message is refused: what the peer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The status of the refusal.
    pub status: Status,
    /// What is wrong, in words for a person.
    pub why: &'static str,
}

impl Reject {
    /// A 400, which is what most broken messages are.
    pub const fn bad(why: &'static str) -> Self {
        Self { status: Status::BAD_REQUEST, why }
    }

    /// A refusal with another status.
    pub const fn new(status: Status, why: &'static str) -> Self {
        Self { status, why }
    }
}
