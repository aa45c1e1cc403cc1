//! The disk edge: the journal, the history and the picture files.
