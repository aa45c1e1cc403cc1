//! Pixels: the one room that decodes. Bytes in, bytes out; it opens no file and no socket.
//!
//! A picture from outside is met in this order: [`sniff()`] says what it is, [`is_whole`] whether all of it came,
//! [`measure`] how large it is (from its header), [`verify()`] whether it can be opened, and [`decode()`] turns it into
//! [`Pixels`] within [`Limits`], or [`decode_at_least()`] into as many as a preview wants. What ends in `_in` reads from a
//! file that is not held in memory.
//! None of them panics on a damaged or lying file, and none trusts a name, a suffix or a MIME type.

mod at_least;
mod container;
mod convert;
mod decode;
mod encode;
mod error;
mod jpeg;
mod metadata;
mod pixels;
mod reduce;
mod sniff;
mod verify;
mod watch;
mod whole;

pub use at_least::decode_at_least;
pub use convert::{Converted, convert};
pub use decode::{Limits, decode, measure, measure_in, panic_is_caught};
pub use encode::{encode, encode_rgb};
pub use error::PictureError;
pub use metadata::{label, strip};
pub use pixels::{Pixels, fit};
pub use sniff::sniff;
pub use verify::verify;
pub use whole::{is_whole, is_whole_in};
