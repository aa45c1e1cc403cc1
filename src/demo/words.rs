//! The words of the demo endpoint that people read while and after a picture is made.

/// What is written into every picture of a demo endpoint.
pub use crate::domain::DEMO_TEXT as PICTURE_TEXT;

/// What a stream tells before its picture: one line a delta, each ended by a line end, so that in the joined text the
/// URL stands alone on the last line.
pub(super) const PAINTING: [&str; 5] = [
    "> reading the prompt 10%\n",
    "> mixing the palette 25%\n",
    "> painting the sky 45%\n",
    "> painting the land 65%\n",
    "> adding light and detail 85%\n",
];

/// The same where a reference picture is edited.
pub(super) const EDITING: [&str; 5] = [
    "> reading the prompt 10%\n",
    "> looking at the reference picture 25%\n",
    "> cropping it to the aspect ratio 45%\n",
    "> painting over it 65%\n",
    "> adding light and detail 85%\n",
];
