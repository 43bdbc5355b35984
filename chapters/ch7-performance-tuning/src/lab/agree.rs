//! The same lab several times: in how many runs does each row agree with its prediction?

use super::{Report, Row, Spread, figure, show};

/// What several runs came to, row by row.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    runs: usize,
    rows: Vec<Agreed>,
}

/// One row of them.
#[derive(Clone, Debug)]
struct Agreed {
    what: String,
    agreed: usize,
    differences: Vec<f64>,
}

impl Agreement {
    /// Counts the rows of one more run. Inputs are passed over.
    pub fn add(&mut self, report: &Report) {
        self.runs += 1;
        for row in &report.rows {
            let Some(difference) = row.difference() else { continue };
            let agreed = self.row(row);
            agreed.agreed += usize::from(row.agrees());
            agreed.differences.push(difference);
        }
    }

    fn row(&mut self, row: &Row) -> &mut Agreed {
        let known = self.rows.iter().position(|other| other.what == row.what);
        let place = known.unwrap_or_else(|| {
            let what = row.what.clone();
            self.rows.push(Agreed { what, agreed: 0, differences: Vec::new() });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }

    /// The table of all rows, and what it comes to.
    pub fn text(&self) -> String {
        let mut table = show::new_table(["", "agreed in", "difference", "least", "most"]);
        for row in &self.rows {
            let Spread { median, min, max } = Spread::of(&row.differences);
            table.add_row([
                row.what.clone(),
                format!("{} of {}", row.agreed, self.runs),
                figure::difference(median),
                figure::difference(min),
                figure::difference(max),
            ]);
        }
        let often = self.rows.iter().filter(|row| row.agreed * 10 >= self.runs * 9).count();
        let all = self.rows.len();
        let last = format!("{often} of {all} predictions agree in at least 9 of 10 runs");
        format!(
            "{}\n\n{last} (within 15 %; the difference is the median of the runs)\n",
            show::text_of(&table)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_by_their_names() {
        let mut agreement = Agreement::default();
        for measured in [100.0, 110.0, 120.0] {
            let row =
                |what: &str, predicted| Row::new(what, predicted, Spread::exact(measured), "ms");
            let rows =
                vec![row("a", 100.0), row("b", 110.0), Row::input("c", Spread::exact(1.0), "ms")];
            agreement.add(&Report { rows, ..Report::default() });
        }
        let text = agreement.text();
        let lines: Vec<Vec<_>> =
            text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["a", "2", "of", "3", "+10", "%", "0.0", "%", "+20", "%"], "{text}");
        assert_eq!(lines[2], ["b", "3", "of", "3", "0.0", "%", "−9.1", "%", "+9.1", "%"], "{text}");
        assert!(text.contains("1 of 2 predictions agree in at least 9 of 10 runs"), "{text}");
    }
}
