//! The pure core of the studio.
