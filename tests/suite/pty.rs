//! The real binary on a real pty.
