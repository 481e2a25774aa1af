//! Paystage: hands the window to the command line, which chooses.

use std::process::ExitCode;

use paystage::cli::window::{Shot, Tab, Window as Seam};
use paystage::export::ink::Face;
use paystage::export::scene::Scene;
use paystage::session::run::Session;
use paystage::ui::app;
use paystage::ui::picture::Picture;
use paystage::ui::scene;
use paystage::ui::selection;
use paystage::ui::window::Window;

fn main() -> ExitCode {
    paystage::cli::main(&Seam { open, draw, paint })
}

fn open(session: Session, path: Option<String>) -> Result<(), String> {
    app::open(session, path).map_err(|error| match error {
        eframe::Error::WinitEventLoop(_) => "the display does not answer; check DISPLAY and WAYLAND_DISPLAY".to_owned(),
        eframe::Error::Glutin(_) | eframe::Error::NoGlutinConfigs(..) | eframe::Error::OpenGL(_) => {
            "the display has no OpenGL driver; install it with: apt install libgl1 libgl1-mesa-dri".to_owned()
        }
        error @ (eframe::Error::AppCreation(_) | eframe::Error::Winit(_)) => error.to_string(),
    })
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
    window.selection_mut().tab = match shot.tab {
        None | Some(Tab::Claims) => selection::Tab::Claims,
        Some(Tab::Verdict) => selection::Tab::Verdict,
        Some(Tab::Message) => selection::Tab::Message,
        Some(Tab::Opinions) => selection::Tab::Opinions,
        Some(Tab::Knowledge) => selection::Tab::Knowledge,
        Some(Tab::Compare) => selection::Tab::Compare,
        Some(Tab::Coverage) => selection::Tab::Coverage,
    };
    let theme = if shot.is_dark { egui::Theme::Dark } else { egui::Theme::Light };
    let size_pt = [f32::from(shot.size_pt.0), f32::from(shot.size_pt.1)];
    Picture::of(size_pt, shot.zoom, theme, |ui| window.ui(ui)).map_err(|error| error.to_string())
}
