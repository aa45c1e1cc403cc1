//! Which pictures a reply holds, and in which order: WIRE §3, rules 3 to 5. Decodes no pixel.

use super::blobs::Blobs;
use super::inline::{self, MAX_URL, NotAnImage};
use super::scan::{Kind, Span, scan};
use super::voice::Voice;
use super::{Image, MAX_PICTURES, Part, Reply, too_many};

/// Where in the answer a picture stood, worst evidence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A URL in the text. Used only when there is nothing better; it may turn out to be a page.
    Bare,
    /// A data URI in the text.
    Data,
    /// A markdown image, or one of HTML.
    Markdown,
    /// A field made for pictures.
    Structured,
}

/// A picture from a structured field, and how much text stood before it.
#[derive(Debug)]
pub(super) struct Structured {
    image: Image,
    choice: u64,
    at: usize,
    /// It stood in a part that is marked as a thought.
    draft: bool,
}

/// A picture of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The picture.
    pub image: Image,
    /// Where it stood.
    pub origin: Origin,
    /// A URL that is all there is of the text: the form that the document shows.
    pub alone: bool,
    /// It stood among the model's thoughts.
    pub draft: bool,
    /// The answer broke off right behind it: it is whole only if its own end marker says so (for a URL: if it can be fetched).
    pub maybe_cut: bool,
}

impl Candidate {
    fn structured(image: Image, draft: bool) -> Self {
        Self {
            image,
            origin: Origin::Structured,
            alone: false,
            draft,
            maybe_cut: false,
        }
    }

    /// Whether this was given as a picture, and whole: not a link in the text that may lead to a page, nor one that may be half.
    pub fn is_certain(&self) -> bool {
        let named = match &self.image {
            Image::Url(url) => names_a_picture(url),
            Image::Inline(_) => true,
        };
        !self.maybe_cut && (self.origin > Origin::Bare || self.alone || named)
    }
}

impl Reply {
    /// Takes a picture of a field. Of too many the last are kept: drafts precede finals.
    pub(super) fn structured(
        &mut self,
        image: Image,
        choice: u64,
        draft: bool,
        parts: &mut Vec<Part>,
    ) {
        if let Some(known) = self.structured.iter_mut().find(|s| s.image == image) {
            known.draft &= draft;
            return;
        }
        if self.structured.len() >= MAX_PICTURES {
            self.notice(&too_many());
            match self.structured.iter().position(|s| s.draft) {
                None if draft => return,
                oldest => self.structured.remove(oldest.unwrap_or(0)),
            };
        }
        let at = self.voices.get(&choice).map_or(0, Voice::place);
        self.structured.push(Structured {
            image: image.clone(),
            choice,
            at,
            draft,
        });
        parts.push(Part::Image(image));
    }

    /// The finals and the drafts, each distinct and in order.
    pub(super) fn collect(&mut self) -> (Vec<Candidate>, Vec<Candidate>) {
        let mut found = Vec::new();
        let mut problems = Vec::new();
        let (thought, structured): (Vec<_>, Vec<_>) =
            self.structured.drain(..).partition(|s| s.draft);
        for (choice, voice) in &self.voices {
            for candidate in in_text(voice.text(), &self.blobs, false, &mut problems) {
                found.push((*choice, candidate));
            }
        }
        let better =
            !structured.is_empty() || found.iter().any(|(_, (_, c))| c.origin > Origin::Bare);
        found.retain(|(_, (_, c))| !better || c.origin > Origin::Bare);
        // Structured pictures first: at an equal place they came before the text that begins there.
        let mut placed: Vec<(u64, usize, Candidate)> = structured
            .into_iter()
            .map(|s| (s.choice, s.at, Candidate::structured(s.image, false)))
            .collect();
        placed.extend(found.into_iter().map(|(choice, (at, c))| (choice, at, c)));
        placed.sort_by_key(|(choice, at, _)| (*choice, *at));
        let mut finals = distinct(placed.into_iter().map(|(_, _, candidate)| candidate));

        let drafts = in_text(self.thoughts.text(), &self.blobs, true, &mut problems);
        let drafts = drafts.into_iter().map(|(_, c)| c);
        let thought = thought
            .into_iter()
            .map(|s| Candidate::structured(s.image, true));
        let drafts = distinct(
            thought
                .chain(drafts)
                .filter(|c| finals.is_empty() || c.origin > Origin::Bare),
        );
        if finals.is_empty() && drafts.is_empty() {
            finals = self.last_resort(&mut problems);
        }
        if finals.is_empty()
            && drafts.is_empty()
            && let Some(broken) = &self.broken
        {
            let found = in_text(broken, &self.blobs, false, &mut problems).into_iter();
            finals = distinct(found.map(|(_, c)| c).filter(|c| !c.maybe_cut));
        }
        for why in problems {
            self.not_an_image(why);
        }
        (finals, drafts)
    }
}

impl Reply {
    /// The addresses that are all of a text, once nothing more of it can come. Not before: the last one may be half.
    pub(super) fn alone(&mut self) -> Vec<Image> {
        let whole = self.finish.is_some() && self.held.values().all(String::is_empty);
        if self.told_alone || !whole || !self.structured.is_empty() {
            return Vec::new();
        }
        let [voice] = self.voices.values().collect::<Vec<_>>()[..] else {
            return Vec::new();
        };
        let text = voice.text();
        if text.len() > MAX_URL {
            return Vec::new();
        }
        let found = in_text(text, &self.blobs, false, &mut Vec::new());
        let alone = found.into_iter().map(|(_, c)| c).filter(|c| c.alone);
        let alone: Vec<Image> = alone.map(|c| c.image).collect();
        self.told_alone = !alone.is_empty();
        alone
    }

    /// Where pictures stand that nothing shows as such: in an answer that is JSON itself, and in what a tool was called with.
    fn last_resort(&self, problems: &mut Vec<NotAnImage>) -> Vec<Candidate> {
        let texts = self.voices.values().map(Voice::text);
        let mut found = Vec::new();
        for text in texts.chain([self.arguments.as_str()]) {
            let json = text.trim();
            if !json.starts_with(['{', '[']) {
                continue;
            }
            let plainer = super::unescaped(json);
            let named = in_text(&plainer, &self.blobs, false, problems).into_iter();
            // Other addresses in it may be anything.
            found.extend(named.map(|(_, c)| c).filter(Candidate::is_certain));
        }
        distinct(found.into_iter())
    }
}

/// Pictures in a text, with their places. Bare URLs and links come only where nothing better is.
fn in_text(
    text: &str,
    blobs: &Blobs,
    draft: bool,
    problems: &mut Vec<NotAnImage>,
) -> Vec<(usize, Candidate)> {
    let spans: Vec<Span> = scan(text).into_iter().filter(|s| !s.fenced).collect();
    let alone = is_nothing_but(text, &spans);
    let of_kinds = |kinds: &[Kind], problems: &mut Vec<NotAnImage>| -> Vec<(usize, Candidate)> {
        let chosen = spans.iter().filter(|s| kinds.contains(&s.kind));
        chosen
            .filter_map(|span| {
                let target = span.meant(text);
                if matches!(span.kind, Kind::Bare | Kind::Link) && is_home_page(&target) {
                    return None;
                }
                let image = match inline::of_text(&target, blobs) {
                    Ok(image) => image,
                    // What the end of the stream cut off is no damage of its own.
                    Err(why) => {
                        if !span.open {
                            problems.push(why);
                        }
                        return None;
                    }
                };
                let origin = match span.kind {
                    Kind::Markdown | Kind::Html => Origin::Markdown,
                    Kind::Data => Origin::Data,
                    Kind::Link | Kind::Bare => Origin::Bare,
                };
                let candidate = Candidate {
                    image,
                    origin,
                    alone: alone && span.kind == Kind::Bare,
                    draft,
                    maybe_cut: span.open,
                };
                Some((span.range.start, candidate))
            })
            .collect()
    };
    for kinds in [
        [Kind::Markdown, Kind::Html, Kind::Data].as_slice(),
        &[Kind::Bare],
        &[Kind::Link],
    ] {
        let found = of_kinds(kinds, problems);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Whether a text holds URLs and no word beside them.
fn is_nothing_but(text: &str, urls: &[Span]) -> bool {
    let mut at = 0;
    urls.iter().all(|span| {
        let before = &text[at..span.range.start];
        at = span.range.end;
        span.kind == Kind::Bare && before.trim().is_empty()
    }) && text[at..].trim().is_empty()
}

/// Whether a URL in a text names a host and nothing on it: never a picture, and half a name where the text broke off.
fn is_home_page(url: &str) -> bool {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    !behind_scheme.trim_end_matches('/').contains(['/', '?'])
}

/// Whether the path of a URL ends like a picture file's.
fn names_a_picture(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.rsplit_once('.').is_some_and(|(_, extension)| {
        ["png", "jpg", "jpeg", "webp", "gif", "avif"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// Each picture once, where it stood first; whole if any of its places is.
fn distinct(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        match out.iter_mut().find(|c| c.image == candidate.image) {
            Some(known) => known.maybe_cut &= candidate.maybe_cut,
            None => out.push(candidate),
        }
    }
    out
}
