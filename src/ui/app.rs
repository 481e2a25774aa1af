//! The app: the window on a desktop. It opens the display, keeps the layout, and hands every frame to the window.

use eframe::{CreationContext, Frame, NativeOptions, Storage};
use egui::{Context, Ui, ViewportBuilder};

use crate::io::data_folder::{NAME, data_folder};
use crate::io::http::listen::USUAL_PORT;
use crate::session::run::Session;
use crate::ui::guests::Guests;
use crate::ui::keeping::Keeping;
use crate::ui::theme::{self, Theme};
use crate::ui::window::Window;

/// Opens the window with this run and stays until it is closed. `path` is where the run came from, if from a file.
///
/// # Errors
/// No display, or no graphics driver, with what to do about it.
pub fn open(session: Session, path: Option<String>) -> Result<(), String> {
    run(session, path).map_err(|error| match error {
        eframe::Error::WinitEventLoop(_) => "the display does not answer; check DISPLAY and WAYLAND_DISPLAY".to_owned(),
        eframe::Error::Glutin(_) | eframe::Error::NoGlutinConfigs(..) | eframe::Error::OpenGL(_) => {
            "the display has no OpenGL driver; install it with: apt install libgl1 libgl1-mesa-dri".to_owned()
        }
        error @ (eframe::Error::AppCreation(_) | eframe::Error::Winit(_)) => error.to_string(),
    })
}

fn run(session: Session, path: Option<String>) -> Result<(), eframe::Error> {
    let viewport = ViewportBuilder::default()
        .with_app_id(NAME)
        .with_title("Paystage")
        .with_inner_size([1600.0, 1000.0])
        .with_min_inner_size([720.0, 560.0]);
    let options = NativeOptions { viewport, ..NativeOptions::default() };
    eframe::run_native(NAME, options, Box::new(|context| Ok(Box::new(App::new(context, session, path)))))
}

struct App {
    window: Window,
}

impl App {
    fn new(context: &CreationContext<'_>, session: Session, path: Option<String>) -> Self {
        let ctx = &context.egui_ctx;
        dress(ctx);
        let wake = ctx.clone();
        let kept =
            data_folder().map(|folder| Keeping::in_folder(&folder, path.is_none(), move || wake.request_repaint()));
        // Where the system names no home, the window goes on without.
        let keeping = kept.unwrap_or_default();
        let guests = Guests::invite(USUAL_PORT, ctx, keeping.keeper());
        let mut window = Window::new(session).at_path(path).with_keeping(keeping);
        window.let_in(guests);
        Self { window }
    }
}

/// Theme, fonts and the keys that the window takes over from egui.
pub fn dress(ctx: &Context) {
    theme::apply(ctx);
    // Our own table zooms, within limits that keep everything reachable.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        // Guests are served while the window is hidden, too.
        self.window.tend(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.window.ui(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        let theme = if visuals.dark_mode { Theme::dark() } else { Theme::light() };
        theme.color.background.to_normalized_gamma_f32()
    }

    fn save(&mut self, _storage: &mut dyn Storage) {
        // The layout is egui's own memory, which eframe keeps by itself.
    }
}
