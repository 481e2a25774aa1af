//! Exporting: a run in the format that was asked for, as bytes with their count, ready for a file or for the clipboard.

use crate::export::count::Count;
use crate::export::diagram::{Drawn, Frame, diagram};
use crate::export::format::Format;
use crate::export::ink::Face;
use crate::export::mask::Mask;
use crate::export::paper::{self, Draft, Paper};
use crate::export::scene::Scene;
use crate::export::sheet::Sheet;
use crate::export::{handout, har, mermaid, svg, trace};
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

/// The run up to its present place, in that format.
///
/// # Errors
/// What the painter says, where pixels were asked for.
pub fn export(session: &Session, wish: Wish, paint: Painter) -> Result<Paper<Vec<u8>>, String> {
    let mask = || Mask::new(session.world().secrets(), !wish.is_unmasked);
    let sheet = sheets::sheet(session, &[], &mut mask());
    if wish.format == Format::Png {
        return pixels(&sheet, mask(), wish.face, paint);
    }
    let paper = paper::write(&sheet, &mut mask(), |sheet, count| draft(sheet, count, wish));
    Ok(Paper { content: paper.content.into_bytes(), count: paper.count })
}

/// The diagram as Mermaid text, masked: what the clipboard gets.
#[must_use]
pub fn mermaid(session: &Session) -> Paper {
    let mask = || Mask::new(session.world().secrets(), true);
    paper::write(&sheets::sheet(session, &[], &mut mask()), &mut mask(), mermaid::draft)
}

fn draft(sheet: &Sheet, count: &str, wish: Wish) -> Draft {
    match wish.format {
        Format::Har => har::draft(sheet, count),
        Format::Mermaid => mermaid::draft(sheet, count),
        Format::Svg | Format::Png => svg::draft(sheet, count, wish.face),
        Format::Json => trace::draft(sheet, count),
        Format::Html => handout::draft(sheet, count),
    }
}

fn pixels(sheet: &Sheet, mut mask: Mask, face: Face, paint: Painter) -> Result<Paper<Vec<u8>>, String> {
    let Drawn { scene, messages } = diagram(sheet, Frame::Whole { count: "" });
    // Once to count, once with the count in it.
    let _ = scene.with_texts(|text| mask.over(text));
    let count = Count { seen: sheet.seen, exported: messages, masked: mask.count() };
    let Drawn { scene, .. } = diagram(sheet, Frame::Whole { count: &count.to_string() });
    let content = paint(&scene.with_texts(|text| mask.over(text)), face)?;
    Ok(Paper { content, count })
}
