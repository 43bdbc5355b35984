//! What is meant by `ch3` and `ch3.4`.

/// A chapter, or some of its checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The chapter's number.
    pub chapter: u32,
    /// The numbers of the checks; empty for all of them.
    pub checks: Vec<u32>,
}

impl Target {
    /// Reads `ch3`, `ch3.4` or `ch3.4 ch3.5`.
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        let mut read = words.iter().map(|word| one(word));
        let first = read.next().ok_or("which chapter? Say ch3, or ch3.4 for one check")??;
        let mut target = Self { chapter: first.0, checks: first.1.into_iter().collect() };
        let mut whole = target.checks.is_empty();
        for next in read {
            let (chapter, check) = next?;
            if chapter != target.chapter {
                return Err(format!("one chapter at a time: ch{} or ch{chapter}", target.chapter));
            }
            whole |= check.is_none();
            target.checks.extend(check);
        }
        target.checks.sort_unstable();
        target.checks.dedup();
        if whole {
            target.checks.clear();
        }
        Ok(target)
    }

    /// Reads `ch3`, for a command that knows no single checks.
    pub(super) fn whole(words: &[&str], command: &str) -> Result<Self, String> {
        let target = Self::read(words)?;
        if target.checks.is_empty() {
            Ok(target)
        } else {
            Err(format!("{command} takes a chapter: cargo grade {command} ch{}", target.chapter))
        }
    }
}

fn one(word: &str) -> Result<(u32, Option<u32>), String> {
    let number = |text: &str| {
        let is_plain = !text.starts_with(['0', '+']);
        text.parse::<u32>().ok().filter(|_| is_plain)
    };
    let read = || {
        let (chapter, check) = match word.strip_prefix("ch")?.split_once('.') {
            Some((chapter, check)) => (chapter, Some(number(check)?)),
            None => (&word[2..], None),
        };
        Some((number(chapter)?, check))
    };
    let wrong = || {
        format!(
            "'{word}' is no chapter, check or command: say ch3, ch3.4, explain, reset or solution (see --help)"
        )
    };
    read().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn chapters_and_checks_are_read() {
        let read =
            |words: &[&str]| Target::read(words).map(|target| (target.chapter, target.checks));
        assert_eq!(read(&["ch3"]), Ok((3, vec![])));
        assert_eq!(read(&["ch3.10", "ch3.4", "ch3.4"]), Ok((3, vec![4, 10])));
        assert_eq!(read(&["ch3.4", "ch3"]), Ok((3, vec![])));
        for wrong in
            ["3", "ch", "ch0", "ch3.", "ch3.0", "ch3.x", "ch03", "ch+3", "chapter3", "ch-3"]
        {
            assert!(read(&[wrong]).is_err(), "{wrong}");
        }
        assert!(read(&["ch3", "ch4"]).is_err() && read(&[]).is_err());
        assert!(Target::whole(&["ch3.4"], "reset").is_err());
    }
}
