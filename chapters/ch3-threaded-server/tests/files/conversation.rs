//! The conversation without a socket: virtual time, and the bytes cut in every way.

use crate::support::{Scratch, noise, put_line, sha256};
use ch3_threaded_server::files::server::{Conversation, Directory, Policy};
use session::simulate::{End, Heard, Pace, Step, simulate};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// What a client hears that follows this script.
pub(crate) fn hears(folder: &Scratch, script: &[Step<'_>], pace: &Pace) -> Heard {
    let directory = Directory::open(folder.path(), Policy::default()).unwrap();
    let now = Instant::now();
    let mut conversation = Conversation::new(Arc::new(directory), PATIENCE, now);
    simulate(&mut conversation, script, pace, now)
}

/// Every chunk size from one byte up, and ticks that nobody asked for.
pub(crate) fn paces() -> Vec<Pace> {
    let sizes = (1..=40).chain([64, 255, 1000, 4096]);
    let mut paces: Vec<_> = sizes.map(|size| Pace::chunks(size, size)).collect();
    paces.extend([
        Pace::bytewise(),
        Pace::whole(),
        Pace::chunks(1, usize::MAX),
        Pace::chunks(usize::MAX, 1),
    ]);
    paces.push(Pace { reads: vec![1, 7, 300], writes: vec![5, 1, 800], ticks: vec![true, false] });
    paces
}

/// Expects this text, and then the close, at every pace.
#[track_caller]
fn check(folder: &Scratch, said: &[u8], wanted: &[u8]) {
    for pace in paces() {
        let heard = hears(folder, &[Step::Send(said), Step::HalfClose], &pace);
        let text = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(&heard.bytes));
        assert_eq!(text.0, text.1, "at {pace:?}");
        assert_eq!(heard.end, End::Closed { after: heard.moments.last().unwrap().0 });
    }
}

#[test]
fn files_are_got_and_commands_pipelined() {
    let folder = Scratch::new();
    let content = noise(3000, 1);
    folder.write("a b", &content);
    folder.write("empty", b"");
    let (digest, nothing) = (sha256(&content), sha256(b""));
    let first = format!("sha256 {digest}\nok 0\nsha256 {nothing}\nok 3000\n");
    let last = format!("sha256 {digest}\nok 3000\nsha256 {digest}\n");
    let parts: [&[u8]; 6] = [
        b"ok 3000\n",
        &content,
        first.as_bytes(),
        &content[2000..],
        last.as_bytes(),
        b"error mismatch the file has only 3000 bytes\nbye\n",
    ];
    let said = b"get a%20b\nget empty\r\nget a%20b 2000\nget a%20b 3000\nget a%20b 3001\nquit\nget empty\n";
    check(&folder, said, &parts.concat());
}

#[test]
fn a_folder_is_listed_without_what_arrives() {
    let folder = Scratch::new();
    std::fs::create_dir_all(folder.at("sub/.incoming")).unwrap();
    std::fs::create_dir(folder.at(".incoming")).unwrap();
    folder.write("sub/a%", b"12345");
    folder.write(".incoming/x", b"12345");
    check(
        &folder,
        b"list sub\nlist\nlist sub/",
        b"ok\n5 a%25\nend 1\nok\n- sub/\nend 1\nerror bad-request the last line has no end\n",
    );
}

#[test]
fn an_error_leaves_the_conversation_going_where_it_can() {
    let folder = Scratch::new();
    folder.write("a", b"1");
    std::fs::create_dir(folder.at("d")).unwrap();
    let said = b"get x\nget ../x\nget d\nlist a\nlist x\nget d/\nget a/b\nget .incoming/x\nGET / HTTP/1.1\nget a\n";
    check(
        &folder,
        said,
        b"error not-found no such file or directory\n\
          error outside the name leads upwards (..)\n\
          error not-a-file it is a folder\n\
          error not-a-folder not a directory\n\
          error not-found no such file or directory\n\
          error not-a-file this is the name of a folder\n\
          error not-a-folder not a directory\n\
          error bad-name .incoming is where unfinished transfers are kept\n\
          error bad-request the commands are list, get, put and quit\n",
    );
}

#[test]
fn a_refused_put_is_no_source_of_commands() {
    let folder = Scratch::new();
    folder.write("a", b"1");
    let said = [put_line(b"quit\n", "../x").as_bytes(), b"get a\nquit\n"].concat();
    check(&folder, &said, b"error outside the name leads upwards (..)\n");
}

#[test]
fn lines_have_a_limit() {
    let folder = Scratch::new();
    let long = [b"get ", "x".repeat(8 * 1024).as_bytes(), b"\n"].concat();
    for pace in [Pace::whole(), Pace::chunks(1000, 1), Pace::chunks(1, 1)] {
        let heard = hears(&folder, &[Step::Send(&long)], &pace);
        assert_eq!(heard.bytes, b"error bad-request a line has at most 8192 bytes\n");
        assert_eq!(heard.end, End::Closed { after: Duration::ZERO });
    }
}

#[test]
fn a_silent_client_is_told_and_dropped() {
    let folder = Scratch::new();
    let content = noise(100, 2);
    let line = put_line(&content, "a");
    let second = Step::Pause(Duration::from_secs(1));
    // A command has to be whole within the patience, however it trickles; of a file, each byte counts.
    let trickle = [Step::Send(b"g"), second].repeat(100);
    let mut slow = vec![Step::Send(line.as_bytes())];
    for byte in content[..99].chunks(1) {
        slow.extend([Step::Send(byte), second]);
    }
    for (script, before, after) in [
        (vec![Step::Send(b"")], "", PATIENCE),
        (vec![Step::Send(b"get")], "", PATIENCE),
        (trickle, "", PATIENCE),
        (slow, "ok 0\n", Duration::from_secs(98) + PATIENCE),
    ] {
        let heard = hears(&folder, &script, &Pace::whole());
        let text = String::from_utf8(heard.bytes).unwrap();
        assert_eq!(text, format!("{before}error timeout nothing came for 60 seconds\n"));
        assert_eq!(heard.end, End::Closed { after });
    }
    assert_eq!(folder.incoming(), [99]);
}

#[test]
fn a_client_that_takes_nothing_is_dropped() {
    let folder = Scratch::new();
    folder.write("a", &noise(5000, 3));
    let heard = hears(&folder, &[Step::StopReading, Step::Send(b"get a\n")], &Pace::whole());
    assert_eq!((heard.bytes.len(), heard.end), (0, End::Closed { after: PATIENCE }));
}
