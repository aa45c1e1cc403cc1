//! The embedded endpoint over a real socket.
