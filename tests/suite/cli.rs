//! The verbs, as a user types them: the real binary in a temporary home.
