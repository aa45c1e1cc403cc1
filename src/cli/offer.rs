//! `convert = "ask"` on the command line: one question for all pictures that came in another format than asked.

use std::io::{self, IsTerminal};

use super::print;
use crate::domain::{Clean, Failure, FailureKind, FileFormat, Generation, OutputFormat, PictureId};
use crate::library::Library;
use crate::pipeline::{blocking, convert};
use crate::runtime::Signals;

/// Asks on the terminal and converts what is said yes to; where nobody can be asked, or `silent`, a note tells how it is
/// done. Gives the signal that ended the question.
pub(super) async fn offer(
    generations: &mut [Generation],
    library: &Library,
    silent: bool,
    signals: &mut Signals,
) -> Option<u8> {
    let wanted: Vec<(usize, PictureId, OutputFormat)> = generations
        .iter()
        .enumerate()
        .filter_map(|(at, generation)| {
            let (picture, to) = (generation.selected()?, generation.request.format);
            let open =
                picture.can_become(to) && picture.converted_to(FileFormat::from(to)).is_none();
            open.then_some((at, picture.id, to))
        })
        .collect();
    let &(_, _, to) = wanted.first()?;
    // What came was told when it came.
    let what = match wanted.len() {
        1 => format!("a {to} beside it"),
        many => format!("a {to} beside each of {many} pictures"),
    };
    if silent || !io::stdin().is_terminal() || print::stderr_width().is_none() {
        let note =
            format!("{what} is written by C in the studio, or by itself with convert = \"always\"");
        print::note(&Clean::line(&note));
        return None;
    }
    print::ask(&Clean::line(&format!("write {what}? [y/N]")));
    let answer = tokio::select! {
        answer = blocking(line) => answer,
        number = signals.next_end() => {
            print::end_line();
            return Some(number);
        }
    };
    if !matches!(answer.as_deref().map(str::trim), Ok("y" | "Y" | "yes")) {
        return None;
    }
    for (at, id, to) in wanted {
        let library = library.clone();
        match blocking(move || convert(&library, id, to)).await {
            Ok(done) => {
                print::note(&done.told());
                let known = generations[at].pictures.iter_mut().find(|p| p.id == id);
                if let Some(known) = known {
                    known.converted = done.picture.converted;
                }
            }
            // The picture itself came, so that this is no failed generation.
            Err(failure) => print::failure(&failure),
        }
    }
    None
}

fn line() -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::new(FailureKind::Usage, error.to_string()))?;
    Ok(line)
}
