//! The tty: modes, input, probe, and the one writer.
