//! What the studio draws, as reviewed text.
