//! The rungs of the ladder: how good a picture is to be that is sent.

/// One rung, worst first. Which one a terminal gets is the ladder's choice; encoders only follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// A first look in at most 12 KB.
    Glance,
    /// The fitted picture, encoded in little time.
    Quick,
    /// The fitted picture as good as [`Rung::Quick`]'s, in fewer bytes and more time.
    Careful,
    /// Better than the eye asks for: when the line has nothing else to do, or on request.
    Fine,
    /// Every pixel as it is, where the protocol can: for terminals on the same machine.
    Exact,
}

impl Rung {
    /// How good it looks. Quick and Careful look alike: one never takes the place of the other.
    pub(super) const fn level(self) -> u8 {
        match self {
            Self::Glance => 0,
            Self::Quick | Self::Careful => 1,
            Self::Fine => 2,
            Self::Exact => 3,
        }
    }
}
