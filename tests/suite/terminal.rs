//! Input bytes in any split; modes and their inverse.
