//! Times of day, in the zone that the studio was told.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `14:02` for today, `23 Nov` for this year, else `2025`; times are ms since 1970.
pub fn time_of_day(then_ms: i64, now_ms: i64, zone: &TimeZone) -> String {
    let at = |ms| zone.to_datetime(Timestamp::from_millisecond(ms).unwrap_or_default());
    let (then, now) = (at(then_ms), at(now_ms));
    let format = if then.date() == now.date() {
        "%H:%M"
    } else if then.year() == now.year() {
        "%-d %b"
    } else {
        "%b %Y"
    };
    then.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_further_back_the_coarser() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let now = ms("2026-11-24T22:30:00Z");
        let told = |text| time_of_day(ms(text), now, &zone);
        assert_eq!(told("2026-11-24T22:05:00Z"), "00:05");
        assert_eq!(told("2026-11-24T21:05:00Z"), "24 Nov");
        assert_eq!(told("2025-03-09T12:00:00Z"), "Mar 2025");
    }
}
