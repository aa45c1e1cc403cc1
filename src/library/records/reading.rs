//! Reading the records back, whatever became of them: what is no line is passed over and counted.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::{line, path};
use crate::domain::{Generation, GenerationId};
use crate::library::error::Error;

/// The longest line in bytes that is read as one: a prompt of 1 MB written as JSON escapes, twice over.
const LONGEST: u64 = 16 * 1024 * 1024;
/// So many bytes at the end, as a rule, tell whether the database knows what was recorded last.
const TAIL: u64 = 64 * 1024;

/// Calls `each` with the last word on every generation and its owner, in the order in which they were first recorded.
/// Gives the number of lines that could not be read.
pub(in crate::library) fn each_last(
    folder: &Path,
    mut each: impl FnMut(Generation, &str) -> Result<(), Error>,
) -> Result<usize, Error> {
    let path = path(folder);
    let told = |e: io::Error| Error::file(&path, e);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(told(e)),
    };
    let mut reader = BufReader::new(file);
    // Where the last line of each stands: the records of a large library do not fit into memory.
    let mut places: Vec<u64> = Vec::new();
    let mut known: HashMap<GenerationId, usize> = HashMap::new();
    let (mut at, mut unreadable) = (0, 0);
    while let Some(line) = next(&mut reader).map_err(told)? {
        match line::read(&line, folder) {
            Some((generation, _)) => {
                let place = *known.entry(generation.id).or_insert(places.len());
                if place == places.len() {
                    places.push(at);
                }
                places[place] = at;
            }
            None => unreadable += usize::from(!line.trim_ascii().is_empty()),
        }
        at += line.len() as u64;
    }
    for place in places {
        reader.seek(SeekFrom::Start(place)).map_err(told)?;
        let line = next(&mut reader).map_err(told)?.unwrap_or_default();
        if let Some((generation, owner)) = line::read(&line, folder) {
            each(generation, &owner)?;
        }
    }
    Ok(unreadable)
}

/// The generations that were recorded last, each as its last line says, and their owners. Reads a few pages of the file,
/// and more only where a line is longer than those.
pub(in crate::library) fn tail(folder: &Path) -> Vec<(Generation, String)> {
    let read = |span: u64| -> io::Result<(Vec<u8>, bool)> {
        let mut file = File::open(path(folder))?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(span)))?;
        let mut bytes = Vec::new();
        file.take(span).read_to_end(&mut bytes)?;
        Ok((bytes, span >= length))
    };
    let mut span = TAIL;
    loop {
        let (bytes, is_all) = read(span).unwrap_or((Vec::new(), true));
        let mut last: HashMap<GenerationId, (Generation, String)> = HashMap::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Some(read) = line::read(line, folder) {
                last.insert(read.0.id, read);
            }
        }
        if !last.is_empty() || is_all || span >= LONGEST {
            return last.into_values().collect();
        }
        span *= 4;
    }
}

/// The next line with its end; a longer one than any that was written comes in pieces.
fn next(reader: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader.take(LONGEST).read_until(b'\n', &mut line)?;
    Ok((!line.is_empty()).then_some(line))
}
