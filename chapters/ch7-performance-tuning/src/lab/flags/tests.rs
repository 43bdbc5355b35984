use super::super::{Progress, Report};
use super::*;

fn nothing(_: &Asked, _: &mut Progress) -> Result<Report, super::super::Failure> {
    Ok(Report::default())
}

static TWO: [Lab; 2] = [
    Lab {
        name: "one",
        about: "",
        flags: &[
            Flag { name: "n", takes: Takes::Count(1, 9), default: "3", help: "" },
            Flag { name: "rate", takes: Takes::Bytes(1, 1 << 30), default: "10M", help: "" },
            Flag {
                name: "delay",
                takes: Takes::Time(Duration::from_secs(9)),
                default: "20ms",
                help: "",
            },
            Flag { name: "loss", takes: Takes::PerCent(100), default: "0", help: "" },
            Flag { name: "server", takes: Takes::Address, default: "", help: "" },
        ],
        run: nothing,
    },
    Lab { name: "two", about: "", flags: &[], run: nothing },
];

fn parsed(line: &str) -> Result<Command, String> {
    parse_with(&TWO, line.split('|').filter(|arg| !arg.is_empty()).map(OsString::from))
}

fn one(line: &str) -> (Asked, Settings) {
    match parsed(line) {
        Ok(Command::One(_, asked, settings)) => (asked, settings),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn what_is_not_said_has_a_default() {
    let (asked, settings) = one("one");
    assert_eq!((asked.count("n"), asked.bytes("rate")), (3, 10 << 20));
    assert_eq!((asked.time("delay"), asked.share("loss")), (Duration::from_millis(20), 0.0));
    assert_eq!(
        (asked.address("server"), asked.rounds(7, 2), asked.volume('a', 'b')),
        (None, 7, 'a')
    );
    assert_eq!(settings, Settings::default());
}

#[test]
fn what_is_said_counts() {
    let (asked, settings) =
        one("one|--n|9|--rate=64k|--delay|1s 5ms|--loss|0.5|--server|[::1]:80|--quick");
    assert_eq!((asked.count("n"), asked.bytes("rate")), (9, 65_536));
    assert_eq!((asked.time("delay"), asked.share("loss")), (Duration::from_millis(1005), 0.005));
    assert_eq!((asked.address("server"), asked.rounds(7, 2)), (Some("[::1]:80"), 2));
    assert_eq!((asked.volume('a', 'b'), settings), ('b', Settings::default()));
    let (asked, settings) = one("two|--quick|--rounds|4|--out|a/b.html|--agree|10");
    assert_eq!(asked.rounds(7, 2), 4);
    assert_eq!((settings.out, settings.agree), (Some("a/b.html".into()), Some(10)));
}

#[test]
fn all_labs_have_their_own_defaults() {
    let Ok(Command::All(all, _)) = parsed("all|--quick|--rounds|5") else { panic!() };
    let [(one, asked), (two, _)] = &all[..] else { panic!("{all:?}") };
    assert_eq!((one.name, two.name, asked.count("n")), ("one", "two", 3));
    assert_eq!((asked.quick, asked.rounds(7, 2)), (true, 5));
}

#[test]
fn help_is_of_one_or_of_all() {
    assert!(matches!(parsed(""), Ok(Command::Help(None))));
    assert!(matches!(parsed("-h"), Ok(Command::Help(None))));
    assert!(
        matches!(parsed("two|--help|--nonsense"), Ok(Command::Help(Some(lab))) if lab.name == "two")
    );
}

#[test]
fn the_link_is_no_lab_and_has_flags() {
    let Ok(Command::Link(Some(asked))) = parsed("link|--to|localhost:80|--rate|0") else {
        panic!()
    };
    assert_eq!((asked.address("to"), asked.bytes("rate")), (Some("localhost:80"), 0));
    assert_eq!(asked.time("delay"), Duration::from_millis(20));
    assert!(matches!(parsed("link|--help"), Ok(Command::Link(None))));
    assert_eq!(parsed("link|--quick").unwrap_err(), "invalid option '--quick'");
    assert_eq!(parsed("link|x").unwrap_err(), "unexpected argument \"x\"");
}

#[test]
fn what_makes_no_sense_is_said() {
    for (line, why) in [
        ("three", "there is no lab 'three'; there are one, two, all, and link"),
        ("--quick", "invalid option '--quick': the name of a lab comes first"),
        ("two|more", "unexpected argument \"more\""),
        ("two|--n|3", "invalid option '--n'"),
        ("all|--n|3", "invalid option '--n'"),
        ("all|--out|x.svg", "--out names the chart of one lab: leave it out with all"),
        ("one|--n|10", "--n takes a whole number from 1 to 9, not '10'"),
        (
            "one|--rate|0",
            "--rate takes bytes from 1 B to 1 GiB, such as 1500, 64k, 10MiB or 10MB, not '0'",
        ),
        (
            "one|--rate|-1",
            "--rate takes bytes from 1 B to 1 GiB, such as 1500, 64k, 10MiB or 10MB, not '-1'",
        ),
        ("one|--delay|20", "--delay takes a time up to 9s, such as 20ms or 1s, not '20'"),
        ("one|--delay|10s", "--delay takes a time up to 9s, such as 20ms or 1s, not '10s'"),
        ("one|--loss|101", "--loss takes per cent from 0 to 100, such as 0.5, not '101'"),
        ("one|--loss|nan", "--loss takes per cent from 0 to 100, such as 0.5, not 'nan'"),
        ("one|--server|host", "--server takes HOST:PORT, not 'host'"),
        ("one|--out|x.png", "--out takes a name that ends in .svg or .html, not 'x.png'"),
        ("one|--rounds|0", "--rounds takes a whole number from 1 to 1000, not '0'"),
    ] {
        assert_eq!(parsed(line).unwrap_err(), why, "{line}");
    }
}

#[test]
fn every_default_of_every_lab_is_what_its_flag_takes() {
    for lab in LABS {
        Asked::by_default(lab.flags).unwrap();
        assert!(lab.flags.iter().all(|flag| !flag.help.is_empty()), "{}", lab.name);
    }
}
