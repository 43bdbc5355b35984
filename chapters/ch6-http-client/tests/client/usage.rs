//! Command lines, right and wrong.

use super::client;

#[test]
fn what_makes_no_sense_is_said_in_one_line() {
    for (args, code, says) in [
        (&[][..], 2, "the URL is missing (see --help)"),
        (&["--bogus", "http://a/"], 2, "there is no flag --bogus (see --help)"),
        (&["-z", "http://a/"], 2, "there is no flag -z (see --help)"),
        (&["-X"], 2, "missing argument for option '-X' (see --help)"),
        (
            &["-H", "nonsense", "http://a/"],
            2,
            "-H takes 'Name: value', not 'nonsense…' (see --help)",
        ),
        (
            &["--by-hand", "-H", "Content-Length: 5", "http://127.0.0.1:1/"],
            2,
            "cannot send the field Content-Length: the client itself writes this field (see --help)",
        ),
        (
            &["--by-hand", "--cookies", "http://a/"],
            2,
            "--cookies is the library's: not with --by-hand (see --help)",
        ),
        (
            &["--max-time", "0", "http://a/"],
            2,
            "--max-time takes seconds from 0.001 to 1000000, such as 2.5, not '0' (see --help)",
        ),
        (
            &["--sha256", "12", "-o", "x", "http://a/"],
            2,
            "--sha256 takes 64 hexadecimal digits, as sha256sum prints them, not '12' (see --help)",
        ),
        (&["--sha256", &"0".repeat(64), "http://a/"], 2, "--sha256 goes with -o only (see --help)"),
        (
            &["-o", "x", "http://a/", "http://b/"],
            2,
            "-o takes one URL: two would write to the same file (see --help)",
        ),
        (
            &["-I", "-d", "x", "http://a/"],
            2,
            "-I asks with HEAD, which sends no body: not with -d or --json (see --help)",
        ),
        (
            &["-d", "x", "--json", "y", "http://a/"],
            2,
            "only one of -d and --json can be sent (see --help)",
        ),
        (
            &["-d", "@/no/such/file", "http://a/"],
            26,
            "cannot read /no/such/file: no such file or directory",
        ),
        (
            &["--cacert", "/no/such/file", "http://a/"],
            26,
            "cannot use the certificates in /no/such/file: no such file or directory",
        ),
        (
            &["--cacert", "/dev/null", "http://a/"],
            26,
            "cannot use the certificates in /dev/null: there is no certificate in it",
        ),
        (&["ftp://a/"], 1, "cannot speak ftp: only http and https are known here"),
        (
            &["--by-hand", "https://a/"],
            1,
            "cannot get https://a/ by hand: https needs TLS, which the library brings (leave out --by-hand)",
        ),
        (
            &["http://a:x/"],
            3,
            "'http://a:x/' is no URL: invalid port number (give a URL such as http://127.0.0.1:8080/)",
        ),
        (&["-o", "/", "http://a/"], 23, "cannot write to /: it is a folder (give a file)"),
        (
            &["-o", "/no/such/folder/x", "http://a/"],
            23,
            "cannot write to /no/such/folder/x.part: no such file or directory (is there such a folder?)",
        ),
    ] {
        let end = client(args).run();
        assert_eq!(end.stderr, format!("error: {says}\n"), "{end}");
        assert_eq!((end.status.code(), &*end.stdout), (Some(code), ""), "{end}");
    }
}

#[test]
fn the_help_names_every_flag_and_every_exit_code() {
    let end = client(&["--help"]).run();
    assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{end}");
    for (letter, flag) in ch6_http_client::help::LETTERS {
        assert!(
            end.stdout.contains(&format!("-{letter}, --{flag} ")),
            "-{letter}, --{flag}\n{end}"
        );
    }
    for kind in ch6_http_client::Kind::ALL {
        assert!(
            end.stdout.contains(&format!("\n  {:>3}  {}\n", kind.code(), kind.about())),
            "{end}"
        );
    }
    assert!(end.stdout.lines().all(|line| line.chars().count() <= 132), "{end}");
}
