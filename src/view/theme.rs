//! Themes: a style for each role, read from TOML. Drawing names roles only, never a colour.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::domain::{ColorDepth, Failure, FailureKind};

use super::color;

/// The themes that are compiled in: name and text.
const BUILT_IN: [(&str, &str); 3] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("plain", include_str!("../../assets/themes/plain.toml")),
];

/// A style as a theme's file writes it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ink {
    fg: Option<Paint>,
    bg: Option<Paint>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    italic: bool,
    #[serde(default)]
    underline: bool,
    #[serde(default)]
    reverse: bool,
}

/// A colour: `#rrggbb`, a name, or an index of the 256-colour palette.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Paint(Color);

impl TryFrom<String> for Paint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!("`{text}` is not a colour: write #rrggbb, a name such as red, or 0 to 255")
        })
    }
}

impl From<Ink> for Style {
    fn from(ink: Ink) -> Self {
        let mut style = Self::new();
        style.fg = ink.fg.map(|p| p.0);
        style.bg = ink.bg.map(|p| p.0);
        for (on, modifier) in [
            (ink.bold, Modifier::BOLD),
            (ink.italic, Modifier::ITALIC),
            (ink.underline, Modifier::UNDERLINED),
            (ink.reverse, Modifier::REVERSED),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

/// Writes the list of roles once: the theme's fields, the file's keys, and the walk over them.
macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident,)*) => {
        /// A style for each role on the screen.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Theme {
            $($(#[$doc])* pub $role: Style,)*
        }

        /// A theme's file: a role that it leaves out is that of the theme it inherits.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            inherits: Option<String>,
            $($role: Option<Ink>,)*
        }

        impl Theme {
            /// Every role changed by `change`.
            fn map(&self, change: impl Fn(Style) -> Style) -> Self {
                Self { $($role: change(self.$role),)* }
            }

            fn styles(&self) -> impl Iterator<Item = Style> {
                [$(self.$role,)*].into_iter()
            }

            fn overlaid(mut self, file: &File) -> Self {
                $(if let Some(ink) = file.$role { self.$role = ink.into(); })*
                self
            }
        }
    };
}

roles! {
    /// Text and background of the whole screen.
    base,
    /// Second-rank text: measures, hints.
    dim,
    /// Third-rank text: placeholders, rules.
    faint,
    /// The program's name, and what the eye should find first.
    accent,
    /// Frames of panes without the focus.
    border,
    /// The frame of the pane with the focus.
    border_focused,
    /// A title in such a frame.
    title,
    /// A title in the focused frame.
    title_focused,
    /// The selected row of the focused list.
    selected,
    /// The selected row of a list without the focus.
    selected_unfocused,
    /// Text and background of popups.
    popup,
    /// Frames of popups.
    popup_border,
    /// Names of keys in hints.
    key,
    /// Reference pictures in the prompt.
    chip,
    /// Work under way.
    running,
    /// Work that ended well.
    good,
    /// What the user should know.
    warn,
    /// What went wrong.
    bad,
    /// The demo endpoint's note.
    demo,
}

impl Theme {
    /// The theme of that name, compiled in.
    ///
    /// # Errors
    /// `Config` for a name that is none of dark, light and plain.
    pub fn named(name: &str) -> Result<Self, Failure> {
        let text = BUILT_IN
            .iter()
            .find_map(|(known, text)| (*known == name).then_some(*text));
        match text {
            Some(text) => Self::from_toml(&format!("{name}.toml"), text),
            None => Err(Failure::new(
                FailureKind::Config,
                format!("there is no theme called {name}"),
            )
            .hint("themes are dark, light and plain, or the path of a file of your own")),
        }
    }

    /// Reads a theme's file; `file` is its name for messages.
    ///
    /// # Errors
    /// `Config` with file, line and cause: an unknown key, a text that is not a colour, an unknown theme to inherit.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Failure> {
        let parsed: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text[..start].matches('\n').count() + 1;
            Failure::new(
                FailureKind::Config,
                format!("{file}:{line}: {}", error.message()),
            )
            .hint("the files in assets/themes name every role and what it may hold")
        })?;
        let under = match parsed.inherits.as_deref() {
            Some(name) => Self::named(name)?,
            None => Self::colourless(),
        };
        Ok(under.overlaid(&parsed))
    }

    /// The theme for a terminal with so many colours.
    ///
    /// With 16, a theme that uses more gives way to `plain`: the nearest of 16 would make neighbours alike.
    /// With none, bold and reverse tell what matters.
    #[must_use]
    pub fn at(&self, depth: ColorDepth) -> Self {
        match depth {
            ColorDepth::True => self.clone(),
            ColorDepth::Ansi256 => self.map(|mut style| {
                style.fg = style.fg.map(color::to_256);
                style.bg = style.bg.map(color::to_256);
                style
            }),
            ColorDepth::Ansi16 => {
                let rich = self
                    .styles()
                    .flat_map(|style| [style.fg, style.bg])
                    .flatten()
                    .any(color::needs_palette);
                if rich {
                    Self::named("plain").unwrap_or_else(|_| Self::colourless())
                } else {
                    self.clone()
                }
            }
            ColorDepth::None => Self::colourless(),
        }
    }

    /// The style of `role` on a row that may be selected: on a reversed one its colour would make a patch, so there it
    /// has none.
    pub fn on_row(&self, role: Style, selected: bool) -> Style {
        if selected && self.selected.add_modifier.contains(Modifier::REVERSED) {
            Style::new()
        } else {
            role
        }
    }

    /// The background of the screen: what pictures with transparency lie on, and what stays where one was taken away.
    pub fn ground(&self) -> Color {
        self.base.bg.unwrap_or(Color::Reset)
    }

    /// No colours at all: bold and reverse only.
    fn colourless() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let reverse = plain.add_modifier(Modifier::REVERSED);
        Self {
            base: plain,
            dim: plain,
            faint: plain,
            accent: bold,
            border: plain,
            border_focused: bold,
            title: plain,
            title_focused: reverse,
            selected: reverse,
            selected_unfocused: bold,
            popup: plain,
            popup_border: bold,
            key: bold,
            chip: bold,
            running: plain,
            good: plain,
            warn: bold,
            bad: bold,
            demo: plain,
        }
    }
}

impl Default for Theme {
    /// The dark one.
    fn default() -> Self {
        Self::named("dark").unwrap_or_else(|_| Self::colourless())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_themes_read_and_give_every_role() {
        for (name, text) in BUILT_IN {
            let theme = Theme::named(name).unwrap_or_else(|e| panic!("{e}"));
            assert_ne!(theme, Theme::colourless(), "{name}");
            let file: toml::Table = text.parse().unwrap();
            let roles = Theme::colourless().styles().count();
            assert_eq!(file.len(), roles, "{name} leaves a role out");
        }
    }

    #[test]
    fn a_wrong_file_names_its_line_and_what_is_wrong() {
        let unknown = Theme::from_toml("mine.toml", "\nbase = {}\nbsae = {}\n").unwrap_err();
        assert!(
            unknown
                .message
                .as_str()
                .starts_with("mine.toml:3: unknown field `bsae`"),
            "{unknown}"
        );
        let colour = Theme::from_toml("mine.toml", "base = { fg = \"rde\" }").unwrap_err();
        assert!(
            colour
                .message
                .as_str()
                .starts_with("mine.toml:1: `rde` is not a colour"),
            "{colour}"
        );
        assert!(Theme::named("solarized").is_err());
    }

    #[test]
    fn a_file_of_ones_own_changes_single_roles() {
        let text = "inherits = \"light\"\naccent = { fg = \"208\", bold = true }";
        let mine = Theme::from_toml("mine.toml", text).unwrap();
        let light = Theme::named("light").unwrap();
        assert_eq!(mine.accent.fg, Some(Color::Indexed(208)));
        assert_eq!(mine.base, light.base);
    }

    #[test]
    fn fewer_colours_are_kept_to() {
        let dark = Theme::default();
        let all = |theme: &Theme, allowed: fn(Color) -> bool| {
            theme
                .styles()
                .flat_map(|s| [s.fg, s.bg])
                .flatten()
                .all(allowed)
        };
        assert!(all(&dark.at(ColorDepth::Ansi256), |c| !matches!(
            c,
            Color::Rgb(..)
        )));
        assert!(all(
            &dark.at(ColorDepth::Ansi16),
            |c| !color::needs_palette(c)
        ));
        assert!(all(&dark.at(ColorDepth::None), |_| false));
        assert_eq!(dark.at(ColorDepth::True), dark);
    }

    /// Contrast as WCAG 2.1 reckons it, 1.0 to 21.0.
    fn contrast(one: Color, other: Color) -> f64 {
        let luminance = |color| {
            let Color::Rgb(r, g, b) = color else {
                panic!("{color} is not of 24 bits")
            };
            let linear = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.04045 {
                    v / 12.92
                } else {
                    ((v + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let (a, b) = (luminance(one) + 0.05, luminance(other) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn words_can_be_read_on_every_ground_that_they_stand_on() {
        for name in ["dark", "light"] {
            let theme = Theme::named(name).unwrap();
            let grounds = [
                theme.base,
                theme.popup,
                theme.selected,
                theme.selected_unfocused,
            ];
            for ground in grounds.map(|style| style.bg.unwrap()) {
                let roles = [
                    ("dim", theme.dim),
                    ("accent", theme.accent),
                    ("key", theme.key),
                    ("running", theme.running),
                    ("good", theme.good),
                    ("warn", theme.warn),
                    ("bad", theme.bad),
                ];
                for (role, style) in roles {
                    let contrast = contrast(style.fg.unwrap(), ground);
                    assert!(
                        contrast >= 3.5,
                        "{name}: {role} on {ground} has {contrast:.1}"
                    );
                }
                let text = contrast(theme.base.fg.unwrap(), ground);
                assert!(text >= 7.0, "{name}: text on {ground} has {text:.1}");
            }
            let dim = contrast(theme.dim.fg.unwrap(), theme.base.bg.unwrap());
            assert!(dim >= 4.5, "{name}: dim has {dim:.1}");
            let chip = contrast(theme.chip.fg.unwrap(), theme.chip.bg.unwrap());
            assert!(chip >= 4.5, "{name}: chip has {chip:.1}");
        }
    }
}
