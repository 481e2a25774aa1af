//! Panes: the parts of the window. Each draws one thing, reads the run and asks for what it wants done.

use crate::ui::desk::Desk;

/// One part of the window. It stores only how it looks; everything else it reads from the desk.
pub trait Pane {
    /// What the pane is called, on tabs and for screen readers.
    fn name(&self) -> &'static str;

    /// Draws the pane into the room that `ui` has.
    fn ui(&mut self, ui: &mut egui::Ui, desk: &mut Desk<'_>);
}
