//! The wire: fixtures over every framing, cut anywhere.
