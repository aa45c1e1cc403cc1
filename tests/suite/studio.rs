//! Key scripts over the pure core.
