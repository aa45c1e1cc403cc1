//! Other programs and places: copies, the desktop's viewer, the clipboard's helpers. All of it blocks; called off the loop.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::config::API_KEY;
use crate::domain::{Clean, Failure, FailureKind, Picture};

/// So many names are tried before giving up.
const MOST_COPIES: u32 = 1000;

/// Copies a picture into `folder` under its own name, `-2` .. behind it where that is taken.
pub(super) fn save_copy(picture: &Picture, folder: &Path) -> Result<Clean, Failure> {
    let failure = |error: io::Error, at: &Path| {
        Failure::new(
            FailureKind::Library,
            format!("cannot copy to {}: {error}", at.display()),
        )
        .hint("start plantain in a folder that you may write")
    };
    let stem = picture
        .path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let bytes = fs::read(&picture.path).map_err(|error| {
        Failure::new(
            FailureKind::Library,
            format!("cannot read {}: {error}", picture.path.display()),
        )
        .hint("it may have been moved or deleted outside of plantain")
    })?;
    for n in 1..MOST_COPIES {
        let suffix = if n == 1 {
            String::new()
        } else {
            format!("-{n}")
        };
        let name = format!("{stem}{suffix}.{}", picture.format.extension());
        let target = folder.join(&name);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&target)
        {
            Ok(mut file) => {
                return file
                    .write_all(&bytes)
                    .map(|()| Clean::line(&format!("saved as {name}")))
                    .map_err(|error| {
                        // A copy that broke off is no copy.
                        let _ = fs::remove_file(&target);
                        failure(error, &target)
                    });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failure(error, &target)),
        }
    }
    Err(failure(io::ErrorKind::AlreadyExists.into(), folder))
}

/// Opens a file with the desktop's program, without waiting for it.
pub(super) fn open(path: &Path, remote: bool) -> Result<Clean, Failure> {
    if !path.is_file() {
        return Err(
            Failure::new(FailureKind::Library, format!("{} is gone", path.display()))
                .hint("it was moved or deleted outside of plantain"),
        );
    }
    if remote {
        return Err(Failure::new(
            FailureKind::Usage,
            "this is an SSH session: nothing here can open a window on your desk",
        )
        .hint(format!("bring it home: scp HOST:{} .", path.display())));
    }
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    Command::new(program)
        .arg(path)
        .env_remove(API_KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(|mut child| {
            // Reaped on a thread of its own: viewers stay open for hours.
            std::thread::spawn(move || child.wait());
            Clean::line(&format!("opened with {program}"))
        })
        .map_err(|error| {
            Failure::new(FailureKind::Usage, format!("cannot run {program}: {error}"))
                .hint(format!("the file is {}", path.display()))
        })
}

/// The clipboard helper of this desktop; `None` where only the terminal can reach one.
pub(super) fn clipboard_program(
    var: impl Fn(&str) -> bool,
    remote: bool,
) -> Option<Vec<&'static str>> {
    let program: &[&str] = if remote {
        // The remote machine's clipboard is nobody's.
        return None;
    } else if cfg!(target_os = "macos") {
        &["pbcopy"]
    } else if var("WAYLAND_DISPLAY") {
        &["wl-copy"]
    } else if var("DISPLAY") {
        &["xclip", "-selection", "clipboard"]
    } else {
        return None;
    };
    on_path(program[0]).then(|| program.to_vec())
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|dir: PathBuf| dir.join(program).is_file())
    })
}

/// Feeds `text` to a clipboard helper.
pub(super) fn copy_with(program: &[&str], text: &str, what: &str) -> Result<Clean, Failure> {
    let failure = |error: String| {
        Failure::new(
            FailureKind::Usage,
            format!("{} failed: {error}", program[0]),
        )
        .hint("the path is shown under i, details")
    };
    let mut child = Command::new(program[0])
        .args(&program[1..])
        .env_remove(API_KEY)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failure(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(text.as_bytes())
            .map_err(|error| failure(error.to_string()))?;
    }
    let status = child.wait().map_err(|error| failure(error.to_string()))?;
    if !status.success() {
        return Err(failure(status.to_string()));
    }
    Ok(Clean::line(&format!("{what} copied ({})", program[0])))
}

/// The text as the terminal's clipboard takes it: OSC 52, ended by ST.
pub(super) fn osc52(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    let coded = base64::engine::general_purpose::STANDARD.encode(text);
    format!("\x1b]52;c;{coded}\x1b\\").into_bytes()
}
