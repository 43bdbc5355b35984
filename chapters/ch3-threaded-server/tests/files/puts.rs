//! Puts without a socket: each at every chunk size, each in a folder of its own.

use crate::conversation::{hears, paces};
use crate::support::{Scratch, noise, put_line, sha256};
use session::simulate::{End, Pace, Step};
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

/// A put of this content, followed by these bytes and the end.
fn put(folder: &Scratch, content: &[u8], name: &str, sent: &[u8], pace: &Pace) -> String {
    let line = put_line(content, name);
    let script = [Step::Send(line.as_bytes()), Step::Send(sent), Step::HalfClose];
    let heard = hears(folder, &script, pace);
    assert!(matches!(heard.end, End::Closed { .. }));
    String::from_utf8(heard.bytes).unwrap()
}

#[test]
fn a_whole_file_gets_its_name() {
    for pace in paces() {
        let folder = Scratch::new();
        folder.write("old", b"something else");
        for (name, length) in [("new", 2000), ("old", 700), ("deep/er/a%20b", 1), ("empty", 0)] {
            let content = noise(length, 4);
            // What follows the file is the next command.
            let sent = [&content[..], b"quit\n"].concat();
            let heard = put(&folder, &content, name, &sent, &pace);
            assert_eq!(heard, format!("ok 0\ndone {name}\nbye\n"), "at {pace:?}");
            assert_eq!(folder.read(name.replace("%20", " ")), content);
        }
        assert!(folder.incoming().is_empty());
    }
}

#[test]
fn what_came_is_kept_and_gone_on_with() {
    let content = noise(2000, 5);
    for pace in paces() {
        let folder = Scratch::new();
        folder.write("a", b"old");
        let heard = put(&folder, &content, "a", &content[..1500], &pace);
        assert_eq!(
            heard,
            "ok 0\nerror incomplete 500 bytes are missing; what came is kept for the next time\n"
        );
        assert_eq!((folder.read("a"), folder.incoming()), (b"old".to_vec(), vec![1500]));
        // The content is known by its SHA-256, whatever it will be called.
        let heard = put(&folder, &content, "b", &content[1500..], &pace);
        assert_eq!(heard, "ok 1500\ndone b\n");
        assert_eq!((folder.read("a"), folder.read("b")), (b"old".to_vec(), content.clone()));
        assert!(folder.incoming().is_empty());
    }
}

#[test]
fn a_wrong_byte_is_found_and_all_of_it_forgotten() {
    let content = noise(2000, 6);
    let mut wrong = content.clone();
    wrong[700] ^= 0x20;
    for pace in paces() {
        let folder = Scratch::new();
        folder.write("a", b"old");
        let heard = put(&folder, &content, "a", &wrong, &pace);
        let (came, said) = (sha256(&wrong), sha256(&content));
        assert_eq!(
            heard,
            format!("ok 0\nerror mismatch the SHA-256 of what came is {came}, not {said}\n")
        );
        assert_eq!((folder.read("a"), folder.incoming()), (b"old".to_vec(), vec![]));
        assert_eq!(put(&folder, &content, "a", &content, &pace), "ok 0\ndone a\n");
    }
}

#[test]
fn a_long_beginning_is_hashed_in_steps() {
    // Longer than one step, so that the session wants to sleep in between.
    let content = noise(9 << 20, 7);
    let folder = Scratch::new();
    fs::create_dir(folder.at(".incoming")).unwrap();
    let key = format!(".incoming/{}-{}", sha256(&content), content.len());
    folder.write(&key, &content[..(9 << 20) - 5]);
    let heard = put(&folder, &content, "a", &content[(9 << 20) - 5..], &Pace::whole());
    assert_eq!(heard, format!("ok {}\ndone a\n", (9 << 20) - 5));
    let offset = format!("get a {}\n", (9 << 20) - 3);
    let heard = hears(&folder, &[Step::Send(offset.as_bytes()), Step::HalfClose], &Pace::whole());
    let (first, last) = (format!("ok {}\n", 9 << 20), format!("sha256 {}\n", sha256(&content)));
    let wanted = [first.as_bytes(), &content[(9 << 20) - 3..], last.as_bytes()].concat();
    assert!(heard.bytes == wanted, "{}", String::from_utf8_lossy(&heard.bytes));
}

#[test]
fn a_beginning_that_is_all_there_needs_nothing_more() {
    let content = noise(300, 8);
    let folder = Scratch::new();
    fs::create_dir(folder.at(".incoming")).unwrap();
    let key = format!(".incoming/{}-300", sha256(&content));
    folder.write(&key, &content);
    assert_eq!(put(&folder, &content, "a", b"", &Pace::whole()), "ok 300\ndone a\n");
    // One that is too long is none.
    folder.write(&key, &noise(301, 8));
    assert_eq!(put(&folder, &content, "b", &content, &Pace::whole()), "ok 0\ndone b\n");
    assert_eq!(folder.read("b"), content);
}

#[test]
fn stale_beginnings_are_removed_at_the_start() {
    let folder = Scratch::new();
    let day = Duration::from_secs(24 * 60 * 60);
    fs::create_dir(folder.at(".incoming")).unwrap();
    for (name, days) in [("old", 8), ("locked", 8), ("new", 6)] {
        folder.write(folder.at(".incoming").join(name), b"x");
        let file = File::options().write(true).open(folder.at(".incoming").join(name)).unwrap();
        file.set_modified(SystemTime::now() - day * days).unwrap();
    }
    let locked = File::open(folder.at(".incoming/locked")).unwrap();
    locked.lock().unwrap();
    hears(&folder, &[Step::HalfClose], &Pace::whole());
    let left = |name| folder.at(".incoming").join(name).exists();
    assert_eq!([left("old"), left("locked"), left("new")], [false, true, true]);
}

#[test]
fn a_second_put_of_the_same_content_is_told_to_wait() {
    let content = noise(10, 9);
    let folder = Scratch::new();
    fs::create_dir(folder.at(".incoming")).unwrap();
    let key = folder.at(format!(".incoming/{}-10", sha256(&content)));
    let other = File::create(&key).unwrap();
    other.lock().unwrap();
    let heard = put(&folder, &content, "a", &content, &Pace::whole());
    assert!(heard.starts_with("error busy another transfer of the same content"), "{heard}");
    other.unlock().unwrap();
    assert_eq!(put(&folder, &content, "a", &content, &Pace::whole()), "ok 0\ndone a\n");
}
