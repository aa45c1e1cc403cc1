//! SGR: the colours that text is written with.

use super::Rgb;

/// xterm's defaults for the 16 named colours.
const NAMED: [Rgb; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];
const DEFAULT_FOREGROUND: Rgb = NAMED[7];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Color {
    #[default]
    Default,
    Indexed(u8),
    Rgb(Rgb),
}

impl Color {
    fn rgb(self) -> Option<Rgb> {
        match self {
            Self::Default => None,
            Self::Rgb(rgb) => Some(rgb),
            Self::Indexed(n @ 0..16) => Some(NAMED[usize::from(n)]),
            Self::Indexed(n @ 16..232) => {
                let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
                let n = n - 16;
                Some([level(n / 36), level(n / 6 % 6), level(n % 6)])
            }
            Self::Indexed(n) => Some([8 + 10 * (n - 232); 3]),
        }
    }

    /// As kitty reads the id of a picture out of it.
    pub fn number(self) -> u32 {
        match self {
            Self::Default => 0,
            Self::Indexed(n) => n.into(),
            Self::Rgb([r, g, b]) => u32::from_be_bytes([0, r, g, b]),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pen {
    pub fg: Color,
    pub bg: Color,
    pub underline: Color,
    pub inverse: bool,
}

impl Pen {
    /// Foreground and background; no background where it is the terminal's own.
    pub fn colors(&self) -> (Rgb, Option<Rgb>) {
        let fg = self.fg.rgb().unwrap_or(DEFAULT_FOREGROUND);
        if self.inverse {
            return (self.bg.rgb().unwrap_or_default(), Some(fg));
        }
        (fg, self.bg.rgb())
    }

    /// Takes up the parameters of one SGR.
    pub fn select(&mut self, parameters: &str) -> Result<(), String> {
        let unknown = || format!("unknown: SGR {parameters}");
        let mut groups = parameters.split(';');
        while let Some(group) = groups.next() {
            let mut own = group.split(':').map(str::parse::<u16>);
            let first = match own.next() {
                Some(Ok(number)) => number,
                _ if group.is_empty() => 0,
                _ => return Err(unknown()),
            };
            match first {
                0 => *self = Self::default(),
                7 => self.inverse = true,
                27 => self.inverse = false,
                1..=6 | 8 | 9 | 21..=26 | 28 | 29 | 53 | 55 => {}
                30..=37 => self.fg = Color::Indexed((first - 30) as u8),
                40..=47 => self.bg = Color::Indexed((first - 40) as u8),
                90..=97 => self.fg = Color::Indexed((first - 82) as u8),
                100..=107 => self.bg = Color::Indexed((first - 92) as u8),
                39 => self.fg = Color::Default,
                49 => self.bg = Color::Default,
                59 => self.underline = Color::Default,
                38 | 48 | 58 => {
                    let color = if group.contains(':') {
                        // 38:2:r:g:b, or 38:2::r:g:b with a colour space.
                        let own: Vec<u16> = own.filter_map(Result::ok).collect();
                        color(&mut own.into_iter())
                    } else {
                        color(&mut groups.by_ref().map_while(|n| n.parse().ok()))
                    };
                    let ground = match first {
                        38 => &mut self.fg,
                        48 => &mut self.bg,
                        _ => &mut self.underline,
                    };
                    *ground = color.ok_or_else(unknown)?;
                }
                _ => return Err(unknown()),
            }
        }
        Ok(())
    }
}

fn color(numbers: &mut dyn Iterator<Item = u16>) -> Option<Color> {
    let mut next = || u8::try_from(numbers.next()?).ok();
    match next()? {
        5 => Some(Color::Indexed(next()?)),
        2 => Some(Color::Rgb([next()?, next()?, next()?])),
        _ => None,
    }
}
