//! From request to saved picture, against real servers on loopback.
