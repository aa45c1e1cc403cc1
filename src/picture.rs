//! Pixels: the one room that decodes. Bytes in, bytes out; it opens no file and no socket.
//!
//! A picture from outside is met in this order: [`sniff()`] says what it is, [`is_whole`] whether all of it came,
//! [`measure`] how large it is (from its header), [`verify()`] whether it can be opened, and [`decode()`] turns it into
//! [`Pixels`] within [`Limits`]. What ends in `_in` reads from a file that is not held in memory.
//! None of them panics on a damaged or lying file, and none trusts a name, a suffix or a MIME type.

mod container;
mod convert;
mod decode;
mod encode;
mod error;
mod metadata;
mod pixels;
mod sniff;
mod verify;
mod whole;

pub use convert::{Converted, convert};
pub use decode::{Limits, decode, measure, measure_in, panic_is_caught};
pub use encode::{encode, encode_rgb};
pub use error::PictureError;
pub use metadata::{label, strip};
pub use pixels::{Pixels, fit};
pub use sniff::sniff;
pub use verify::verify;
pub use whole::{is_whole, is_whole_in};
