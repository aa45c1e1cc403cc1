//! The terminal, lent to the user's editor: a file is written, edited, read back.

use std::io::Write;
use std::process::Command;

use crate::config::API_KEY;
use crate::domain::{Failure, FailureKind};

/// Runs `$VISUAL`, else `$EDITOR`, else `vi`, on `text`; gives what was saved. Blocks until the editor ends.
pub(super) fn edit(text: &str, editor: &str) -> Result<String, Failure> {
    let failure = |what: String| {
        Failure::new(FailureKind::Usage, what)
            .hint("set VISUAL or EDITOR to an editor that is installed")
    };
    let mut file = tempfile::Builder::new()
        .prefix("plantain-")
        .suffix(".md")
        .tempfile()
        .map_err(|error| failure(format!("no temporary file: {error}")))?;
    file.write_all(text.as_bytes())
        .map_err(|error| failure(format!("no temporary file: {error}")))?;
    // Through a shell, since the variable may hold flags; the path is an argument, never part of the text.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(file.path())
        .env_remove(API_KEY)
        .status()
        .map_err(|error| failure(format!("cannot run {editor}: {error}")))?;
    if !status.success() {
        return Err(failure(format!(
            "{editor} ended with {status}; the prompt is as it was"
        )));
    }
    // Editors replace files: read by name, not by the old descriptor.
    let text = std::fs::read_to_string(file.path())
        .map_err(|error| failure(format!("what {editor} saved cannot be read: {error}")))?;
    Ok(text.trim_end_matches('\n').to_owned())
}
