//! Reference pictures: found by what people type, then read, stripped of what they tell, kept, and written for the wire.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::{
    Failure, FailureKind, FileFormat, Profile, Reference, ReferenceForms, ReferenceSource,
};
use crate::library::Library;
use crate::picture;

/// The largest reference file in bytes; gateways refuse far smaller ones.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// What a picture that was given as data is called.
const DATA_URI: &str = "data URI";

/// Finds what `given` names: a URL, a data URI, a file (`~/` allowed, relative to `cwd`), or a picture of the history
/// (the end of an id, `ID.N`, `last`). Blocks: looks at files and the library.
pub fn find_reference(
    library: &Library,
    given: &str,
    cwd: &Path,
    home: Option<&Path>,
) -> Result<Reference, Failure> {
    let given = given.trim();
    let named = |source| Reference {
        given: given.to_owned(),
        source,
    };
    let scheme = |name: &str| {
        given
            .get(..name.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(name))
    };
    if scheme("http://") || scheme("https://") {
        return Ok(named(ReferenceSource::Url(given.to_owned())));
    }
    if scheme("data:image/") {
        return Ok(Reference {
            // The whole picture is no name for itself.
            given: DATA_URI.to_owned(),
            source: ReferenceSource::Data(given.to_owned()),
        });
    }
    let path = match (given.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => cwd.join(given),
    };
    if path.is_file() {
        looks_like_a_picture(&path)?;
        return Ok(named(ReferenceSource::File(path)));
    }
    let Some(found) = library.look_up(given)? else {
        return Err(Failure::new(
            FailureKind::Reference,
            format!("there is no file, URL or picture named {given}"),
        )
        .hint("give a path, an http(s) URL, ID.N of the history, or last"));
    };
    let picture = found.shown().ok_or_else(|| {
        Failure::new(
            FailureKind::Reference,
            format!("{} has no picture", found.generation.id.short()),
        )
        .hint("take one that ended well")
    })?;
    Ok(Reference {
        given: picture.id.to_string(),
        source: ReferenceSource::File(PathBuf::clone(&picture.path)),
    })
}

/// The first bytes are enough to say no early.
fn looks_like_a_picture(path: &Path) -> Result<(), Failure> {
    let name = path.display().to_string();
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(64).read_to_end(&mut head))
        .map_err(|error| failure(&name, &format!("cannot be read: {error}")))?;
    if picture::sniff(&head).is_none() {
        return Err(not_a_picture(&name));
    }
    Ok(())
}

/// Keeps a stripped copy of every reference that is no URL, and makes that copy its source. Blocks: reads and writes files.
///
/// The same request again then sends the same picture, whatever became of the user's file; and no row and no record holds
/// a picture that was given as data.
pub(super) fn keep_all(library: &Library, references: &mut [Reference]) -> Result<(), Failure> {
    for reference in references {
        let path = match &reference.source {
            ReferenceSource::Url(_) => continue,
            ReferenceSource::File(path) => keep(library, &read(path)?, &path.display().to_string()),
            ReferenceSource::Data(uri) => {
                DATA_URI.clone_into(&mut reference.given);
                keep(library, &data(uri)?, DATA_URI)
            }
        }?;
        reference.source = ReferenceSource::File(path);
    }
    Ok(())
}

/// Refuses reference pictures in a form that the gateway's profile does not take.
pub(super) fn suit(profile: &Profile, references: &[Reference]) -> Result<(), Failure> {
    for reference in references {
        let is_url = matches!(reference.source, ReferenceSource::Url(_));
        let wants = match profile.references {
            ReferenceForms::Data if is_url => "takes reference pictures as data only, not by URL",
            ReferenceForms::Url if !is_url => "takes reference pictures by URL only",
            _ => continue,
        };
        let name = &profile.name;
        let hint = if is_url {
            "save the picture and give its path"
        } else {
            "put the picture where the gateway can fetch it and give its URL"
        };
        // The label leaves out the query, which may be a signature.
        let label = reference.label();
        let what = format!("{label} cannot be sent: the profile \"{name}\" {wants}");
        return Err(Failure::new(FailureKind::Reference, what).hint(hint));
    }
    Ok(())
}

/// What goes on the wire for each kept reference, in order: a URL or a data URI. Blocks: reads files.
pub(super) fn on_the_wire(references: &[Reference]) -> Result<Vec<String>, Failure> {
    references
        .iter()
        .map(|reference| match &reference.source {
            ReferenceSource::Url(given) | ReferenceSource::Data(given) => Ok(given.clone()),
            ReferenceSource::File(path) => {
                let bytes = read(path)?;
                let format = picture::sniff(&bytes)
                    .ok_or_else(|| not_a_picture(&path.display().to_string()))?;
                Ok(data_uri(&bytes, format))
            }
        })
        .collect()
}

/// Keeps what may be sent of a picture and gives its path.
fn keep(library: &Library, bytes: &[u8], name: &str) -> Result<PathBuf, Failure> {
    // Position, camera and software of the user's photo are nobody's business.
    let bytes = picture::strip(bytes).map_err(|error| {
        failure(name, &format!("cannot be sent: {error}"))
            .hint("png, jpeg and webp can be references")
    })?;
    let format = picture::sniff(&bytes).ok_or_else(|| not_a_picture(name))?;
    library.keep_reference(&bytes, format)
}

/// The bytes of `data:image/png;base64,...`, whatever type it claims.
fn data(uri: &str) -> Result<Vec<u8>, Failure> {
    let wrong = |what: &str| {
        failure(DATA_URI, what).hint("write it like data:image/png;base64,iVBORw0KGgo...")
    };
    let (head, body) = uri
        .split_once(',')
        .ok_or_else(|| wrong("has no comma before its data"))?;
    if !head.to_ascii_lowercase().ends_with(";base64") {
        return Err(wrong("is not in base64"));
    }
    if body.len() as u64 / 4 * 3 > MAX_BYTES {
        return Err(too_large(DATA_URI, body.len() as u64 / 4 * 3));
    }
    STANDARD
        .decode(body.trim())
        .map_err(|error| wrong(&format!("is damaged: {error}")))
}

/// `data:image/png;base64,...`
fn data_uri(bytes: &[u8], format: FileFormat) -> String {
    let mut uri = format!("data:{};base64,", format.mime());
    STANDARD.encode_string(bytes, &mut uri);
    uri
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    let unreadable = |error| failure(&name, &format!("cannot be read: {error}"));
    let meta =
        fs::metadata(path).map_err(|e| unreadable(e).hint("check the path of the reference"))?;
    if !meta.is_file() {
        return Err(
            failure(&name, "is not a file").hint("a reference is a picture file, a URL, or ID.N")
        );
    }
    if meta.len() > MAX_BYTES {
        return Err(too_large(&name, meta.len()));
    }
    fs::read(path).map_err(unreadable)
}

fn too_large(name: &str, bytes: u64) -> Failure {
    failure(name, &format!("is {} MB", bytes / 1_000_000))
        .hint("references may have 32 MB at most; many gateways take less")
}

fn not_a_picture(name: &str) -> Failure {
    failure(name, "is not a picture").hint("png, jpeg and webp can be references")
}

fn failure(name: &str, what: &str) -> Failure {
    Failure::new(FailureKind::Reference, format!("{name} {what}"))
}
