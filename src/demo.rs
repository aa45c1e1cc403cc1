//! The embedded endpoint: a real server on loopback that speaks the documented format.
