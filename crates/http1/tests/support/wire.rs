//! Replies, as a strict stranger reads them. Nothing here uses the crate's own parsers.

/// A reply that was found well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Found {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub(crate) fn closes(&self) -> bool {
        self.field("connection") == Some("close")
    }
}

/// Reads replies up to the end of `bytes`; says what is wrong with the first that is not as it must be. A reply to
/// HEAD is known by its `X-Method`; a refusal to HEAD must be the last and without any body.
pub(crate) fn replies(mut bytes: &[u8]) -> Result<Vec<Found>, String> {
    let mut found: Vec<Found> = Vec::new();
    while !bytes.is_empty() {
        if found.last().is_some_and(Found::closes) {
            return Err(format!("{} bytes follow Connection: close", bytes.len()));
        }
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        let end = end.ok_or("a reply without the end of its header")?;
        let mut reply = head(&bytes[..end])?;
        bytes = &bytes[end + 4..];
        let length = reply.field("content-length").map(str::parse::<usize>);
        if matches!(reply.status, 100..=199 | 204 | 304) {
            if length.is_some() {
                return Err(format!("a {} with Content-Length", reply.status));
            }
        } else {
            let length = length.ok_or("no Content-Length")?.map_err(|error| error.to_string())?;
            let to_head = reply.field("x-method") == Some("HEAD")
                || reply.closes() && reply.field("x-method").is_none() && bytes.is_empty();
            if !to_head {
                let body = bytes.split_at_checked(length);
                let (body, rest) =
                    body.ok_or(format!("a body of {} bytes, not {length}", bytes.len()))?;
                (reply.body, bytes) = (body.to_vec(), rest);
            }
        }
        found.push(reply);
    }
    Ok(found)
}

fn head(text: &[u8]) -> Result<Found, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    if let Some(byte) = text.replace("\r\n", "").chars().find(|c| c.is_control()) {
        return Err(format!("{byte:?} in {text:?}"));
    }
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap_or_default();
    let (status, reason) = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.split_once(' '))
        .filter(|(status, _)| status.len() == 3)
        .ok_or(format!("not a status line: {line:?}"))?;
    let status = status.parse().map_err(|_| format!("not a status: {status:?}"))?;
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or(format!("not a field: {line:?}"))?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(format!("not a name: {line:?}"));
        }
        if fields.iter().any(|(seen, _)| seen.eq_ignore_ascii_case(name)) {
            return Err(format!("twice: {line:?}"));
        }
        fields.push((name.into(), value.into()));
    }
    let found = Found { status, reason: reason.into(), fields, body: Vec::new() };
    let dated = found.field("date").is_some_and(|date| date.len() == 29 && date.ends_with(" GMT"));
    match status {
        100 if found.fields.is_empty() => Ok(found),
        101..=199 => Err(format!("an interim {status}")),
        _ if dated => Ok(found),
        _ => Err(format!("no date on {text:?}")),
    }
}

/// The replies, one a line: status, and the body (or its length) or, of a refusal, the words that explain it; then `, close` or
/// `, keep-alive` where the reply says so.
#[track_caller]
pub(crate) fn outline(bytes: &[u8]) -> String {
    let found = replies(bytes).unwrap_or_else(|error| {
        panic!("{error}, in {:?}", String::from_utf8_lossy(bytes));
    });
    let lines = found.iter().map(|reply| {
        let body = match reply.body.len() {
            0..=500 => String::from_utf8_lossy(&reply.body),
            long => format!("({long} bytes)").into(),
        };
        let explains = format!("{} {}: ", reply.status, reply.reason);
        let body = body.strip_prefix(&explains).unwrap_or(&body).trim_end();
        let connection = reply.field("connection").map(|value| format!(", {value}"));
        format!("{} {body}{}", reply.status, connection.unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join("\n")
}
