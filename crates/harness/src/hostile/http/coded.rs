//! Content codings, honest and not: RFC 9110 8.4.

use std::io::Write;
use std::sync::LazyLock;

use flate2::{Compress, Compression, Crc, FlushCompress, write::GzEncoder};

use super::super::script::{Script, Step};
use super::case::{Case, Expected, Kind, case, ok};

/// What a bomb has when decoded.
const BOMB: usize = 64 << 20;
/// It is made of so long pieces, all alike.
const PIECE: usize = 256 << 10;

pub(super) fn cases() -> Vec<Case> {
    let text = "hello, hello, hello\n".repeat(50);
    let coded = gzip(text.as_bytes());
    let expected = || {
        let plain = Expected::new(200, &coded).field("Content-Encoding", "gzip");
        Kind::WellFormed(Expected { decoded: Some(text.clone().into_bytes()), ..plain })
    };
    let fields = format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", coded.len());
    let broken = |about, name, body: Vec<u8>| {
        let fields = format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", body.len());
        // Who does not decode has a whole response, and nothing to complain of.
        case(
            name,
            about,
            Kind::Unclear(Expected::new(200, &body)),
            Script::keeps_open(ok(fields, &body)),
        )
    };
    let bomb = |name, about, coding: &str, body: &[u8]| {
        let fields = format!("Content-Encoding: {coding}\r\nContent-Length: {}\r\n", body.len());
        case(name, about, Kind::Bomb { decoded: BOMB as u64 }, Script::keeps_open(ok(fields, body)))
    };
    let mut wrong_sum = coded.clone();
    if let Some(byte) = wrong_sum.iter_mut().rev().nth(5) {
        *byte ^= 1;
    }
    vec![
        case(
            "gzip",
            "A compressed body comes at once.",
            expected(),
            Script::keeps_open(ok(&fields, &coded)),
        ),
        case(
            "gzip-every-byte",
            "Each byte of a compressed body comes alone.",
            expected(),
            Script::split(ok(&fields, &coded), 1).then(Step::Listen),
        ),
        case(
            "gzip-chunked",
            "A compressed body in chunks: first the chunks are undone, then the compression.",
            expected(),
            Script::keeps_open(ok(
                "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                chunks(&coded, 7),
            )),
        ),
        broken("A compressed body ends too soon.", "gzip-cut", coded[..coded.len() / 2].into()),
        broken("The checksum of a compressed body is wrong.", "gzip-sum", wrong_sum),
        broken("What claims to be gzip is none.", "gzip-not", b"hello".into()),
        bomb("bomb", "64 KiB that are 64 MiB of zeros.", "gzip", &ZEROS),
        bomb("bomb-twice", "The same, compressed once more: not even 1 KiB.", "gzip, gzip", &TWICE),
    ]
    .into_iter()
    .map(|case| case.section("9110 8.4"))
    .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::best());
    coder.write_all(bytes).and_then(|()| coder.finish()).expect("a Vec takes every byte")
}

fn chunks(bytes: &[u8], size: usize) -> Vec<u8> {
    let one = |chunk: &[u8]| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
    let mut all: Vec<u8> = bytes.chunks(size).flat_map(one).collect();
    all.extend(b"0\r\n\r\n");
    all
}

static TWICE: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&ZEROS));

/// Zeros without end, nearly: one piece is compressed, and repeated. A full flush ends it at a whole byte, and lets what
/// follows refer to nothing before it.
static ZEROS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut piece = Vec::with_capacity(PIECE);
    Compress::new(Compression::best(), false)
        .compress_vec(&[0; PIECE], &mut piece, FlushCompress::Full)
        .expect("there is room for it");
    let (mut sum, mut one) = (Crc::new(), Crc::new());
    one.update(&[0; PIECE]);
    // RFC 1952 2.3: the magic number, deflate, no flags, no time, as small as can be, an unknown system.
    let mut bytes = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff".to_vec();
    for _ in 0..BOMB / PIECE {
        bytes.extend(&piece);
        sum.combine(&one);
    }
    // RFC 1951 3.2.6: a last block without a byte.
    bytes.extend(b"\x03\0");
    bytes.extend(sum.sum().to_le_bytes());
    bytes.extend((BOMB as u32).to_le_bytes());
    bytes
});
