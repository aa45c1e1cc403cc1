//! Encoders played back into pixels; the placement diff as a property.
