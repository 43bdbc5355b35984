//! Figures as a person reads them.

/// Three digits that say something: `0.0123`, `1.23`, `123`, `1,234,567`.
pub fn of(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".into();
    }
    // What rounds up to the next power of ten has a digit more.
    let power = format!("{magnitude:.2e}").rsplit('e').next().and_then(|power| power.parse().ok());
    let decimals: i32 = 2 - power.unwrap_or(0);
    let text = format!("{magnitude:.*}", decimals.clamp(0, 9) as usize);
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}{rest}", grouped(whole))
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Per cent with their sign: `+2.3 %`, `−14 %`.
pub fn difference(per_cent: f64) -> String {
    if !per_cent.is_finite() {
        return "–".into();
    }
    let decimals = usize::from(per_cent.abs() < 9.95);
    let text = format!("{:.decimals$}", per_cent.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if is_zero {
        ""
    } else if per_cent < 0.0 {
        "−"
    } else {
        "+"
    };
    format!("{sign}{text} %")
}

/// Bytes in the largest unit in which they are whole, or nearly so: `64 KiB`, `1.5 MiB`, `100 B`.
pub fn bytes(bytes: u64) -> String {
    let units = [(1_u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(size, _)| bytes >= *size) {
        None => format!("{bytes} B"),
        Some((size, unit)) if bytes.is_multiple_of(size) => format!("{} {unit}", bytes / size),
        Some((size, unit)) => format!("{} {unit}", of(bytes as f64 / size as f64)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn three_digits_say_something() {
        for (value, text) in [
            (0.0, "0"),
            (0.012_345, "0.0123"),
            (0.999_9, "1.00"),
            (9.999, "10.0"),
            (1.0, "1.00"),
            (12.345, "12.3"),
            (123.45, "123"),
            (999.9, "1,000"),
            (1_234_567.0, "1,234,567"),
            (-20.0, "−20.0"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(super::of(value), text);
        }
    }

    #[test]
    fn a_difference_has_its_sign() {
        for (value, text) in [
            (0.0, "0.0 %"),
            (-0.01, "0.0 %"),
            (2.34, "+2.3 %"),
            (-14.4, "−14 %"),
            (9.96, "+10 %"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(super::difference(value), text);
        }
    }

    #[test]
    fn bytes_have_their_unit() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.50 KiB"),
            (10 << 20, "10 MiB"),
            (3 << 29, "1.50 GiB"),
        ] {
            assert_eq!(super::bytes(bytes), text);
        }
    }
}
