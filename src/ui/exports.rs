//! Exports: the dialog that gives a run away. One format of six, what shall be masked, and where it goes.

use egui::{Context, Ui};

use crate::export::format::Format;
use crate::export::ink::Face;
use crate::export::sheet::pictures_of;
use crate::io::dialogs::Wish as FileWish;
use crate::io::exporting::{self, Wish};
use crate::io::files::Place;
use crate::io::sheets;
use crate::session::run::Session;
use crate::ui::path_field::{self, PathField};
use crate::ui::scene;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{choice, field, surface, text};

const WIDTH: f32 = 600.0;
/// The name that is offered where the run has no file.
const NAME: &str = "run";

/// The dialog that exports.
#[derive(Debug)]
pub struct Exports {
    wish: Wish,
    path: PathField,
    trouble: Option<String>,
    /// The rows of the diagram, counted when pixels are chosen first: the run stands still while the dialog is open.
    rows: Option<usize>,
}

/// What came of one pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The dialog stays.
    Stays,
    /// Somebody closed it.
    Closed,
    /// It was done; this says what and where, with the count.
    Done(String),
}

/// What somebody did in the dialog.
enum Deed {
    Nothing,
    Close,
    Go,
    Copy,
}

impl Exports {
    /// A dialog with this format chosen, beside the file at hand, where there is one.
    #[must_use]
    pub fn new(format: Format, path: Option<&str>) -> Self {
        let wish = Wish::of(format);
        let stem = path.map_or(NAME, stem_of);
        let path = format!("{stem}{}", wish.format.ending());
        Self { wish, path: PathField::new(path), trouble: None, rows: None }
    }

    /// Shows the dialog over the window.
    pub fn show(&mut self, ui: &Ui, session: &Session) -> Outcome {
        let is_chosen = self.path.poll().unwrap_or_else(|words| {
            self.trouble = Some(words);
            false
        });
        let (deed, is_left) = surface::dialog(ui, "exports", WIDTH, |ui| self.contents_ui(ui, session));
        match if is_chosen { Deed::Go } else { deed } {
            Deed::Nothing if is_left => Outcome::Closed,
            Deed::Nothing => Outcome::Stays,
            Deed::Close => Outcome::Closed,
            Deed::Go => self.go(session),
            Deed::Copy => Outcome::Done(copy_mermaid(ui.ctx(), session)),
        }
    }

    fn go(&mut self, session: &Session) -> Outcome {
        let path = match self.path.named() {
            Ok(path) => path,
            Err(words) => return self.fail(words),
        };
        let paint = |drawing: &_, face| scene::png(drawing, face).map_err(|error| error.to_string());
        let written = exporting::export(session, self.wish, paint)
            .and_then(|paper| exporting::save(&paper, &Place::File(path.clone().into())));
        match written {
            Ok(said) => Outcome::Done(format!("Exported to {path}: {said}")),
            Err(words) => self.fail(words),
        }
    }

    fn fail(&mut self, words: String) -> Outcome {
        self.trouble = Some(words);
        Outcome::Stays
    }
}

/// Drawing.
impl Exports {
    fn contents_ui(&mut self, ui: &mut Ui, session: &Session) -> Deed {
        let mut deed = if path_field::head_ui(ui, "Export") { Deed::Close } else { Deed::Nothing };
        text::note(ui, "The run up to its present place, for somebody else");
        let before = self.wish.format;
        choice::segments(ui, "format", &mut self.wish.format, &Format::ALL.map(|format| (format, format.label())));
        if self.wish.format != before {
            self.path.set(format!("{}{}", stem_of(self.path.text()), self.wish.format.ending()));
        }
        ui.horizontal(|ui| {
            text::note(ui, self.wish.format.meaning());
            if self.wish.format == Format::Mermaid && Button::quiet("Copy").name("Copy as Mermaid").show(ui).clicked() {
                deed = Deed::Copy;
            }
        });
        if self.wish.format == Format::Png
            && let Some(words) = self.pictures(session)
        {
            text::note(ui, &words);
        }
        if is_drawn(self.wish.format) {
            let faces = [(Face::Both, "Dark and light"), (Face::Light, "Light"), (Face::Dark, "Dark")];
            let faces = if self.wish.format == Format::Png { &faces[1..] } else { &faces[..] };
            if self.wish.format == Format::Png && self.wish.face == Face::Both {
                self.wish.face = Face::Light;
            }
            choice::segments(ui, "face", &mut self.wish.face, faces);
        }
        field::switch(ui, "Show signatures, emails and PINs", &mut self.wish.is_unmasked);
        if self.path.ui(ui, "Export", "Export to this path", FileWish::Save) {
            deed = Deed::Go;
        }
        if let Some(trouble) = &self.trouble {
            path_field::trouble_ui(ui, trouble);
        }
        deed
    }

    /// Which files there will be, where one picture is not enough.
    fn pictures(&mut self, session: &Session) -> Option<String> {
        let rows = *self.rows.get_or_insert_with(|| sheets::rows(session));
        let places = exporting::places(&Place::File(self.path.text().trim().into()), pictures_of(rows)).ok()?;
        let [first, .., last] = places.as_slice() else { return None };
        Some(format!("{rows} arrows take {} pictures, {first} to {last}; an SVG holds all in one", places.len()))
    }
}

/// Puts the run's diagram into the clipboard, and says what it holds.
pub(crate) fn copy_mermaid(ctx: &Context, session: &Session) -> String {
    let paper = exporting::mermaid(session);
    ctx.copy_text(paper.content);
    format!("Copied as Mermaid: {}", paper.count)
}

fn is_drawn(format: Format) -> bool {
    match format {
        Format::Svg | Format::Png => true,
        Format::Html | Format::Har | Format::Mermaid | Format::Json => false,
    }
}

/// The name without what tells the kind of file.
fn stem_of(path: &str) -> &str {
    let endings = Format::ALL.map(Format::ending).into_iter().chain([".paystage.json", ".toml", ".json"]);
    endings.filter_map(|ending| path.strip_suffix(ending)).min_by_key(|stem| stem.len()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{Exports, Format, stem_of};

    #[test]
    fn the_name_that_is_offered_stands_beside_the_file_at_hand() {
        assert_eq!(Exports::new(Format::Html, Some("/a/lost.paystage.json")).path.text(), "/a/lost.html");
        assert_eq!(Exports::new(Format::Har, None).path.text(), "run.har");
        assert_eq!([stem_of("a.trace.json"), stem_of("a.b.svg"), stem_of("a")], ["a", "a.b", "a"]);
    }
}
