//! Paystage: hands the window to the command line, which chooses.

use std::process::ExitCode;

use paystage::cli::window::{Shot, Tab, Window as Seam};
use paystage::export::ink::Face;
use paystage::export::scene::Scene;
use paystage::session::run::Session;
use paystage::ui::app;
use paystage::ui::picture::Picture;
use paystage::ui::scene;
use paystage::ui::selection::{self, Lab};
use paystage::ui::window::Window;

fn main() -> ExitCode {
    paystage::cli::main(&Seam { open: app::open, draw, paint })
}

fn paint(scene: &Scene, face: Face) -> Result<Vec<u8>, String> {
    scene::png(scene, face).map_err(|error| error.to_string())
}

fn draw(session: Session, shot: &Shot) -> Result<Vec<u8>, String> {
    let mut window = Window::new(session);
    if let Some(number) = shot.selected
        && !window.point_at(number)
    {
        return Err(format!("no message has the number {number} here"));
    }
    window.selection_mut().show(shown(shot.tab.unwrap_or(Tab::Claims)));
    if shot.tab == Some(Tab::Explore) {
        // A picture of nothing explored would show a button.
        window.explore();
    }
    let theme = if shot.is_dark { egui::Theme::Dark } else { egui::Theme::Light };
    let size_pt = [f32::from(shot.size_pt.0), f32::from(shot.size_pt.1)];
    Picture::of(size_pt, shot.zoom, theme, |ui| window.ui(ui)).map_err(|error| error.to_string())
}

fn shown(tab: Tab) -> selection::Tab {
    match tab {
        Tab::Claims => selection::Tab::Claims,
        Tab::Verdict => selection::Tab::Verdict,
        Tab::Message => selection::Tab::Message,
        Tab::Opinions => selection::Tab::Opinions,
        Tab::Knowledge => selection::Tab::Knowledge,
        Tab::Compare => selection::Tab::Compare,
        Tab::Coverage => selection::Tab::Coverage,
        Tab::Explore => selection::Tab::Lab(Lab::Explore),
        Tab::Notices => selection::Tab::Lab(Lab::Notices),
        Tab::Polling => selection::Tab::Lab(Lab::Polling),
        Tab::Domains => selection::Tab::Lab(Lab::Domains),
        Tab::Attacks => selection::Tab::Lab(Lab::Attacks),
    }
}
