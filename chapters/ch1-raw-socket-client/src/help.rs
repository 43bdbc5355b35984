//! `--help`, with the table of failures.

use crate::failure::{Failure, Kind};
use crate::options;
use std::io::Write;

/// Prints the help.
///
/// # Errors
///
/// None: whoever closes standard output before the help is whole has read enough.
pub fn print() -> Result<(), Failure> {
    let _ = std::io::stdout().write_all(text().as_bytes());
    Ok(())
}

/// The whole help.
pub fn text() -> String {
    let mut text = String::from(FLAGS);
    text.push_str(
        "\nOptions of the socket, set before connecting and reported on standard error:\n",
    );
    for (option, about) in options::help() {
        text.push_str(&format!("  {option:<26} {about}\n"));
    }
    text.push_str("\nExit codes:\n   0  all is well\n");
    for kind in Kind::ALL {
        text.push_str(&format!("  {:>2}  {}\n", kind.code(), kind.about()));
    }
    text
}

const FLAGS: &str = "\
ch1-raw-socket-client: what is a socket?

Usage: ch1-raw-socket-client [OPTIONS] HOST PORT
       ch1-raw-socket-client --probe [OPTIONS] HOST:PORT...

HOST is a name, an IPv4 address or an IPv6 address; PORT is a number from 0 to 65535.
Sends what comes on standard input, and prints what the server answers, byte for byte. Failures go to standard error.

What to send, instead of standard input:
  --send TEXT                exactly these bytes; escapes: \\n \\r \\t \\\\ \\0 \\xNN
  --file FILE                what is in this file
  --get PATH                 an HTTP/1.1 GET; the reply ends where HTTP says that it ends

How:
  --udp                      UDP instead of TCP: each line, TEXT or FILE is one datagram (65,507 bytes at most),
                             and as many are awaited as were sent
  --connect-timeout SECONDS  for the look-up of the name, and for each attempt to connect [10]
  --read-timeout SECONDS     how long the server may be silent after our input has ended, or take nothing of it; and how
                             long an input that is not typed may be silent after the server has ended [10].
                             What is taken may still lie unread in the server's buffer, up to some megabytes
  --max-time SECONDS         for the whole conversation once connected; with standard input, from where it ends [300]
  --max-reply BYTES          what is printed at most [1073741824, which is 1 GiB]
  --option NAME=VALUE        an option of the socket, see below; may be repeated
  --verbose                  tell the story of the socket on standard error
  -h, --help                 print this

With --probe: connect to each service again and again, and say whether it is up.
  --interval SECONDS         from probe to probe, at least 0.01 [1]
  --count N                  so many probes of each service [until Control-C]
  --connect-timeout SECONDS  for the look-up, and for each attempt to connect [the interval]
  --json                     a JSON object a line: time, target, up, address, connect_ms, reason for each probe;
                             target, probes, up, loss_percent, min_ms, median_ms, p99_ms for each target at the end;
                             up is null where no probe could be made, because our own system was short of something

Seconds may have decimals, such as 0.5. A reply ends where the server ends its side; with --get, where HTTP says; with
--udp, when as many datagrams have come as were sent. Our side ends with our input, except after --get.

Examples:
  ch1-raw-socket-client localhost 8080 --send ''           says nothing, and prints what the server says by itself
  ch1-raw-socket-client localhost 8080 --send 'hello\\n'    says a line, ends our side, prints until the server ends its
";
