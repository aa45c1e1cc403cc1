//! One event of an event stream, while its lines arrive. The WHATWG rules for fields; lines are cut elsewhere.

/// The open event.
#[derive(Debug, Default)]
pub(super) struct Event {
    /// Its data lines, joined by LF.
    pub(super) data: Option<Vec<u8>>,
    /// Its name.
    pub(super) name: Option<String>,
}

impl Event {
    /// Takes one line, without its end. `false` for a line that is none of an event stream.
    pub(super) fn line(&mut self, line: &[u8]) -> bool {
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &line[..colon] {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            b"event" => self.name = Some(String::from_utf8_lossy(value).into_owned()),
            // Comments, and what only a browser that connects again needs.
            b"" | b"id" | b"retry" => {}
            _ => return false,
        }
        true
    }

    /// Whether a field of it came.
    pub(super) fn is_open(&self) -> bool {
        self.data.is_some() || self.name.is_some()
    }

    /// Bytes of data so far.
    pub(super) fn len(&self) -> usize {
        self.data.as_ref().map_or(0, Vec::len)
    }
}
