//! The path of a file in a dialog: a line to type it in, a button that goes on with it, and the desktop's chooser.

use egui::{Align, Key, Layout, Ui};

use crate::io::dialogs::{self, Answer, Pending, Wish};
use crate::ui::icons::Icon;
use crate::ui::theme::Theme;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{field, text};

/// The room for the two buttons beside the line, in points.
const BUTTONS_WIDTH: f32 = 200.0;

/// What was typed or chosen.
#[derive(Debug)]
pub(crate) struct PathField {
    path: String,
    pending: Option<Pending>,
    is_fresh: bool,
}

impl PathField {
    /// A line in which this path is offered. When it is first shown, it takes the keyboard.
    pub(crate) fn new(path: String) -> Self {
        Self { path, pending: None, is_fresh: true }
    }

    /// What stands in the line.
    pub(crate) fn text(&self) -> &str {
        &self.path
    }

    /// Puts another path into the line.
    pub(crate) fn set(&mut self, path: String) {
        self.path = path;
    }

    /// The path to go on with, without blanks around it.
    ///
    /// # Errors
    /// Words for the dialog, where nothing was typed.
    pub(crate) fn named(&self) -> Result<String, String> {
        let path = self.path.trim();
        if path.is_empty() { Err("Type the path of a file first".to_owned()) } else { Ok(path.to_owned()) }
    }

    /// Hears the desktop's chooser. True when it has named a file.
    ///
    /// # Errors
    /// Words for the dialog, where the chooser has named none.
    pub(crate) fn poll(&mut self) -> Result<bool, String> {
        let Some(pending) = &self.pending else { return Ok(false) };
        let answer = pending.answer();
        if answer != Answer::NotYet {
            self.pending = None;
        }
        match answer {
            Answer::NotYet => Ok(false),
            Answer::Chosen(path) => {
                self.path = path.display().to_string();
                Ok(true)
            }
            Answer::Nothing => {
                Err("No file was chosen. Where the desktop has no file chooser, type the path here".to_owned())
            }
        }
    }

    /// Draws it. `verb` stands on the button, `name` is what a screen reader calls it, `wish` what the desktop's chooser is for.
    /// True when somebody pressed the button, or Enter in the line.
    pub(crate) fn ui(&mut self, ui: &mut Ui, verb: &str, name: &str, wish: impl FnOnce(String) -> Wish) -> bool {
        ui.horizontal(|ui| {
            let width = ui.available_width() - BUTTONS_WIDTH;
            let is_fresh = std::mem::take(&mut self.is_fresh);
            let line = field::first_line(ui, "Path", &mut self.path, "path of a file", width, is_fresh);
            let is_entered = line.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let is_pressed = Button::filled(verb).name(name).show(ui).clicked();
            let browse =
                Button::quiet("Browse…").hint("The desktop's own file chooser").enabled(self.pending.is_none());
            if browse.show(ui).clicked() {
                let ctx = ui.ctx().clone();
                self.pending = Some(dialogs::ask(wish(self.path.clone()), move || ctx.request_repaint()));
            }
            is_entered || is_pressed
        })
        .inner
    }
}

/// The first line of such a dialog: its title, and the button that closes it. True when that was pressed.
pub(crate) fn head_ui(ui: &mut Ui, title: &str) -> bool {
    ui.horizontal(|ui| {
        text::title(ui, title);
        let close = |ui: &mut Ui| Button::icon(Icon::Cross, "Close this dialog").shortcut("Esc").show(ui).clicked();
        ui.with_layout(Layout::right_to_left(Align::Center), close).inner
    })
    .inner
}

/// What went wrong, beside a warning sign.
pub(crate) fn trouble_ui(ui: &mut Ui, words: &str) {
    ui.horizontal_top(|ui| {
        Icon::Warning.show(ui, 16.0, Theme::of(ui).color.bad);
        ui.vertical(|ui| text::paragraph(ui, words));
    });
}
