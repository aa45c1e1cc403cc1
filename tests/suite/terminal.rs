//! Input bytes in any split; frames; modes and their inverse; and all of it on a real pty.

mod decoder;
mod guard;
mod line;
mod probe;
mod pty;
mod surface;
