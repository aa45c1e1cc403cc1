//! Where `-o` puts a copy: names that follow the bytes and never replace a file unasked.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::{Failure, FailureKind, Picture};

/// The wish behind `-o PATH [--force]`.
pub(super) struct Output {
    path: PathBuf,
    folder: bool,
    force: bool,
    count: u8,
}

impl Output {
    /// Refuses before anything is paid for: a folder that is not there, a file that is.
    pub(super) fn new(path: &Path, force: bool, count: u8) -> Result<Self, Failure> {
        let text = path.as_os_str().to_string_lossy();
        let folder = path.is_dir() || text.ends_with('/');
        let parent = if folder {
            Some(path)
        } else {
            path.parent().filter(|p| !p.as_os_str().is_empty())
        };
        if let Some(parent) = parent
            && !parent.is_dir()
        {
            return Err(Failure::new(
                FailureKind::Usage,
                format!("there is no folder {}", parent.display()),
            )
            .hint("make it first, or give another -o"));
        }
        let output = Self {
            path: path.to_owned(),
            folder,
            force,
            count,
        };
        if !folder && !force {
            for n in 1..=count {
                let asked = output.numbered(n, path.extension().map(OsString::from));
                if asked.exists() {
                    return Err(Failure::new(
                        FailureKind::Usage,
                        format!("{} exists already", asked.display()),
                    )
                    .hint("give another name, or --force to replace it"));
                }
            }
        }
        Ok(output)
    }

    /// Copies the `n`th picture (from 1); gives the path, and a notice when the extension had to change.
    pub(super) fn copy(
        &self,
        n: u8,
        picture: &Picture,
    ) -> Result<(PathBuf, Option<String>), Failure> {
        let target = if self.folder {
            self.path.join(picture.path.file_name().unwrap_or_default())
        } else {
            self.numbered(n, Some(self.extension(picture)))
        };
        copy_file(&picture.path, &target, self.force).map_err(|error| {
            Failure::new(
                FailureKind::Library,
                format!("cannot write {}: {error}", target.display()),
            )
            .hint(format!("the picture is safe at {}", picture.path.display()))
        })?;
        let asked = self.path.extension().map(OsString::from);
        let notice = (!self.folder
            && asked.is_some()
            && asked != target.extension().map(Into::into))
        .then(|| {
            format!(
                "the picture is {}, so it is {}",
                picture.format,
                target.display()
            )
        });
        Ok((target, notice))
    }

    /// The asked extension where it is a name of the format (`jpeg` for a JPEG), else the format's own.
    fn extension(&self, picture: &Picture) -> OsString {
        let asked = self.path.extension().map(OsStr::to_ascii_lowercase);
        let own = picture.format.extension();
        match asked {
            Some(asked) if asked == own || asked == picture.format.as_str() => {
                self.path.extension().map(Into::into).unwrap_or_default()
            }
            _ => own.into(),
        }
    }

    /// `hero.png`, or `hero-2.png` when several were asked for.
    fn numbered(&self, n: u8, extension: Option<OsString>) -> PathBuf {
        let mut name = self.path.file_stem().unwrap_or_default().to_owned();
        if self.count > 1 {
            name.push(format!("-{n}"));
        }
        if let Some(extension) = extension {
            name.push(".");
            name.push(extension);
        }
        self.path.with_file_name(name)
    }
}

/// Copies without replacing, unless `force`. A copy that breaks off leaves nothing behind.
pub(super) fn copy_file(from: &Path, to: &Path, force: bool) -> io::Result<()> {
    let mut source = fs::File::open(from)?;
    let mut options = OpenOptions::new();
    options.write(true);
    let mut target = if force {
        options.create(true).truncate(true).open(to)?
    } else {
        options.create_new(true).open(to)?
    };
    io::copy(&mut source, &mut target)
        .and_then(|_| target.sync_all())
        .inspect_err(|_| {
            let _ = fs::remove_file(to);
        })
}
