//! A line for each probe, and a table at the end: for people, or JSON for programs.

use super::Sample;
use super::tally::Tally;
use crate::address::Host;
use crate::failure::{Failure, Kind, shortened};
use crate::output;
use humantime::format_rfc3339_millis;
use serde_json::json;
use std::fs::File;
use std::time::Duration;

/// A service as the report names it: `localhost:80`, `[::1]:80`.
pub fn name((host, port): &(Host, u16)) -> String {
    match host {
        Host::Name(name) => format!("{}:{port}", shortened(name)),
        Host::Address(address) => {
            let mut address = *address;
            address.set_port(*port);
            address.to_string()
        }
    }
}

/// Writes the report to standard output, each line as soon as it is known.
#[derive(Debug)]
pub struct Report {
    file: File,
    json: bool,
    /// How wide the column of the targets is.
    width: usize,
}

impl Report {
    /// A report on these services.
    ///
    /// # Errors
    ///
    /// There is no standard output.
    pub fn new(tallies: &[Tally], json: bool) -> Result<Self, Failure> {
        let widths = tallies.iter().map(|tally| tally.target.chars().count());
        let width = widths.max().unwrap_or_default().max("target".len());
        Ok(Self { file: output::stdout()?, json, width })
    }

    /// Reports one probe.
    ///
    /// # Errors
    ///
    /// Standard output is gone or full.
    pub fn sample(&mut self, tally: &Tally, sample: &Sample) -> Result<(), Failure> {
        let line = self.line(&tally.target, sample);
        output::write_all(&mut self.file, line.as_bytes())
    }

    /// Reports what it all came to.
    ///
    /// # Errors
    ///
    /// Standard output is gone or full.
    pub fn summary(&mut self, tallies: &[Tally]) -> Result<(), Failure> {
        let table = self.table(tallies);
        output::write_all(&mut self.file, table.as_bytes())
    }

    fn line(&self, target: &str, sample: &Sample) -> String {
        let time = format_rfc3339_millis(sample.time);
        if self.json {
            let (address, took, reason) = match &sample.result {
                Ok((address, took)) => (Some(address.to_string()), Some(ms(*took)), None),
                Err(failure) => (None, None, Some(&failure.happened)),
            };
            let is_up = match &sample.result {
                Err(failure) if failure.kind == Kind::Own => None,
                result => Some(result.is_ok()),
            };
            let object = json!({
                "time": time.to_string(),
                "target": target,
                "up": is_up,
                "address": address,
                "connect_ms": took,
                "reason": reason,
            });
            return format!("{object}\n");
        }
        let width = self.width;
        match &sample.result {
            Ok((address, took)) => {
                let ms = ms(*took);
                format!("{time}  {target:width$}  up    {ms:8.3} ms  {address}\n")
            }
            Err(failure) => {
                let state = if failure.kind == Kind::Own { "?   " } else { "down" };
                format!("{time}  {target:width$}  {state}  {}\n", failure.happened)
            }
        }
    }

    fn table(&self, tallies: &[Tally]) -> String {
        if self.json {
            let lines = tallies.iter().map(|tally| {
                let object = json!({
                    "target": tally.target,
                    "probes": tally.probes,
                    "up": tally.up,
                    "loss_percent": tally.loss_percent(),
                    "min_ms": tally.quantile_ms(0.0),
                    "median_ms": tally.quantile_ms(0.5),
                    "p99_ms": tally.quantile_ms(0.99),
                });
                format!("{object}\n")
            });
            return lines.collect();
        }
        let width = self.width;
        let mut table = format!(
            "\n{:width$}  {:>8}  {:>8}  {:>6}  {:>9}  {:>9}  {:>9}\n",
            "target", "probes", "up", "loss %", "min ms", "median ms", "p99 ms"
        );
        for tally in tallies {
            let ms = |share| cell(tally.quantile_ms(share), 3);
            table.push_str(&format!(
                "{:width$}  {:>8}  {:>8}  {:>6}  {:>9}  {:>9}  {:>9}\n",
                tally.target,
                tally.probes,
                tally.up,
                cell(tally.loss_percent(), 1),
                ms(0.0),
                ms(0.5),
                ms(0.99)
            ));
        }
        table
    }
}

/// Milliseconds, to the microsecond.
fn ms(took: Duration) -> f64 {
    took.as_micros() as f64 / 1000.0
}

/// A number for the table, or a dash where there is none.
fn cell(number: Option<f64>, decimals: usize) -> String {
    number.map_or_else(|| "-".into(), |number| format!("{number:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn samples() -> [Sample; 2] {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        let refused = Failure::new(Kind::Refused, "cannot connect", "connection refused");
        [
            Sample { time, result: Ok(("[::1]:80".parse().unwrap(), Duration::from_micros(1234))) },
            Sample { time, result: Err(refused) },
        ]
    }

    #[test]
    fn for_people() {
        let mut tally = Tally::new("[::1]:80".into());
        let silent = Tally::new("localhost:9".into());
        let report = Report { file: output::stdout().unwrap(), json: false, width: 11 };
        let [up, down] = samples();
        assert_eq!(
            report.line(&tally.target, &up) + &report.line(&silent.target, &down),
            "2023-11-14T22:13:20.123Z  [::1]:80     up       1.234 ms  [::1]:80\n\
             2023-11-14T22:13:20.123Z  localhost:9  down  connection refused\n"
        );
        samples().iter().for_each(|sample| tally.add(sample));
        assert_eq!(
            report.table(&[tally, silent]),
            "\n\
             target         probes        up  loss %     min ms  median ms     p99 ms\n\
             [::1]:80            2         1    50.0      1.234      1.234      1.234\n\
             localhost:9         0         0       -          -          -          -\n"
        );
    }

    #[test]
    fn for_programs() {
        let report = Report { file: output::stdout().unwrap(), json: true, width: 0 };
        let tally = Tally::new("a:1".into());
        let lines: String = samples().iter().map(|sample| report.line("a:1", sample)).collect();
        assert_eq!(
            lines + &report.table(&[tally]),
            r#"{"address":"[::1]:80","connect_ms":1.234,"reason":null,"target":"a:1","time":"2023-11-14T22:13:20.123Z","up":true}
{"address":null,"connect_ms":null,"reason":"connection refused","target":"a:1","time":"2023-11-14T22:13:20.123Z","up":false}
{"loss_percent":null,"median_ms":null,"min_ms":null,"p99_ms":null,"probes":0,"target":"a:1","up":0}
"#
        );
    }

    #[test]
    fn names_of_services() {
        for text in ["localhost:80", "[::1]:80", "127.0.0.1:65535"] {
            assert_eq!(name(&crate::address::parse_target(text).unwrap()), text);
        }
    }
}
