//! The command line: each flag does what it says, and each mistake is one line that helps.

use common::flags::{self, Command, Inherited, Transport};
use common::service::Kind;
use common::{Flags, Model, Program, Setting, log};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

static FIRST: Model = model("first");
static WORKERS: Setting =
    Setting { name: "workers", default: 7, most: 1_000_000, help: "N threads serve" };
static QUEUE: Setting =
    Setting { name: "queue", default: 64, most: 1_000_000, help: "N connections wait" };

static PROGRAM: Program = Program {
    name: "a-program",
    about: "what it is",
    models: &[model("first"), model("second"), model("third")],
    settings: &[
        Setting { name: "workers", default: 7, most: 1_000_000, help: "N threads serve" },
        Setting { name: "queue", default: 64, most: 1_000_000, help: "N connections wait" },
    ],
    datagrams: None,
    inherited: None,
};

static DATAGRAMS: Program =
    Program { models: &[model("first")], settings: &[], datagrams: Some(|_| Ok(())), ..PROGRAM };

const fn model(name: &'static str) -> Model {
    Model {
        name,
        about: "a model",
        most: |settings| settings.value(&WORKERS),
        listeners: |_| 1,
        serve: |_| Ok(()),
    }
}

fn parse(args: &[&str]) -> Result<Command, String> {
    flags::parse(&PROGRAM, args.iter().map(OsString::from))
}

#[track_caller]
fn serves(args: &[&str]) -> Flags {
    match parse(args) {
        Ok(Command::Serve(flags)) => flags,
        other => panic!("{args:?} should serve, and came to {other:?}"),
    }
}

fn chosen(flags: &Flags) -> &'static Model {
    match flags.transport {
        Transport::Tcp(model) => model,
        other => panic!("no other transport was asked for, and it came to {other:?}"),
    }
}

#[track_caller]
fn mistake(args: &[&str]) -> String {
    match parse(args) {
        Err(why) => why,
        Ok(command) => panic!("{args:?} should be a mistake, and came to {command:?}"),
    }
}

#[test]
fn without_flags_everything_has_its_default() {
    let flags = serves(&[]);
    assert_eq!(flags.addr.to_string(), "127.0.0.1:8080");
    assert_eq!(flags.service.kind, Kind::Http);
    assert_eq!(flags.service.patience, None);
    assert!(!flags.service.demo.allow_crash);
    assert_eq!(chosen(&flags).name, FIRST.name);
    assert_eq!((flags.settings.value(&WORKERS), flags.settings.value(&QUEUE)), (7, 64));
}

#[test]
fn each_flag_does_what_it_says() {
    assert_eq!(serves(&["--addr", "127.0.0.2:0"]).addr.to_string(), "127.0.0.2:0");
    assert_eq!(serves(&["--addr=[::1]:81"]).addr.to_string(), "[::1]:81");
    for (name, kind) in Kind::ALL {
        assert_eq!(serves(&["--service", name]).service.kind, kind);
    }
    for model in PROGRAM.models {
        assert_eq!(chosen(&serves(&["--model", model.name])).name, model.name);
    }
    let patient = serves(&["--patience", "3"]);
    assert_eq!(patient.service.patience, Some(Duration::from_secs(3)));
    assert!(serves(&["--allow-crash"]).service.demo.allow_crash);
    let flags = serves(&["--workers", "1000000", "--queue=1"]);
    assert_eq!((flags.settings.value(&WORKERS), flags.settings.value(&QUEUE)), (1_000_000, 1));
    assert_eq!((chosen(&flags).most)(&flags.settings), 1_000_000, "a model reads the settings");
}

#[test]
fn the_last_of_two_wins() {
    let args = ["--workers", "1", "--model", "second", "--workers", "2", "--model", "third"];
    let flags = serves(&args);
    assert_eq!((flags.settings.value(&WORKERS), chosen(&flags).name), (2, "third"));
}

#[test]
fn help_names_every_flag_with_its_default_and_every_model() {
    for args in [&["--help"][..], &["-h"], &["--workers", "3", "--help"]] {
        let Ok(Command::Help(text)) = parse(args) else { panic!("{args:?} is for help") };
        for part in [
            "--addr",
            "127.0.0.1:8080",
            "--service",
            "http, echo or hello",
            "--model",
            "first",
            "second",
            "third",
            "--workers N",
            "[7]",
            "--queue N",
            "[64]",
            "--patience SECONDS",
            "--allow-crash",
            "--help",
            "408",
            "413",
            "414",
            "431",
        ] {
            assert!(text.contains(part), "help says {part:?}:\n{text}");
        }
        let longest = text.lines().map(str::len).max().unwrap();
        assert!(longest <= 120, "help fits a wide terminal, its longest line has {longest} bytes");
        // A longer one would be cut: see common::log.
        assert!(text.len() < 4000, "help is one write to a pipe, it has {} bytes", text.len());
    }
}

#[test]
fn a_mistake_says_what_the_flag_may_be() {
    for (args, parts) in [
        (&["--service", "htp"][..], &["--service", "http, echo or hello", "'htp'"][..]),
        (&["--model", "fourth"], &["--model", "first, second or third", "'fourth'"]),
        (&["--addr", "here"], &["--addr", "HOST:PORT", "'here'"]),
        (&["--addr", "127.0.0.1"], &["--addr", "HOST:PORT"]),
        (&["--addr", "127.0.0.1:65536"], &["--addr", "HOST:PORT"]),
        (&["--addr", ""], &["--addr", "HOST:PORT", "''"]),
        (&["--workers", "0"], &["--workers", "from 1 to 1000000", "'0'"]),
        (&["--workers", "1000001"], &["--workers", "from 1 to 1000000"]),
        (&["--workers", "-1"], &["--workers", "'-1'"]),
        (&["--workers", "99999999999999999999"], &["--workers"]),
        (&["--workers", "many"], &["--workers", "whole number", "'many'"]),
        (&["--queue", "1.5"], &["--queue", "whole number"]),
        (&["--patience", "0"], &["--patience", "from 1"]),
        (&["--patience", "ten"], &["--patience", "whole number"]),
        (&["--workers"], &["--workers"]),
        (&["--addr"], &["--addr"]),
        (&["--allow-crash=yes"], &["--allow-crash", "yes"]),
        (&["--nonsense"], &["--nonsense"]),
        (&["--Workers", "3"], &["--Workers"]),
        (&["-x"], &["-x"]),
        (&["8080"], &["8080"]),
        (&[""], &[]),
        (&["--", "--help"], &["--help"]),
    ] {
        let why = mistake(args);
        for part in parts {
            assert!(why.contains(part), "{args:?} must be told about {part:?}: {why}");
        }
    }
}

#[test]
fn datagrams_have_no_models_and_no_other_service() {
    let parse = |args: &[&str]| flags::parse(&DATAGRAMS, args.iter().map(OsString::from));
    for args in [&["--udp"][..], &["--service", "echo", "--udp"], &["--udp", "--addr", "[::1]:0"]] {
        let Ok(Command::Serve(flags)) = parse(args) else { panic!("{args:?} should serve") };
        assert!(matches!(flags.transport, Transport::Udp(_)), "{args:?} is about datagrams");
    }
    for args in [
        &["--udp", "--service", "http"][..],
        &["--model", "first", "--udp"],
        &["--udp", "--patience", "3"],
        &["--allow-crash", "--udp"],
    ] {
        let why = parse(args).unwrap_err();
        assert!(
            why.contains("--udp") && why.contains(args.iter().find(|a| **a != "--udp").unwrap()),
            "{why}"
        );
    }
    assert!(mistake(&["--udp"]).contains("--udp"), "not every program knows datagrams");
}

#[test]
fn whatever_was_typed_a_mistake_is_one_line() {
    for value in ["two\nlines", "\r\n", "a\x1b[31mred", "\0", "\u{85}", &"long ".repeat(1000)] {
        let flag = format!("--{value}");
        let given = format!("--workers={value}");
        for args in [
            &["--service", value][..],
            &["--model", value],
            &["--addr", value],
            &["--workers", value],
            &["--patience", value],
            &["--allow-crash", value],
            &[&flag],
            &[&given],
            &[value],
        ] {
            one_line(&mistake(args));
        }
    }
    let no_text = OsString::from_vec(vec![b'a', 0xff, b'\n']);
    for flag in ["--service", "--model", "--addr", "--workers", "--patience"] {
        one_line(&flags::parse(&PROGRAM, [flag.into(), no_text.clone()]).unwrap_err());
    }
    one_line(&flags::parse(&PROGRAM, [no_text]).unwrap_err());
}

#[track_caller]
fn one_line(why: &str) {
    let why = log::one_line(why);
    let unfit = why.chars().find(|c| c.is_control());
    assert_eq!(unfit, None, "a mistake is one line for a terminal: {why:?}");
    assert!(!why.trim().is_empty(), "a mistake is explained");
    assert!(why.len() <= 400, "a mistake is short, this has {} bytes", why.len());
}

#[test]
fn who_inherits_a_connection_does_not_look_where_to_listen() {
    const INHERITED: Inherited =
        Inherited { flag: "inetd", help: "serve stdin", serve: |_, _| Ok(()) };
    static INHERITS: Program =
        Program { models: &[model("first")], settings: &[], inherited: Some(INHERITED), ..PROGRAM };
    let command = |args: &[&str]| flags::parse(&INHERITS, args.iter().map(OsString::from));
    let Ok(Command::Serve(flags)) = command(&["--addr", "nowhere", "--inetd", "--service", "echo"])
    else {
        panic!("--inetd should serve, wherever --addr is");
    };
    assert!(matches!(flags.transport, Transport::Inherited(it) if it.flag == "inetd"));
    assert_eq!(flags.service.kind, Kind::Echo);
    assert!(command(&["--addr", "nowhere"]).is_err());
    let Ok(Command::Help(help)) = command(&["--help"]) else { panic!("--help helps") };
    assert!(help.contains("--inetd") && help.contains("serve stdin"), "{help}");
    assert!(mistake(&["--inetd"]).contains("--inetd"));
}
