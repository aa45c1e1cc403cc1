//! Where `-o` puts a copy: names that follow the bytes and never replace a file unasked.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::domain::{Failure, FailureKind, FileFormat, OutputFormat, Picture};

/// The wish behind `-o PATH [--force]`.
pub(super) struct Output {
    path: PathBuf,
    folder: bool,
    force: bool,
    count: u8,
    /// A picture that was converted to this is copied so.
    asked: FileFormat,
}

impl Output {
    /// Refuses before anything is paid for: a folder that is not there or not writable, a file that is there under the name that was given or
    /// the one that a picture of the asked `format` gets.
    pub(super) fn new(
        path: &Path,
        force: bool,
        count: u8,
        format: OutputFormat,
    ) -> Result<Self, Failure> {
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
        if let Err(error) = tempfile::tempfile_in(parent.unwrap_or(Path::new("."))) {
            let what = format!("nothing can be written to {}: {error}", path.display());
            return Err(Failure::new(FailureKind::Usage, what).hint("give another -o"));
        }
        let output = Self {
            path: path.to_owned(),
            folder,
            force,
            count,
            asked: format.into(),
        };
        if !folder && !force {
            let extensions = [
                output.asked_extension().map(OsString::from),
                Some(output.extension(format.into())),
            ];
            for n in 1..=count {
                let mut names = extensions.iter().map(|e| output.numbered(n, e.clone()));
                // A link that leads nowhere is in the way as well.
                if let Some(taken) = names.find(|name| name.symlink_metadata().is_ok()) {
                    return Err(Failure::new(
                        FailureKind::Usage,
                        format!("{} exists already", taken.display()),
                    )
                    .hint("give another name, or --force to replace it"));
                }
            }
        }
        Ok(output)
    }

    /// Copies the `n`th picture (from 1), its second file where it was converted to what was asked; gives the path, and
    /// a notice when that or another extension is news.
    pub(super) fn copy(
        &self,
        n: u8,
        picture: &Picture,
    ) -> Result<(PathBuf, Option<String>), Failure> {
        let converted = picture
            .converted_to(self.asked)
            .filter(|path| picture.format != self.asked && path.is_file());
        let (from, format) = converted.map_or((picture.path.as_path(), picture.format), |path| {
            (path, self.asked)
        });
        let target = if self.folder {
            self.path.join(from.file_name().unwrap_or_default())
        } else {
            self.numbered(n, Some(self.extension(format)))
        };
        copy_file(from, &target, self.force).map_err(|error| {
            Failure::new(
                FailureKind::Library,
                format!("cannot write {}: {error}", target.display()),
            )
            .hint(format!("the picture is safe at {}", picture.path.display()))
        })?;
        if converted.is_some() {
            let (name, came) = (target.display(), picture.format);
            let notice = format!("{name} is converted from the {came} that came");
            return Ok((target, Some(notice)));
        }
        let renamed = !self.folder
            && self
                .asked_extension()
                .is_some_and(|asked| Some(asked) != target.extension());
        let notice = renamed.then(|| {
            format!(
                "the picture is {}, so it is {}",
                picture.format,
                target.display()
            )
        });
        Ok((target, notice))
    }

    /// What stands behind the last dot, if it is the name of a picture format: `png`, but not the `2` of `hero.v2`.
    fn asked_extension(&self) -> Option<&OsStr> {
        let extension = self.path.extension()?;
        let name = extension.to_ascii_lowercase();
        let known = name == "jpg" || FileFormat::from_name(&name.to_string_lossy()).is_some();
        known.then_some(extension)
    }

    /// The asked extension where it is a name of the format (`jpeg` for a JPEG), else the format's own.
    fn extension(&self, format: FileFormat) -> OsString {
        match self.asked_extension() {
            Some(asked)
                if asked.eq_ignore_ascii_case(format.extension())
                    || asked.eq_ignore_ascii_case(format.as_str()) =>
            {
                asked.to_owned()
            }
            _ => format.extension().into(),
        }
    }

    /// `hero.png`, or `hero-2.png` when several were asked for.
    fn numbered(&self, n: u8, extension: Option<OsString>) -> PathBuf {
        let stem = match self.asked_extension() {
            Some(_) => self.path.file_stem(),
            None => self.path.file_name(),
        };
        let mut name = stem.unwrap_or_default().to_owned();
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

/// Copies without replacing, unless `force`. The name appears with the whole copy behind it, or not at all.
pub(super) fn copy_file(from: &Path, to: &Path, force: bool) -> io::Result<()> {
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut copy = tempfile::Builder::new()
        .prefix(".plantain-")
        // As any new file; the umask takes its part.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    io::copy(&mut fs::File::open(from)?, &mut copy)?;
    copy.as_file().sync_all()?;
    if force {
        copy.persist(to)?;
    } else {
        copy.persist_noclobber(to)?;
    }
    Ok(())
}
