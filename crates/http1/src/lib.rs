//! HTTP/1.1 as sessions: parse, encode, server, client, without I/O.
