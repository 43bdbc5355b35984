//! What header lines mean, for `--trace`.

/// What a field of a request says, if it is a well-known one.
pub fn of_request(name: &str) -> Option<&'static str> {
    Some(match &*name.to_ascii_lowercase() {
        "host" => "which of the names that live at this address is meant (RFC 9110 section 7.2)",
        "user-agent" => "who asks (RFC 9110 section 10.1.5)",
        "accept" => "which types are welcome (RFC 9110 section 12.5.1)",
        "connection" => "what becomes of the connection afterwards (RFC 9112 section 9)",
        "content-length" => "how many bytes the body has (RFC 9112 section 6.2)",
        "content-type" => "what the body is (RFC 9110 section 8.3)",
        "authorization" => "name and password, readable to everyone on the way (RFC 7617)",
        "range" => "only this part of it (RFC 9110 section 14.2)",
        "if-none-match" => "only if it is another one than this (RFC 9110 section 13.1.2)",
        "if-modified-since" => "only if it is newer (RFC 9110 section 13.1.3)",
        "expect" => "say that you want the body before it is sent (RFC 9110 section 10.1.1)",
        _ => return None,
    })
}

/// What a field of a response says, if it is a well-known one.
pub fn of_response(name: &str) -> Option<&'static str> {
    Some(match &*name.to_ascii_lowercase() {
        "content-length" => "the body ends after so many bytes (RFC 9112 section 6.2)",
        "transfer-encoding" => {
            "the body comes in chunks, each with its own length (RFC 9112 section 7.1)"
        }
        "connection" => "what becomes of the connection afterwards (RFC 9112 section 9)",
        "content-type" => "what the body is (RFC 9110 section 8.3)",
        "content-encoding" => "the body is compressed, and so much of it is (RFC 9110 section 8.4)",
        "date" => "when the response was made (RFC 9110 section 6.6.1)",
        "server" => "which software made it (RFC 9110 section 10.2.4)",
        "location" => "where to ask instead: a library would go there (RFC 9110 section 10.2.2)",
        "retry-after" => "when to ask again (RFC 9110 section 10.2.3)",
        "etag" => "the name of this version of it (RFC 9110 section 8.8.3)",
        "last-modified" => "how old this version of it is (RFC 9110 section 8.8.2)",
        "accept-ranges" => "a part of it may be asked for (RFC 9110 section 14.3)",
        "content-range" => "which part of it this is (RFC 9110 section 14.4)",
        "cache-control" => "who may keep a copy, and for how long (RFC 9111 section 5.2)",
        "set-cookie" => "to be sent back with each further request (RFC 6265)",
        "vary" => "which fields of the request made a difference (RFC 9110 section 12.5.5)",
        "allow" => "which methods may be used here (RFC 9110 section 10.2.1)",
        "www-authenticate" => "how to say who we are (RFC 9110 section 11.6.1)",
        _ => return None,
    })
}
