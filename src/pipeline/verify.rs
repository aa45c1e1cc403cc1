//! What came against what was asked, as the notices that are kept with the generation. Pure.

use std::path::Path;

use crate::domain::{Catalog, Clean, Difference, FileFormat, PixelSize, Request};
use crate::picture::PictureError;

/// Differences between the wish and one picture.
pub fn picture(
    request: &Request,
    catalog: &Catalog,
    format: FileFormat,
    size: Option<PixelSize>,
) -> Vec<Clean> {
    Difference::of(request, catalog, format, size, None).notices()
}

/// What is said of a picture that was paid for and cannot be opened: its file's name, and why.
pub fn kept(path: &Path, error: PictureError) -> Clean {
    let name = path.file_name().unwrap_or_default().display();
    Clean::line(&format!("{name} is kept as it came: {error}"))
}

/// A difference between the model asked and the one that the answer names. No picture is needed for it.
pub fn model(request: &Request, answered: Option<&Clean>) -> Option<Clean> {
    let format = FileFormat::from(request.format);
    Difference::of(request, &Catalog::default(), format, None, answered).model_notice()
}
