//! Replies that are alike but for their date: the short way to know a right one.

use super::reply::Whole;
use std::ops::Range;

/// A longer reply is read by the reader: there its length is what costs.
const LONGEST: usize = 4 * 1024;
/// A server whose replies differ again and again is not learned for ever.
const MOST_TRIES: u32 = 8;

/// A right reply, byte by byte. Another that is equal to it, the value of its field `Date` apart, is as right.
///
/// Nearly all replies of a run are like that, and to compare them takes a tenth of the time that reading them takes.
#[derive(Debug, Default)]
pub(super) struct Template {
    bytes: Vec<u8>,
    date: Range<usize>,
    whole: Option<(u64, bool)>,
    tries: u32,
}

impl Template {
    /// The length of the body and whether the connection is to be closed, if this is the same reply.
    pub(super) fn recognise(&self, piece: &[u8]) -> Option<(u64, bool)> {
        let Range { start, end } = self.date;
        let same = piece.len() == self.bytes.len()
            && piece[..start] == self.bytes[..start]
            && piece[end..] == self.bytes[end..]
            // A date with a line ending in it would be another head.
            && memchr::memchr2(b'\r', b'\n', &piece[start..end]).is_none();
        self.whole.filter(|_| same)
    }

    /// Learns a right reply that came in one piece.
    pub(super) fn learn(&mut self, piece: &[u8], whole: &Whole) {
        if piece.len() > LONGEST || whole.used != piece.len() || self.tries == MOST_TRIES {
            return;
        }
        self.tries += 1;
        self.bytes.clear();
        self.bytes.extend_from_slice(piece);
        self.date = whole.date.clone().unwrap_or(piece.len()..piece.len());
        self.whole = Some((whole.bytes, whole.close));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_date_may_differ() {
        let reply = b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\n\r\nhi";
        let mut template = Template::default();
        assert_eq!(template.recognise(b""), None);
        template
            .learn(reply, &Whole { bytes: 2, close: false, used: reply.len(), date: Some(22..26) });
        assert_eq!(template.recognise(reply), Some((2, false)));
        for at in 0..reply.len() {
            let mut other = reply.to_vec();
            other[at] = b'#';
            let right = (22..26).contains(&at).then_some((2, false));
            assert_eq!(template.recognise(&other), right, "byte {at}");
            other[at] = b'\n';
            if reply[at] != b'\n' {
                assert_eq!(template.recognise(&other), None, "byte {at}");
            }
            assert_eq!(template.recognise(&reply[..at]), None, "{at} bytes");
        }
    }
}
