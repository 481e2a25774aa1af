//! Exporting: a run in the format that was asked for, as bytes with their count, ready for a file or for the clipboard.

use std::ffi::OsStr;

use crate::export::count::Count;
use crate::export::diagram::{Drawn, Frame, diagram};
use crate::export::format::Format;
use crate::export::ink::Face;
use crate::export::mask::Mask;
use crate::export::paper::{self, Draft, Paper, Sentence};
use crate::export::scene::Scene;
use crate::export::sheet::Sheet;
use crate::export::{handout, har, mermaid, svg, trace};
use crate::io::files::{self, Place};
use crate::io::sheets;
use crate::session::run::Session;

/// Turns a scene into the bytes of a PNG, in the light or the dark face. Who can paint lends it; the text says why it could not.
pub type Painter = fn(&Scene, Face) -> Result<Vec<u8>, String>;

/// How a run shall be given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// As what.
    pub format: Format,
    /// In which face of the theme, where it is drawn.
    pub face: Face,
    /// Whether signatures, emails and PINs are shown. Payment secrets never are.
    pub is_unmasked: bool,
}

impl Wish {
    /// Masked, in both faces.
    #[must_use]
    pub fn of(format: Format) -> Self {
        Self { format, face: Face::Both, is_unmasked: false }
    }
}

/// The run up to its present place, in that format, as files: one, but for pixels as many pictures as the rows of the diagram need.
///
/// # Errors
/// What the painter says, where pixels were asked for.
pub fn export(session: &Session, wish: Wish, paint: Painter) -> Result<Paper<Vec<Vec<u8>>>, String> {
    let mask = || Mask::new(session.world().secrets(), !wish.is_unmasked);
    let sheet = sheets::sheet(session, &[], &mut mask()).only_for(wish.format);
    if wish.format == Format::Png {
        return pixels(sheet, mask(), wish.face, paint);
    }
    let paper = paper::write(sheet, &mut mask(), |sheet, count| draft(sheet, count, wish));
    Ok(Paper { content: vec![paper.content.into_bytes()], count: paper.count })
}

/// Writes the files of an export where it shall go, and says what was written: with the count, and with the names if there are several.
///
/// # Errors
/// Several pictures for standard output, which takes one, and whatever the disk says.
pub fn save(paper: &Paper<Vec<Vec<u8>>>, place: &Place) -> Result<String, String> {
    let places = places(place, paper.content.len())?;
    for (place, content) in places.iter().zip(&paper.content) {
        files::save(place, content).map_err(|error| error.to_string())?;
    }
    Ok(match places.as_slice() {
        [first, .., last] => format!("{}; {} pictures, {first} to {last}", paper.count, places.len()),
        [] | [_] => paper.count.to_string(),
    })
}

/// Where so many files go: the place itself, or numbered names beside it.
///
/// # Errors
/// A sentence, where that place takes one only.
pub fn places(place: &Place, count: usize) -> Result<Vec<Place>, String> {
    match place {
        _ if count <= 1 => Ok(vec![place.clone()]),
        Place::Standard => Err(format!(
            "the diagram takes {count} pictures, and standard output takes one; name a file with --out, or take svg, which is one drawing"
        )),
        Place::File(path) => {
            let part = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
            let (stem, ending) = (part(path.file_stem()), part(path.extension()));
            let ending = if ending.is_empty() { ending } else { format!(".{ending}") };
            let width = count.to_string().len();
            let name = |number| format!("{stem}-{number:0width$}{ending}");
            Ok((1..=count).map(|number| Place::File(path.with_file_name(name(number)))).collect())
        }
    }
}

/// The diagram as Mermaid text, masked: what the clipboard gets.
#[must_use]
pub fn mermaid(session: &Session) -> Paper {
    let mask = || Mask::new(session.world().secrets(), true);
    let sheet = sheets::sheet(session, &[], &mut mask()).only_for(Format::Mermaid);
    paper::write(sheet, &mut mask(), mermaid::draft)
}

fn draft(sheet: &Sheet, count: Sentence<'_>, wish: Wish) -> Draft {
    match wish.format {
        Format::Har => har::draft(sheet, count),
        Format::Mermaid => mermaid::draft(sheet, count),
        Format::Svg | Format::Png => svg::draft(sheet, count, wish.face),
        Format::Json => trace::draft(sheet, count),
        Format::Html => handout::draft(sheet, count),
    }
}

fn pixels(sheet: Sheet, mut mask: Mask, face: Face, paint: Painter) -> Result<Paper<Vec<Vec<u8>>>, String> {
    let sheet = sheet.with_texts(|text| mask.over(text));
    let count = Count { seen: sheet.seen, exported: sheet.drawn_count(), masked: mask.count() };
    let words = count.to_string();
    let parts = sheet.in_pictures();
    let pictures = parts.iter().map(|part| {
        let Drawn { scene, .. } = diagram(part, Frame::Whole { count: &words });
        paint(&scene, face)
    });
    Ok(Paper { content: pictures.collect::<Result<_, _>>()?, count })
}
