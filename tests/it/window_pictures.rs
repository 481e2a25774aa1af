//! The window keeps its look: the moments that matter, in both faces and at three sizes, pixel for pixel.

use egui_kittest::SnapshotResults;
use paystage::protocol::dial::IdentityMode;
use paystage::session::builtin::Builtin;
use paystage::session::control;
use paystage::session::run::Session;
use paystage::session::scenario::play;
use paystage::ui::keys::Action;
use paystage::ui::picture::Picture;
use paystage::ui::selection::{Lab, Tab};
use paystage::ui::window::Window;
use paystage::world::setup::Setup;

const LARGE: [f32; 2] = [1600.0, 1000.0];
const MIDDLE: [f32; 2] = [1280.0, 800.0];
const SMALL: [f32; 2] = [1000.0, 700.0];

/// The plain purchase after so many presses of Space.
fn pressed(times: usize) -> Session {
    let mut session = Session::new(Setup::default());
    session.rename("A plain purchase");
    for _ in 0..times {
        let Some(command) = control::next_command(&session) else { break };
        session.dispatch(command);
    }
    session
}

/// The same with some dials turned, to its end.
fn turned() -> Session {
    let mut setup = Setup { identity: Some(IdentityMode::Email), ..Setup::default() };
    setup.polling.tries = 15;
    let mut session = Session::new(setup);
    session.rename("A plain purchase");
    while let Some(command) = control::next_command(&session) {
        session.dispatch(command);
    }
    session
}

/// A built-in scenario, played to its end.
fn played(name: &str) -> Session {
    play::play(&Builtin::find(name).unwrap().scenario().unwrap()).session
}

struct Shot {
    name: &'static str,
    size_pt: [f32; 2],
    face: egui::Theme,
    session: Session,
    tab: Tab,
    key: Option<Action>,
}

impl Shot {
    fn new(name: &'static str, size_pt: [f32; 2], face: egui::Theme, session: Session) -> Self {
        Self { name, size_pt, face, session, tab: Tab::Claims, key: None }
    }

    fn tab(self, tab: Tab) -> Self {
        Self { tab, ..self }
    }

    fn key(self, key: Action) -> Self {
        Self { key: Some(key), ..self }
    }

    fn take(self, results: &mut SnapshotResults) {
        let mut window = Window::new(self.session);
        window.selection_mut().show(self.tab);
        if self.tab == Tab::Lab(Lab::Explore) {
            window.explore();
        }
        if let Some(key) = self.key {
            window.press(key);
        }
        let picture = Picture { size_pt: self.size_pt, zoom: 1.0, theme: self.face };
        let image = picture.image(|ui| window.ui(ui)).unwrap();
        let size = [image.width, image.height].map(|side| u32::try_from(side).unwrap());
        let image = image::RgbaImage::from_raw(size[0], size[1], image.rgba).unwrap();
        results.add(egui_kittest::try_image_snapshot(&image, self.name));
    }
}

#[test]
fn the_window_looks_as_agreed() {
    use egui::Theme::{Dark, Light};
    let mut results = SnapshotResults::new();
    let shots = vec![
        Shot::new("window-first-dark", LARGE, Dark, pressed(0)),
        Shot::new("window-middle-dark", LARGE, Dark, pressed(14)),
        Shot::new("window-middle-light", LARGE, Light, pressed(14)),
        Shot::new("window-end-light", LARGE, Light, pressed(100)),
        Shot::new("window-asked-dark", LARGE, Dark, {
            let mut session = played("you-decide");
            session.rewind(8);
            session
        })
        .tab(Tab::Message),
        Shot::new("window-refused-dark", LARGE, Dark, played("other-apps-receipt")).tab(Tab::Verdict),
        Shot::new("window-gave-up-light", MIDDLE, Light, played("paid-but-timed-out")),
        Shot::new("window-end-dark", MIDDLE, Dark, pressed(100)),
        Shot::new("window-keys-light", MIDDLE, Light, pressed(6)).key(Action::Help),
        Shot::new("window-open-dark", MIDDLE, Dark, pressed(6)).key(Action::Open),
        Shot::new("window-dials-dark", LARGE, Dark, turned()).key(Action::Dials),
        Shot::new("window-dials-light-small", SMALL, Light, turned()).key(Action::Dials),
        Shot::new("window-find-dark", MIDDLE, Dark, pressed(6)).key(Action::Find),
        Shot::new("window-before-after-light", LARGE, Light, pressed(100)).key(Action::Revision),
        Shot::new("window-middle-dark-small", SMALL, Dark, pressed(14)),
        Shot::new("window-refused-light-small", SMALL, Light, played("refunded-store-asked")).tab(Tab::Verdict),
        Shot::new("window-attacks-dark", MIDDLE, Dark, pressed(14)).tab(Tab::Lab(Lab::Attacks)),
        Shot::new("window-explore-dark", MIDDLE, Dark, played("declined")).tab(Tab::Lab(Lab::Explore)),
        Shot::new("window-explore-light-small", SMALL, Light, pressed(7)).tab(Tab::Lab(Lab::Explore)),
        Shot::new("window-notices-dark", MIDDLE, Dark, played("notice-lost-once")).tab(Tab::Lab(Lab::Notices)),
        Shot::new("window-polling-dark", MIDDLE, Dark, played("paid-but-timed-out")).tab(Tab::Lab(Lab::Polling)),
        Shot::new("window-domain-check-dark", MIDDLE, Dark, pressed(6)).tab(Tab::Lab(Lab::Domains)),
    ];
    for shot in shots {
        shot.take(&mut results);
    }
}
