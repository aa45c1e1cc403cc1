//! How a sequence reaches the terminal that draws: straight, or wrapped so that tmux hands it through.

/// The way to the terminal that draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Route {
    /// Nothing stands between.
    #[default]
    Direct,
    /// Through this many tmux, one inside the other, whose `allow-passthrough` is on.
    Tmux {
        /// At least 1.
        levels: u8,
    },
}

impl Route {
    /// The way through `levels` tmux; straight for 0.
    pub(super) const fn through(levels: u8) -> Self {
        match levels {
            0 => Self::Direct,
            levels => Self::Tmux { levels },
        }
    }

    /// `sequence` (one or more whole escape sequences) as it is to be written. tmux takes off one `DCS tmux; … ST` in
    /// which each ESC stands twice (tmux(1), `allow-passthrough`).
    pub fn wrap(self, sequence: &[u8]) -> Vec<u8> {
        let levels = match self {
            Self::Direct => 0,
            Self::Tmux { levels } => levels,
        };
        let mut out = sequence.to_vec();
        for _ in 0..levels {
            let mut wrapped = b"\x1bPtmux;".to_vec();
            for &byte in &out {
                if byte == 0x1b {
                    wrapped.push(byte);
                }
                wrapped.push(byte);
            }
            wrapped.extend_from_slice(b"\x1b\\");
            out = wrapped;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tmux_takes_off_one_wrapping() {
        assert_eq!(Route::Direct.wrap(b"\x1b[c"), b"\x1b[c");
        assert_eq!(
            Route::Tmux { levels: 1 }.wrap(b"\x1b[c"),
            b"\x1bPtmux;\x1b\x1b[c\x1b\\"
        );
        assert_eq!(
            Route::Tmux { levels: 2 }.wrap(b"\x1b[c"),
            b"\x1bPtmux;\x1b\x1bPtmux;\x1b\x1b\x1b\x1b[c\x1b\x1b\\\x1b\\"
        );
    }
}
